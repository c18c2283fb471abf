"""The fifty-seven cases that the rules must know, as facts and what is to be found."""

from dataclasses import dataclass, replace

from hotline.intake.facts import (
    Applicant,
    ApplicationStage,
    Capacity,
    CriminalStage,
    Disability,
    IntakeFacts,
    Means,
    RetrialStatus,
    Role,
    Status,
    TerminationGround,
    UrgentMeasure,
)
from hotline.intake.findings import MeansTest, Track
from hotline.intake.matters import Matter

PARTY = IntakeFacts(
    role=Role.PARTY,
    criminal_stage=CriminalStage.NONE,
    has_counsel=False,
    severe_sentence=False,
    detained=False,
    age=40,
    disabilities=frozenset(),
    capacity=Capacity.FULL,
    means=Means.BELOW,
    fixed_income=True,
    status=frozenset(),
    migrant_worker=False,
    is_natural_person=True,
    is_foreign=False,
    domestic_violence=False,
    mistreated=False,
    claim_from_harm=False,
    in_danger=False,
    guardian_infringes=False,
    bodily_injury=False,
    work_injury_recognised=True,
    employment_disputed=False,
    retrial_status=RetrialStatus.NONE,
    days_to_deadline=200,
    urgent_measures=frozenset(),
    applicant=Applicant.SELF,
    termination_ground=TerminationGround.NONE,
    litigation=True,
    group_size=1,
)
"""An adult of whom everything is known; a case changes what it is about."""

