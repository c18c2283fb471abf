"""Who waits."""

from api.paging import Page
from hotline.views.access import FLOOR, require_role
from hotline.views.waiting import QueueRow, queue_rows
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy

router = Router(tags=["queue"])


@router.get("/queue")
def get_queue(reader: ReadBy) -> Page[QueueRow]:
    """Everyone who waits on the line or is due to be called back, in the order of service."""
    require_role(reader.signed_in, FLOOR)
    return Page(items=queue_rows(reader))
