"""Whole simulated calls, letter by letter: the same script gives the same paper."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.flow.definition import FlowDefinition
from ivr.flow.errors import FlowDefinitionError
from ivr.flow.script import found_of, keys_script
from ivr.flow.simulate import simulate
from ivr.flow.spoken import SpokenTopic

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
TEXTS = {
    "notice": {"zh": "本次通话将会录音。", "en": "This call is recorded."},
    "connecting": {"zh": "律师来了。", "en": "A lawyer is here."},
    "offer": {"zh": "请按一。"},
}


def paper(flow: FlowDefinition, script: str, *, is_open: bool = True) -> str:
    """The lines of a simulated call."""
    return "\n".join(simulate(flow, script, at=AT, is_open=is_open, texts=TEXTS))


def heard(flow: FlowDefinition, script: str) -> list[str]:
    """What the caller hears, prompt by prompt, without times and languages."""
    lines = [line[9:] for line in paper(flow, script).splitlines()]
    return [line.strip().partition(": ")[2] for line in lines if line.startswith("    ")]


def test_simulate__a_consultation_from_first_to_last_word(flow: FlowDefinition) -> None:
    one_language = replace(
        flow,
        language_menu=replace(flow.language_menu, choices=flow.language_menu.choices[:1]),
        topic_menu=replace(flow.topic_menu, choices=flow.topic_menu.choices[:2]),
    )
    script = """
        # the caller chooses, and waits until it is their turn
        key 2; wait 4; position 1
        wait 36
        lawyer accepts; wait 30; lawyer hangs up; key 1
    """
    assert (
        paper(one_language, script)
        == """\
call at 2026-11-20 10:00, open
00:00.0  [answering]
00:00.0  [notice]
00:00.0      zh: 本次通话将会录音。
00:02.2  [topic_menu]
00:02.2      zh: <topic_labour>
00:02.2      zh: <topic_family>
00:02.2      zh: <any_topic>
00:03.2  -- key 2
00:03.2  [enqueueing]
00:03.2  set topic family
00:03.2  enqueue zh family
00:03.2      zh: <hold> (again and again)
00:03.2  [announcing]
00:03.2      zh: <ahead_2>
00:03.2      zh: <hint>
00:07.2  -- position 1
00:09.2  [holding]
00:09.2      zh: <hold> (again and again)
00:39.2  [announcing]
00:39.2      zh: <next>
00:42.2  [holding]
00:42.2      zh: <hold> (again and again)
00:43.2  -- lawyer accepts
00:43.2  [connecting]
00:43.2      zh: 律师来了。
00:44.4  [talking]
00:44.4  start recording
00:44.4  bridge
00:44.4  open ticket
01:13.2  -- lawyer hangs up
01:13.2  [rating_menu]
01:13.2  unbridge
01:13.2  stop recording
01:13.2      zh: <rate>
01:14.2  -- key 1
01:14.2  [farewell]
01:14.2  store rating 1
01:14.2      zh: <thanks>
01:17.2  [ended]
01:17.2  hang up lawyer_hung_up"""
    )


def test_simulate__outside_hours(flow: FlowDefinition) -> None:
    assert (
        paper(flow, "wait 60", is_open=False)
        == """\
