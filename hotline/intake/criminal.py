"""Criminal matters: articles 24 to 30 and, for closed cases, 33 of the Legal Aid Law."""

from hotline.intake.conditions import (
    Case,
    always,
    has_counsel,
    has_disability,
    is_minor,
    lacks_capacity,
    retrial_is,
    role_is,
    stage_is,
)
from hotline.intake.facts import CriminalStage, Disability, RetrialStatus, Role
from hotline.intake.findings import Article, Track
from hotline.intake.grounds import Ground, Rule
from hotline.intake.logic import Verdict, all_of, any_of, known, negate


def is_accused(case: Case) -> Verdict:
    """A suspect, or a defendant whose judgment has not taken effect."""
    return any_of(
        role_is(case, Role.SUSPECT),
        all_of(
            role_is(case, Role.DEFENDANT),
            negate(stage_is(case, CriminalStage.AFTER_JUDGMENT)),
        ),
    )


def _at_trial(case: Case, *stages: CriminalStage) -> Verdict:
    return all_of(role_is(case, Role.DEFENDANT), stage_is(case, *stages))


def _may_get_life_or_death(case: Case) -> Verdict:
    return known(case.facts.severe_sentence, "severe_sentence")


def _is_convicted(case: Case) -> Verdict:
    return _at_trial(case, CriminalStage.AFTER_JUDGMENT)


_MAY_APPLY = Article(24, reason="没有委托辩护人的，本人及近亲属也可以申请")

CRIMINAL_RULES: tuple[Rule, ...] = (
    Rule(
        id="retained_counsel",
        title="刑事案件，已经委托辩护人或者诉讼代理人",
        track=Track.CONSULT,
        premise=has_counsel,
        grounds=(
            Ground(Article(25, reason="通知辩护以没有委托辩护人为前提"), is_accused),
            Ground(
                Article(28, reason="通知指派以没有委托诉讼代理人为前提"),
                lambda case: role_is(case, Role.COMPULSORY_TREATMENT),
            ),
            Ground(Article(33, reason="申请以没有委托律师为前提"), _is_convicted),
        ),
        also=(Article(27, reason="自己委托律师的权利不受限制"),),
    ),
    Rule(
        id="mandatory_defence",
        title="没有辩护人，属于应当通知辩护的人",
        track=Track.MANDATORY_DEFENCE,
        premise=is_accused,
        grounds=(
            Ground(Article(25, 1, 1, "未成年人"), is_minor),
            Ground(
                Article(25, 1, 2, "视力、听力、言语残疾人"),
                lambda case: has_disability(
                    case, Disability.SIGHT, Disability.HEARING, Disability.SPEECH
                ),
            ),
            Ground(Article(25, 1, 3, "不能完全辨认自己行为的成年人"), lacks_capacity),
            Ground(Article(25, 1, 4, "可能判处无期徒刑、死刑"), _may_get_life_or_death),
            Ground(
                Article(25, 1, 5, "死刑复核案件的被告人申请法律援助"),
                lambda case: _at_trial(case, CriminalStage.DEATH_SENTENCE_REVIEW),
            ),
            Ground(
                Article(25, 1, 6, "缺席审判案件的被告人"),
                lambda case: _at_trial(case, CriminalStage.TRIAL_IN_ABSENTIA),
            ),
        ),
        also=(Article(36, reason="办案机关三日内通知，法律援助机构三日内指派"),),
    ),
    Rule(
        id="compulsory_treatment",
        title="强制医疗案件，没有诉讼代理人",
        track=Track.MANDATORY_DEFENCE,
        premise=always,
        grounds=(
            Ground(
                Article(28, reason="强制医疗案件的被申请人或者被告人，法院应当通知指派律师"),
                lambda case: role_is(case, Role.COMPULSORY_TREATMENT),
            ),
        ),
        also=(Article(36, reason="办案机关三日内通知，法律援助机构三日内指派"),),
    ),
    Rule(
        id="criminal_retrial",
        title="生效裁判已决定再审或者抗诉，没有委托辩护人",
        track=Track.RETRIAL,
        premise=_is_convicted,
        grounds=(
            Ground(
                Article(33, reason="法院决定再审或者检察院抗诉"),
                lambda case: retrial_is(case, RetrialStatus.ORDERED),
            ),
        ),
    ),
    Rule(
        id="criminal_closed",
        title="刑事裁判已生效，尚未决定再审",
        track=Track.CONSULT,
        premise=always,
        grounds=(
            Ground(
                Article(33, reason="法院决定再审或者检察院抗诉之后，可以申请法律援助"),
                _is_convicted,
            ),
        ),
    ),
    Rule(
        id="discretionary_defence",
        title="普通程序审理的被告人，没有辩护人",
        track=Track.DISCRETIONARY_DEFENCE,
        premise=is_accused,
        grounds=(
            Ground(
                Article(25, 2, reason="普通程序审理的其他案件，法院可以通知指派律师"),
                lambda case: _at_trial(case, CriminalStage.TRIAL_ORDINARY),
            ),
        ),
        also=(_MAY_APPLY,),
    ),
    Rule(
        id="duty_lawyer",
        title="其他犯罪嫌疑人、被告人，没有辩护人",
        track=Track.DUTY_LAWYER,
        premise=always,
        grounds=(Ground(Article(30, reason="值班律师提供法律帮助"), is_accused),),
        also=(
            Article(37, reason="有权约见值班律师，办案机关应当告知并提供便利"),
            _MAY_APPLY,
        ),
    ),
)
"""In order; the first that applies decides. Whoever has counsel is dealt with by the first."""


VICTIM_RULE = Rule(
    id="criminal_victim",
    title="被害人、自诉人、附带民事诉讼原告人，没有诉讼代理人",
    track=Track.CRIMINAL_VICTIM,
    premise=always,
    grounds=(
        Ground(
            Article(29, reason="公诉案件的被害人，可由法定代理人或者近亲属申请"),
            lambda case: role_is(case, Role.VICTIM),
        ),
        Ground(
            Article(29, reason="自诉案件的自诉人"),
            lambda case: role_is(case, Role.PRIVATE_PROSECUTOR),
        ),
        Ground(
            Article(29, reason="刑事附带民事诉讼的原告人"),
            lambda case: role_is(case, Role.INCIDENTAL_PLAINTIFF),
        ),
    ),
)
