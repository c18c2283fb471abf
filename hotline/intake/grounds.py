"""What a rule is: what it leads to, and the grounds in the law of which one must be given."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from hotline.intake.conditions import Case, Condition
from hotline.intake.findings import Article, Overlay, Track
from hotline.intake.logic import NO, YES, Verdict, all_of, any_of
from hotline.intake.tracks import ALL_TRACKS


@dataclass(frozen=True, slots=True)
class Ground:
    """A place in the law, and when it is met; the article's reason says so in Chinese."""

    article: Article
    when: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way on, and what leads there.

    Attributes:
        id: Stable name, for documentation and tests.
        title: Chinese: for whom, in a few words.
        track: Where it leads.
        premise: Must hold besides the grounds.
        grounds: One of them is enough; those met are named in the finding.
        also: Articles named whenever the rule applies.
    """

    id: str
    title: str
    track: Track
    premise: Condition
    grounds: tuple[Ground, ...]
    also: tuple[Article, ...] = ()

    def verdict(self, case: Case) -> Verdict:
        """Whether the rule applies to the case."""
        return all_of(self.premise(case), any_of(*(ground.when(case) for ground in self.grounds)))

    def articles(self, case: Case) -> tuple[Article, ...]:
        """The grounds met, then the articles named anyway."""
        met = tuple(ground.article for ground in self.grounds if ground.when(case).value is True)
        return met + self.also


DELICATE = frozenset({"domestic_violence", "mistreated", "capacity", "disabilities", "status"})
"""Facts that nobody is asked about unless track or means test turn on them."""


@dataclass(frozen=True, slots=True)
class OverlayRule:
    """An overlay, when it applies, and on which tracks."""

    overlay: Overlay
    when: Condition
    tracks: frozenset[Track] = ALL_TRACKS

    def verdict(self, case: Case, possible: Collection[Track]) -> Verdict:
        """Whether the overlay belongs to the finding."""
        inside = self.tracks.issuperset(possible)
        outside = self.tracks.isdisjoint(possible)
        on_track = YES if inside else NO if outside else Verdict(None)
        return all_of(on_track, self.when(case))

    def wishes(self, verdict: Verdict) -> tuple[str, ...]:
        """What is worth asking to settle an open verdict."""
        return tuple(name for name in verdict.asks if name not in DELICATE)


class Decidable(Protocol):
    """Something that applies to a case, does not, or may."""

    def verdict(self, case: Case) -> Verdict:
        """Whether it applies to the case."""
        ...


D = TypeVar("D", bound=Decidable)


def contenders(rules: Sequence[D], case: Case) -> tuple[tuple[D, Verdict], ...]:
    """Lists the rules that can still be the first to apply, in order.

    Rules that do not apply are left out; the first that surely applies ends the list.
    """
    found: list[tuple[D, Verdict]] = []
    for rule in rules:
        verdict = rule.verdict(case)
        if verdict.value is False:
            continue
        found.append((rule, verdict))
        if verdict.value is True:
            break
    return tuple(found)
