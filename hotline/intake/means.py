"""What has to be shown of somebody's means: articles 24, 32 and 42 of the Legal Aid Law.

Two things are easily taken for one: where article 32 applies, means do not matter at all; where
article 42 applies, they do, but a document that proves a standing is enough.
"""

from dataclasses import dataclass

from hotline.intake.civil import UNCONDITIONAL_GROUNDS
from hotline.intake.conditions import (
    Case,
    always,
    asks_for,
    has_disability,
    has_status,
    is_minor,
    is_old,
)
from hotline.intake.facts import Status
from hotline.intake.findings import Article, MeansTest, Track
from hotline.intake.grounds import Ground
from hotline.intake.logic import NO, Verdict, all_of, any_of, known, negate
from hotline.intake.matters import Matter

FIXED_BY_TRACK = {
    Track.ASK: MeansTest.ASK,
    Track.MANDATORY_DEFENCE: MeansTest.NOT_APPLICABLE,
    Track.DISCRETIONARY_DEFENCE: MeansTest.CHECK_OR_OTHER_REASON,
    Track.DUTY_LAWYER: MeansTest.CHECK_OR_OTHER_REASON,
    Track.CONSULT: MeansTest.NOT_APPLICABLE,
    Track.OBJECTION: MeansTest.NOT_APPLICABLE,
    Track.TERMINATION: MeansTest.NOT_APPLICABLE,
}
"""Tracks whose means test does not depend on the person; article 24 for the two in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansRule:
    """One means test, and the grounds of which one leads to it."""

    id: str
    title: str
    test: MeansTest
    grounds: tuple[Ground, ...]

    def verdict(self, case: Case) -> Verdict:
        """Whether the rule applies to the case."""
        return any_of(*(ground.when(case) for ground in self.grounds))


def _has_no_livelihood(case: Case) -> Verdict:
    group = any_of(is_minor(case), is_old(case), has_disability(case))
    return all_of(group, negate(known(case.facts.fixed_income, "fixed_income")))


def is_migrant_wage_claim(case: Case) -> Verdict:
    """Somebody from the country who works in a town claims wages, or damages for a work injury."""
    return all_of(
        asks_for(case, Matter.LABOUR_PAY, Matter.OVERTIME_PAY, Matter.WORK_INJURY),
        known(case.facts.migrant_worker, "migrant_worker"),
    )


def _is_military_and_unconditional(case: Case) -> Verdict:
    return has_status(case, Status.MILITARY) if case.local.military_unconditional else NO


def _has_local_standing(case: Case) -> Verdict:
    standings = case.local.exempt_status
    return has_status(case, *standings) if standings else NO


MEANS_RULES: tuple[MeansRule, ...] = (
    MeansRule(
        id="unconditional",
        title="不看经济状况",
        test=MeansTest.NONE,
        grounds=(
            *UNCONDITIONAL_GROUNDS,
            Ground(
                Article(70, reason="本省军人军属办法规定不看经济状况"),
                _is_military_and_unconditional,
            ),
        ),
    ),
    MeansRule(
        id="exempt",
        title="凭身份材料免予核查",
        test=MeansTest.EXEMPT_FROM_CHECK,
        grounds=(
            Ground(
                Article(42, item=1, reason="无固定生活来源的未成年人、老年人、残疾人等"),
                _has_no_livelihood,
            ),
            Ground(
                Article(42, item=2, reason="社会救助、司法救助或者优抚对象"),
                lambda case: has_status(
                    case,
                    Status.SOCIAL_ASSISTANCE,
                    Status.JUDICIAL_ASSISTANCE,
                    Status.PREFERENTIAL_TREATMENT,
                ),
            ),
            Ground(
                Article(42, item=3, reason="进城务工人员追索劳动报酬或者工伤赔偿"),
                is_migrant_wage_claim,
            ),
            Ground(Article(42, item=4, reason="本省规定的其他人员"), _has_local_standing),
        ),
    ),
    MeansRule(
        id="check",
        title="说明经济状况，可以个人诚信承诺",
        test=MeansTest.CHECK,
        grounds=(Ground(Article(41, reason="如实说明；信息共享查询或者个人诚信承诺"), always),),
    ),
)
"""In order; the first that applies decides, on tracks that FIXED_BY_TRACK does not name."""
