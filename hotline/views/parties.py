"""The parties of calls, invitations into them, and the directory of transfer targets."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.agents import telephones
from hotline.calls import parties
from hotline.calls.rules import INVITATION_SECONDS, Purpose
from hotline.privacy import mask_number
from hotline.tables import Call, CallParty, LawyerTelephone, TransferTarget
from hotline.views.reader import Person, Reader, Shape


class PartyShape(Shape):
    """Somebody in a call beside the caller and its lawyer.

    `kind` is phone, lawyer or supervisor; `purpose` is consult, join, transfer, listen, whisper or
    barge; `state` is ringing, talking or closed. `end_reason` of a closed one is busy, no_answer,
    unreachable, rejected, declined, hung_up, lost, failed, not_possible or a reason of the call.
    `label` never holds a full number that was typed in. Nobody hears who `is_muted`.
    """

    id: str
    kind: str
    purpose: str
    state: str
    label: str
    user: Person | None
    created_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    end_reason: str | None
    is_muted: bool


class InvitationShape(Shape):
    """A colleague asks a lawyer into a call; it rings until `expires_at`."""

    id: str
    call_id: str
    purpose: str
    inviter: Person | None
    caller: str | None
    language: str | None
    topic: str | None
    created_at: datetime
    expires_at: datetime


class TargetShape(Shape):
    """A line that a call can be transferred to.

    `kind` is emergency, government, legal, interpreter or other.
    """

    id: str
    kind: str
    name: str
    name_en: str
    number: str
    note: str
    position: int
    is_active: bool


class TelephoneShape(Shape):
    """Where a lawyer takes calls: browser, number or sip_phone; the number is shown masked."""

    medium: str
    number: str | None


def party_shapes(reader: Reader, rows: Iterable[CallParty]) -> list[PartyShape]:
    """Parties as this reader sees them, in the order given."""
    rows = list(rows)
    people = reader.people(row.user_id for row in rows)
    return [
        PartyShape(
            id=row.id,
            kind=row.kind,
            purpose=row.purpose,
            state=row.state,
            label=row.label,
            user=people.get(row.user_id or ""),
            created_at=row.created_at,
            answered_at=row.answered_at,
            closed_at=row.closed_at,
            end_reason=row.end_reason,
            is_muted=row.is_muted,
        )
        for row in rows
    ]


def parties_by_call(reader: Reader, call_ids: Sequence[str]) -> dict[str, list[PartyShape]]:
    """The parties of calls; who listens unheard is told only where the setting says so."""
    if not call_ids:
        return {}
    rows = [
        row
        for row in parties.of_calls(reader.session, call_ids)
        if reader.sees_listeners or row.purpose != Purpose.LISTEN
    ]
    found: dict[str, list[PartyShape]] = {}
    for row, shape in zip(rows, party_shapes(reader, rows), strict=True):
        found.setdefault(row.call_id, []).append(shape)
    return found


def invitation_shape(reader: Reader, party: CallParty) -> InvitationShape:
    """An invitation as the invited lawyer sees it."""
    call = reader.session.get_one(Call, party.call_id)
    return InvitationShape(
        id=party.id,
        call_id=call.id,
        purpose=party.purpose,
        inviter=reader.people([party.requested_by]).get(party.requested_by),
        caller=reader.numbers([call.caller_id]).get(call.caller_id or ""),
        language=call.language,
        topic=call.topic,
        created_at=party.created_at,
        expires_at=party.created_at + timedelta(seconds=INVITATION_SECONDS),
    )


def open_invitation(reader: Reader, lawyer_id: str) -> InvitationShape | None:
    """The invitation that rings at a lawyer's page now."""
    party = parties.invitation_of(reader.session, lawyer_id)
    return invitation_shape(reader, party) if party is not None else None


def target_shapes(reader: Reader, *, with_inactive: bool = False) -> list[TargetShape]:
    """The directory, in its order."""
    query = select(TransferTarget).order_by(
        col(TransferTarget.position), col(TransferTarget.number)
    )
    if not with_inactive:
        query = query.where(col(TransferTarget.is_active))
    return [TargetShape(**row.model_dump()) for row in reader.session.exec(query)]


def telephone_shape(reader: Reader, lawyer_id: str) -> TelephoneShape:
    """Where a lawyer takes calls."""
    row = reader.session.get(LawyerTelephone, lawyer_id)
    if row is None:
        return TelephoneShape(medium="browser", number=None)
    number = telephones.number_of(reader.house, row)
    return TelephoneShape(medium=row.medium, number=mask_number(number) if number else None)
