"""What becomes of a call's parties in the database; each deed is one short transaction."""

from collections.abc import Collection
from dataclasses import dataclass, field

from hotline.agents import telephones
from hotline.calls import legs, parties, pauses, service as calls
from hotline.calls.rules import Purpose
from hotline.events import EventType
from hotline.house import House
from hotline.tables import CallParty, Lawyer, LawyerTelephone, Leg, User


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """How a party is reached: a telephone's `target`, or a browser where it is None."""

    kind: str
    target: str | None = field(default=None, repr=False)


class PartyDesk:
    """Writes what becomes of the parties of one call."""

    def __init__(self, house: House, call_id: str) -> None:
        self._house = house
        self._call_id = call_id

    def facts(self, party_id: str) -> PartyFacts:
        """How the party is reached.

        Raises:
            NotFound: There is no such party.
        """
        with self._house.database.reading() as session:
            party = parties.find(session, party_id)
            if party.kind != parties.PHONE:
                return PartyFacts(party.kind)
            return PartyFacts(party.kind, parties.number_of(self._house, party))

    def answered(self, party_id: str) -> None:
        """The party's audio is there."""
        with self._house.database.session() as session:
            parties.answered(session, self._house, parties.find(session, party_id))

    def closed(self, party_id: str, reason: str) -> None:
        """The party was not reached, or is gone."""
        with self._house.database.session() as session:
            party = session.get(CallParty, party_id)
            if party is not None:
                parties.close(session, self._house, party, reason=reason)

    def change_purpose(self, party_id: str, purpose: str) -> None:
        """The party is in the call for something else now."""
        with self._house.database.session() as session:
            party = parties.find(session, party_id)
            parties.change_purpose(session, self._house, party, Purpose(purpose))

    def mute(self, *, lawyer: bool, muted: Collection[str]) -> None:
        """Nobody hears these parties, and the lawyer or not; all others are heard."""
        with self._house.database.session() as session:
            call = calls.find(session, self._call_id)
            parties.mute(session, self._house, call, lawyer=lawyer, muted=muted)

    def hand_over(self, party_id: str) -> None:
        """The party, a colleague, is the call's lawyer now."""
        with self._house.database.session() as session:
            call = calls.find(session, self._call_id)
            parties.hand_over(session, self._house, call, parties.find(session, party_id))

    def pause(self, *, by: str, reason: str) -> None:
        """The recording holds silence from now on."""
        with self._house.database.session() as session:
            call = calls.find(session, self._call_id)
            pauses.begin(session, self._house, call, by=by, reason=reason)

    def end_pause(self, *, by: str) -> None:
        """The recording goes on."""
        with self._house.database.session() as session:
            call = calls.find(session, self._call_id)
            pauses.end(session, self._house, call, by=by)

    def voice_source(self, leg_id: str) -> int:
        """The synchronisation source that a browser's audio will have."""
        return legs.voice_source(self._house, leg_id)

    def telephone_of(self, leg_id: str) -> str | None:
        """What to dial for a lawyer's leg; None for one in a browser."""
        with self._house.database.reading() as session:
            leg = session.get_one(Leg, leg_id)
            if leg.medium == "sip_phone":
                return f"phone:{session.get_one(User, leg.lawyer_id).username}"
            telephone = session.get(LawyerTelephone, leg.lawyer_id)
            if leg.medium != "number" or telephone is None:
                return None
            return telephones.number_of(self._house, telephone)

    def telephone_taken(self, leg_id: str) -> None:
        """The lawyer has pressed the key: pages show the talk."""
        with self._house.database.session() as session:
            leg = session.get_one(Leg, leg_id)
            if leg.state != "closed" and session.get(Lawyer, leg.lawyer_id) is not None:
                leg.state = "ready"
                session.add(leg)
                self._house.record(
                    session,
                    EventType.LEG_READY,
                    leg_id=leg.id,
                    call_id=leg.call_id,
                    lawyer_id=leg.lawyer_id,
                )
