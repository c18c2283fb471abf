"""What tests of call control do and look at."""

from fastapi.testclient import TestClient
from sqlmodel import col, select

from hotline.calls import service as calls
from hotline.events import EventType, read_after
from hotline.house import House
from hotline.queueing.offers import Accepted
from hotline.tables import AuditEntry


def set_state(house: House, call_id: str, state: str) -> None:
    """Writes that the call is there."""
    with house.database.session() as session:
        calls.change(session, house, calls.find(session, call_id), state=state)


def asked(house: House) -> list[dict[str, object]]:
    """What the telephone's side is asked to do, oldest first."""
    with house.database.reading() as session:
        return [
            dict(event.data)
            for event in read_after(session, 0)
            if event.type == EventType.CALL_CONTROL_REQUESTED
        ]


def audited(house: House) -> list[str]:
    """What the audit log has, oldest first."""
    with house.database.reading() as session:
        return list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))))


def post(client: TestClient, talk: Accepted, what: str, **body: object) -> int:
    """Asks for something in the talk; returns the status of the answer."""
    path = f"/api/v1/calls/{talk.call_id}/{what}"
    return client.post(path, json=body or None).status_code
