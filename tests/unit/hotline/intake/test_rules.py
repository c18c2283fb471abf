from dataclasses import fields, replace

import pytest
from hypothesis import given, settings, strategies as st

from hotline.intake.conditions import LocalRules
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
from hotline.intake.fields import FIELD_BY_NAME
from hotline.intake.findings import Confidence, Finding, MeansTest, Track
from hotline.intake.matters import Matter
from hotline.intake.rules import TRACK_RULES, find
from tests.unit.hotline.intake.cases import CASES, PARTY, SUSPECT, IntakeCase, about, wages

UNKNOWN = IntakeFacts()

ENUMS = {
    "role": Role,
    "matter": Matter,
    "criminal_stage": CriminalStage,
    "capacity": Capacity,
    "means": Means,
    "retrial_status": RetrialStatus,
    "applicant": Applicant,
    "application": ApplicationStage,
    "termination_ground": TerminationGround,
}
SETS = {"disabilities": Disability, "status": Status, "urgent_measures": UrgentMeasure}
NUMBERS = {"age": (0, 110), "days_to_deadline": (-5, 30), "group_size": (1, 100)}
TEXTS = ("handling_place", "event_place", "region")


def known_value(name: str) -> st.SearchStrategy[object]:
    if name in ENUMS:
        return st.sampled_from([value for value in ENUMS[name] if value.value != "unknown"])
    if name in SETS:
        return st.frozensets(st.sampled_from(list(SETS[name])), max_size=2)
    if name == "further_matters":
        known = [matter for matter in Matter if matter is not Matter.UNKNOWN]
        return st.frozensets(st.sampled_from(known), max_size=2)
    if name in NUMBERS:
        low, high = NUMBERS[name]
        return st.integers(low, high)
    if name in TEXTS:
        return st.sampled_from(["甲市", "乙县"])
    return st.booleans()


COMPLETE_FACTS = st.builds(
    IntakeFacts, **{field.name: known_value(field.name) for field in fields(IntakeFacts)}
)
"""Facts of which none is unknown, contradictory ones included."""

FORGETTABLE = [
    field.name
    for field in fields(IntakeFacts)
    if field.name not in ("further_matters", "application")
]
"""Facts whose default means unknown."""


@st.composite
def more_and_less(draw: st.DrawFn) -> tuple[IntakeFacts, IntakeFacts]:
    """The whole truth, and what is left of it when some of it is not known."""
    whole = draw(COMPLETE_FACTS)
    forgotten = draw(st.sets(st.sampled_from(FORGETTABLE), max_size=len(FORGETTABLE)))
    return whole, replace(whole, **{name: getattr(UNKNOWN, name) for name in forgotten})


def overlay_ids(finding: Finding) -> set[str]:
    return {overlay.id for overlay in finding.overlays}


def question_ids(finding: Finding) -> set[str]:
    return {question.id for question in finding.questions}


class TestCases:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
    def test_find__case_of_the_handbook(self, case: IntakeCase) -> None:
        finding = find(case.facts)

        assert (finding.track, finding.means_test) == (case.track, case.means)
        assert set(case.articles) <= {article.code for article in finding.articles}
        assert set(case.overlays) <= overlay_ids(finding)
        assert not set(case.not_overlays) & overlay_ids(finding)
        assert set(case.asks) <= question_ids(finding)
        assert tuple(deadline.id for deadline in finding.deadlines) == case.deadlines
        assert case.places is None or finding.organisation.places == case.places
        assert finding.needs_human is True

    def test_cases__are_all_there_once(self) -> None:
        expected = [f"LA-{n:02}" for n in range(1, 44)] + [f"CR-{n:02}" for n in range(1, 15)]

        assert [case.id for case in CASES] == expected


