"""The figures of the day."""

from hotline.views.access import WATCHERS, require_role
from hotline.views.figures import Summary, summary
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy

router = Router(tags=["summary"])


@router.get("/summary")
def get_summary(reader: ReadBy) -> Summary:
    """The wallboard's figures, counted now."""
    require_role(reader.signed_in, WATCHERS)
    return summary(reader)
