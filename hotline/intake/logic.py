"""Yes, no, and not known yet: the logic that keeps the rules from guessing (Kleene's three values).

Two promises hold for every verdict built from these functions:

1. A verdict of yes or no stays what it is whatever the unknown facts turn out to be.
2. An open verdict names facts to ask about; a settled one names none.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a condition.

    Attributes:
        value: True, False, or None while it is open.
        asks: Names of the facts to ask about next; several when they are equally near.
    """

    value: bool | None
    asks: tuple[str, ...] = ()


YES = Verdict(True)
NO = Verdict(False)


def known(value: bool | None, name: str) -> Verdict:
    """Turns a fact into a verdict, open under its name when the fact is unknown."""
    if value is None:
        return Verdict(None, (name,))
    return YES if value else NO


def all_of(*verdicts: Verdict) -> Verdict:
    """Is no as soon as one is no; while open, asks only for the first open one.

    Put the condition that is most telling, or easiest to ask for, first.
    """
    if any(verdict.value is False for verdict in verdicts):
        return NO
    for verdict in verdicts:
        if verdict.value is None:
            return verdict
    return YES


def any_of(*verdicts: Verdict) -> Verdict:
    """Is yes as soon as one is yes; while open, asks for everything that may still make it yes."""
    if any(verdict.value is True for verdict in verdicts):
        return YES
    asks = tuple(dict.fromkeys(name for verdict in verdicts for name in verdict.asks))
    if any(verdict.value is None for verdict in verdicts):
        return Verdict(None, asks)
    return NO


def negate(verdict: Verdict) -> Verdict:
    """Turns yes into no and no into yes; open stays open."""
    if verdict.value is None:
        return verdict
    return NO if verdict.value else YES
