"""The preliminary finding on legal aid: a proposal for a person to decide on, never a refusal.

The law is the Legal Aid Law of the People's Republic of China, in force since 2022-01-01. The rules
stand in tables: `procedure`, `criminal` and `civil` hold the ways on, `means` what has to be shown
of the person's means, `overlays` what to mind besides. Here they are held against the facts:

1. The first rule that applies gives the track. A rule that may apply, because a fact is unknown,
   keeps its track possible; while more than one is, the track is `ASK`.
2. The same goes for the means test, once the track stands.
3. What the open rules wait for becomes the questions.

So a finding of high confidence holds whatever the unknown facts turn out to be.
"""

from collections.abc import Iterable

from hotline.intake import steps
from hotline.intake.civil import CIVIL_RULES, FOREIGN_RULE, ORGANISATION_RULE, RETAINED_RULE
from hotline.intake.conditions import Case, LocalRules
from hotline.intake.criminal import CRIMINAL_RULES, VICTIM_RULE
from hotline.intake.facts import Applicant, IntakeFacts, Means, RetrialStatus
from hotline.intake.fields import FIELDS
from hotline.intake.findings import (
    Article,
    Confidence,
    Finding,
    MeansTest,
    Overlay,
    Question,
    Track,
)
from hotline.intake.grounds import Rule, contenders
from hotline.intake.matters import MATTERS
from hotline.intake.means import FIXED_BY_TRACK, MEANS_RULES
from hotline.intake.overlays import OVERLAY_RULES
from hotline.intake.procedure import PROCEDURE_RULES
from hotline.intake.tracks import MEANS_TRACKS

NATIONAL = LocalRules()
"""The national grounds alone."""

FIRST_QUESTION = "in_danger"
"""Whether somebody is in danger comes before every other question."""

ADVICE = "随时可以继续拨打12348咨询，不收费"
PETITION = "申诉、申请再审：法院热线 12368；检察热线 12309"

TRACK_RULES: tuple[Rule, ...] = (
    *PROCEDURE_RULES,
    *CRIMINAL_RULES,
    ORGANISATION_RULE,
    FOREIGN_RULE,
    RETAINED_RULE,
    VICTIM_RULE,
    *CIVIL_RULES,
)
"""In order; the first that applies decides, and the last always does."""


def find(facts: IntakeFacts, local: LocalRules = NATIONAL) -> Finding:
    """Makes the preliminary finding.

    Never raises and never refuses, whatever is unknown or contradictory.

    Args:
        facts: What is known.
        local: What the province adds.
    """
    case = Case(facts, local)
    rules = contenders(TRACK_RULES, case)
    possible = tuple(dict.fromkeys(rule.track for rule, _ in rules))
    track = possible[0] if len(possible) == 1 else Track.ASK
    asked = [name for _, verdict in rules for name in verdict.asks] if track is Track.ASK else []

    test, means_articles, means_asked = _means_test(track, case)
    asked += means_asked
    overlays, wished = _overlays(possible, case)
    wished += _further_questions(track, test, case)
    decided = [] if track is Track.ASK else [*rules[-1][0].articles(case), *means_articles]
    articles = tuple(dict.fromkeys(decided))
    return Finding(
        track=track,
        possible_tracks=possible,
        means_test=test,
        confidence=_confidence(track, test),
        articles=articles,
        organisation=steps.organisation(track, case),
        documents=steps.documents(track, test, articles, case),
        deadlines=steps.deadlines(track, case),
        overlays=overlays,
        questions=_questions(asked, wished),
        reminders=_reminders(facts),
        alternatives=_alternatives(possible, facts),
    )


def _means_test(track: Track, case: Case) -> tuple[MeansTest, list[Article], list[str]]:
    """The means test of the track, the articles it rests on, and what it waits for."""
    fixed = FIXED_BY_TRACK.get(track)
    if fixed is not None:
        return fixed, [], []
    rules = contenders(MEANS_RULES, case)
    tests = {rule.test for rule, _ in rules}
    if len(tests) > 1:
        return MeansTest.ASK, [], [name for _, verdict in rules for name in verdict.asks]
    rule, _ = rules[0]
    return rule.test, [g.article for g in rule.grounds if g.when(case).value is True], []


def _overlays(possible: tuple[Track, ...], case: Case) -> tuple[tuple[Overlay, ...], list[str]]:
    """The overlays that surely apply, and what the others wait for."""
    verdicts = [(rule, rule.verdict(case, possible)) for rule in OVERLAY_RULES]
    certain = tuple(rule.overlay for rule, verdict in verdicts if verdict.value is True)
    return certain, [name for rule, verdict in verdicts for name in rule.wishes(verdict)]


def _further_questions(track: Track, test: MeansTest, case: Case) -> list[str]:
    """What helps on the way though neither track nor means test waits for it."""
    wished: list[str] = []
    if track in MEANS_TRACKS:
        wished += ["litigation"] if case.facts.litigation is None else []
        wished += ["applicant"] if case.facts.applicant is Applicant.UNKNOWN else []
    if test is MeansTest.CHECK and case.facts.means is Means.UNKNOWN:
        wished.append("means")
    return wished


def _questions(asked: Iterable[str], wished: Iterable[str]) -> tuple[Question, ...]:
    decisive = set(asked)
    names = decisive | set(wished)
    found = [
        Question(field.name, field.question, field.name in decisive)
        for field in FIELDS
        if field.name in names
    ]
    return tuple(sorted(found, key=lambda q: (q.id != FIRST_QUESTION, not q.is_decisive)))


def _confidence(track: Track, test: MeansTest) -> Confidence:
    if track is Track.ASK:
        return Confidence.LOW
    return Confidence.MEDIUM if test is MeansTest.ASK else Confidence.HIGH


def _reminders(facts: IntakeFacts) -> tuple[str, ...]:
    texts = (text for matter in sorted(facts.matters) for text in MATTERS[matter].reminders)
    return tuple(dict.fromkeys(texts))


def _alternatives(possible: tuple[Track, ...], facts: IntakeFacts) -> tuple[str, ...]:
    """Other ways to help, for everybody whose application may come to nothing."""
    is_safe = not {Track.CONSULT, Track.REVIEW}.intersection(possible)
    if is_safe and facts.means is not Means.ABOVE:
        return ()
    ways = [way for matter in sorted(facts.matters) for way in MATTERS[matter].alternatives]
    if facts.retrial_status is RetrialStatus.APPLYING:
        ways.append(PETITION)
    return tuple(dict.fromkeys([*ways, ADVICE]))
