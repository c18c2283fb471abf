"""The after-call transcript with real recordings, a scripted engine, and whisper."""

import wave
from pathlib import Path

import pytest

from asr import jobs
from asr.jobs import second_pass, transcribe_missing
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.tables import Call, Recording
from hotline.transcripts import service as transcripts
from hotline.transcripts.rules import Version
from recordings import storage
from tests.sound import clips, error_rate, silence, speech_like, write_stereo
from tests.unit.hotline.factories import create_call


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", asr_engines="zh=fake,ko=fake")


@pytest.fixture
def call(house: House) -> Call:
    with house.database.session() as session:
        call = create_call(session, house)
        call.language = "zh"
        return call


def record(house: House, call: Call, *, caller: bytes, lawyer: bytes = b"") -> Recording:
    """A recording of the call that is complete."""
    with house.database.session() as session:
        recording = storage.begin(session, house, call.id)
        write_stereo(storage.absolute_path(house, recording), caller, lawyer)
        storage.finished(session, house, recording.id, 1.0)
        return recording


def transcript(house: House, call: Call) -> list[tuple[str, str, str]]:
    with house.database.reading() as session:
        rows = transcripts.segments_of(session, call.id)
        return [(row.speaker, row.text, row.source) for row in rows]


def spans(house: House, call: Call) -> list[tuple[int, int]]:
    with house.database.reading() as session:
        return [(row.start_ms, row.end_ms) for row in transcripts.segments_of(session, call.id)]


def is_done(house: House, recording: Recording) -> bool:
    with house.database.reading() as session:
        row = session.get(Recording, recording.id)
        return row is not None and row.transcribed_at is not None


def test_transcribe_missing__nothing_was_heard_live__both_sides_are_written(
    house: House, call: Call
) -> None:
    recording = record(
        house,
        call,
        caller=silence(1) + speech_like(2) + silence(4),
        lawyer=silence(4) + speech_like(2, seed=2) + silence(1),
    )

    transcribe_missing(house, call.id)

    assert transcript(house, call) == [
        ("caller", "第一句话", "after_call"),
        ("lawyer", "第一句话", "after_call"),
    ]
    (caller_start, caller_end), (lawyer_start, _) = spans(house, call)
    assert abs(caller_start - 700) <= 200
    assert abs(caller_end - 3000) <= 200
    assert abs(lawyer_start - 3700) <= 200
    assert is_done(house, recording)


def test_second_pass__both_versions_stay_and_the_better_is_shown(house: House, call: Call) -> None:
    recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))
    transcribe_missing(house, call.id)
    with house.database.session() as session:
        rules = {"second_pass": {"zh": "fake"}}
        configuration.change(session, house, "speech", rules, expected=0, by=None)

    second_pass(house, call.id)
    second_pass(house, call.id)

    assert transcript(house, call) == [("caller", "第一句话", "second_pass")]
    with house.database.reading() as session:
        first = transcripts.segments_of(session, call.id, version=Version.FIRST)
        assert [row.source for row in first] == ["after_call"]
        assert transcripts.versions_of(session, call.id) == [Version.FIRST, Version.SECOND]
        row = session.get(Recording, recording.id)
        assert row is not None
        assert row.second_pass_at is not None


def test_second_pass__not_configured__nothing(house: House, call: Call) -> None:
    record(house, call, caller=silence(1) + speech_like(2) + silence(1))

    second_pass(house, call.id)

    assert transcript(house, call) == []


def test_transcribe_missing__language_changed_in_mid_call__each_part_in_its_own(
    house: House, call: Call
) -> None:
    record(house, call, caller=silence(1) + speech_like(2) + silence(4) + speech_like(2))
    with house.database.session() as session:
        stream = transcripts.open_stream(
            session, house, call_id=call.id, leg="leg", speaker="caller", language="zh"
        )
        stream.languages = [[0, "zh"], [5000, "ko"]]

    transcribe_missing(house, call.id)

    with house.database.reading() as session:
        rows = transcripts.segments_of(session, call.id)
        assert [row.language for row in rows] == ["zh", "ko"]


