from collections.abc import Iterable

from asr.engine import FRAME_BYTES
from asr.vad import Audio, Begun, Cut, Cutter, Ended, Paused, Resumed, voice_detector
from tests.sound import frames, silence, speech_like

VOICE = b"\x01" * FRAME_BYTES
QUIET = bytes(FRAME_BYTES)


def cut(pattern: Iterable[tuple[bytes, float]], *, longest_ms: int | None = None) -> list[Cut]:
    """What a cutter makes of (frame, seconds) pieces with a detector that cannot err."""
    cutter = Cutter(lambda pcm: pcm == VOICE, longest_ms=longest_ms)
    cuts: list[Cut] = []
    position = 0
    for frame, seconds in pattern:
        for _ in range(round(seconds * 50)):
            cuts += cutter.push(frame, position)
            position += 20
    return cuts + cutter.end()


def edges(cuts: list[Cut]) -> list[Cut]:
    return [cut for cut in cuts if not isinstance(cut, Audio)]


def audio_ms(cuts: list[Cut]) -> int:
    return sum(len(cut.pcm) for cut in cuts if isinstance(cut, Audio)) // 16


def test_push__silence__nothing() -> None:
    assert cut([(QUIET, 5)]) == []


def test_push__a_click__nothing() -> None:
    assert cut([(QUIET, 1), (VOICE, 0.1), (QUIET, 1)]) == []


def test_push__an_utterance__with_a_little_before_and_its_true_end() -> None:
    cuts = cut([(QUIET, 1), (VOICE, 2), (QUIET, 1)])

    # Noticed 120 ms after the first voiced frame, with 500 ms kept.
    assert edges(cuts) == [Begun(620), Ended(3000)]
    assert audio_ms(cuts) == 3500 - 620


def test_push__a_breath__same_utterance() -> None:
    cuts = cut([(VOICE, 1), (QUIET, 0.4), (VOICE, 1), (QUIET, 1)])

    assert edges(cuts) == [Begun(0), Ended(2400)]


def test_push__two_utterances__two() -> None:
    cuts = cut([(VOICE, 1), (QUIET, 2), (VOICE, 1), (QUIET, 1)])

    assert edges(cuts) == [Begun(0), Ended(1000), Begun(2620), Ended(4000)]


def test_push__endless_speech__cut_at_the_greatest_length_and_nothing_lost() -> None:
    cuts = cut([(VOICE, 10)], longest_ms=4000)

    assert edges(cuts) == [
        Begun(0),
        Ended(4000),
        Begun(4000),
        Ended(8000),
        Begun(8000),
        Ended(10_000),
    ]
    assert audio_ms(cuts) == 10_000


def test_push__long_already__a_short_pause_will_do() -> None:
    cuts = cut([(VOICE, 9), (QUIET, 0.3), (VOICE, 1), (QUIET, 1)], longest_ms=12_000)

    assert edges(cuts)[1] == Ended(9000)


def test_push__known_silence__detector_is_not_asked() -> None:
    def fail(_pcm: bytes) -> bool:
        raise AssertionError("asked")

    assert Cutter(fail).push(VOICE, 0, is_silence=True) == []


def test_end__in_mid_speech__ended_where_the_voice_was() -> None:
    cutter = Cutter(lambda _pcm: True)
    for number in range(20):
        cutter.push(VOICE, number * 20)
    assert cutter.is_speaking

    assert cutter.end() == [Ended(400)]
    assert not cutter.is_speaking


def test_voice_detector__speech_between_silence__finds_it() -> None:
    cutter = Cutter(voice_detector())
    found: list[Cut] = []
    for frame in frames(silence(1) + speech_like(2) + silence(1)):
        found += edges(cutter.push(frame.pcm or b"", frame.position_ms))

    begun, ended = found
    assert isinstance(begun, Begun)
    assert isinstance(ended, Ended)
    assert 500 <= begun.position_ms <= 1000
    assert 2900 <= ended.position_ms <= 3300


def test_push__pauses_are_told__once_each_and_when_they_are_over() -> None:
    cutter = Cutter(lambda pcm: pcm == VOICE, tells_pauses=True)
    pattern = [VOICE] * 50 + [QUIET] * 20 + [VOICE] * 50 + [QUIET] * 50
    cuts = [cut for place, pcm in enumerate(pattern) for cut in cutter.push(pcm, 20 * place)]

    assert edges(cuts) == [Begun(0), Paused(), Resumed(), Paused(), Ended(2400)]
    # What is said again comes after the word that it goes on.
    assert isinstance(cuts[cuts.index(Resumed()) + 1], Audio)


def test_push__a_breath__no_pause_is_told() -> None:
    cutter = Cutter(lambda pcm: pcm == VOICE, tells_pauses=True)
    pattern = [VOICE] * 50 + [QUIET] * 11 + [VOICE] * 50
    cuts = [cut for place, pcm in enumerate(pattern) for cut in cutter.push(pcm, 20 * place)]

    assert edges(cuts) == [Begun(0)]
