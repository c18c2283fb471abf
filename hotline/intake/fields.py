"""The form: every fact that can be asked for, in the order in which to ask.

Screens draw the form from this list, and the questions of a finding take their words from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from hotline.intake.matters import MATTERS


class FieldKind(StrEnum):
    """How a field is filled in."""

    CHOICE = "choice"
    """One of the choices; unknown until chosen."""
    FLAGS = "flags"
    """Any number of the choices; null means not asked, an empty list means none."""
    YES_NO = "yes_no"
    """True, false, or null for unknown ("不确定")."""
    NUMBER = "number"
    """A whole number, or null for unknown."""
    TEXT = "text"


class FieldGroup(StrEnum):
    """Parts of the form."""

    MATTER = "matter"
    PERSON = "person"
    CRIMINAL = "criminal"
    HARM = "harm"
    MEANS = "means"
    URGENCY = "urgency"
    PLACE = "place"
    PROCEDURE = "procedure"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value as stored, its Chinese label, and the group it is listed under (or "")."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    Attributes:
        name: The name of the fact in `IntakeFacts`.
        label: Chinese, a few words.
        question: Chinese, as put to the caller.
        kind: How it is filled in.
        group: Where the form shows it.
        choices: What there is to choose from.
    """

    name: str
    label: str
    question: str
    kind: FieldKind
    group: FieldGroup
    choices: tuple[Choice, ...] = ()


_MATTERS = tuple(
    Choice(matter.value, info.label, info.group.value) for matter, info in MATTERS.items()
)
_YES_NO, _CHOICE, _FLAGS = FieldKind.YES_NO, FieldKind.CHOICE, FieldKind.FLAGS
_MATTER, _PERSON, _CRIMINAL = FieldGroup.MATTER, FieldGroup.PERSON, FieldGroup.CRIMINAL
_HARM, _MEANS, _URGENCY = FieldGroup.HARM, FieldGroup.MEANS, FieldGroup.URGENCY
_PLACE, _PROCEDURE = FieldGroup.PLACE, FieldGroup.PROCEDURE


