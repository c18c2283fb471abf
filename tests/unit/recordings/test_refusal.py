from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import select

from hotline.clock import FakeClock
from hotline.events import EventType, read_after
from hotline.house import House
from hotline.tables import AuditEntry, Call, Recording, Segment, SpeechStream, User
from hotline.transcripts import service as transcripts
from recordings import jobs, refusal, storage, waveform
from recordings.states import State
from tests.sound import speech_like, write_stereo
from tests.unit.hotline.factories import create_call, create_user


@pytest.fixture
def recording(house: House) -> Recording:
    """A recording that runs, its file, and a word said so far."""
    with house.database.session() as session:
        call = create_call(session, house)
        recording = storage.begin(session, house, call.id)
    say(house, recording.call_id)
    write(house, recording)
    return recording


def say(house: House, call_id: str) -> None:
    with house.database.session() as session:
        transcripts.open_stream(
            session, house, call_id=call_id, leg="leg", speaker="caller", language="zh"
        )
        transcripts.add_segment(
            session,
            house,
            call_id=call_id,
            speaker="caller",
            start_ms=0,
            end_ms=500,
            text="你好",
            language="zh",
        )


def write(house: House, recording: Recording) -> Path:
    path = storage.absolute_path(house, recording)
    write_stereo(path, speech_like(1), speech_like(1))
    return path


def files(house: House) -> Sequence[Path]:
    return [path for path in house.settings.recordings_dir.rglob("*") if path.is_file()]


def refuse(house: House, recording: Recording, *, by: User | None = None) -> None:
    with house.database.session() as session:
        refusal.refuse(session, house, recording.call_id, by=by)


def finish(house: House, recording: Recording) -> None:
    with house.database.session() as session:
        storage.finished(session, house, recording.id, 1.0)


def row(house: House, recording: Recording) -> Recording:
    with house.database.reading() as session:
        return storage.find(session, recording.id)


def call_of(house: House, recording: Recording) -> Call:
    with house.database.reading() as session:
        return session.get_one(Call, recording.call_id)


class TestWhileItRuns:
    def test_refuse__nothing_is_left_when_the_engine_closes_the_file(
        self, house: House, recording: Recording
    ) -> None:
        refuse(house, recording)
        assert files(house) == []
        # The engine wrote on until it was told to stop.
        write(house, recording)
        finish(house, recording)
        assert files(house) == []
        assert row(house, recording).state == State.ERASED

    def test_refuse__words_so_far_are_gone_and_later_ones_are_not_kept(
        self, house: House, recording: Recording
    ) -> None:
        refuse(house, recording)
        say(house, recording.call_id)
        with house.database.reading() as session:
            assert session.exec(select(Segment)).all() == []
            first = session.exec(select(SpeechStream)).first()
            assert first is not None
            assert first.state == "closed"

    def test_refuse__is_on_record_once_with_time_and_by_whom(
        self, house: House, recording: Recording, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            lawyer = create_user(session, house)
        at = clock.now()
        refuse(house, recording, by=lawyer)
        clock.advance(seconds=60)
        refuse(house, recording)
        call = call_of(house, recording)
        assert (call.recording_refused_at, call.recording_refused_by) == (at, lawyer.id)
        with house.database.reading() as session:
            told = [each.type for each in read_after(session, 0)]
            entries = session.exec(select(AuditEntry)).all()
        assert told.count(EventType.RECORDING_REFUSED) == 1
        assert [each.action for each in entries] == ["call.recording_refused"]

    def test_refuse__by_key_names_the_caller(self, house: House, recording: Recording) -> None:
        refuse(house, recording)
        assert call_of(house, recording).recording_refused_by == "caller"


class TestAfterTheCall:
    def test_refuse__encoded_copy_hash_and_peaks_go_too(
        self, house: House, recording: Recording
    ) -> None:
        finish(house, recording)
        jobs.finish(house, recording.id)
        assert len(files(house)) == 3
        refuse(house, recording)
        assert files(house) == []
        kept = row(house, recording)
        assert (kept.sha256, kept.encoded_path, kept.seconds) == (None, None, None)

    def test_finish__a_job_that_comes_late_makes_nothing(
        self, house: House, recording: Recording
    ) -> None:
        finish(house, recording)
        refuse(house, recording)
        jobs.finish(house, recording.id)
        assert files(house) == []

    def test_finish__a_refusal_during_the_job_wins(
        self, house: House, recording: Recording, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        finish(house, recording)
        write_peaks = waveform.write_peaks

        def refuse_and_write(wav: Path, peaks: Path) -> None:
            write_peaks(wav, peaks)
            refuse(house, recording)
            write(house, recording)

        monkeypatch.setattr(waveform, "write_peaks", refuse_and_write)
        jobs.finish(house, recording.id)
        assert files(house) == []
        assert row(house, recording).state == State.ERASED

    def test_sweep__deletes_what_a_dead_process_left(
        self, house: House, recording: Recording
    ) -> None:
        refuse(house, recording)
        write(house, recording)
        jobs.sweep(house)
        assert files(house) == []


def test_refuse__other_calls_are_left_alone(house: House, recording: Recording) -> None:
    with house.database.session() as session:
        other = storage.begin(session, house, create_call(session, house).id)
    kept = write(house, other)
    refuse(house, recording)
    assert files(house) == [kept]