SUSPECT = replace(
    PARTY,
    role=Role.SUSPECT,
    matter=Matter.CRIMINAL_CASE,
    criminal_stage=CriminalStage.INVESTIGATION,
)
DEFENDANT = replace(SUSPECT, role=Role.DEFENDANT, criminal_stage=CriminalStage.TRIAL_ORDINARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeCase:
    id: str
    facts: IntakeFacts
    track: Track
    means: MeansTest
    articles: tuple[str, ...]
    overlays: tuple[str, ...] = ()
    not_overlays: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    deadlines: tuple[str, ...] = ()
    places: tuple[str, ...] | None = None


def civil(
    id_: str,
    facts: IntakeFacts,
    means: MeansTest,
    *articles: str,
    overlays: tuple[str, ...] = (),
    not_overlays: tuple[str, ...] = (),
    asks: tuple[str, ...] = (),
    deadlines: tuple[str, ...] = ("decide", "assign"),
    places: tuple[str, ...] | None = None,
) -> IntakeCase:
    return IntakeCase(
        id=id_,
        facts=facts,
        track=Track.CIVIL,
        means=means,
        articles=articles,
        overlays=overlays,
        not_overlays=not_overlays,
        asks=asks,
        deadlines=deadlines,
        places=places,
    )


def other(
    id_: str,
    facts: IntakeFacts,
    track: Track,
    means: MeansTest,
    *articles: str,
    overlays: tuple[str, ...] = (),
    deadlines: tuple[str, ...] = (),
    places: tuple[str, ...] | None = None,
) -> IntakeCase:
    return IntakeCase(
        id=id_,
        facts=facts,
        track=track,
        means=means,
        articles=articles,
        overlays=overlays,
        deadlines=deadlines,
        places=places,
    )


CHECK, EXEMPT, NONE = MeansTest.CHECK, MeansTest.EXEMPT_FROM_CHECK, MeansTest.NONE
EITHER, NOT_APPLICABLE = MeansTest.CHECK_OR_OTHER_REASON, MeansTest.NOT_APPLICABLE
MANDATORY = ("notify", "appoint")


def wages(**changes: object) -> IntakeFacts:
    return replace(PARTY, **{"matter": Matter.LABOUR_PAY, **changes})  # type: ignore[arg-type]  # test data


def about(matter: Matter, **changes: object) -> IntakeFacts:
    return replace(PARTY, **{"matter": matter, **changes})  # type: ignore[arg-type]  # test data


def suspect(**changes: object) -> IntakeFacts:
    return replace(SUSPECT, **changes)  # type: ignore[arg-type]  # test data


def defendant(stage: CriminalStage, **changes: object) -> IntakeFacts:
    return replace(DEFENDANT, criminal_stage=stage, **changes)  # type: ignore[arg-type]  # test data


CIVIL_CASES = (
    civil(
        "LA-01",
        wages(migrant_worker=True),
        EXEMPT,
        "31(5)",
        "42(3)",
        overlays=("migrant_priority",),
    ),
    civil(
        "LA-02",
        about(
            Matter.WORK_INJURY,
            migrant_worker=True,
            work_injury_recognised=None,
            employment_disputed=None,
        ),
        EXEMPT,
        "31(7)",
        "42(3)",
        asks=("employment_disputed", "work_injury_recognised"),
    ),
    civil("LA-03", wages(), CHECK, "31(5)", not_overlays=("migrant_priority",)),
    civil(
        "LA-04",
        about(Matter.SUPPORT_OF_PARENTS, age=89, fixed_income=False),
        EXEMPT,
        "31(4)",
        "42(1)",
        overlays=("accessible",),
    ),
    civil(
        "LA-05", about(Matter.SUPPORT_OF_PARENTS, age=70), CHECK, "31(4)", overlays=("accessible",)
    ),
    civil(
        "LA-06",
        about(Matter.CHILD_SUPPORT, status=frozenset({Status.SOCIAL_ASSISTANCE})),
        EXEMPT,
        "31(4)",
        "42(2)",
    ),
    civil("LA-07", about(Matter.TRAFFIC_ACCIDENT, bodily_injury=True), CHECK, "31(7)"),
    other(
        "LA-08",
        about(Matter.TRAFFIC_ACCIDENT, bodily_injury=False),
        Track.CONSULT,
        NOT_APPLICABLE,
        "22(1)",
        overlays=("local_rules",),
    ),
    civil(
        "LA-09",
        about(Matter.DIVORCE, domestic_violence=True, in_danger=True),
        NONE,
        "32(4)",
        overlays=("emergency", "protection_order", "confidential"),
    ),
    other(
        "LA-10",
        about(Matter.DIVORCE),
        Track.CONSULT,
        NOT_APPLICABLE,
        "22(1)",
        overlays=("local_rules",),
    ),
    civil("LA-11", about(Matter.GOOD_SAMARITAN, bodily_injury=True), NONE, "32(2)"),
    civil(
        "LA-12",
        about(Matter.HERO_HONOUR, status=frozenset({Status.HERO_RELATIVE})),
        NONE,
        "32(1)",
    ),
    civil(
        "LA-13",
        about(Matter.STATE_COMPENSATION, retrial_status=RetrialStatus.ACQUITTED),
        NONE,
        "32(3)",
    ),
    civil("LA-14", about(Matter.STATE_COMPENSATION), CHECK, "31(1)"),
    civil(
        "LA-15",
        about(
            Matter.EMPLOYMENT_STATUS,
            disabilities=frozenset({Disability.PHYSICAL}),
            fixed_income=False,
        ),
        EXEMPT,
        "31(5)",
        "42(1)",
        overlays=("accessible",),
    ),
    civil("LA-16", about(Matter.SOCIAL_ASSISTANCE), CHECK, "31(2)"),
    civil(
        "LA-17",
        about(Matter.BEREAVEMENT_PENSION, status=frozenset({Status.PREFERENTIAL_TREATMENT})),
        EXEMPT,
        "31(3)",
        "42(2)",
    ),
    civil("LA-18", about(Matter.CAPACITY_DECLARATION), CHECK, "31(6)"),
    civil("LA-19", about(Matter.MEDICAL_HARM, bodily_injury=True), CHECK, "31(7)"),
    civil("LA-20", about(Matter.POLLUTION), CHECK, "31(8)"),
    other("LA-21", about(Matter.LOAN), Track.CONSULT, NOT_APPLICABLE, "22(1)"),
    other("LA-22", about(Matter.SALE, is_natural_person=False), Track.CONSULT, NOT_APPLICABLE, "2"),
    civil("LA-23", wages(days_to_deadline=5), CHECK, "31(5)", overlays=("advance_for_deadline",)),
    civil(
        "LA-24", wages(days_to_deadline=7), CHECK, "31(5)", not_overlays=("advance_for_deadline",)
    ),
    civil(
        "LA-25",
        wages(urgent_measures=frozenset({UrgentMeasure.PRESERVE_PROPERTY})),
        CHECK,
        "31(5)",
        overlays=("advance_for_measures",),
    ),
    civil(
        "LA-26",
        about(
            Matter.PROTECTION_FROM_ABUSE,
            age=8,
            mistreated=True,
            guardian_infringes=True,
            applicant=Applicant.OTHER,
        ),
        NONE,
        "32(4)",
        overlays=("report_abuse_of_minor", "other_representative", "not_near_relative"),
    ),
    other(
        "LA-27",
        about(Matter.LOAN, retrial_status=RetrialStatus.ORDERED),
        Track.RETRIAL,
        CHECK,
        "33",
        deadlines=("decide", "assign"),
    ),
    other(
        "LA-28",
        about(Matter.LOAN, retrial_status=RetrialStatus.APPLYING),
        Track.CONSULT,
        NOT_APPLICABLE,
        "33",
    ),
    other(
        "LA-29",
        wages(
            application=ApplicationStage.GRANTED,
            termination_ground=TerminationGround.OBTAINED_BY_DECEIT,
        ),
        Track.TERMINATION,
        NOT_APPLICABLE,
        "48.1(1)",
        overlays=("recover_costs", "remedy"),
    ),
    other(
        "LA-30",
        wages(
            application=ApplicationStage.GRANTED,
            termination_ground=TerminationGround.RETAINED_OWN_COUNSEL,
        ),
        Track.TERMINATION,
        NOT_APPLICABLE,
        "48.1(6)",
    ),
    other(
        "LA-31",
        wages(application=ApplicationStage.DISPUTED),
        Track.OBJECTION,
        NOT_APPLICABLE,
        "49.1",
        "49.2",
        "49.3",
        deadlines=("review_objection",),
    ),
    civil(
        "LA-32",
        wages(application=ApplicationStage.DOCUMENTS_MISSING),
        CHECK,
        "31(5)",
        overlays=("documents_missing",),
    ),
    civil(
        "LA-33",
        wages(litigation=False, event_place="A县", handling_place="B县"),
        CHECK,
        "31(5)",
        places=("A县", "B县"),
    ),
    civil(
        "LA-34",
        wages(litigation=True, event_place="A县", handling_place="C区"),
        CHECK,
        "31(5)",
        places=("C区",),
    ),
    other(
        "LA-35",
        about(Matter.SALE, status=frozenset({Status.MILITARY})),
        Track.REVIEW,
        CHECK,
        "70",
        overlays=("military_priority",),
        deadlines=("decide", "assign"),
    ),
    other(
        "LA-36",
        about(Matter.WORK_INJURY, is_foreign=True),
        Track.REVIEW,
        CHECK,
        "69",
        deadlines=("decide", "assign"),
    ),
    other(
        "LA-37",
        about(Matter.SEVERANCE_PAY, migrant_worker=True),
        Track.REVIEW,
        CHECK,
        "31(9)",
        overlays=("local_rules",),
        deadlines=("decide", "assign"),
    ),
    civil("LA-38", about(Matter.OVERTIME_PAY, migrant_worker=True), EXEMPT, "31(5)", "42(3)"),
    civil(
        "LA-39",
        about(
            Matter.TRAFFIC_ACCIDENT,
            further_matters=frozenset({Matter.EMPLOYMENT_STATUS, Matter.WORK_INJURY}),
            bodily_injury=True,
            employment_disputed=True,
            migrant_worker=None,
        ),
        MeansTest.ASK,
        "31(5)",
        "31(7)",
        overlays=("confirm_employment",),
        asks=("migrant_worker",),
    ),
    civil(
        "LA-40",
        wages(migrant_worker=True, group_size=78),
        EXEMPT,
        "31(5)",
        "42(3)",
        overlays=("group",),
    ),
    civil("LA-41", about(Matter.FOOD_OR_DRUG_HARM, bodily_injury=True), CHECK, "31(7)"),
    other(
        "LA-42",
        about(
            Matter.SCHOOL_INJURY,
            age=12,
            bodily_injury=True,
            means=Means.ABOVE,
            applicant=Applicant.LEGAL_REPRESENTATIVE,
        ),
        Track.REVIEW,
        CHECK,
        "31(9)",
        overlays=("lawyer_for_minors", "means_above", "represented"),
        deadlines=("decide", "assign"),
    ),
    other("LA-43", about(Matter.LAND_CONTRACT), Track.CONSULT, NOT_APPLICABLE, "22(1)"),
)

CRIMINAL_CASES = (
    other(
        "CR-01",
        suspect(age=17),
        Track.MANDATORY_DEFENCE,
        NOT_APPLICABLE,
        "25.1(1)",
        "36",
        overlays=("lawyer_for_minors",),
        deadlines=MANDATORY,
    ),
    other(
        "CR-02",
        defendant(
            CriminalStage.TRIAL_SIMPLIFIED,
            disabilities=frozenset({Disability.HEARING, Disability.SPEECH}),
        ),
        Track.MANDATORY_DEFENCE,
        NOT_APPLICABLE,
        "25.1(2)",
        deadlines=MANDATORY,
    ),
    other(
        "CR-03",
        suspect(capacity=Capacity.LIMITED),
        Track.MANDATORY_DEFENCE,
        NOT_APPLICABLE,
        "25.1(3)",
        deadlines=MANDATORY,
    ),
    other(
        "CR-04",
        suspect(severe_sentence=True),
        Track.MANDATORY_DEFENCE,
        NOT_APPLICABLE,
        "25.1(4)",
        overlays=("experienced_lawyer",),
        deadlines=MANDATORY,
    ),
    other(
        "CR-05",
        defendant(CriminalStage.DEATH_SENTENCE_REVIEW),
        Track.MANDATORY_DEFENCE,
        NOT_APPLICABLE,
        "25.1(5)",
        overlays=("experienced_lawyer",),
        deadlines=MANDATORY,
    ),
    other(
        "CR-06",
        defendant(CriminalStage.TRIAL_IN_ABSENTIA),
        Track.MANDATORY_DEFENCE,
        NOT_APPLICABLE,
        "25.1(6)",
        deadlines=MANDATORY,
    ),
    other(
        "CR-07",
        defendant(CriminalStage.TRIAL_ORDINARY),
        Track.DISCRETIONARY_DEFENCE,
        EITHER,
        "25.2",
        "24",
        deadlines=("decide", "assign"),
    ),
    other(
        "CR-08",
        defendant(CriminalStage.TRIAL_FAST_TRACK),
        Track.DUTY_LAWYER,
        EITHER,
        "30",
        "37",
        "24",
        deadlines=("transfer_by_duty_lawyer", "decide", "assign"),
    ),
    other(
        "CR-09",
        suspect(age=17, has_counsel=True),
        Track.CONSULT,
        NOT_APPLICABLE,
        "25",
        "27",
    ),
    other(
        "CR-10",
        replace(SUSPECT, role=Role.COMPULSORY_TREATMENT),
        Track.MANDATORY_DEFENCE,
        NOT_APPLICABLE,
        "28",
        "36",
        deadlines=MANDATORY,
    ),
    other(
        "CR-11",
        replace(SUSPECT, role=Role.VICTIM, applicant=Applicant.NEAR_RELATIVE),
        Track.CRIMINAL_VICTIM,
        CHECK,
        "29",
        deadlines=("decide", "assign"),
    ),
    other(
        "CR-12",
        replace(SUSPECT, role=Role.PRIVATE_PROSECUTOR, bodily_injury=True),
        Track.CRIMINAL_VICTIM,
        CHECK,
        "29",
        deadlines=("decide", "assign"),
    ),
    other(
        "CR-13",
        suspect(detained=True),
        Track.DUTY_LAWYER,
        EITHER,
        "30",
        "24",
        overlays=("detained",),
        deadlines=("transfer", "transfer_by_duty_lawyer", "decide", "assign"),
    ),
    other(
        "CR-14",
        suspect(detained=True, applicant=Applicant.NEAR_RELATIVE, handling_place="甲市"),
        Track.DUTY_LAWYER,
        EITHER,
        "24",
        overlays=("detained", "applied_for_by_family"),
        deadlines=("transfer", "transfer_by_duty_lawyer", "decide", "assign"),
        places=("甲市",),
    ),
)

CASES = CIVIL_CASES + CRIMINAL_CASES
