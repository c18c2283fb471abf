"""Who else is in a call: third parties, second lawyers, supervisors."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a party is in the call for; the values are those of hotline.calls.rules.Purpose."""

    CONSULT = "consult"
    """The lawyer asks them while the caller is on hold."""
    JOIN = "join"
    """They talk with caller and lawyer."""
    TRANSFER = "transfer"
    """They take the caller over."""
    LISTEN = "listen"
    """A supervisor hears all and is heard by nobody."""
    WHISPER = "whisper"
    """A supervisor hears all and is heard by the lawyer."""
    BARGE = "barge"
    """A supervisor hears all and is heard by all."""

    @property
    def supervises(self) -> bool:
        """Whether this is a supervisor's purpose."""
        return self in (Purpose.LISTEN, Purpose.WHISPER, Purpose.BARGE)


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody beside the caller and the call's lawyer.

    Attributes:
        id: Opaque; also the party's leg at the engine.
        purpose: What they are in the call for.
        lawyer: User id of a duty lawyer, who can take the call over as its lawyer; None for
            telephones and supervisors.
        is_talking: They have answered; until then they are being reached.
        is_holding: Their telephone has put us on hold: nobody hears what it plays meanwhile.
    """

    id: str
    purpose: Purpose
    lawyer: str | None = None
    is_talking: bool = False
    is_holding: bool = False


Parties = tuple[Party, ...]


def find(parties: Parties, party_id: str) -> Party | None:
    """The party with this id."""
    return next((party for party in parties if party.id == party_id), None)


def of_purpose(parties: Parties, *purposes: Purpose) -> Iterator[Party]:
    """The parties with one of these purposes, oldest first."""
    return (party for party in parties if party.purpose in purposes)


def without(parties: Parties, *gone: Party) -> Parties:
    """The parties that stay."""
    ids = {party.id for party in gone}
    return tuple(party for party in parties if party.id not in ids)


def changed(parties: Parties, party: Party) -> Parties:
    """The parties with this one in place of its earlier self; a new one comes last."""
    if find(parties, party.id) is None:
        return (*parties, party)
    return tuple(party if each.id == party.id else each for each in parties)
