import os
from pathlib import Path

import pytest

from hotline.clock import FakeClock
from hotline.errors import NotFound
from hotline.house import House
from hotline.tables import Call, Recording
from recordings import storage
from recordings.wave_file import mend
from tests.sound import speech_like, write_stereo
from tests.unit.hotline.factories import create_call


@pytest.fixture
def recording(house: House) -> Recording:
    with house.database.session() as session:
        call = create_call(session, house)
        return storage.begin(session, house, call.id)


def read(house: House, recording: Recording) -> Recording:
    with house.database.reading() as session:
        row = storage.find(session, recording.id)
        session.expunge(row)
        return row


def write_audio(house: House, recording: Recording, *, age_seconds: float) -> Path:
    """The engine's file, last touched so long ago."""
    path = storage.absolute_path(house, recording)
    write_stereo(path, speech_like(1), speech_like(1))
    touched = house.clock.now().timestamp() - age_seconds
    os.utime(path, (touched, touched))
    return path


def finish_orphans(house: House) -> int:
    with house.database.session() as session:
        return storage.finish_orphans(session, house)


def end_call(house: House, recording: Recording) -> None:
    with house.database.session() as session:
        call = session.get(Call, recording.call_id)
        assert call is not None
        call.ended_at = house.clock.now()


def test_begin__a_call__path_by_day_in_the_bureaus_time_zone(
    house: House, recording: Recording
) -> None:
    assert recording.path == f"2026/03/02/{recording.id}.wav"
    directory = storage.absolute_path(house, recording).parent
    assert directory.is_dir()
    assert not storage.absolute_path(house, recording).exists()


class TestLateAtNight:
    @pytest.fixture
    def clock(self) -> FakeClock:
        clock = FakeClock()
        clock.advance(seconds=15 * 3600)  # 17:00 UTC, one in the morning in Shanghai
        return clock

    def test_begin__past_midnight__the_local_day(self, recording: Recording) -> None:
        assert recording.path.startswith("2026/03/03/")


def test_finished__twice__first_length_stays(house: House, recording: Recording) -> None:
    for seconds in (12.5, 99.0):
        with house.database.session() as session:
            storage.finished(session, house, recording.id, seconds)

    row = read(house, recording)
    assert (row.state, row.seconds, row.finished_at) == ("finished", 12.5, house.clock.now())


def test_finished__unknown__not_found(house: House) -> None:
    with house.database.session() as session, pytest.raises(NotFound):
        storage.finished(session, house, "rec_unknown", 1.0)


def test_finish_orphans__call_over_and_file_rested__finished(
    house: House, recording: Recording
) -> None:
    write_audio(house, recording, age_seconds=10)
    end_call(house, recording)

    assert finish_orphans(house) == 1
    row = read(house, recording)
    assert (row.state, row.seconds) == ("finished", 1.0)


def test_finish_orphans__file_still_written__left_alone(house: House, recording: Recording) -> None:
    write_audio(house, recording, age_seconds=1)
    end_call(house, recording)

    assert finish_orphans(house) == 0
    assert read(house, recording).state == "recording"


@pytest.mark.parametrize(("age_seconds", "orphans"), [(60, 0), (130, 1)])
def test_finish_orphans__call_not_ended__two_minutes_of_rest(
    house: House, recording: Recording, age_seconds: float, orphans: int
) -> None:
    write_audio(house, recording, age_seconds=age_seconds)

    assert finish_orphans(house) == orphans


def test_finish_orphans__no_file_at_all__failed(
    house: House, recording: Recording, clock: FakeClock
) -> None:
    end_call(house, recording)
    clock.advance(seconds=30)

    assert finish_orphans(house) == 1
    row = read(house, recording)
    assert (row.state, row.error) == ("failed", "no audio reached the disk")


def test_open_audio__not_encoded_yet__the_wav(house: House, recording: Recording) -> None:
    path = write_audio(house, recording, age_seconds=0)

    audio = storage.open_audio(house, recording)

    assert (audio.path, audio.media_type) == (path.resolve(), "audio/wav")
    assert audio.size_bytes == path.stat().st_size


def test_open_audio__nothing_there__not_found(house: House, recording: Recording) -> None:
    with pytest.raises(NotFound):
        storage.open_audio(house, recording)


def test_inside__path_leads_outside__not_found(house: House) -> None:
    with pytest.raises(NotFound):
        storage.inside(house.settings, "../keys/personal-data.key")


def test_mend__header_behind_the_audio__tells_all(tmp_path: Path) -> None:
    path = tmp_path / "torn.wav"
    write_stereo(path, speech_like(2), speech_like(2))
    whole = path.read_bytes()
    # As kill -9 leaves it: the header of a second ago, and half a sample at the end.
    path.write_bytes(whole[:4] + (36).to_bytes(4, "little") + whole[8:40] + bytes(4) + whole[44:-2])

    seconds = mend(path)

    assert seconds == pytest.approx(2.0, abs=0.001)
    mended = path.read_bytes()
    assert mended[44:] == whole[44:-4]
    assert int.from_bytes(mended[40:44], "little") == len(mended) - 44
    assert mend(path) == seconds


def test_mend__something_else__refused(tmp_path: Path) -> None:
    path = tmp_path / "other.wav"
    path.write_bytes(b"not audio at all, but long enough to have had a header")

    with pytest.raises(ValueError, match=r"other\.wav"):
        mend(path)


def test_of_call__several__oldest_first(
    house: House, recording: Recording, clock: FakeClock
) -> None:
    clock.advance(seconds=1)
    with house.database.session() as session:
        later = storage.begin(session, house, recording.call_id)

    with house.database.reading() as session:
        found = storage.of_call(session, recording.call_id)
        assert [row.id for row in found] == [recording.id, later.id]
