"""Personal data in a ticket as others see them, and what they write back. Pure.

A ticket is whole for its lawyer and for intake. Whoever else reads it sees names and long numbers
masked, and may write all the same: what was masked then stays what it was, for a mask that is
stored in its place would destroy the number for good.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat

from hotline.errors import InvalidInput
from hotline.privacy import mask_identity, mask_name
from hotline.tables import Ticket, User
from hotline.transcripts.redaction import masked_numbers, redact

MASKS: Mapping[str, Callable[[str], str]] = {
    "summary": redact,
    "advice": redact,
    "caller_name": mask_name,
    "caller_identity": mask_identity,
}
_WORDS = frozenset({"summary", "advice"})
_INTAKE = "intake"
# Asterisks that touch a digit stand for digits; those around a word are somebody's emphasis.
_HALF_A_NUMBER = re.compile(r"(?<=[0-9])\*{2,}|\*{2,}(?=[0-9])")


def sees_whole(user: User | None, ticket: Ticket) -> bool:
    """Whether nothing in the ticket is masked for this reader; nobody in particular sees masks."""
    return user is not None and (user.id == ticket.lawyer_id or _INTAKE in user.roles)


def masked_fields(whole: Mapping[str, str]) -> tuple[str, ...]:
    """Which of the fields show something else than they hold, to those who see masks."""
    return tuple(name for name, mask in MASKS.items() if mask(whole[name]) != whole[name])


def unmasked(changes: Mapping[str, object], whole: Mapping[str, str]) -> dict[str, object]:
    """The changes of somebody who saw masks, fit to be stored.

    A field that comes back as it was shown is no change. Masked numbers that are still in a text
    become the numbers again.

    Args:
        changes: New values by field, checked already.
        whole: What the fields of MASKS hold.

    Raises:
        InvalidInput: A mask was changed, or it cannot be known which number it stands for.
    """
    kept = dict(changes)
    for name in MASKS.keys() & changes.keys():
        written = str(changes[name])
        if written.strip() == MASKS[name](whole[name]).strip():
            del kept[name]
        elif name in _WORDS:
            kept[name] = _restored(name, written, whole[name])
        elif "*" in written:
            raise InvalidInput(f"{name} is masked here: write it in full, or leave it as it is.")
    return kept


def _restored(name: str, written: str, whole: str) -> str:
    numbers: dict[str, list[str]] = {}
    for masked, number in masked_numbers(whole):
        numbers.setdefault(masked, []).append(number)
    # The longest first: a short mask may be the end of a longer one.
    for masked in sorted(numbers, key=len, reverse=True):
        start, *rest = written.split(masked)
        order = _order(name, numbers[masked], count=len(rest))
        written = start + "".join(
            f"{number}{text}" for number, text in zip(order, rest, strict=False)
        )
    if _HALF_A_NUMBER.search(written) and not _HALF_A_NUMBER.search(whole):
        raise InvalidInput(f"A masked number in {name} was changed: leave it, or write it in full.")
    return written


def _order(name: str, numbers: list[str], *, count: int) -> Iterator[str]:
    """What the masks in the text stand for, one after the other."""
    if len(set(numbers)) == 1:
        return repeat(numbers[0])
    if count not in {0, len(numbers)}:
        raise InvalidInput(f"Two numbers in {name} look alike when masked: leave both, or none.")
    return iter(numbers)
