"""Judging calls: by rules after each call, and by people on a sample."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session, col, func, select

from hotline.audit import audit
from hotline.configuration import service as configuration
from hotline.errors import InvalidInput, NotFound
from hotline.house import House
from hotline.quality.configuration import QualityRules
from hotline.quality.gathering import gather
from hotline.quality.rules import Judgement, judge, weight_of
from hotline.quality.sampling import Agreement, Sample, agreement, lot, lowest, sample_reason
from hotline.quality.talk import Finding, Reason
from hotline.tables import Call, QualityCheck, User

_BEST = 100
_NOTE_CHARACTERS = 2000


def check(session: Session, house: House, call: Call) -> QualityCheck:
    """Judges a call by the rules in force; judges it anew where nobody has reviewed it yet.

    A call that is judged anew is judged by the rules of its first judgement, and stays in the
    sample once it is in it.
    """
    known = session.get(QualityCheck, call.id)
    if known is not None and known.reviewed_at is not None:
        return known
    rules, version = _rules_for(session, known)
    judgement = judge(gather(session, call), rules)
    row = QualityCheck(
        call_id=call.id,
        lawyer_id=call.lawyer_id,
        score=judgement.score,
        has_passed=judgement.has_passed,
        items=[_item(finding, rules) for finding in judgement.findings],
        sample=_sample(house, call, judgement, rules) or (known.sample if known else None),
        rules_version=version,
        checked_at=house.clock.now(),
    )
    row = session.merge(row)
    session.flush()
    return row


def complete_sample(session: Session, house: House, begun: datetime, ended: datetime) -> int:
    """Draws as many calls of a time that is over as the rules ask for; returns how many were added.

    Those that were in the sample before for another reason are drawn too: it is at least the share
    of all calls of the time.

    Args:
        session: The deed's session.
        house: The process's house.
        begun: Calls that began then or later.
        ended: Calls that began before.
    """
    call_ids = _left_out(session, house, begun, ended)
    for row in session.exec(select(QualityCheck).where(col(QualityCheck.call_id).in_(call_ids))):
        row.sample = Sample.RANDOM
        session.add(row)
    return len(call_ids)


def is_sample_short(session: Session, house: House, begun: datetime, ended: datetime) -> bool:
    """Whether `complete_sample` would add anything; takes no turn to write."""
    return bool(_left_out(session, house, begun, ended))


def find(session: Session, call_id: str) -> QualityCheck:
    """A call's judgement.

    Raises:
        NotFound: It has none.
    """
    row = session.get(QualityCheck, call_id)
    if row is None:
        raise NotFound(f"Call {call_id} has not been judged.")
    return row


def review(
    session: Session, house: House, call_id: str, *, user: User, score: int, note: str
) -> QualityCheck:
    """A person's own score; it stands beside the rules' and may be changed.

    Args:
        session: The deed's session.
        house: The process's house.
        call_id: The call.
        user: Who judges.
        score: 0 to 100.
        note: Why, in the person's words.

    Raises:
        InvalidInput: The score or the note cannot be.
        NotFound: The call has not been judged by rules yet.
    """
    if not 0 <= score <= _BEST or len(note) > _NOTE_CHARACTERS:
        raise InvalidInput(f"A score is 0 to {_BEST}, a note has {_NOTE_CHARACTERS} characters.")
    row = find(session, call_id)
    rules = configuration.current(session, QualityRules)
    row.human_score, row.human_note = score, note.strip()
    row.human_passed = score >= rules.pass_score
    row.reviewed_by, row.reviewed_at = user.id, house.clock.now()
    session.add(row)
    audit(session, house, user, "quality.reviewed", call_id, score=score)
    return row


def list_checks(
    session: Session,
    *,
    limit: int,
    before: str | None = None,
    is_queue: bool = False,
    lawyer_id: str | None = None,
) -> Sequence[QualityCheck]:
    """Judgements, newest call first.

    Args:
        session: The reader's session.
        limit: How many at most.
        before: Only calls with a lower id.
        is_queue: Only those of the sample that nobody has reviewed yet.
        lawyer_id: Only this lawyer's.
    """
    query = select(QualityCheck).order_by(col(QualityCheck.call_id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(QualityCheck.call_id) < before)
    if is_queue:
        query = query.where(
            col(QualityCheck.sample).is_not(None), col(QualityCheck.reviewed_at).is_(None)
        )
    if lawyer_id is not None:
        query = query.where(col(QualityCheck.lawyer_id) == lawyer_id)
    return session.exec(query).all()


def agreement_since(session: Session, since: datetime) -> Agreement:
    """How people's verdicts compare with the rules', of calls reviewed since then."""
    query = select(QualityCheck).where(col(QualityCheck.reviewed_at) >= since)
    rows = [row for row in session.exec(query) if row.human_passed is not None]
    verdicts = [(row.has_passed, bool(row.human_passed)) for row in rows]
    return agreement(verdicts, [float((row.human_score or 0) - row.score) for row in rows])


def counts(session: Session, since: datetime) -> tuple[int, int, int]:
    """Calls judged since then; of these in the sample; of these reviewed by people."""
    total, sampled, reviewed = session.exec(
        select(
            func.count(),
            func.count(col(QualityCheck.sample)),
            func.count(col(QualityCheck.reviewed_at)),
        ).where(col(QualityCheck.checked_at) >= since)
    ).one()
    return total, sampled, reviewed


def _left_out(session: Session, house: House, begun: datetime, ended: datetime) -> list[str]:
    """The calls that chance has chosen and that are not in the sample."""
    query = (
        select(QualityCheck.call_id, QualityCheck.sample)
        .join(Call, col(Call.id) == col(QualityCheck.call_id))
        .where(col(Call.started_at) >= begun, col(Call.started_at) < ended)
    )
    samples = dict(session.exec(query).all())
    share = configuration.current(session, QualityRules).sample_share
    drawn = lowest({call_id: _lot(house, call_id) for call_id in samples}, share=share)
    return [call_id for call_id in drawn if samples[call_id] is None]


def _rules_for(session: Session, known: QualityCheck | None) -> tuple[QualityRules, int]:
    """The rules that a call is judged by, and their version; 0 are the defaults."""
    versions = configuration.history(session, configuration.name_of(QualityRules))
    if known is not None:
        versions = [one for one in versions if one.version == known.rules_version]
    if not versions:
        return QualityRules(), 0
    return QualityRules.model_validate(versions[0].content), versions[0].version


def _sample(house: House, call: Call, judgement: Judgement, rules: QualityRules) -> Sample | None:
    has_forbidden = any(finding.reason == Reason.SAID for finding in judgement.findings)
    return sample_reason(
        _lot(house, call.id),
        share=rules.sample_share,
        is_dissatisfied=call.rating is not None and call.rating >= rules.dissatisfied_from,
        has_forbidden_words=has_forbidden,
    )


def _lot(house: House, call_id: str) -> float:
    return lot(house.vault.index(call_id, purpose="quality.sample"))


def _item(finding: Finding, rules: QualityRules) -> dict[str, object]:
    return {
        "item": finding.item.value,
        "weight": weight_of(finding.item, rules),
        "share": finding.share,
        "reason": finding.reason.value,
        "figure": finding.figure,
        "evidence": [asdict(one) for one in finding.evidence],
    }
