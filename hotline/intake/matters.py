"""The matters people call about, and what the law says of each.

The list follows articles 31 and 32 of the Legal Aid Law, the classes of the hotline's tickets, and
the matters that people take for listed ones though they are not (a debt, a severance payment).
"""

from dataclasses import dataclass
from enum import StrEnum


class Matter(StrEnum):
    """What somebody asks for."""

    UNKNOWN = "unknown"
    # Labour
    LABOUR_PAY = "labour_pay"
    OVERTIME_PAY = "overtime_pay"
    EMPLOYMENT_STATUS = "employment_status"
    SEVERANCE_PAY = "severance_pay"
    WORK_INJURY = "work_injury"
    # Family
    SUPPORT_OF_PARENTS = "support_of_parents"
    CHILD_SUPPORT = "child_support"
    SPOUSAL_SUPPORT = "spousal_support"
    DIVORCE = "divorce"
    PROTECTION_FROM_ABUSE = "protection_from_abuse"
    CAPACITY_DECLARATION = "capacity_declaration"
    INHERITANCE = "inheritance"
    # Injury and damage
    TRAFFIC_ACCIDENT = "traffic_accident"
    MEDICAL_HARM = "medical_harm"
    FOOD_OR_DRUG_HARM = "food_or_drug_harm"
    POLLUTION = "pollution"
    SCHOOL_INJURY = "school_injury"
    PERSONAL_INJURY = "personal_injury"
    GOOD_SAMARITAN = "good_samaritan"
    HERO_HONOUR = "hero_honour"
    # Contracts and property
    LOAN = "loan"
    SALE = "sale"
    HOUSING = "housing"
    LAND_CONTRACT = "land_contract"
    CONSUMER = "consumer"
    # The state
    STATE_COMPENSATION = "state_compensation"
    SOCIAL_INSURANCE = "social_insurance"
    SOCIAL_ASSISTANCE = "social_assistance"
    BEREAVEMENT_PENSION = "bereavement_pension"
    ADMINISTRATIVE = "administrative"
    # The rest
    CRIMINAL_CASE = "criminal_case"
    OTHER = "other"


class MatterGroup(StrEnum):
    """Groups for the form; the first four carry the names of the topics that the IVR offers."""

    LABOUR = "labour"
    FAMILY = "family"
    INJURY = "injury"
    CONTRACTS = "contracts"
    STATE = "state"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterInfo:
    """What is known of a matter before anything else is asked.

    Attributes:
        label: The matter in Chinese.
        group: Where the form shows it.
        item: The item of article 31 that lists it; None when none does.
        needs_injury: Whether the item covers bodily harm only, and damage to things falls out.
        is_borderline: Whether the national text is open to reading and local rules decide.
        from_harm: Whether somebody who suffered violence at home, cruelty or abandonment claims for
            that when they bring up this matter (article 32, item 4); None when it has to be asked.
        reminders: Limitation periods and the like, with their source.
        alternatives: Ways to help when no legal-aid ground fits.
    """

    label: str
    group: MatterGroup
    item: int | None = None
    needs_injury: bool = False
    is_borderline: bool = False
    from_harm: bool | None = False
    reminders: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()


_GENERAL = "向法院请求保护民事权利，一般三年内提出（民法典第188条）"
_ARBITRATION = "劳动争议申请仲裁，时效一年（劳动争议调解仲裁法第27条）"
_AWARD = "不服仲裁裁决，收到裁决书起十五日内起诉（劳动争议调解仲裁法第50条）"
_RECOGNITION = "工伤认定：单位三十日内、本人或近亲属一年内申请（工伤保险条例第17条）"
_PROTECTION = "人身安全保护令：法院七十二小时内裁定，情况紧急二十四小时内（反家庭暴力法第28条）"
_COOLING = "协议离婚有三十日冷静期（民法典第1077条）"
_CONFIRMATION = "调解协议可在三十日内共同申请司法确认（人民调解法第33条）"

