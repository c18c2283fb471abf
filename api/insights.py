"""What was noticed in callers' words: read, confirm, dismiss, acknowledge dangers."""

from api.calls import seen_call
from api.paging import Page
from hotline.errors import NotAllowed
from hotline.insights import repository, service
from hotline.insights.insight import Decision
from hotline.tables import InsightRow
from hotline.views.access import WATCHERS, require_role
from hotline.views.insights import InsightShape, insight_shape, insights_of, open_risks
from hotline.views.reader import Reader
from hotline.web.routing import Router
from hotline.web.signed_in import ReadBy, WriteBy

router = Router(tags=["insights"])


@router.get("/calls/{call_id}/insights")
def get_insights(call_id: str, reader: ReadBy) -> Page[InsightShape]:
    """What was noticed in a call, in the order of speech."""
    call = seen_call(reader, call_id)
    return Page(items=insights_of(reader, call.id))


@router.post("/insights/{insight_id}/confirm")
def post_confirm(insight_id: int, writer: WriteBy) -> InsightShape:
    """The lawyer of the call agrees; what it fills in is saved with the ticket."""
    return _decide(writer, insight_id, Decision.CONFIRMED)


@router.post("/insights/{insight_id}/dismiss")
def post_dismiss(insight_id: int, writer: WriteBy) -> InsightShape:
    """The lawyer of the call does not agree."""
    return _decide(writer, insight_id, Decision.DISMISSED)


@router.get("/risks")
def get_risks(reader: ReadBy) -> Page[InsightShape]:
    """Dangers of the last day that nobody has acknowledged, newest first."""
    require_role(reader.signed_in, WATCHERS)
    return Page(items=open_risks(reader))


@router.post("/risks/{insight_id}/acknowledge")
def post_acknowledge(insight_id: int, writer: WriteBy) -> InsightShape:
    """A supervisor has taken note of a danger."""
    require_role(writer.signed_in, WATCHERS)
    row = service.acknowledge(writer.session, writer.house, insight_id, user=writer.signed_in)
    return insight_shape(writer, row)


def _decide(writer: Reader, insight_id: int, decision: Decision) -> InsightShape:
    row: InsightRow = repository.insight(writer.session, insight_id)
    call = seen_call(writer, row.call_id)
    if not service.may_decide(call, writer.signed_in):
        raise NotAllowed("The lawyer of the call decides.")
    row = service.decide(
        writer.session, writer.house, insight_id, user=writer.signed_in, decision=decision
    )
    return insight_shape(writer, row)