def _choices(*pairs: tuple[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in pairs)


FIELDS: tuple[Field, ...] = (
    Field("in_danger", "现在有危险", "您现在有危险吗？是不是有人正在伤害您？", _YES_NO, _URGENCY),
    Field(
        "role",
        "在案件中的身份",
        "需要帮助的人在这件事里是什么身份？",
        _CHOICE,
        _MATTER,
        _choices(
            ("party", "民事、行政、国家赔偿事项的当事人"),
            ("suspect", "刑事案件犯罪嫌疑人"),
            ("defendant", "刑事案件被告人（含已判决）"),
            ("compulsory_treatment", "强制医疗的被申请人、被告人"),
            ("victim", "公诉案件被害人"),
            ("private_prosecutor", "刑事自诉人"),
            ("incidental_plaintiff", "刑事附带民事诉讼原告人"),
        ),
    ),
    Field("matter", "主要事项", "您主要想解决什么问题？", _CHOICE, _MATTER, _MATTERS),
    Field("further_matters", "其他请求", "还有其他请求吗？", _FLAGS, _MATTER, _MATTERS),
    Field("has_counsel", "已委托律师", "是否已经请了律师或者其他代理人？", _YES_NO, _MATTER),
    Field(
        "is_natural_person",
        "个人（不是单位）",
        "这是您个人的事吗（不是公司、单位的事）？",
        _YES_NO,
        _PERSON,
    ),
    Field(
        "is_foreign", "外国人或者无国籍人", "需要帮助的人是外国人或者无国籍人吗？", _YES_NO, _PERSON
    ),
    Field(
        "criminal_stage",
        "刑事案件阶段",
        "案件到了哪一步？",
        _CHOICE,
        _CRIMINAL,
        _choices(
            ("none", "没有刑事案件"),
            ("investigation", "侦查"),
            ("prosecution_review", "审查起诉"),
            ("trial_ordinary", "一审（普通程序）"),
            ("trial_simplified", "一审（简易程序）"),
            ("trial_fast_track", "一审（速裁程序）"),
            ("appeal", "二审"),
            ("death_sentence_review", "死刑复核"),
            ("trial_in_absentia", "缺席审判"),
            ("after_judgment", "裁判已生效"),
        ),
    ),
    Field(
        "severe_sentence", "可能判无期、死刑", "是否可能判处无期徒刑或者死刑？", _YES_NO, _CRIMINAL
    ),
    Field("detained", "被羁押", "需要帮助的人现在是否被羁押？", _YES_NO, _CRIMINAL),
    Field("age", "年龄（周岁）", "需要帮助的人今年多少周岁？", FieldKind.NUMBER, _PERSON),
    Field(
        "disabilities",
        "残疾",
        "有没有残疾？是哪一类？",
        _FLAGS,
        _PERSON,
        _choices(
            ("sight", "视力"),
            ("hearing", "听力"),
            ("speech", "言语"),
            ("physical", "肢体"),
            ("intellectual", "智力"),
            ("mental", "精神"),
        ),
    ),
    Field(
        "capacity",
        "辨认能力",
        "能否正常理解和判断自己的行为？",
        _CHOICE,
        _PERSON,
        _choices(("full", "正常"), ("limited", "不能完全辨认"), ("none", "完全不能辨认")),
    ),
    Field(
        "domestic_violence", "遭受家庭暴力", "家里有没有人打骂、威胁或者伤害您？", _YES_NO, _HARM
    ),
    Field("mistreated", "遭受虐待、遗弃", "有没有长期受虐待，或者被家人丢下不管？", _YES_NO, _HARM),
    Field(
        "claim_from_harm",
        "因受害提出请求",
        "这次的请求是不是因为家暴、虐待或者遗弃引起的？",
        _YES_NO,
        _HARM,
    ),
    Field(
        "guardian_infringes", "法定代理人是侵害人", "伤害的人是不是父母等监护人？", _YES_NO, _HARM
    ),
    Field("bodily_injury", "有人受伤", "有没有人受伤？", _YES_NO, _MATTER),
    Field(
        "employment_disputed", "用工关系有争议", "单位是不是不承认您是它的员工？", _YES_NO, _MATTER
    ),
    Field("work_injury_recognised", "已认定工伤", "做过工伤认定了吗？", _YES_NO, _MATTER),
    Field(
        "retrial_status",
        "申诉、再审",
        "是不是对已生效的裁判申诉？进展如何？",
        _CHOICE,
        _MATTER,
        _choices(
            ("none", "不涉及"),
            ("applying", "想申请或者正在申请"),
            ("ordered", "法院已决定再审或者检察院已抗诉"),
            ("acquitted", "再审已改判无罪"),
        ),
    ),
    Field(
        "status",
        "身份",
        "有没有下列证件或者身份？",
        _FLAGS,
        _MEANS,
        _choices(
            ("social_assistance", "低保、特困等社会救助对象"),
            ("judicial_assistance", "司法救助对象"),
            ("preferential_treatment", "优抚对象"),
            ("military", "军人军属"),
            ("veteran", "退役军人"),
            ("hero_relative", "英雄烈士近亲属"),
        ),
    ),
    Field("migrant_worker", "进城务工", "您是不是从农村进城打工的？", _YES_NO, _MEANS),
    Field("fixed_income", "有固定生活来源", "有没有工资、养老金等固定收入？", _YES_NO, _MEANS),
    Field(
        "means",
        "经济状况（自述）",
        "家里的收入是不是低于本省的困难标准？",
        _CHOICE,
        _MEANS,
        _choices(("below", "低于标准"), ("above", "高于标准")),
    ),
    Field(
        "days_to_deadline",
        "距期限届满的天数",
        "有没有快到的期限？还剩几整天？",
        FieldKind.NUMBER,
        _URGENCY,
    ),
    Field(
        "urgent_measures",
        "需要立即申请",
        "需不需要马上请法院保全财产、证据，或者先予执行？",
        _FLAGS,
        _URGENCY,
        _choices(
            ("preserve_property", "财产保全"),
            ("preserve_evidence", "证据保全"),
            ("advance_enforcement", "先予执行"),
        ),
    ),
    Field(
        "applicant",
        "来电人与本人的关系",
        "您是替自己问，还是替别人问？是什么关系？",
        _CHOICE,
        _PERSON,
        _choices(
            ("self", "本人"),
            ("legal_representative", "法定代理人（监护人）"),
            ("near_relative", "近亲属"),
            ("other", "其他人"),
        ),
    ),
    Field("litigation", "已进入诉讼", "法院、检察院或者公安机关是否已经在办理？", _YES_NO, _PLACE),
    Field("handling_place", "办理机关所在地", "是哪里的机关在办理？", FieldKind.TEXT, _PLACE),
    Field("event_place", "事发地", "事情发生在哪里？", FieldKind.TEXT, _PLACE),
    Field("region", "省级行政区代码", "在哪个省、自治区、直辖市？", FieldKind.TEXT, _PLACE),
    Field(
        "group_size", "同样诉求的人数", "一共有多少人遇到同样的问题？", FieldKind.NUMBER, _MATTER
    ),
    Field(
        "application",
        "申请进度",
        "以前申请过法律援助吗？",
        _CHOICE,
        _PROCEDURE,
        _choices(
            ("new", "还没有申请"),
            ("documents_missing", "已申请，材料不齐"),
            ("granted", "已获援助"),
            ("disputed", "对不予、终止援助的决定有异议"),
        ),
    ),
    Field(
        "termination_ground",
        "可能终止的原因",
        "援助期间情况有没有变化？",
        _CHOICE,
        _PROCEDURE,
        _choices(
            ("none", "没有"),
            ("obtained_by_deceit", "以欺骗等手段获得"),
            ("concealed_or_falsified", "隐瞒事实、提供假证据"),
            ("used_unlawfully", "利用援助从事违法活动"),
            ("means_changed", "经济状况变化"),
            ("case_closed", "案件终止或者撤销"),
            ("retained_own_counsel", "自行委托律师"),
            ("asked_to_end", "本人要求终止"),
        ),
    ),
)

FIELD_BY_NAME = {field.name: field for field in FIELDS}
