"""Which calls people judge, and how well people and rules agree. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Sample(StrEnum):
    """Why a person should look at a call, the weightiest reason."""

    DISSATISFIED = "dissatisfied"
    FORBIDDEN_WORDS = "forbidden_words"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How people's judgements compare with the rules'.

    Attributes:
        count: Calls that both have judged.
        percent: Of these, how many both let pass or both did not; None without any.
        kappa: Cohen's kappa (1960): agreement beyond chance, 1 is perfect, 0 is chance; None where
            chance alone explains all, as when everything passes.
        mean_difference: People's score minus the rules', on average.
    """

    count: int
    percent: float | None
    kappa: float | None
    mean_difference: float | None


def lot(fingerprint: str) -> float:
    """A call's lot, 0 to 1: the same whoever draws it, and as good as any other call's.

    Args:
        fingerprint: Hexadecimal digits that follow from the call and from a secret. Call ids are
            no secret: without one a lawyer could reckon which calls will be looked at.
    """
    return int(fingerprint[:16], 16) / 2**64


def sample_reason(
    drawn: float, *, share: float, is_dissatisfied: bool, has_forbidden_words: bool
) -> Sample | None:
    """Why a call is in the sample as soon as it is judged; None when it is not, as yet.

    Args:
        drawn: The call's lot.
        share: Of all calls, how many chance shall choose, 0 to 1.
        is_dissatisfied: Whether the caller was.
        has_forbidden_words: Whether they were said.
    """
    if is_dissatisfied:
        return Sample.DISSATISFIED
    if has_forbidden_words:
        return Sample.FORBIDDEN_WORDS
    return Sample.RANDOM if drawn < share else None


def lowest(lots: Mapping[str, float], *, share: float) -> list[str]:
    """The calls with the lowest lots, so many that they are at least the share of all."""
    # Of 20 calls 5 % is one, whatever 0.05 is in binary.
    count = math.ceil(round(share * len(lots), 9))
    return sorted(lots, key=lambda call_id: (lots[call_id], call_id))[:count]


def agreement(
    verdicts: Sequence[tuple[bool, bool]], differences: Sequence[float] = ()
) -> Agreement:
    """Compares verdicts.

    Args:
        verdicts: For each call, whether the rules and the person let it pass.
        differences: The person's score minus the rules', for each call.
    """
    count = len(verdicts)
    if count == 0:
        return Agreement(0, None, None, None)
    observed = sum(rules == person for rules, person in verdicts) / count
    by_rules = sum(rules for rules, _ in verdicts) / count
    by_people = sum(person for _, person in verdicts) / count
    expected = by_rules * by_people + (1 - by_rules) * (1 - by_people)
    kappa = (observed - expected) / (1 - expected) if expected < 1 else None
    mean = sum(differences) / len(differences) if differences else None
    return Agreement(
        count,
        round(100 * observed, 1),
        round(kappa, 3) if kappa is not None else None,
        round(mean, 1) if mean is not None else None,
    )
