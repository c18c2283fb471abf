"""What the way on brings with it: documents to bring, time limits, and where to apply."""

from collections.abc import Sequence

from hotline.intake.conditions import Case
from hotline.intake.facts import Applicant, Role
from hotline.intake.findings import (
    Article,
    Deadline,
    Document,
    MeansTest,
    Organisation,
    Track,
)
from hotline.intake.tracks import ACCUSED_TRACKS, APPLICATION_TRACKS

FORM = Document("form", "法律援助申请表（口头申请的，由工作人员代填）")
IDENTITY = Document("identity", "身份证或者其他有效身份证明")
REPRESENTATION = Document("representation", "代为申请的：代理权或者亲属关系证明、代理人身份证明")
CASE_PAPERS = Document("case_papers", "与申请事项有关的案件材料")
MEANS_STATEMENT = Document("means_statement", "经济困难状况说明（可以个人诚信承诺）")
NO_COUNSEL_REASON = Document("no_counsel_reason", "没有委托辩护人的其他原因的说明")
DECISION = Document("decision", "不予援助或者终止援助的决定书")
OBJECTION = Document("objection", "写明异议理由的书面材料")

GROUND_PROOFS = {
    "32(1)": Document("hero_proof", "烈士证明等材料，以及近亲属关系证明"),
    "32(2)": Document("samaritan_proof", "见义勇为确认材料或者报警、救治记录"),
    "32(3)": Document("acquittal", "再审改判无罪的裁判文书"),
    "32(4)": Document("harm_proof", "报警回执、告诫书、保护令、伤情照片或者病历等任一材料"),
    "42(1)": Document("livelihood_proof", "年龄或者残疾证明，以及无固定生活来源的材料"),
    "42(2)": Document("standing_proof", "低保证、特困证、司法救助决定书或者优抚证等"),
    "42(3)": Document("migrant_proof", "务工材料：用工合同、工资记录、考勤、工友证言等任一项"),
    "42(4)": Document("local_proof", "本省规定的身份材料"),
}
"""What proves a ground of article 32 or 42, by the code of the article."""

DECIDE = Deadline("decide", "收到申请起，审查并作出决定（等待补正的时间不计）", 7, 0, "43.1")
ASSIGN = Deadline("assign", "决定给予起，指派法律援助人员", 3, 0, "43.1")
NOTIFY = Deadline("notify", "办案机关发现应当援助的情形起，通知法律援助机构", 3, 0, "36")
APPOINT = Deadline("appoint", "法律援助机构收到通知起，指派律师并告知办案机关", 3, 0, "36")
TRANSFER = Deadline("transfer", "被羁押人申请起，由办案机关、监管场所转交", 0, 24, "39.1")
TRANSFER_BY_DUTY_LAWYER = Deadline(
    "transfer_by_duty_lawyer", "通过值班律师申请起，由值班律师转交", 0, 24, "39.2"
)
REVIEW_OBJECTION = Deadline("review_objection", "司法行政部门收到异议起，审查", 5, 0, "49.2")

DEADLINES = (
    DECIDE,
    ASSIGN,
    NOTIFY,
    APPOINT,
    TRANSFER,
    TRANSFER_BY_DUTY_LAWYER,
    REVIEW_OBJECTION,
)

_CIVIL_ROLES = (Role.PARTY, Role.UNKNOWN)


def documents(
    track: Track, test: MeansTest, articles: Sequence[Article], case: Case
) -> tuple[Document, ...]:
    """Lists what to bring.

    Where means do not matter nothing about them is asked for, and where a standing proves them only
    the proof of that.
    """
    if track is Track.OBJECTION:
        return (OBJECTION, DECISION, IDENTITY)
    if track not in APPLICATION_TRACKS:
        return ()
    needed = [FORM, IDENTITY]
    if case.facts.applicant is not Applicant.SELF:
        needed.append(REPRESENTATION)
    needed.append(CASE_PAPERS)
    needed += [GROUND_PROOFS[a.code] for a in articles if a.code in GROUND_PROOFS]
    if test in (MeansTest.CHECK, MeansTest.CHECK_OR_OTHER_REASON):
        needed.append(MEANS_STATEMENT)
    if test is MeansTest.CHECK_OR_OTHER_REASON:
        needed.append(NO_COUNSEL_REASON)
    return tuple(needed)


def deadlines(track: Track, case: Case) -> tuple[Deadline, ...]:
    """Lists the time limits of the steps ahead, first step first."""
    if track is Track.OBJECTION:
        return (REVIEW_OBJECTION,)
    if track is Track.MANDATORY_DEFENCE:
        held = (TRANSFER,) if case.facts.detained else ()
        return (*held, NOTIFY, APPOINT)
    if track not in APPLICATION_TRACKS:
        return ()
    held = (TRANSFER,) if case.facts.detained and track in ACCUSED_TRACKS | {Track.RETRIAL} else ()
    passed_on = (TRANSFER_BY_DUTY_LAWYER,) if track is Track.DUTY_LAWYER else ()
    return (*held, *passed_on, DECIDE, ASSIGN)


def organisation(track: Track, case: Case) -> Organisation:
    """Says which institution takes the application (article 38)."""
    facts = case.facts
    if track is Track.CONSULT:
        return Organisation("咨询不分地域，任何人都可以拨打12348", ())
    if track is Track.OBJECTION:
        return Organisation("设立该法律援助机构的司法行政部门", ())
    if track is Track.TERMINATION:
        return Organisation("作出援助决定的法律援助机构", ())
    if facts.litigation is True or facts.role not in _CIVIL_ROLES:
        return Organisation("诉讼事项：办案机关所在地的法律援助机构", _named(facts.handling_place))
    if facts.litigation is False:
        return Organisation(
            "非诉讼事项：争议处理机关所在地或者事由发生地的法律援助机构，任选其一",
            _named(facts.event_place, facts.handling_place),
        )
    return Organisation(
        "已进入诉讼的向办案机关所在地，未进入诉讼的向争议处理机关所在地或者事由发生地提出",
        (),
    )


def _named(*places: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for place in places if place))
