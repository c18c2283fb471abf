"""The after-call transcript with real recordings, a scripted engine, and whisper."""

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from asr import jobs
from asr.engine import EngineLostError
from asr.fake_engine import FakeEngine
from asr.jobs import second_pass, transcribe_missing
from hotline import valkey
from hotline.bus import Bus
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.errors import NotConfigured
from hotline.house import House
from hotline.jobs import queue_of
from hotline.settings import Settings, load_settings
from hotline.tables import Call, Recording
from hotline.transcripts import service as transcripts
from hotline.transcripts.rules import Version
from hotline.views.gaps import gaps_of
from hotline.worker import work_off
from recordings import storage
from tests.sound import clips, error_rate, silence, speech_like, write_stereo
from tests.unit.hotline.factories import create_call
from tests.vosk_server import VoskServer

NOBODY = "ws://127.0.0.1:9"


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


def speak_korean_from(house: House, call: Call, from_ms: int) -> None:
    with house.database.session() as session:
        stream = transcripts.open_stream(
            session, house, call_id=call.id, leg="leg", speaker="caller", language="zh"
        )
        stream.languages = [[0, "zh"], [from_ms, "ko"]]


def mark_gap(house: House, call: Call) -> None:
    with house.database.session() as session:
        stream = transcripts.open_stream(
            session, house, call_id=call.id, leg="leg", speaker="caller", language="zh"
        )
        transcripts.mark_gap(session, house, stream.id or 0, start_ms=0, end_ms=4000)


def hear_anew(house: House, engines: dict[str, str]) -> None:
    with house.database.session() as session:
        rules = {"second_pass": engines}
        configuration.change(session, house, "speech", rules, expected=0, by=None)


def with_engines(settings: Settings, engines: str) -> Settings:
    return settings.model_copy(update={"asr_engines": engines})


def add_transcribed(house: House) -> None:
    """Another call in Mandarin whose first transcript was complete an hour and a half ago."""
    with house.database.session() as session:
        call = create_call(session, house)
        call.language = "zh"
        recording = storage.begin(session, house, call.id)
        recording.state = "ready"
        recording.transcribed_at = house.clock.now() - timedelta(minutes=90)


@contextmanager
def counting(house: House) -> Iterator[list[str]]:
    """What the database is asked."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(house.database.engine, "before_cursor_execute", note)


def make_ready(house: House, recording: Recording) -> None:
    with house.database.session() as session:
        session.get_one(Recording, recording.id).state = "ready"


def take_jobs(house: House) -> list[str]:
    """What a sweep sends; it is taken away unworked."""
    forget_jobs(house)
    jobs.sweep(house)
    found = [str(job.args[0]) for job in queue_of(house.settings.redis_url_used).jobs]
    forget_jobs(house)
    return found


def forget_jobs(house: House) -> None:
    """What a bus does that loses its memory."""
    # RQ does not say that it returns nothing.
    queue_of(house.settings.redis_url_used).empty()  # type: ignore[no-untyped-call]


def test_second_pass__both_versions_stay_and_the_better_is_shown(house: House, call: Call) -> None:
    recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))
    transcribe_missing(house, call.id)
    hear_anew(house, {"zh": "fake"})

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
    speak_korean_from(house, call, 5000)

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


@pytest.mark.parametrize("damage", ["gone", "empty", "rubbish"])
def test_transcribe_missing__audio_cannot_be_read__not_done_and_said_so(
    house: House, call: Call, damage: str
) -> None:
    recording = record(house, call, caller=speech_like(1))
    path = storage.absolute_path(house, recording)
    path.unlink()
    if damage != "gone":
        path.write_bytes(b"" if damage == "empty" else b"RIFF is not all")

    transcribe_missing(house, call.id)

    assert not is_done(house, recording)
    with house.database.reading() as session:
        error = session.get_one(Recording, recording.id).error
    assert error is not None
    assert "cannot be read" in error


def test_transcribe_missing__audio_is_back__done_and_nothing_said(house: House, call: Call) -> None:
    recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))
    path = storage.absolute_path(house, recording)
    path.rename(path.with_suffix(".away"))
    transcribe_missing(house, call.id)
    path.with_suffix(".away").rename(path)

    transcribe_missing(house, call.id)

    assert is_done(house, recording)
    with house.database.reading() as session:
        assert session.get_one(Recording, recording.id).error is None


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


class TestEngineAway:
    """Mandarin is understood by a server that is not there, Korean by the script."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", asr_engines=f"zh=remote:{NOBODY},ko=fake")

    def test_transcribe_missing__server_away__not_done_and_the_gap_not_filled(
        self, house: House, call: Call
    ) -> None:
        recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))
        mark_gap(house, call)

        with pytest.raises(EngineLostError):
            transcribe_missing(house, call.id)

        assert not is_done(house, recording)
        with house.database.reading() as session:
            assert [gap.filled for gap in gaps_of(session, call.id)] == [False]

    def test_transcribe_missing__server_away__the_other_language_is_written(
        self, house: House, call: Call
    ) -> None:
        recording = record(
            house, call, caller=silence(1) + speech_like(2) + silence(4) + speech_like(2)
        )
        speak_korean_from(house, call, 5000)

        with pytest.raises(EngineLostError):
            transcribe_missing(house, call.id)

        assert transcript(house, call) == [("caller", "第一句话", "after_call")]
        assert not is_done(house, recording)

    def test_transcribe_missing__server_is_back__done(self, house: House, call: Call) -> None:
        recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))
        with pytest.raises(EngineLostError):
            transcribe_missing(house, call.id)

        with VoskServer(FakeEngine(script=("回来了",)), "zh") as server:
            there = replace(house, settings=with_engines(house.settings, f"zh=remote:{server.url}"))
            transcribe_missing(there, call.id)

        assert [text for _, text, _ in transcript(house, call)] == ["回来了。"]
        assert is_done(house, recording)

    def test_second_pass__server_away__the_first_stays_the_best(
        self, house: House, call: Call
    ) -> None:
        record(house, call, caller=silence(1) + speech_like(2) + silence(1))
        transcribe_missing(
            replace(house, settings=with_engines(house.settings, "zh=fake")), call.id
        )
        hear_anew(house, {"zh": f"remote:{NOBODY}"})

        with pytest.raises(EngineLostError):
            second_pass(house, call.id)

        assert transcript(house, call) == [("caller", "第一句话", "after_call")]
        with house.database.reading() as session:
            assert transcripts.versions_of(session, call.id) == [Version.FIRST]