class TestFind:
    def test_find__nothing_known_asks_for_role_first(self) -> None:
        finding = find(UNKNOWN)

        assert finding.track is Track.ASK
        assert finding.confidence is Confidence.LOW
        assert finding.questions[0].id == "role"
        assert finding.articles == ()

    def test_find__wage_claim_does_not_ask_about_violence_at_home(self) -> None:
        finding = find(wages(domestic_violence=None, mistreated=None, capacity=Capacity.UNKNOWN))

        assert question_ids(finding).isdisjoint({"domestic_violence", "mistreated", "capacity"})

    @pytest.mark.parametrize(
        "role", [Role.SUSPECT, Role.COMPULSORY_TREATMENT, Role.VICTIM, Role.PRIVATE_PROSECUTOR]
    )
    def test_find__counsel_unknown_leaves_two_ways(self, role: Role) -> None:
        finding = find(replace(SUSPECT, role=role, has_counsel=None))

        assert len(finding.possible_tracks) == 2
        assert Track.CONSULT in finding.possible_tracks
        assert {q.id for q in finding.questions if q.is_decisive} == {"has_counsel"}

    def test_find__matter_unknown_asks_for_it(self) -> None:
        finding = find(replace(PARTY, matter=Matter.UNKNOWN))

        assert finding.track is Track.ASK
        assert "matter" in question_ids(finding)

    def test_find__document_list_of_unconditional_matter_has_nothing_about_means(self) -> None:
        finding = find(about(Matter.DIVORCE, domestic_violence=True))

        documents = {document.id for document in finding.documents}
        assert "harm_proof" in documents
        assert "means_statement" not in documents

    def test_find__exempt_person_proves_standing_instead_of_means(self) -> None:
        documents = {document.id for document in find(wages(migrant_worker=True)).documents}

        assert "migrant_proof" in documents
        assert "means_statement" not in documents

    def test_find__plain_claim_needs_statement_of_means(self) -> None:
        assert "means_statement" in {document.id for document in find(wages()).documents}

    def test_find__plain_claim_asks_about_means_without_waiting_for_the_answer(self) -> None:
        finding = find(wages(means=Means.UNKNOWN))

        assert finding.confidence is Confidence.HIGH
        assert [question.id for question in finding.questions] == ["means"]

    def test_find__violence_known_and_danger_unknown_asks_about_danger_first(self) -> None:
        facts = about(Matter.DIVORCE, domestic_violence=True, in_danger=None, has_counsel=None)

        finding = find(facts)

        assert finding.questions[0].id == "in_danger"

    def test_find__deadline_passed_warns_but_does_not_advance(self) -> None:
        finding = find(wages(days_to_deadline=-1))

        assert "deadline_passed" in overlay_ids(finding)
        assert "advance_for_deadline" not in overlay_ids(finding)

    def test_find__last_day_still_advances(self) -> None:
        assert "advance_for_deadline" in overlay_ids(find(wages(days_to_deadline=0)))

    def test_find__near_deadline_without_ground_urges_to_act(self) -> None:
        finding = find(about(Matter.LOAN, days_to_deadline=3))

        assert "deadline_near" in overlay_ids(finding)
        assert "advance_for_deadline" not in overlay_ids(finding)

    def test_find__unlisted_matter_names_other_ways(self) -> None:
        assert find(about(Matter.LOAN)).alternatives

    def test_find__migrant_severance_is_not_exempt(self) -> None:
        finding = find(about(Matter.SEVERANCE_PAY, migrant_worker=True))

        assert finding.means_test is MeansTest.CHECK

    def test_find__abused_crime_victim_needs_no_means(self) -> None:
        facts = replace(SUSPECT, role=Role.VICTIM, domestic_violence=True)

        assert find(facts).means_test is MeansTest.NONE

    def test_find__convict_before_retrial_gets_advice_on_it(self) -> None:
        facts = replace(
            SUSPECT,
            role=Role.DEFENDANT,
            criminal_stage=CriminalStage.AFTER_JUDGMENT,
            retrial_status=RetrialStatus.APPLYING,
        )

        assert find(facts).track is Track.CONSULT

    def test_find__convict_after_order_to_retry_may_apply(self) -> None:
        facts = replace(
            SUSPECT,
            role=Role.DEFENDANT,
            criminal_stage=CriminalStage.AFTER_JUDGMENT,
            retrial_status=RetrialStatus.ORDERED,
        )

        assert find(facts).track is Track.RETRIAL

    @pytest.mark.parametrize(
        ("ground", "code"),
        [
            (TerminationGround.CONCEALED_OR_FALSIFIED, "48.1(2)"),
            (TerminationGround.USED_UNLAWFULLY, "48.1(3)"),
            (TerminationGround.MEANS_CHANGED, "48.1(4)"),
            (TerminationGround.CASE_CLOSED, "48.1(5)"),
            (TerminationGround.ASKED_TO_END, "48.1(7)"),
        ],
    )
    def test_find__granted_aid_with_ground_to_end_names_its_item(
        self, ground: TerminationGround, code: str
    ) -> None:
        facts = wages(application=ApplicationStage.GRANTED, termination_ground=ground)

        finding = find(facts)

        assert finding.track is Track.TERMINATION
        assert [article.code for article in finding.articles] == [code]

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            (wages(has_counsel=True), "31"),
            (replace(SUSPECT, role=Role.INCIDENTAL_PLAINTIFF, has_counsel=True), "29"),
            (replace(SUSPECT, role=Role.COMPULSORY_TREATMENT, has_counsel=True), "28"),
            (
                replace(
                    SUSPECT,
                    role=Role.DEFENDANT,
                    criminal_stage=CriminalStage.AFTER_JUDGMENT,
                    retrial_status=RetrialStatus.ORDERED,
                    has_counsel=True,
                ),
                "33",
            ),
        ],
        ids=["party", "plaintiff", "treatment", "convict"],
    )
    def test_find__who_has_counsel_gets_advice(self, facts: IntakeFacts, code: str) -> None:
        finding = find(facts)

        assert finding.track is Track.CONSULT
        assert code in {article.code for article in finding.articles}

    def test_find__plaintiff_in_a_criminal_case_may_apply(self) -> None:
        finding = find(replace(SUSPECT, role=Role.INCIDENTAL_PLAINTIFF))

        assert finding.track is Track.CRIMINAL_VICTIM

    def test_find__whoever_may_apply_is_to_be_told_so(self) -> None:
        assert "inform_of_right" in overlay_ids(find(wages()))
        assert "inform_of_right" not in overlay_ids(find(about(Matter.LOAN)))

    def test_find__veteran_is_pointed_to_the_station(self) -> None:
        assert "veteran" in overlay_ids(find(wages(status=frozenset({Status.VETERAN}))))

    def test_find__accused_without_mandatory_defence_may_have_local_coverage(self) -> None:
        assert "full_coverage" in overlay_ids(find(SUSPECT))

    def test_find__granted_aid_without_ground_to_end_is_judged_as_before(self) -> None:
        assert find(wages(application=ApplicationStage.GRANTED)).track is Track.CIVIL

    def test_find__organisation_open_while_litigation_unknown(self) -> None:
        finding = find(wages(litigation=None, event_place="A县"))

        assert finding.organisation.places == ()
        assert "litigation" in question_ids(finding)

    def test_find__child_under_eighteen_by_a_day_is_a_minor_at_17_not_at_18(self) -> None:
        assert find(replace(SUSPECT, age=17)).track is Track.MANDATORY_DEFENCE
        assert find(replace(SUSPECT, age=18)).track is Track.DUTY_LAWYER

    def test_find__old_age_begins_at_sixty(self) -> None:
        assert find(wages(age=59, fixed_income=False)).means_test is MeansTest.CHECK
        assert find(wages(age=60, fixed_income=False)).means_test is MeansTest.EXEMPT_FROM_CHECK


