"""Who may see what: the rules of reading, in one place. Pure.

| | lawyer | supervisor | intake | admin |
|---|---|---|---|---|
| board and queue | all | all | - | all |
| calls and transcripts | own; those they are in | all | those handed to intake | all |
| numbers in words (telephone, identity, card) | own; those they are in | masked | all | masked |
| tickets (hotline.tickets.service.may_read) | own; the caller's on the line | all | all | all |
| recordings | own; messages of those they call back | all | - | all |
| intakes | own | all | all | - |
| call-backs | - | all | - | all |
"""

from hotline.errors import NotAllowed, NotFound
from hotline.tables import Call, User

LAWYER = "lawyer"
SUPERVISOR = "supervisor"
INTAKE = "intake"
ADMIN = "admin"

WATCHERS = frozenset({SUPERVISOR, ADMIN})
FLOOR = WATCHERS | {LAWYER}
STAFF = FLOOR | {INTAKE}


def has_role(user: User, roles: frozenset[str]) -> bool:
    """Whether the user has any of the roles."""
    return not roles.isdisjoint(user.roles)


def require_role(user: User, roles: frozenset[str]) -> None:
    """Lets people with any of the roles pass.

    Raises:
        NotAllowed: The user has none of them.
    """
    if not has_role(user, roles):
        raise NotAllowed(f"This needs one of the roles {', '.join(sorted(roles))}.")


def may_see_numbers(user: User | None, call: Call, *, is_in_call: bool = False) -> bool:
    """Whether long numbers in a call's words are shown whole: its lawyer's work, and intake's.

    Args:
        user: Who reads; None for nobody in particular.
        call: The call whose words they are.
        is_in_call: Whether the user hears them being said, as a second lawyer.
    """
    if user is None:
        return False
    return call.lawyer_id == user.id or is_in_call or INTAKE in user.roles


def require_call(
    user: User, call: Call, *, is_handed_over: bool = False, is_in_call: bool = False
) -> None:
    """Lets those pass who may see a call.

    Args:
        user: Who asks.
        call: The call.
        is_handed_over: Whether the call's ticket went to intake.
        is_in_call: Whether the user talks in it now, as a second lawyer.

    Raises:
        NotFound: They may not know of it.
    """
    is_own = call.lawyer_id == user.id
    is_intake = is_handed_over and INTAKE in user.roles
    if not (is_own or is_intake or is_in_call or has_role(user, WATCHERS)):
        raise NotFound(f"There is no call {call.id}.")
