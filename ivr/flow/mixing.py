"""Who hears whom in each state of the talk: the gain matrix as the flow means it. Pure."""

from ivr.flow.parties import Party, Purpose
from ivr.flow.states import CallContext, State

CALLER = "caller"
LAWYER = "lawyer"

Hearing = frozenset[tuple[str, str]]
"""Pairs (speaker, listener): `CALLER`, `LAWYER` or a party's id."""


def hearing(call: CallContext) -> Hearing:
    """Who hears whom now: everybody in the circle hears everybody but themselves and the quiet.

    Quiet are the muted and those whose telephones hold us.

    A supervisor who listens hears the circle; one who whispers is heard by the lawyer as well; one
    who barges in belongs to the circle.
    """
    talking = [party for party in call.parties if party.is_talking]
    circle = _circle(call, talking)
    if circle:
        circle += [party.id for party in talking if party.purpose is Purpose.BARGE]
    pairs = {(speaker, listener) for speaker in circle for listener in circle}
    pairs -= {(each, each) for each in circle}
    for party in talking:
        if party.purpose in (Purpose.LISTEN, Purpose.WHISPER):
            pairs |= {(speaker, party.id) for speaker in circle}
        if party.purpose is Purpose.WHISPER and LAWYER in circle:
            pairs.add((party.id, LAWYER))
    quiet = call.muted | {party.id for party in talking if party.is_holding}
    return frozenset(pair for pair in pairs if pair[0] not in quiet)


def is_left_alone(call: CallContext) -> bool:
    """Whether the caller was given away to people who all hold: the caller hears nobody."""
    is_given_away = call.state is State.TRANSFERRED
    return is_given_away and all(listener != CALLER for _, listener in hearing(call))


def understood(call: CallContext) -> frozenset[str]:
    """Whose words go to speech recognition: of a side that the other one hears, and of a message.

    What is said to nobody, to a third party in private or in a pause of the recording is kept
    nowhere.
    """
    if not call.recording or call.paused:
        return frozenset()
    if call.state is State.MESSAGE:
        return frozenset({CALLER})
    pairs = hearing(call)
    sides = ((CALLER, LAWYER), (LAWYER, CALLER))
    return frozenset(speaker for speaker, listener in sides if (speaker, listener) in pairs)


def _circle(call: CallContext, talking: list[Party]) -> list[str]:
    joined = [party.id for party in talking if party.purpose is Purpose.JOIN]
    match call.state:
        case State.TALKING:
            return [CALLER, LAWYER, *joined]
        case State.ON_HOLD:
            consulted = [party.id for party in talking if party.purpose is Purpose.CONSULT]
            return [LAWYER, *consulted, *joined]
        case State.TRANSFERRED:
            takers = [party.id for party in talking if party.purpose is Purpose.TRANSFER]
            return [CALLER, *takers, *joined]
        case _:
            return []
