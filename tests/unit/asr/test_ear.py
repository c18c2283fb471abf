from collections.abc import Iterable, Sequence

from asr.ear import Ear, Missed, Note, Said
from asr.engine import Effort, Final, Heard, Partial, Recogniser
from asr.fake_engine import FakeRecogniser
from asr.fork import Frame
from asr.vad import Cutter
from hotline.g711 import A_LAW

VOICE = bytes([0x2A]) * 160
_QUIET_PCM = A_LAW.decode(bytes([A_LAW.silence]) * 160).tobytes()


def frame(position_ms: int, *, sequence: int | None = None, is_voice: bool = True) -> Frame:
    return Frame(
        stream=1,
        sequence=position_ms // 20 % 65536 if sequence is None else sequence,
        position_ms=position_ms,
        codec=8,
        payload=VOICE if is_voice else b"",
    )


def voice(start_ms: int, end_ms: int) -> list[Frame]:
    return [frame(position) for position in range(start_ms, end_ms, 20)]


def quiet(start_ms: int, end_ms: int) -> list[Frame]:
    return [frame(position, is_voice=False) for position in range(start_ms, end_ms, 20)]


def ear(recogniser: Recogniser | None = None, *, is_streaming: bool = True) -> Ear:
    script = FakeRecogniser(["一二三四五", "六七八九十"], is_streaming=is_streaming)
    return Ear(recogniser or script, Cutter(lambda _pcm: True))


def hear(listener: Ear, pieces: Iterable[Frame]) -> list[Note]:
    return [note for piece in pieces for note in listener.hear(piece)]


def finals(notes: Iterable[Note]) -> list[tuple[str, int, int]]:
    return [
        (note.text, note.start_ms, note.end_ms)
        for note in notes
        if isinstance(note, Said) and note.is_final
    ]


def test_hear__utterance_and_pause__final_on_the_recordings_clock() -> None:
    notes = hear(ear(), [*quiet(60_000, 61_000), *voice(61_000, 63_000), *quiet(63_000, 64_000)])

    assert finals(notes) == [("一二三四五", 60_620, 63_000)]


def test_hear__second_utterance__not_moved_by_the_silence_between() -> None:
    notes = hear(
        ear(),
        [*voice(0, 2000), *quiet(2000, 30_000), *voice(30_000, 31_000), *quiet(31_000, 32_000)],
    )

    assert [start for _, start, _ in finals(notes)] == [0, 29_620]


def test_hear__streaming__partials_grow() -> None:
    notes = hear(ear(), voice(0, 3000))

    texts = [note.text for note in notes if isinstance(note, Said) and not note.is_final]
    assert texts[0] == "一"
    assert texts[-1] == "一二三"


def test_hear__by_utterance__no_partials() -> None:
    notes = hear(ear(is_streaming=False), [*voice(0, 3000), *quiet(3000, 4000)])

    assert [note.is_final for note in notes if isinstance(note, Said)] == [True]


def test_hear__small_loss__filled_and_not_told() -> None:
    notes = hear(ear(), [*voice(0, 1000), *voice(1200, 2000), *quiet(2000, 3000)])

    assert finals(notes) == [("一二三四五", 0, 2000)]
    assert not [note for note in notes if isinstance(note, Missed)]


def test_hear__seconds_lost__sentence_ends_and_gap_is_told() -> None:
    notes = hear(ear(), [*voice(0, 1000), *voice(4000, 5000), *quiet(5000, 6000)])

    assert [note for note in notes if isinstance(note, Missed)] == [Missed(1000, 4000)]
    assert finals(notes) == [("一二三四五", 0, 1000), ("六七八九十", 4000, 5000)]


