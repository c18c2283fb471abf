"""What to do or mind besides the track: urgency, representation, access, special groups.

An overlay appears when its condition surely holds and every track still possible is one of its own,
so that it never has to be taken back when more becomes known.
"""

from hotline.intake.circumstances import (
    applicant_is,
    deadline_has_passed,
    deadline_is_near,
    is_above_standard,
    is_deceit,
    is_detained,
    is_group,
    is_in_danger,
    is_severe,
    is_work_injury,
    misses_documents,
    needs_court_measures,
)
from hotline.intake.conditions import (
    always,
    has_disability,
    has_status,
    is_citizen,
    is_harmed,
    is_minor,
    is_old,
    needs_representative,
    no_counsel,
)
from hotline.intake.criminal import is_accused
from hotline.intake.facts import Applicant, Status
from hotline.intake.findings import Overlay, Track
from hotline.intake.grounds import OverlayRule
from hotline.intake.logic import all_of, any_of, known, negate
from hotline.intake.means import is_migrant_wage_claim
from hotline.intake.tracks import (
    ACCUSED_TRACKS,
    ALL_TRACKS,
    APPLICATION_TRACKS,
    MEANS_TRACKS,
)


def _urgent(name: str, text: str, source: str, article: str = "") -> Overlay:
    return Overlay(name, text, source, article, is_urgent=True)