class TestModelMissing:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", asr_engines="zh=vosk:nowhere")

    def test_transcribe_missing__model_not_installed__not_done(
        self, house: House, call: Call
    ) -> None:
        recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))

        with pytest.raises(NotConfigured, match="nowhere"):
            transcribe_missing(house, call.id)

        assert not is_done(house, recording)


class TestSecondLanguage:
    """A call that went from Mandarin, which is heard anew, to Korean, which is not."""

    @pytest.fixture
    def spoken(self, house: House, call: Call) -> Call:
        record(house, call, caller=silence(1) + speech_like(2) + silence(4) + speech_like(2))
        speak_korean_from(house, call, 5000)
        transcribe_missing(house, call.id)
        return call

    def test_second_pass__rule_for_one_of_two_languages__the_other_is_kept(
        self, house: House, spoken: Call
    ) -> None:
        hear_anew(house, {"zh": "fake"})

        second_pass(house, spoken.id)
        second_pass(house, spoken.id)

        assert [source for *_, source in transcript(house, spoken)] == ["second_pass"] * 2
        with house.database.reading() as session:
            rows = transcripts.segments_of(session, spoken.id)
            first = transcripts.segments_of(session, spoken.id, version=Version.FIRST)
            assert [row.language for row in rows] == ["zh", "ko"]
            assert [row.source for row in first] == ["after_call"] * 2
            kept = (rows[1].text, rows[1].start_ms, rows[1].end_ms, rows[1].engine)
            assert kept == (first[1].text, first[1].start_ms, first[1].end_ms, first[1].engine)

    def test_second_pass__rule_for_the_later_language_only__heard_anew_too(
        self, house: House, spoken: Call
    ) -> None:
        hear_anew(house, {"ko": "fake"})

        second_pass(house, spoken.id)

        with house.database.reading() as session:
            rows = transcripts.segments_of(session, spoken.id)
        assert [(row.language, row.source) for row in rows] == [
            ("zh", "second_pass"),
            ("ko", "second_pass"),
        ]


class TestSweep:
    """Which jobs a sweep sends; the bus is real, nobody works."""

    @pytest.fixture
    def house(self, house: House) -> Iterator[House]:
        with valkey.running(house.settings) as url:
            bus = Bus(url)
            settings = house.settings.model_copy(update={"redis_url": url})
            yield replace(house, bus=bus, settings=settings)
            bus.close()

    def test_sweep__not_transcribed__tried_again_ever_more_rarely_and_not_for_ever(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        make_ready(house, record(house, call, caller=speech_like(1)))
        tried: list[int] = []

        for hour in range(1, 200):
            clock.advance(seconds=3600)
            tried += [hour] * (take_jobs(house) == [jobs.JOB])

        assert tried == [1, 2, 4, 8, 16, 32, 64]

    def test_sweep__second_pass_lost__sent_again(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))
        hear_anew(house, {"zh": "fake"})
        transcribe_missing(house, call.id)
        make_ready(house, recording)
        forget_jobs(house)
        assert take_jobs(house) == []

        clock.advance(seconds=5400)
        assert take_jobs(house) == [jobs.SECOND_PASS_JOB]

        second_pass(house, call.id)
        assert take_jobs(house) == []

    def test_sweep__no_better_engine_for_its_language__nothing(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))
        hear_anew(house, {"en": "fake"})
        transcribe_missing(house, call.id)
        make_ready(house, recording)
        clock.advance(seconds=5400)

        assert take_jobs(house) == []

    def test_sweep__language_with_a_better_engine_in_mid_call__sent_again(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        recording = record(house, call, caller=silence(1) + speech_like(2) + silence(1))
        speak_korean_from(house, call, 5000)
        hear_anew(house, {"ko": "fake"})
        transcribe_missing(house, call.id)
        make_ready(house, recording)
        clock.advance(seconds=5400)

        assert take_jobs(house) == [jobs.SECOND_PASS_JOB]

    def test_sweep__many_calls_without_a_better_engine__asks_no_more_often(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        hear_anew(house, {"ko": "fake"})
        first = record(house, call, caller=speech_like(1))
        transcribe_missing(house, call.id)
        make_ready(house, first)
        clock.advance(seconds=5400)
        with counting(house) as of_one:
            jobs.sweep(house)

        for _ in range(5):
            add_transcribed(house)
        with counting(house) as of_many:
            jobs.sweep(house)

        assert of_many == of_one

    def test_transcribe_missing__better_engine_is_set__second_pass_follows(
        self, house: House, call: Call
    ) -> None:
        record(house, call, caller=silence(1) + speech_like(2) + silence(1))
        forget_jobs(house)
        hear_anew(house, {"zh": "fake"})

        transcribe_missing(house, call.id)
        work_off(house)

        assert transcript(house, call) == [("caller", "第一句话", "second_pass")]


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