def test_transcribe_missing__run_again__adds_nothing(house: House, call: Call) -> None:
    record(house, call, caller=silence(1) + speech_like(2) + silence(1))

    transcribe_missing(house, call.id)
    transcribe_missing(house, call.id)

    assert len(transcript(house, call)) == 1


def test_transcribe_missing__part_was_heard_live__only_the_rest_is_added(
    house: House, call: Call
) -> None:
    record(house, call, caller=silence(1) + speech_like(2) + silence(2) + speech_like(2))
    with house.database.session() as session:
        transcripts.add_segment(
            session,
            house,
            call_id=call.id,
            speaker="caller",
            start_ms=900,
            end_ms=2900,
            text="当场听到的",
            language="zh",
        )

    transcribe_missing(house, call.id)

    assert transcript(house, call) == [
        ("caller", "当场听到的", "live"),
        ("caller", "第一句话", "after_call"),
    ]


def test_transcribe_missing__language_without_engine__left_and_done(
    house: House, call: Call
) -> None:
    recording = record(house, call, caller=speech_like(2))
    with house.database.session() as session:
        row = session.get(Call, call.id)
        assert row is not None
        row.language = "bo"

    transcribe_missing(house, call.id)

    assert transcript(house, call) == []
    assert is_done(house, recording)


def test_transcribe_missing__audio_is_gone__left_and_done(house: House, call: Call) -> None:
    recording = record(house, call, caller=speech_like(1))
    storage.absolute_path(house, recording).unlink()

    transcribe_missing(house, call.id)

    assert is_done(house, recording)


def test_transcribe_missing__unknown_call__nothing_happens(house: House) -> None:
    transcribe_missing(house, "call_unknown")


class ImpatientClock(FakeClock):
    """A clock on which every look costs a minute."""

    def now(self):  # type: ignore[no-untyped-def]  # the parent's signature
        self.advance(seconds=60)
        return super().now()


class TestLongCalls:
    @pytest.fixture
    def clock(self) -> FakeClock:
        return ImpatientClock()

    def test_transcribe_missing__time_is_up__the_rest_goes_to_another_job(
        self, house: House, call: Call
    ) -> None:
        audio = b"".join(silence(1) + speech_like(2) for _ in range(4)) + silence(1)
        recording = record(house, call, caller=audio)

        transcribe_missing(house, call.id)
        first = len(transcript(house, call))
        assert 0 < first < 4
        assert not is_done(house, recording)

        for _ in range(4):
            transcribe_missing(house, call.id, spans(house, call)[-1][1])
        assert len(transcript(house, call)) == 4
        assert is_done(house, recording)


def test_sweep__bus_is_away__no_harm(house: House, call: Call) -> None:
    record(house, call, caller=speech_like(1))

    jobs.sweep(house)


class TestMandarin:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", asr_engines="zh=whisper")

    @pytest.mark.timeout(600)
    def test_transcribe_missing__recorded_mandarin__understood_on_both_sides(
        self, house: House, call: Call
    ) -> None:
        caller, lawyer = clips(2, step=30)
        record(
            house,
            call,
            caller=silence(1) + caller.pcm + silence(8),
            lawyer=silence(9) + lawyer.pcm + silence(1),
        )

        transcribe_missing(house, call.id)

        words = {speaker: text for speaker, text, _ in transcript(house, call)}
        rate = error_rate([(caller.text, words["caller"]), (lawyer.text, words["lawyer"])])
        print(f"character error rate of 2 utterances: {rate:.1%}")  # noqa: T201 - the figure
        assert rate <= 0.35


def test_write_stereo__read_back__left_is_the_caller(tmp_path: Path) -> None:
    """The yardstick itself: recordings made for tests have the sides where ours have them."""
    path = tmp_path / "two.wav"
    write_stereo(path, b"\x01\x00" * 4, b"\x02\x00" * 2)
    with wave.open(str(path)) as file:
        assert file.readframes(4) == b"\x01\x00\x02\x00" * 2 + b"\x01\x00\x00\x00" * 2