OVERLAY_RULES: tuple[OverlayRule, ...] = (
    OverlayRule(
        _urgent(
            "emergency",
            "人身正处于危险：先请来电人拨打110或由坐席转接，不等评估",
            "反家庭暴力法第15条",
        ),
        is_in_danger,
    ),
    OverlayRule(
        _urgent(
            "report_abuse_of_minor",
            "未成年人正受侵害或者面临危险：接线人员应当立即向公安、民政、教育等部门报告",
            "未成年人保护法第11条第二款",
        ),
        lambda case: all_of(is_harmed(case), is_minor(case)),
    ),
    OverlayRule(
        _urgent(
            "advance_for_deadline",
            "距时效或者期限届满不足七日：可以决定先行提供援助，手续事后补办",
            "法律援助法第44条第一款第（一）项",
            "44.1(1)",
        ),
        deadline_is_near,
        APPLICATION_TRACKS,
    ),
    OverlayRule(
        _urgent(
            "advance_for_measures",
            "需要立即申请保全或者先予执行：可以决定先行提供援助，手续事后补办",
            "法律援助法第44条第一款第（二）项",
            "44.1(2)",
        ),
        needs_court_measures,
        APPLICATION_TRACKS,
    ),
    OverlayRule(
        _urgent("deadline_near", "期限将满：提醒来电人尽快自行起诉、申请仲裁或者复议", "办理提示"),
        deadline_is_near,
        frozenset({Track.CONSULT}),
    ),
    OverlayRule(
        _urgent(
            "detained",
            "被羁押人提出申请：办案机关、监管场所、值班律师应当在二十四小时内转交",
            "法律援助法第39条",
            "39",
        ),
        is_detained,
        ACCUSED_TRACKS | {Track.RETRIAL},
    ),
    OverlayRule(
        Overlay("deadline_passed", "期限可能已过：请核对有无中止、中断事由", "民法典第194、195条"),
        deadline_has_passed,
    ),
    OverlayRule(
        Overlay(
            "protection_order",
            "遭受家庭暴力：告知可申请人身安全保护令，保留报警记录、告诫书、伤情照片",
            "反家庭暴力法第23、28条",
        ),
        lambda case: known(case.facts.domestic_violence, "domestic_violence"),
    ),
    OverlayRule(
        Overlay(
            "confidential", "按保密工单办理，回拨前确认来电人方便接听", "法律援助法第21条", "21"
        ),
        is_harmed,
    ),
    OverlayRule(
        Overlay(
            "documents_missing",
            "一次性告知需要补充的全部材料；未补充的视为撤回",
            "法律援助法第43条第二款",
            "43.2",
        ),
        misses_documents,
        APPLICATION_TRACKS,
    ),
    OverlayRule(
        Overlay(
            "inform_of_right",
            "告知来电人有权申请法律援助，并说明条件和程序",
            "法律援助法第23条",
            "23",
        ),
        always,
        APPLICATION_TRACKS,
    ),
    OverlayRule(
        Overlay(
            "experienced_lawyer", "指派具有三年以上相关执业经历的律师", "法律援助法第26条", "26"
        ),
        is_severe,
        frozenset({Track.MANDATORY_DEFENCE}),
    ),
    OverlayRule(
        Overlay("lawyer_for_minors", "指派熟悉未成年人身心特点的律师", "未成年人保护法第104条"),
        is_minor,
        ALL_TRACKS - {Track.CONSULT, Track.OBJECTION, Track.TERMINATION},
    ),
    OverlayRule(
        Overlay(
            "accessible",
            "提供无障碍服务：放慢语速、短信文字、必要时上门",
            "法律援助法第45条第一款",
            "45.1",
        ),
        lambda case: any_of(is_old(case), has_disability(case)),
    ),
    OverlayRule(
        Overlay("represented", "由法定代理人代为申请", "法律援助法第40条第一款", "40.1"),
        lambda case: all_of(
            needs_representative(case),
            negate(known(case.facts.guardian_infringes, "guardian_infringes")),
        ),
        MEANS_TRACKS,
    ),
    OverlayRule(
        Overlay(
            "other_representative",
            "法定代理人是侵害人：由其他法定代理人或者近亲属代为申请",
            "法律援助法第40条第一款",
            "40.1",
        ),
        lambda case: all_of(
            needs_representative(case), known(case.facts.guardian_infringes, "guardian_infringes")
        ),
    ),
    OverlayRule(
        Overlay(
            "applied_for_by_family",
            "被羁押人的法定代理人或者近亲属可以代为申请",
            "法律援助法第40条第二款",
            "40.2",
        ),
        lambda case: all_of(
            is_detained(case),
            applicant_is(case, Applicant.NEAR_RELATIVE, Applicant.LEGAL_REPRESENTATIVE),
        ),
        ACCUSED_TRACKS | {Track.RETRIAL},
    ),
    OverlayRule(
        Overlay(
            "not_near_relative",
            "来电人不是法定代理人或者近亲属：先登记，再联系本人或者有权代为申请的人",
            "民法典第1045条",
        ),
        lambda case: applicant_is(case, Applicant.OTHER),
        APPLICATION_TRACKS,
    ),
    OverlayRule(
        Overlay(
            "migrant_priority",
            "农民工讨薪、工伤：作为重点对象便捷办理，优先受理、审查、指派",
            "保障农民工工资支付条例第45条",
        ),
        is_migrant_wage_claim,
        MEANS_TRACKS,
    ),
    OverlayRule(
        Overlay(
            "military_priority",
            "军人军属：优先办理，按军人军属办法和本省规定",
            "法律援助法第70条",
            "70",
        ),
        lambda case: has_status(case, Status.MILITARY),
    ),
    OverlayRule(
        Overlay("veteran", "退役军人：可以介绍退役军人法律援助工作站", "退役军人保障法第70条"),
        lambda case: has_status(case, Status.VETERAN),
    ),
    OverlayRule(
        Overlay(
            "means_above",
            "自述高于困难标准：请按本省现行标准核对，由人决定",
            "法律援助法第34条",
            "34",
        ),
        is_above_standard,
        MEANS_TRACKS,
    ),
    OverlayRule(
        Overlay(
            "confirm_employment",
            "用工关系有争议：可以先请求确认劳动关系",
            "法律援助法第31条第（五）项",
            "31(5)",
        ),
        lambda case: all_of(
            is_work_injury(case), known(case.facts.employment_disputed, "employment_disputed")
        ),
    ),
    OverlayRule(
        Overlay("recognise_injury", "尚未认定工伤：提醒一年内申请工伤认定", "工伤保险条例第17条"),
        lambda case: all_of(
            is_work_injury(case),
            negate(known(case.facts.work_injury_recognised, "work_injury_recognised")),
        ),
    ),
    OverlayRule(
        Overlay("group", "多人同一诉求：一并登记、逐人列名，便于合并办理", "办理提示"),
        is_group,
    ),
    OverlayRule(
        Overlay("full_coverage", "当地可能已推行律师辩护全覆盖，请向办案机关核实", "办理提示"),
        is_accused,
        frozenset({Track.DISCRETIONARY_DEFENCE, Track.DUTY_LAWYER}),
    ),
    OverlayRule(
        Overlay(
            "local_rules",
            "请查本省补充规定（第31条第九项、第32条第五项、第42条第四项）",
            "法律援助法第31、32、42条",
            "31(9)",
        ),
        lambda case: all_of(
            known(case.facts.is_natural_person, "is_natural_person"),
            is_citizen(case),
            no_counsel(case),
        ),
        frozenset({Track.REVIEW, Track.CONSULT}),
    ),
    OverlayRule(
        Overlay(
            "recover_costs",
            "以欺骗手段获得的：支付已实施援助的费用，并可处三千元以下罚款",
            "法律援助法第64条",
            "64",
        ),
        is_deceit,
        frozenset({Track.TERMINATION}),
    ),
    OverlayRule(
        Overlay(
            "remedy",
            "作出不予、终止决定时，书面说明理由，并告知可以提出异议",
            "法律援助法第43、49条",
            "49",
        ),
        always,
        frozenset({Track.TERMINATION}),
    ),
)
"""In the order in which they are shown, urgent ones first."""
