"""A recording becomes ready: with the real encoder, and jobs through the real bus."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from hotline import valkey
from hotline.bus import Bus
from hotline.house import House
from hotline.jobs import queue_of
from hotline.settings import Settings, load_settings
from hotline.tables import Recording
from hotline.transcripts import service as transcripts
from hotline.worker import work_off
from recordings import jobs, storage
from tests.sound import silence, speech_like, write_stereo
from tests.unit.hotline.factories import create_call


@pytest.fixture
def recording(house: House) -> Recording:
    with house.database.session() as session:
        call = create_call(session, house)
        recording = storage.begin(session, house, call.id)
        audio = storage.absolute_path(house, recording)
        write_stereo(audio, speech_like(2) + silence(2), silence(2) + speech_like(2, seed=3))
        storage.finished(session, house, recording.id, 3.0)
        return recording


def read(house: House, recording: Recording) -> Recording:
    with house.database.reading() as session:
        row = storage.find(session, recording.id)
        session.expunge(row)
        return row


def decoded(path: Path) -> np.ndarray:
    """What a player would play: stereo samples at 8000 Hz."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)]
    command += ["-f", "s16le", "-ar", "8000", "-"]
    output = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    return np.frombuffer(output, dtype="<i2").reshape(-1, 2).astype(float)


def test_finish__a_recording__ready_with_sum_mp3_and_peaks(
    house: House, recording: Recording
) -> None:
    jobs.finish(house, recording.id)

    row = read(house, recording)
    wav = storage.absolute_path(house, recording)
    assert row.state == "ready"
    assert row.seconds == pytest.approx(4.0)
    assert row.sha256 == hashlib.sha256(wav.read_bytes()).hexdigest()
    audio = storage.open_audio(house, row)
    assert audio.media_type == "audio/mpeg"
    assert audio.size_bytes < wav.stat().st_size / 2
    peaks = json.loads(wav.with_suffix(".peaks.json").read_text())
    assert max(peaks["caller"][:10]) > 10 > max(peaks["caller"][11:])
    assert max(peaks["lawyer"][11:]) > 10 > max(peaks["lawyer"][:9])


def test_finish__encoded__caller_left_lawyer_right_at_the_same_moments(
    house: House, recording: Recording
) -> None:
    jobs.finish(house, recording.id)

    samples = decoded(storage.open_audio(house, read(house, recording)).path)
    loudness = [
        [np.abs(samples[start : start + 8000, side]).mean() for side in (0, 1)]
        for start in (4000, 20_000)
    ]
    assert loudness[0][0] > 20 * loudness[0][1]
    assert loudness[1][1] > 20 * loudness[1][0]


def test_finish__twice__second_changes_nothing(house: House, recording: Recording) -> None:
    jobs.finish(house, recording.id)
    first = storage.open_audio(house, read(house, recording)).path.stat().st_mtime_ns

    jobs.finish(house, recording.id)

    assert storage.open_audio(house, read(house, recording)).path.stat().st_mtime_ns == first


def test_finish__audio_cannot_be_read__failed(house: House, recording: Recording) -> None:
    storage.absolute_path(house, recording).write_bytes(b"")

    jobs.finish(house, recording.id)

    assert read(house, recording).state == "failed"


def test_finish__encoder_has_no_room__error_and_no_scrap(
    house: House, recording: Recording
) -> None:
    wav = storage.absolute_path(house, recording)
    blocked = wav.with_suffix(".mp3")
    blocked.mkdir()

    with pytest.raises(Exception, match="could not be encoded"):
        jobs.finish(house, recording.id)

    assert read(house, recording).state == "finished"
    assert not list(wav.parent.glob("*.part"))


def test_sweep__without_a_bus__no_harm(house: House, recording: Recording) -> None:
    house.clock.advance(seconds=600)  # type: ignore[attr-defined]  # the fixture's FakeClock

    jobs.sweep(house)

    assert read(house, recording).state == "finished"


class TestThroughTheBus:
    @pytest.fixture
    def settings(self, tmp_path: Path) -> Settings:
        return load_settings(tmp_path / "data", asr_engines="zh=fake")

    @pytest.fixture
    def house(self, house: House) -> Iterator[House]:
        with valkey.running(house.settings) as url:
            bus = Bus(url)
            yield replace(house, bus=bus)
            bus.close()
            queue_of(url).connection.close()
            queue_of.cache_clear()

    def test_finished__worker_works__ready_and_transcribed(
        self, house: House, recording: Recording
    ) -> None:
        assert work_off(house) == 2

        row = read(house, recording)
        assert row.state == "ready"
        assert row.transcribed_at == house.clock.now()
        with house.database.reading() as session:
            segments = transcripts.segments_of(session, recording.call_id)
            assert [(each.speaker, each.source) for each in segments] == [
                ("caller", "after_call"),
                ("lawyer", "after_call"),
            ]

    def test_sweep__job_was_lost__sent_again(self, house: House, recording: Recording) -> None:
        # RQ does not declare what it returns.
        queue_of(house.settings.redis_url_used).empty()  # type: ignore[no-untyped-call]
        house.clock.advance(seconds=600)  # type: ignore[attr-defined]  # the fixture's FakeClock

        jobs.sweep(house)

        assert work_off(house) == 2
        assert read(house, recording).state == "ready"
