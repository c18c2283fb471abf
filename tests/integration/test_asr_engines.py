"""Every engine keeps one contract; Vosk has its Korean model, whisper recorded Mandarin."""

import resource
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from asr.choices import Choice
from asr.engine import Effort, Engine, Final, Heard, Partial, Recogniser
from asr.fake_engine import FakeEngine
from asr.inventory import choices
from asr.remote_engine import RemoteEngine
from asr.remote_servers import parse_address
from asr.vosk_engine import load as load_vosk, takes_telephone_rate
from asr.weights import join
from asr.whisper_engine import load as load_whisper
from hotline.errors import InvalidInput, NotConfigured
from hotline.settings import load_settings
from tests.sound import clips, error_rate, silence, speech_like
from tests.vosk_server import VoskServer

NOWHERE = Path("/nonexistent")

_PIECE = 1600
# Enough for a word or two: a Korean model has to think long about Mandarin.
_BRIEF_BYTES = 1200 * 16


@pytest.fixture(scope="module")
def vosk(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    settings = load_settings(tmp_path_factory.mktemp("data"))
    return load_vosk(choices(settings)["ko"])


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    settings = load_settings(tmp_path_factory.mktemp("data"))
    return load_whisper(choices(settings)["zh"])


@pytest.fixture
def listener(vosk: Engine) -> Iterator[Recogniser]:
    recogniser = vosk.open("ko")
    yield recogniser
    recogniser.close()


def feed(recogniser: Recogniser, pcm: bytes) -> list[Heard]:
    heard: list[Heard] = []
    for start in range(0, len(pcm), _PIECE):
        heard += recogniser.accept(pcm[start : start + _PIECE])
    return heard


def finals(heard: Sequence[Heard]) -> list[Final]:
    return [piece for piece in heard if isinstance(piece, Final)]


def noise(seconds: float) -> bytes:
    samples = np.random.default_rng(3).normal(0, 300, int(seconds * 8000))
    return bytes(samples.astype("<i2").tobytes())


@pytest.fixture(scope="module")
def server(vosk: Engine) -> Iterator[VoskServer]:
    with VoskServer(vosk, "ko") as running:
        yield running


@pytest.fixture(scope="module")
def remote(server: VoskServer) -> Engine:
    # A Korean model thinks long about Mandarin, and the machine may be busy.
    return RemoteEngine([parse_address(server.url)], language="ko", answer_seconds=60)


@pytest.fixture(params=["vosk", "whisper", "remote", "fake"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "fake":
        return FakeEngine()
    engine: Engine = request.getfixturevalue(request.param)
    return engine


@pytest.fixture
def recogniser(engine: Engine) -> Iterator[Recogniser]:
    recogniser = engine.open(min(engine.languages, key=("ko", "zh", "bo", "en").index))
    yield recogniser
    recogniser.close()


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


class TestEveryEngine:
    """What `asr.engine` promises, of whichever engine."""

    def test_flush__two_utterances__words_whose_times_go_on(
        self, engine: Engine, recogniser: Recogniser
    ) -> None:
        pcm = clips(1)[0].pcm[: 2 * 16_000]
        length_ms = len(pcm) // 16

        first = [*feed(recogniser, pcm), *recogniser.flush()]
        second = [*feed(recogniser, pcm), *recogniser.flush()]

        for number, heard in enumerate((first, second)):
            assert finals(heard), f"utterance {number} came to nothing"
            for final in finals(heard):
                assert number * length_ms <= final.start_ms <= final.end_ms
                assert final.end_ms <= (number + 1) * length_ms
                assert final.confidence is None or 0 < final.confidence <= 1
                assert all(
                    final.start_ms <= word.start_ms <= word.end_ms <= final.end_ms
                    for word in final.words
                )
        has_partials = any(isinstance(piece, Partial) for piece in (*first, *second))
        assert has_partials is engine.is_streaming

    def test_prepare__in_a_pause_then_the_end__the_same_words_as_without(
        self, engine: Engine, recogniser: Recogniser
    ) -> None:
        pcm = clips(1)[0].pcm[:_BRIEF_BYTES]
        plain = [*feed(recogniser, pcm), *recogniser.flush()]

        heard = feed(recogniser, pcm)
        recogniser.prepare()
        heard += recogniser.flush()

        said, again = ([final.text for final in finals(pieces)] for pieces in (plain, heard))
        assert said
        # The script goes on to its next line.
        assert again == (["第二句话"] if engine.name == "fake" else said)

    def test_flush__others_wait__words(self, recogniser: Recogniser) -> None:
        heard = feed(recogniser, clips(1)[0].pcm[:_BRIEF_BYTES])

        assert finals([*heard, *recogniser.flush(Effort.QUICK)])

    def test_prepare__speech_goes_on__what_was_prepared_is_void(
        self, engine: Engine, recogniser: Recogniser
    ) -> None:
        pcm = clips(1)[0].pcm[:_BRIEF_BYTES]
        heard = feed(recogniser, pcm[: _BRIEF_BYTES // 2])

        recogniser.prepare()
        heard += [*feed(recogniser, pcm[_BRIEF_BYTES // 2 :]), *recogniser.flush()]

        assert finals(heard)[-1].end_ms > _BRIEF_BYTES // 2 // 16

    def test_prepare__nothing_was_fed__nothing(self, recogniser: Recogniser) -> None:
        recogniser.prepare()

        assert list(recogniser.flush()) == []

    def test_flush__nothing_was_fed__nothing(self, recogniser: Recogniser) -> None:
        assert list(recogniser.flush()) == []

    def test_close__nothing_was_fed__nothing(self, engine: Engine) -> None:
        recogniser = engine.open(next(iter(engine.languages)))

        recogniser.close()

    def test_open__a_language_it_does_not_know__invalid(self, engine: Engine) -> None:
        with pytest.raises(InvalidInput):
            engine.open("tlh")

    def test_name_and_model__known(self, engine: Engine) -> None:
        assert engine.name
        assert engine.model


class TestVosk:
    def test_accept__recorded_speech__partials_while_fed_and_words_with_times(
        self, listener: Recogniser
    ) -> None:
        """Mandarin heard with Korean ears: the words mean nothing, but they come as they should."""
        clip = clips(1)[0]
        pcm = silence(0.5) + clip.pcm

        heard = feed(listener, pcm)
        last = listener.flush()

        assert any(isinstance(piece, Partial) and piece.text for piece in heard)
        words = [word for final in finals([*heard, *last]) for word in final.words]
        assert words
        assert all(0 <= word.start_ms <= word.end_ms <= len(pcm) // 16 for word in words)
        assert all(0 <= word.confidence <= 1 for word in words)

    def test_accept__long_pause__endpoint_without_flush(self, listener: Recogniser) -> None:
        heard = feed(listener, clips(1)[0].pcm + silence(4))

        assert finals(heard)

    def test_flush__many_utterances__times_go_on(self, listener: Recogniser) -> None:
        pcm = clips(1)[0].pcm[: 2 * 16_000]
        starts: list[int] = []
        for _ in range(22):
            feed(listener, pcm)
            starts += [final.start_ms for final in finals(listener.flush())]

        assert starts == sorted(starts)
        assert starts[-1] > 20 * len(pcm) // 16

    def test_close__after_some_speech__its_memory_is_the_systems_again(self, vosk: Engine) -> None:
        before = resident_mb()
        recogniser = vosk.open("ko")
        for clip in clips(8):
            feed(recogniser, clip.pcm)
            recogniser.flush()
        grown = resident_mb() - before

        recogniser.close()

        assert grown > 30
        assert resident_mb() - before < grown / 3

    def test_accept__tones__no_error(self, listener: Recogniser) -> None:
        feed(listener, speech_like(3) + silence(1))
        listener.flush()

    def test_load__no_model_there__says_what_to_do(self, tmp_path: Path) -> None:
        with pytest.raises(NotConfigured, match="hotline models"):
            load_vosk(Choice("ko", "vosk", "broken", tmp_path))

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("--allow-upsample=true\n", True), ("--sample-frequency=16000\n", False), (None, False)],
    )
    def test_takes_telephone_rate__configuration__read(
        self, tmp_path: Path, *, text: str | None, expected: bool
    ) -> None:
        if text is not None:
            (tmp_path / "conf").mkdir()
            (tmp_path / "conf" / "mfcc.conf").write_text(f"--num-ceps=40\n{text}")

        assert takes_telephone_rate(tmp_path) is expected


class TestWhisper:
    @pytest.mark.timeout(400)
    def test_flush__recorded_mandarin__understood(self, whisper: Engine) -> None:
        said = clips(12, step=10)
        recogniser = whisper.open("zh")
        pairs: list[tuple[str, str]] = []
        seconds = 0.0
        began = process_time()
        for clip in said:
            assert feed(recogniser, clip.pcm) == []
            seconds += len(clip.pcm) / 16_000
            pairs.append((clip.text, "".join(piece.text for piece in recogniser.flush())))

        rate = error_rate(pairs)
        factor = (process_time() - began) / seconds
        print(  # noqa: T201 - the figures are the result
            f"whisper-base, {len(said)} utterances, {seconds:.0f} s at 8 kHz: "
            f"character error rate {rate:.1%}, CPU per audio second {factor:.2f}"
        )
        assert rate <= 0.35

    @pytest.mark.parametrize("pcm", [silence(3), noise(3)], ids=["silence", "hiss"])
    def test_flush__nobody_speaks__no_words_made_up(self, whisper: Engine, pcm: bytes) -> None:
        recogniser = whisper.open("zh")
        feed(recogniser, pcm)

        assert recogniser.flush() == []

    def test_load__broken_model__says_what_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "model.bin").write_bytes(b"not a model")

        with pytest.raises(NotConfigured, match="hotline models"):
            load_whisper(Choice("zh", "whisper", "broken", tmp_path))

    def test_join__again__the_same_directory_and_no_scraps(self, tmp_path: Path) -> None:
        directory = tmp_path / "models" / "whisper-base"
        left_by_the_dead = tmp_path / "models" / ".whisper-base.99999999.part"
        left_by_the_dead.mkdir(parents=True)

        join(directory)
        inode = (directory / "model.bin").stat().st_ino
        join(directory)

        assert (directory / "model.bin").stat().st_ino == inode
        assert [path.name for path in directory.parent.iterdir()] == ["whisper-base"]