call at 2026-11-20 10:00, closed
00:00.0  [answering]
00:00.0  [closed_menu]
00:00.0      zh: <closed>
00:00.0      zh: 请按一。
00:08.0      zh: 请按一。
00:13.0  [farewell]
00:13.0      zh: <closed_goodbye>
00:16.0  [ended]
00:16.0  hang up out_of_hours"""
    )


def test_simulate__outside_hours_without_a_number_asks_for_one(flow: FlowDefinition) -> None:
    typed = "; ".join(f"key {digit}" for digit in "13900001234#")
    lines = [
        line[9:]
        for line in paper(flow, f"no number; key 1; {typed}; key 1", is_open=False).splitlines()
    ]

    asked = lines.index("[typing_number]")
    assert lines[asked + 1 : asked + 3] == ["    zh: <number_hidden>", "    zh: <callback_type>"]
    assert "register callback zh 13900001234" in lines
    assert lines[-1] == "hang up callback_booked"


def test_simulate__outside_hours_nobody_is_promised_to_be_called_back(flow: FlowDefinition) -> None:
    told = paper(flow, "no number; key 1; wait 60; wait 60", is_open=False)

    assert "register callback" not in told
    assert "<booked>" not in told
    assert told.endswith("hang up out_of_hours")
    assert "<number_unknown>" in told


def test_simulate__speaks_the_language_that_was_chosen(flow: FlowDefinition) -> None:
    lines = paper(flow, "key 3; key 1; lawyer accepts").splitlines()
    assert any(line.endswith("en: A lawyer is here.") for line in lines)
    assert lines[-1].endswith("the caller is still on the line")


@pytest.mark.parametrize("script", ["sing", "key 11", "wait long", "position 0", "wait 99999"])
def test_simulate__unknown_words_are_refused_with_those_there_are(
    flow: FlowDefinition, script: str
) -> None:
    with pytest.raises(FlowDefinitionError, match="lawyer accepts"):
        paper(flow, script)


class TestKnown:
    """What the hotline knows, as the script says."""

    def test_simulate__expected_wait_is_told_with_the_place_and_when_it_changes(
        self, flow: FlowDefinition
    ) -> None:
        told = heard(flow, "range 5_10; key 1; key 1; range 10_20 long; wait 60")

        place = told.index("<ahead_2>")
        assert told[place + 1] == "<wait_5_10>"
        later = told.index("<wait_10_20>")
        assert told[later + 1] == "<callback_long>"

    def test_simulate__long_wait_allows_a_message(self, flow: FlowDefinition) -> None:
        with_message = replace(flow, message_key="2")

        told = heard(with_message, "range over_20 long message; key 1; key 1; wait 20; key 2")

        assert told.index("<message_hint>") < told.index("<message_begin>")
        assert "<message_begin>" not in heard(with_message, "key 1; key 1; wait 20; key 2")

    @pytest.mark.parametrize("why", ["long", "unstaffed"])
    def test_simulate__busy_is_said_with_the_place(self, flow: FlowDefinition, why: str) -> None:
        told = heard(flow, f"busy {why}; key 1; key 1; wait 30")

        assert told.index(f"<busy_{why}>") < told.index("<ahead_2>") < told.index("<busy_choice>")

    def test_simulate__what_is_found_is_spoken_in_the_callers_language(
        self, flow: FlowDefinition
    ) -> None:
        asking = replace(flow, info_key="8")
        script = "finds progress_accepted 2027-01-04; key 3; key 8; key 1"
        typed = "; ".join(f"key {digit}" for digit in "12345678900000")

        told = heard(asking, f"{script}; {typed}; wait 60")

        answer = told.index("<progress_accepted>")
        assert told[answer + 1 : answer + 3] == ["<month_1>", "<number_4>"]

    def test_simulate__a_sum_that_is_found_is_spoken(self, flow: FlowDefinition) -> None:
        script = "finds centre_found 12348 means_limit 1500.50yuan means_year 2026year"
        typed = "; ".join(f"key {digit}" for digit in "510104")

        told = heard(
            replace(flow, info_key="8"), f"{script}; key 3; key 8; key 2; {typed}; wait 60"
        )

        answer = told.index("<means_limit>")
        assert told[answer + 1 : answer + 8] == [
            *("<number_1>", "<word_thousand>", "<number_5>", "<word_hundred>", "<word_yuan>"),
            *("<number_50>", "<word_fen>"),
        ]

    @pytest.mark.parametrize(
        ("found", "prompts"),
        [
            ("hours_today 09:30 hours_to 18:00", ("hours_today", "number_9", "word_hour")),
            ("centre_found 010", ("centre_found", "number_0", "number_yao", "number_0")),
            ("means_limit 20.5yuan", ("means_limit", "number_20", "word_yuan", "number_5")),
            ("0.05yuan", ("number_5", "word_fen")),
            ("2yuan", ("word_two", "word_yuan")),
            ("means_year 2026year", ("means_year", "number_2", "number_0", "number_2")),
        ],
    )
    def test_found_of__times_sums_years_and_digits_are_spoken(
        self, found: str, prompts: tuple[str, ...]
    ) -> None:
        said = found_of(found, "zh")
        assert said is not None
        assert said[: len(prompts)] == prompts

    def test_simulate__nothing_is_found_unless_the_script_says_so(
        self, flow: FlowDefinition
    ) -> None:
        told = heard(replace(flow, info_key="8"), "key 1; key 8; key 3; wait 60")
        assert "<info_unavailable>" in told

    @pytest.mark.parametrize(
        "word",
        [
            "range",
            "range soon",
            "range 5_10 short",
            "busy",
            "busy very",
            "finds",
            "finds gold",
            "finds 2027-02-30",
            "finds 25:00",
            "finds 20.555yuan",
            "finds 123456789yuan",
            "finds 26year",
        ],
    )
    def test_simulate__what_cannot_be_known_is_refused(
        self, flow: FlowDefinition, word: str
    ) -> None:
        with pytest.raises(FlowDefinitionError, match="range 5_10"):
            paper(flow, word)


def test_keys_script__takes_commas_and_spaces() -> None:
    assert keys_script("1,2 *") == "key 1; key 2; key *"
    assert keys_script("") == ""


def test_simulate__the_caller_says_what_it_is_about(flow: FlowDefinition) -> None:
    aloud = replace(flow, spoken_topic=SpokenTopic())

    told = [line[9:] for line in paper(aloud, "key 1; say 老板拖欠我的工资").splitlines()]

    said = told.index("-- says 老板拖欠我的工资")
    assert told[said + 1 : said + 4] == ["[enqueueing]", "stop listening", "set topic labour"]


def test_simulate__nobody_hears_what_the_caller_says(flow: FlowDefinition) -> None:
    aloud = replace(flow, spoken_topic=SpokenTopic())

    lines = paper(aloud, "no recogniser; key 1; say 老板拖欠我的工资; key 2")

    assert "set topic family" in lines
    assert "set topic labour" not in lines
