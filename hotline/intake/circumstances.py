"""Conditions that call for something besides the track: danger, time limits, who speaks."""

from hotline.intake.conditions import Case, asks_for, is_harmed
from hotline.intake.facts import (
    Applicant,
    ApplicationStage,
    CriminalStage,
    Means,
    TerminationGround,
)
from hotline.intake.logic import NO, YES, Verdict, all_of, known
from hotline.intake.matters import Matter

ADVANCE_DAYS = 7
"""With fewer whole days left aid may begin in advance; seven days are not fewer (article 44)."""


def is_in_danger(case: Case) -> Verdict:
    """The person is in danger now; worth asking once violence at home is known."""
    if case.facts.in_danger is not None:
        return YES if case.facts.in_danger else NO
    return all_of(is_harmed(case), Verdict(None, ("in_danger",)))


def deadline_is_near(case: Case) -> Verdict:
    """Fewer than seven whole days are left until a time limit ends, or it is the last day."""
    days = case.facts.days_to_deadline
    return known(None if days is None else 0 <= days < ADVANCE_DAYS, "days_to_deadline")


def deadline_has_passed(case: Case) -> Verdict:
    """The time limit is over."""
    days = case.facts.days_to_deadline
    return known(None if days is None else days < 0, "days_to_deadline")


def needs_court_measures(case: Case) -> Verdict:
    """The court has to be asked at once to preserve something or to enforce in advance."""
    measures = case.facts.urgent_measures
    return known(None if measures is None else bool(measures), "urgent_measures")


def is_detained(case: Case) -> Verdict:
    """The person is held."""
    return known(case.facts.detained, "detained")


def applicant_is(case: Case, *applicants: Applicant) -> Verdict:
    """One of these speaks for the person."""
    if case.facts.applicant is Applicant.UNKNOWN:
        return Verdict(None, ("applicant",))
    return YES if case.facts.applicant in applicants else NO


def is_above_standard(case: Case) -> Verdict:
    """By their own account the person has more than the standard of the province."""
    if case.facts.means is Means.UNKNOWN:
        return Verdict(None, ("means",))
    return YES if case.facts.means is Means.ABOVE else NO


def is_severe(case: Case) -> Verdict:
    """Life imprisonment or death is possible, or a death sentence is under review."""
    in_review = case.facts.criminal_stage is CriminalStage.DEATH_SENTENCE_REVIEW
    return YES if in_review else known(case.facts.severe_sentence, "severe_sentence")


def is_work_injury(case: Case) -> Verdict:
    """Damages for a work injury are asked for."""
    return asks_for(case, Matter.WORK_INJURY)


def is_group(case: Case) -> Verdict:
    """Several people have the same claim."""
    return YES if (case.facts.group_size or 1) > 1 else NO


def is_deceit(case: Case) -> Verdict:
    """Aid may have been obtained by deceit."""
    return YES if case.facts.termination_ground is TerminationGround.OBTAINED_BY_DECEIT else NO


def misses_documents(case: Case) -> Verdict:
    """The application lacks documents."""
    return YES if case.facts.application is ApplicationStage.DOCUMENTS_MISSING else NO