_MEDIATION = "人民调解，不收费（人民调解法第4条）"
_PAYMENT_ORDER = "债权债务清楚的，可向法院申请支付令"
_COURT_FEES = "交诉讼费有困难的，可向法院申请缓交、减交、免交"
_LABOUR_LINE = "人社热线 12333；工会热线 12351"
_CONSUMER_LINE = "市场监管热线 12315"

_LABOUR, _FAMILY = MatterGroup.LABOUR, MatterGroup.FAMILY
_INJURY, _CONTRACTS = MatterGroup.INJURY, MatterGroup.CONTRACTS
_STATE, _OTHER = MatterGroup.STATE, MatterGroup.OTHER

MATTERS: dict[Matter, MatterInfo] = {
    Matter.LABOUR_PAY: MatterInfo(
        label="拖欠工资、劳动报酬",
        group=_LABOUR,
        item=5,
        reminders=(_ARBITRATION, _AWARD),
        alternatives=(_LABOUR_LINE,),
    ),
    Matter.OVERTIME_PAY: MatterInfo(
        label="加班费",
        group=_LABOUR,
        item=5,
        reminders=(_ARBITRATION, _AWARD),
        alternatives=(_LABOUR_LINE,),
    ),
    Matter.EMPLOYMENT_STATUS: MatterInfo(
        label="确认劳动关系",
        group=_LABOUR,
        item=5,
        reminders=(_ARBITRATION, _AWARD),
        alternatives=(_LABOUR_LINE,),
    ),
    Matter.SEVERANCE_PAY: MatterInfo(
        label="经济补偿金、赔偿金",
        group=_LABOUR,
        is_borderline=True,
        reminders=(_ARBITRATION, _AWARD),
        alternatives=(_LABOUR_LINE, _MEDIATION),
    ),
    Matter.WORK_INJURY: MatterInfo(
        label="工伤",
        group=_LABOUR,
        item=7,
        reminders=(_RECOGNITION, _ARBITRATION),
        alternatives=(_LABOUR_LINE,),
    ),
    Matter.SUPPORT_OF_PARENTS: MatterInfo(
        label="赡养费",
        group=_FAMILY,
        item=4,
        from_harm=True,
        alternatives=(_MEDIATION, _COURT_FEES),
    ),
    Matter.CHILD_SUPPORT: MatterInfo(
        label="抚养费",
        group=_FAMILY,
        item=4,
        from_harm=True,
        alternatives=(_MEDIATION, _COURT_FEES),
    ),
    Matter.SPOUSAL_SUPPORT: MatterInfo(
        label="扶养费",
        group=_FAMILY,
        item=4,
        from_harm=True,
        alternatives=(_MEDIATION, _COURT_FEES),
    ),
    Matter.DIVORCE: MatterInfo(
        label="离婚、分割财产、子女抚养权",
        group=_FAMILY,
        from_harm=True,
        reminders=(_COOLING,),
        alternatives=(_MEDIATION, _COURT_FEES),
    ),
    Matter.PROTECTION_FROM_ABUSE: MatterInfo(
        label="家暴、虐待、遗弃（保护、赔偿）",
        group=_FAMILY,
        from_harm=True,
        reminders=(_PROTECTION,),
        alternatives=("妇联热线 12338；有危险立即拨打 110",),
    ),
    Matter.CAPACITY_DECLARATION: MatterInfo(
        label="认定无、限制民事行为能力",
        group=_FAMILY,
        item=6,
    ),
    Matter.INHERITANCE: MatterInfo(
        label="继承",
        group=_FAMILY,
        from_harm=None,
        reminders=(_GENERAL,),
        alternatives=(_MEDIATION, _COURT_FEES),
    ),
    Matter.TRAFFIC_ACCIDENT: MatterInfo(
        label="交通事故",
        group=_INJURY,
        item=7,
        needs_injury=True,
        reminders=(_GENERAL,),
        alternatives=(_MEDIATION, _COURT_FEES),
    ),
    Matter.MEDICAL_HARM: MatterInfo(
        label="医疗损害",
        group=_INJURY,
        item=7,
        needs_injury=True,
        reminders=(_GENERAL,),
        alternatives=("医疗纠纷人民调解", _COURT_FEES),
    ),
    Matter.FOOD_OR_DRUG_HARM: MatterInfo(
        label="食品、药品安全",
        group=_INJURY,
        item=7,
        needs_injury=True,
        reminders=(_GENERAL,),
        alternatives=(_CONSUMER_LINE, _MEDIATION),
    ),
    Matter.POLLUTION: MatterInfo(
        label="环境污染、生态破坏",
        group=_INJURY,
        item=8,
        reminders=(_GENERAL,),
    ),
    Matter.SCHOOL_INJURY: MatterInfo(
        label="校园欺凌、校园伤害",
        group=_INJURY,
        from_harm=None,
        is_borderline=True,
        reminders=(_GENERAL,),
        alternatives=("请学校、教育部门依法处置", _MEDIATION, _COURT_FEES),
    ),
    Matter.PERSONAL_INJURY: MatterInfo(
        label="其他人身损害",
        group=_INJURY,
        from_harm=True,
        reminders=(_GENERAL,),
        alternatives=(_MEDIATION, _COURT_FEES),
    ),
    Matter.GOOD_SAMARITAN: MatterInfo(label="见义勇为受损害", group=_INJURY, reminders=(_GENERAL,)),
    Matter.HERO_HONOUR: MatterInfo(label="英雄烈士的名誉、荣誉", group=_INJURY),
    Matter.LOAN: MatterInfo(
        label="借款、欠款",
        group=_CONTRACTS,
        reminders=(_GENERAL, _CONFIRMATION),
        alternatives=(_MEDIATION, _PAYMENT_ORDER, _COURT_FEES),
    ),
    Matter.SALE: MatterInfo(
        label="买卖、货款及其他合同",
        group=_CONTRACTS,
        reminders=(_GENERAL, _CONFIRMATION),
        alternatives=(_MEDIATION, _PAYMENT_ORDER, _COURT_FEES),
    ),
    Matter.HOUSING: MatterInfo(
        label="租房、物业、邻里",
        group=_CONTRACTS,
        from_harm=None,
        reminders=(_GENERAL, _CONFIRMATION),
        alternatives=(_MEDIATION, _COURT_FEES),
    ),
    Matter.LAND_CONTRACT: MatterInfo(
        label="土地、草场、林地承包",
        group=_CONTRACTS,
        reminders=(_CONFIRMATION,),
        alternatives=("农村土地承包经营纠纷调解、仲裁", _MEDIATION, _COURT_FEES),
    ),
    Matter.CONSUMER: MatterInfo(
        label="消费纠纷",
        group=_CONTRACTS,
        reminders=(_GENERAL,),
        alternatives=(_CONSUMER_LINE, _MEDIATION),
    ),
    Matter.STATE_COMPENSATION: MatterInfo(label="国家赔偿", group=_STATE, item=1),
    Matter.SOCIAL_INSURANCE: MatterInfo(
        label="社会保险待遇",
        group=_STATE,
        item=2,
        alternatives=("人社热线 12333；医保热线 12393",),
    ),
    Matter.SOCIAL_ASSISTANCE: MatterInfo(label="低保等社会救助", group=_STATE, item=2),
    Matter.BEREAVEMENT_PENSION: MatterInfo(label="抚恤金", group=_STATE, item=3),
    Matter.ADMINISTRATIVE: MatterInfo(
        label="行政处罚、征收、信息公开等",
        group=_STATE,
        alternatives=("行政复议，不收费", "政务热线 12345"),
    ),
    Matter.CRIMINAL_CASE: MatterInfo(label="刑事案件", group=_OTHER, from_harm=True),
    Matter.OTHER: MatterInfo(
        label="其他", group=_OTHER, from_harm=None, alternatives=(_MEDIATION, "政务热线 12345")
    ),
}