def test_hear__fork_paused__no_gap_because_nothing_is_missing() -> None:
    later = [frame(position, sequence=position // 20 - 150) for position in range(4000, 5000, 20)]

    notes = hear(ear(), [*voice(0, 1000), *later])

    assert not [note for note in notes if isinstance(note, Missed)]


def test_hear__late_or_doubled_frame__ignored() -> None:
    listener = ear()
    hear(listener, voice(0, 1000))

    assert hear(listener, [frame(980), frame(500)]) == []
    assert finals(hear(listener, [*voice(1000, 2000), *quiet(2000, 3000)])) == [
        ("一二三四五", 0, 2000)
    ]


def test_hear__clock_begins_anew__goes_on_there() -> None:
    listener = ear()

    notes = hear(listener, [*voice(50_000, 51_000), *voice(0, 1000), *quiet(1000, 2000)])

    assert finals(notes) == [("一二三四五", 50_000, 51_000), ("六七八九十", 0, 1000)]


class Fickle:
    """Partial words that come to nothing."""

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        return [Partial("嗯", 0, len(pcm) // 16)]

    def prepare(self) -> None:
        return

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        return []

    def close(self) -> None:
        return


def test_hear__partial_words_come_to_nothing__taken_back() -> None:
    notes = hear(ear(Fickle()), [*voice(0, 1000), *quiet(1000, 2000)])

    last = notes[-1]
    assert isinstance(last, Said)
    assert (last.text, last.is_final) == ("", False)


class Generous(Fickle):
    """Counts the pause after the utterance in."""

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        return [Final("好", 0, 99_999)]


def test_hear__engine_counts_the_pause_in__end_is_where_the_voice_ended() -> None:
    notes = hear(ear(Generous()), [*voice(0, 1000), *quiet(1000, 2000)])

    assert finals(notes) == [("好", 0, 1000)]


def test_end__in_mid_sentence__words_so_far() -> None:
    listener = ear()
    hear(listener, voice(0, 1000))

    assert finals(listener.end()) == [("一二三四五", 0, 1000)]


def test_hear__late__larger_pieces_fewer_partials() -> None:
    in_time, late = ear(), ear()

    prompt = [note for piece in voice(0, 3000) for note in in_time.hear(piece)]
    slow = [note for piece in voice(0, 3000) for note in late.hear(piece, is_late=True)]

    assert len(slow) < len(prompt) / 3


def test_close__recogniser__closed() -> None:
    recogniser = FakeRecogniser(["一"], is_streaming=True)

    Ear(recogniser, Cutter(lambda _pcm: True)).close()

    assert recogniser.is_closed


class Counting(Fickle):
    """Notes what it is fed and asked; one word for each utterance."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fed_ms = 0

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        self.fed_ms += len(pcm) // 16
        if self.asked and self.asked[-1] == "prepare":
            self.asked.append("void")
        return []

    def prepare(self) -> None:
        self.asked.append("prepare")

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        self.asked.append(effort.value)
        return [Final("好", self.fed_ms - 1000, self.fed_ms)]


class TestSettlesLater:
    """Ears for engines by utterance: the words come when somebody has time for them."""

    @staticmethod
    def ear(recogniser: Recogniser) -> Ear:
        cutter = Cutter(lambda pcm: pcm != bytes(len(pcm)), tells_pauses=True)
        return Ear(recogniser, cutter, settles_later=True)

    def test_hear__utterance_and_pause__owed_until_settled(self) -> None:
        recogniser = Counting()
        listener = self.ear(recogniser)

        notes = hear(listener, [*voice(1000, 3000), *quiet(3000, 4000)])
        owed = listener.owed
        settled = listener.settle(Effort.QUICK)

        assert notes == []
        assert owed is not None
        # The half second before it is not there: the stream began with the voice.
        assert (owed.end_ms, owed.length_ms) == (3000, 2240)
        assert finals(settled) == [("好", 2240, 3000)]
        assert recogniser.asked == ["quick"]
        assert listener.settle() == []

    def test_prepare__the_pause_goes_on__what_follows_does_not_make_it_void(self) -> None:
        recogniser = Counting()
        listener = self.ear(recogniser)
        hear(listener, [*voice(0, 2000), *quiet(2000, 2240)])
        assert listener.may_prepare

        listener.prepare()
        hear(listener, quiet(2240, 2600))
        listener.settle()

        assert recogniser.asked == ["prepare", "full"]

    def test_prepare__speech_goes_on__void_and_nothing_of_it_is_lost(self) -> None:
        recogniser = Counting()
        listener = self.ear(recogniser)
        hear(listener, [*voice(0, 2000), *quiet(2000, 2240)])

        listener.prepare()
        hear(listener, [*quiet(2240, 2400), *voice(2400, 3000), *quiet(3000, 3600)])
        listener.settle()

        assert recogniser.asked == ["prepare", "void", "full"]
        assert recogniser.fed_ms == 3240

    def test_hear__next_utterance_before_the_words_were_asked_for__settled_first(self) -> None:
        recogniser = Counting()
        listener = self.ear(recogniser)

        notes = hear(
            listener, [*voice(0, 1000), *quiet(1000, 2000), *voice(2000, 3000), *quiet(3000, 4000)]
        )

        assert [end for _, _, end in finals(notes)] == [1000]
        assert listener.owed is not None