class TestLocalRules:
    def test_find__province_adds_matter(self) -> None:
        local = LocalRules(region="62", matters=frozenset({Matter.SEVERANCE_PAY}))

        finding = find(about(Matter.SEVERANCE_PAY), local)

        assert (finding.track, finding.means_test) == (Track.CIVIL, MeansTest.CHECK)

    def test_find__province_drops_means_for_matter(self) -> None:
        local = LocalRules(unconditional_matters=frozenset({Matter.SCHOOL_INJURY}))

        finding = find(about(Matter.SCHOOL_INJURY), local)

        assert (finding.track, finding.means_test) == (Track.CIVIL, MeansTest.NONE)

    def test_find__province_exempts_standing(self) -> None:
        local = LocalRules(exempt_status=frozenset({Status.VETERAN}))

        finding = find(wages(status=frozenset({Status.VETERAN})), local)

        assert finding.means_test is MeansTest.EXEMPT_FROM_CHECK

    def test_find__province_helps_military_whatever_the_means(self) -> None:
        local = LocalRules(military_unconditional=True)

        finding = find(about(Matter.SALE, status=frozenset({Status.MILITARY})), local)

        assert (finding.track, finding.means_test) == (Track.REVIEW, MeansTest.NONE)


class TestProperties:
    @settings(max_examples=300, deadline=None)
    @given(more_and_less())
    def test_find__what_is_certain_with_less_stays_with_more(
        self, both: tuple[IntakeFacts, IntakeFacts]
    ) -> None:
        whole, part = both
        truth, guess = find(whole), find(part)

        assert truth.track in guess.possible_tracks
        assert guess.track in (Track.ASK, truth.track)
        assert guess.means_test in (MeansTest.ASK, truth.means_test)
        assert overlay_ids(guess) <= overlay_ids(truth)

    @settings(max_examples=200, deadline=None)
    @given(more_and_less())
    def test_find__open_findings_ask_decisive_questions_and_certain_ones_do_not(
        self, both: tuple[IntakeFacts, IntakeFacts]
    ) -> None:
        _, part = both
        finding = find(part)

        decisive = [question for question in finding.questions if question.is_decisive]
        assert bool(decisive) == (finding.confidence is not Confidence.HIGH)
        assert (finding.track is Track.ASK) == (finding.confidence is Confidence.LOW)

    @settings(max_examples=200, deadline=None)
    @given(more_and_less())
    def test_find__asks_only_for_what_is_unknown(
        self, both: tuple[IntakeFacts, IntakeFacts]
    ) -> None:
        _, part = both

        for question in find(part).questions:
            assert question.id in FIELD_BY_NAME
            assert getattr(part, question.id) == getattr(UNKNOWN, question.id)

    @settings(max_examples=200, deadline=None)
    @given(COMPLETE_FACTS)
    def test_find__everything_known_is_decided(self, facts: IntakeFacts) -> None:
        finding = find(facts)

        assert finding.confidence is Confidence.HIGH
        assert finding.articles
        assert len({question.id for question in finding.questions}) == 0

    def test_tracks__none_refuses(self) -> None:
        words = ("refus", "reject", "denied", "deny", "against", "ineligible")

        assert not [track for track in Track if any(word in track.value for word in words)]

    def test_rules__have_one_id_each(self) -> None:
        ids = [rule.id for rule in TRACK_RULES]

        assert len(ids) == len(set(ids))
