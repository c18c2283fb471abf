"""Civil, administrative and state-compensation matters: articles 31 to 33, 69 and 70."""

from hotline.intake.conditions import (
    Case,
    always,
    asks_for,
    claims_for_harm,
    has_counsel,
    has_status,
    is_citizen,
    retrial_is,
    role_is,
)
from hotline.intake.facts import RetrialStatus, Role, Status
from hotline.intake.findings import Article, Track
from hotline.intake.grounds import Ground, Rule
from hotline.intake.logic import NO, Verdict, all_of, any_of, known, negate
from hotline.intake.matters import MATTERS, Matter

_ITEM_REASONS = {
    1: "依法请求国家赔偿",
    2: "请求社会保险待遇或者社会救助",
    3: "请求发给抚恤金",
    4: "请求赡养费、抚养费、扶养费",
    5: "请求确认劳动关系或者支付劳动报酬",
    6: "请求认定无、限制民事行为能力",
    7: "工伤、交通、食品药品、医疗事故的人身损害赔偿",
    8: "环境污染、生态破坏损害赔偿",
}


def _listed(item: int) -> Ground:
    """The ground of one item of article 31; some matters count only when somebody was hurt."""
    plain = [m for m, info in MATTERS.items() if info.item == item and not info.needs_injury]
    hurt = [m for m, info in MATTERS.items() if info.item == item and info.needs_injury]

    def when(case: Case) -> Verdict:
        injury = known(case.facts.bodily_injury, "bodily_injury")
        return any_of(
            asks_for(case, *plain) if plain else NO,
            all_of(asks_for(case, *hurt), injury) if hurt else NO,
        )

    return Ground(Article(31, item=item, reason=_ITEM_REASONS[item]), when)


def _is_organisation(case: Case) -> Verdict:
    return negate(known(case.facts.is_natural_person, "is_natural_person"))


def _is_borderline(case: Case) -> Verdict:
    return asks_for(case, *(m for m, info in MATTERS.items() if info.is_borderline))


def _locally_listed(case: Case) -> Verdict:
    return asks_for(case, *case.local.matters) if case.local.matters else NO


def _locally_unconditional(case: Case) -> Verdict:
    wanted = case.local.unconditional_matters
    return asks_for(case, *wanted) if wanted else NO


UNCONDITIONAL_GROUNDS: tuple[Ground, ...] = (
    Ground(
        Article(32, item=1, reason="英雄烈士近亲属维护英雄烈士的人格权益"),
        lambda case: all_of(
            asks_for(case, Matter.HERO_HONOUR), has_status(case, Status.HERO_RELATIVE)
        ),
    ),
    Ground(
        Article(32, item=2, reason="因见义勇为主张民事权益"),
        lambda case: asks_for(case, Matter.GOOD_SAMARITAN),
    ),
    Ground(
        Article(32, item=3, reason="再审改判无罪后请求国家赔偿"),
        lambda case: all_of(
            asks_for(case, Matter.STATE_COMPENSATION), retrial_is(case, RetrialStatus.ACQUITTED)
        ),
    ),
    Ground(Article(32, item=4, reason="遭受虐待、遗弃或者家庭暴力，主张相关权益"), claims_for_harm),
    Ground(
        Article(32, item=5, reason="本省规定的不受经济困难条件限制的事项"), _locally_unconditional
    ),
)
"""Article 32: means do not matter."""

ORGANISATION_RULE = Rule(
    id="organisation",
    title="公司等组织",
    track=Track.CONSULT,
    premise=always,
    grounds=(
        Ground(Article(2, reason="法律援助面向公民等当事人，组织可以咨询"), _is_organisation),
    ),
)

FOREIGN_RULE = Rule(
    id="foreign",
    title="外国人、无国籍人",
    track=Track.REVIEW,
    premise=always,
    grounds=(
        Ground(
            Article(69, reason="看我国法律、条约或者互惠原则，由人审查"),
            lambda case: negate(is_citizen(case)),
        ),
    ),
)

RETAINED_RULE = Rule(
    id="civil_retained_counsel",
    title="已经委托代理人",
    track=Track.CONSULT,
    premise=has_counsel,
    grounds=(
        Ground(
            Article(29, reason="申请以没有委托诉讼代理人为前提"),
            lambda case: negate(role_is(case, Role.PARTY)),
        ),
        Ground(
            Article(31, reason="申请以没有委托代理人为前提"),
            lambda case: role_is(case, Role.PARTY),
        ),
    ),
)

CIVIL_RULES: tuple[Rule, ...] = (
    Rule(
        id="unconditional",
        title="不看经济状况的事项",
        track=Track.CIVIL,
        premise=always,
        grounds=UNCONDITIONAL_GROUNDS,
    ),
    Rule(
        id="listed",
        title="因经济困难可以申请的事项",
        track=Track.CIVIL,
        premise=always,
        grounds=tuple(_listed(item) for item in _ITEM_REASONS),
    ),
    Rule(
        id="civil_retrial",
        title="生效裁判已裁定再审或者抗诉",
        track=Track.RETRIAL,
        premise=always,
        grounds=(
            Ground(
                Article(33, reason="法院裁定再审或者检察院抗诉"),
                lambda case: retrial_is(case, RetrialStatus.ORDERED),
            ),
        ),
    ),
    Rule(
        id="locally_listed",
        title="本省补充的事项",
        track=Track.CIVIL,
        premise=always,
        grounds=(Ground(Article(31, item=9, reason="本省规定的其他事项"), _locally_listed),),
    ),
    Rule(
        id="borderline",
        title="全国性条文可作不同理解的事项",
        track=Track.REVIEW,
        premise=always,
        grounds=(
            Ground(
                Article(31, item=9, reason="条文未明列，须查本省规定并由人审查"), _is_borderline
            ),
        ),
    ),
    Rule(
        id="military",
        title="军人军属的其他事项",
        track=Track.REVIEW,
        premise=always,
        grounds=(
            Ground(
                Article(70, reason="军人军属另有办法"),
                lambda case: has_status(case, Status.MILITARY),
            ),
        ),
    ),
    Rule(
        id="retrial_not_opened",
        title="只是想申请再审",
        track=Track.CONSULT,
        premise=always,
        grounds=(
            Ground(
                Article(33, reason="裁定再审或者抗诉之后，可以申请法律援助"),
                lambda case: retrial_is(case, RetrialStatus.APPLYING),
            ),
        ),
    ),
    Rule(
        id="advice",
        title="全国性条文未列的事项",
        track=Track.CONSULT,
        premise=always,
        grounds=(Ground(Article(22, item=1, reason="法律咨询不设条件"), always),),
        also=(Article(23, reason="电话也应当提供法律咨询"),),
    ),
)
"""In order; the first that applies decides."""
