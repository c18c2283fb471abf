"""Applications that are already under way: articles 48 and 49 of the Legal Aid Law."""

from hotline.intake.conditions import Case, always
from hotline.intake.facts import ApplicationStage, TerminationGround
from hotline.intake.findings import Article, Track
from hotline.intake.grounds import Ground, Rule
from hotline.intake.logic import NO, YES, Verdict

_TERMINATION_REASONS = {
    TerminationGround.OBTAINED_BY_DECEIT: "以欺骗等不正当手段获得援助",
    TerminationGround.CONCEALED_OR_FALSIFIED: "故意隐瞒重要事实或者提供虚假证据",
    TerminationGround.USED_UNLAWFULLY: "利用法律援助从事违法活动",
    TerminationGround.MEANS_CHANGED: "经济状况变化，不再符合条件",
    TerminationGround.CASE_CLOSED: "案件终止审理或者已被撤销",
    TerminationGround.RETAINED_OWN_COUNSEL: "自行委托律师或者其他代理人",
    TerminationGround.ASKED_TO_END: "有正当理由要求终止",
}


def _disputes(case: Case) -> Verdict:
    return YES if case.facts.application is ApplicationStage.DISPUTED else NO


def _is_granted(case: Case) -> Verdict:
    return YES if case.facts.application is ApplicationStage.GRANTED else NO


def _termination(item: int, ground: TerminationGround) -> Ground:
    def when(case: Case) -> Verdict:
        if case.facts.termination_ground is TerminationGround.UNKNOWN:
            return Verdict(None, ("termination_ground",))
        return YES if case.facts.termination_ground is ground else NO

    return Ground(Article(48, 1, item, _TERMINATION_REASONS[ground]), when)


PROCEDURE_RULES: tuple[Rule, ...] = (
    Rule(
        id="objection",
        title="对不予援助、终止援助有异议",
        track=Track.OBJECTION,
        premise=always,
        grounds=(Ground(Article(49, 1, reason="向设立该机构的司法行政部门提出"), _disputes),),
        also=(
            Article(49, 2, reason="司法行政部门五日内审查"),
            Article(49, 3, reason="仍不服的，可以行政复议或者行政诉讼"),
        ),
    ),
    Rule(
        id="termination",
        title="已获援助，出现应当终止的情形",
        track=Track.TERMINATION,
        premise=_is_granted,
        grounds=tuple(
            _termination(item, ground) for item, ground in enumerate(_TERMINATION_REASONS, start=1)
        ),
    ),
)
"""Held against the facts before everything else."""
