"""Judging a call: greeting, notices, legal aid, manner, forbidden words, hold and wait. Pure.

Each rule says how much of its points a call has, why, and where in the call. What a call gives no
ground to judge (no transcript, no hint of legal aid) does not count for or against it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hotline.insights.clauses import is_denied, plain
from hotline.quality.configuration import QualityRules
from hotline.quality.manner import silence, talk_over
from hotline.quality.talk import Evidence, Finding, Item, Reason, Talk, Utterance, graded

_LAWYER = "lawyer"
# A greeting is in the lawyer's first sentences or not at all.
_FIRST_SENTENCES = 3
_MOST_EVIDENCE = 5

_HELLO = re.compile(r"[您你]好|早上好|上午好|下午好|晚上好")
_WHO = re.compile(
    r"12348|一二三四八|幺二三四八|热线|法律援助|值班律师|我是.{0,4}律师|为您服务|请讲|请问|有什么可以"
)
_NOTICE = re.compile(r"通话.{0,6}录音|(?:会|将|正在|被)录音")
_TOLD = re.compile(
    r"(?:可以|有权|能够?|帮您|建议您?|符合|给您).{0,12}法律援助|法律援助.{0,12}(?:申请|免费|条件|不收费|中心)|"
    r"申请.{0,4}法律援助|免费.{0,6}(?:指派|安排|请).{0,4}律师"
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A call's score, 0 to 100, and what it rests on."""

    score: int
    has_passed: bool
    findings: tuple[Finding, ...]

    def of(self, item: Item) -> Finding:
        """One item's outcome."""
        return next(finding for finding in self.findings if finding.item == item)


def judge(talk: Talk, rules: QualityRules) -> Judgement:
    """Judges a call; one that nothing can be said of has all points."""
    findings = tuple(rule(talk, rules) for rule in _RULES)
    counted = [
        (finding.share, weight_of(finding.item, rules))
        for finding in findings
        if finding.share is not None
    ]
    total = sum(weight for _, weight in counted)
    reached = sum(share * weight for share, weight in counted)
    score = round(100 * reached / total) if total else 100
    has_forbidden = any(finding.reason == Reason.SAID for finding in findings)
    return Judgement(score, score >= rules.pass_score and not has_forbidden, findings)


def weight_of(item: Item, rules: QualityRules) -> int:
    """What an item counts for."""
    weight: int = getattr(rules, f"weight_{item}")
    return weight


def _greeting(talk: Talk, _rules: QualityRules) -> Finding:
    first = talk.of(_LAWYER)[:_FIRST_SENTENCES]
    if not first:
        return Finding(Item.GREETING, None, Reason.NO_WORDS)
    words = plain("".join(one.text for one in first))
    found = [bool(pattern.search(words)) for pattern in (_HELLO, _WHO)]
    share = sum(found) / len(found)
    reason = (Reason.MISSING, Reason.PARTLY, Reason.FULL)[sum(found)]
    return Finding(Item.GREETING, share, reason, evidence=(_evidence(first[0]),))


def _recording_notice(talk: Talk, _rules: QualityRules) -> Finding:
    """Nobody is recorded before being told (ADR 0008): by the line, or by the lawyer."""
    said = [one for one in talk.of(_LAWYER) if _NOTICE.search(plain(one.text))]
    evidence = tuple(_evidence(one) for one in said[:1])
    if said or (talk.was_recorded and talk.notice):
        return Finding(Item.RECORDING_NOTICE, 1.0, Reason.FULL, evidence=evidence)
    if talk.was_recorded and talk.notice is False:
        return Finding(Item.RECORDING_NOTICE, 0.0, Reason.MISSING)
    return Finding(Item.RECORDING_NOTICE, None, Reason.NOT_APPLICABLE)


def _legal_aid_told(talk: Talk, _rules: QualityRules) -> Finding:
    """Legal Aid Law, article 23: who consults is told of the right to apply, and how."""
    said = [one for one in talk.of(_LAWYER) if _says(_TOLD, one)]
    evidence = tuple(_evidence(one) for one in said[:_MOST_EVIDENCE])
    if said or talk.is_informed_noted:
        return Finding(Item.LEGAL_AID_TOLD, 1.0, Reason.FULL, evidence=evidence)
    if not talk.may_need_legal_aid:
        return Finding(Item.LEGAL_AID_TOLD, None, Reason.NOT_APPLICABLE)
    return Finding(Item.LEGAL_AID_TOLD, 0.0, Reason.MISSING)


def _forbidden_words(talk: Talk, rules: QualityRules) -> Finding:
    lawyer = talk.of(_LAWYER)
    if not lawyer:
        return Finding(Item.FORBIDDEN_WORDS, None, Reason.NO_WORDS)
    pattern = re.compile("|".join(re.escape(word) for word in rules.forbidden_words) or r"(?!)")
    said = [one for one in lawyer if _says(pattern, one)]
    if not said:
        return Finding(Item.FORBIDDEN_WORDS, 1.0, Reason.FULL)
    evidence = tuple(_evidence(one) for one in said[:_MOST_EVIDENCE])
    return Finding(Item.FORBIDDEN_WORDS, 0.0, Reason.SAID, float(len(said)), evidence)


def _hold_time(talk: Talk, rules: QualityRules) -> Finding:
    bounds = (rules.hold_good_seconds, rules.hold_bad_seconds)
    return _timed(Item.HOLD_TIME, talk.hold_seconds, bounds)


def _wait_time(talk: Talk, rules: QualityRules) -> Finding:
    if talk.wait_seconds is None:
        return Finding(Item.WAIT_TIME, None, Reason.NOT_APPLICABLE)
    bounds = (rules.wait_good_seconds, rules.wait_bad_seconds)
    return _timed(Item.WAIT_TIME, talk.wait_seconds, bounds)


def _timed(item: Item, seconds: float, bounds: tuple[float, float]) -> Finding:
    share = graded(seconds, good=bounds[0], bad=bounds[1])
    reason = Reason.FULL if share == 1.0 else Reason.TOO_MUCH
    return Finding(item, share, reason, round(seconds, 1))


def _says(pattern: re.Pattern[str], one: Utterance) -> bool:
    words = plain(one.text)
    return any(not is_denied(words, found.start()) for found in pattern.finditer(words))


def _evidence(one: Utterance) -> Evidence:
    return Evidence(one.start_ms, one.end_ms, one.text)


_RULES: Sequence[Callable[[Talk, QualityRules], Finding]] = (
    _greeting,
    _recording_notice,
    _legal_aid_told,
    talk_over,
    silence,
    _forbidden_words,
    _hold_time,
    _wait_time,
)
