import json
from dataclasses import fields

import pytest
from hypothesis import given, settings, strategies as st

from hotline.errors import InvalidInput
from hotline.intake.exchange import (
    facts_from_json,
    facts_to_json,
    fields_to_json,
    finding_to_json,
)
from hotline.intake.facts import IntakeFacts, Status
from hotline.intake.fields import FIELDS, FieldKind
from hotline.intake.findings import Finding
from hotline.intake.matters import MATTERS, Matter
from hotline.intake.rules import find
from tests.unit.hotline.intake.cases import CASES, IntakeCase, wages

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = st.sampled_from([field.name for field in fields(IntakeFacts)])


class TestFacts:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
    def test_facts_from_json__reads_what_facts_to_json_wrote(self, case: IntakeCase) -> None:
        text = json.dumps(facts_to_json(case.facts))

        assert facts_from_json(json.loads(text)) == case.facts

    def test_facts_from_json__nothing_is_all_unknown(self) -> None:
        assert facts_from_json({}) == IntakeFacts()

    def test_facts_from_json__null_is_unknown(self) -> None:
        assert facts_from_json({"age": None, "status": None, "matter": None}) == IntakeFacts()

    def test_facts_from_json__empty_array_is_none_rather_than_unknown(self) -> None:
        assert facts_from_json({"status": []}).status == frozenset()

    @pytest.mark.parametrize(
        "value",
        [
            [],
            {"name": "x"},
            {"matter": "debt"},
            {"matter": 3},
            {"status": "veteran"},
            {"status": ["veteran", 1]},
            {"age": "40"},
            {"age": True},
            {"age": 151},
            {"has_counsel": "yes"},
            {"region": 62},
            {"event_place": "x" * 101},
        ],
    )
    def test_facts_from_json__wrong_shape_raises(self, value: object) -> None:
        with pytest.raises(InvalidInput):
            facts_from_json(value)

    def test_facts_from_json__message_names_the_field_but_not_the_value(self) -> None:
        with pytest.raises(InvalidInput) as caught:
            facts_from_json({"age": "张三丰"})

        assert "age" in str(caught.value)
        assert "张三丰" not in str(caught.value)

    @settings(deadline=None)
    @given(st.dictionaries(NAMES, JSON_VALUES, max_size=4) | JSON_VALUES)
    def test_facts_from_json__anything_is_read_or_told_apart(self, value: object) -> None:
        try:
            facts = facts_from_json(value)
        except InvalidInput:
            return
        assert isinstance(find(facts), Finding)

    def test_facts_to_json__sets_are_sorted(self) -> None:
        facts = wages(status=frozenset({Status.VETERAN, Status.MILITARY}))

        assert facts_to_json(facts)["status"] == ["military", "veteran"]


class TestFinding:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
    def test_finding_to_json__is_plain_json(self, case: IntakeCase) -> None:
        written = finding_to_json(find(case.facts))

        assert json.loads(json.dumps(written)) == written
        assert written["needs_human"] is True
        assert written["track"] == case.track.value

    def test_finding_to_json__articles_carry_their_code(self) -> None:
        written = finding_to_json(find(wages(migrant_worker=True)))

        articles = written["articles"]
        assert isinstance(articles, list)
        assert [article["code"] for article in articles] == ["31(5)", "42(3)"]


class TestFields:
    def test_fields__cover_every_fact_once(self) -> None:
        names = [field.name for field in FIELDS]

        assert sorted(names) == sorted(field.name for field in fields(IntakeFacts))

    def test_fields__choices_are_values_that_facts_take(self) -> None:
        for field in FIELDS:
            for choice in field.choices:
                value = [choice.value] if field.kind is FieldKind.FLAGS else choice.value
                facts_from_json({field.name: value})

    def test_fields__choices_are_complete(self) -> None:
        for field in FIELDS:
            if not field.choices:
                continue
            every = {c.value for c in field.choices}
            sample = facts_from_json(
                {field.name: sorted(every) if field.kind is FieldKind.FLAGS else min(every)}
            )
            value = getattr(sample, field.name)
            kind = type(next(iter(value))) if field.kind is FieldKind.FLAGS else type(value)
            assert every == {member.value for member in kind} - {"unknown"}

    def test_fields_to_json__is_plain_json(self) -> None:
        written = fields_to_json()

        assert json.loads(json.dumps(written)) == written

    def test_matters__are_all_described(self) -> None:
        assert set(MATTERS) == set(Matter) - {Matter.UNKNOWN}
