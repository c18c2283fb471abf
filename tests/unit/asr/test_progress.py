from asr.ear import Missed, Said
from asr.fork import Frame
from asr.progress import Progress
from asr.scribe import Facts


def progress(*, age_ms: int = 0) -> Progress:
    return Progress(Facts(1, "call_1", "caller", "zh", age_ms=age_ms))


def frame(position_ms: int) -> Frame:
    return Frame(1, position_ms // 20, position_ms, 8, bytes(160))


def said(end_ms: int, *, is_final: bool = True) -> Said:
    return Said("词", end_ms - 500, end_ms, None, is_final=is_final)


def test_begin__came_late__what_was_before_is_missed_and_told_once() -> None:
    side = progress(age_ms=8000)

    assert side.begin(frame(8000)) == [Missed(0, 8000)]
    assert side.begin(frame(8020)) == []


def test_lapse__nothing_dropped__none() -> None:
    side = progress()
    side.hear(frame(0))

    side.rest()

    assert side.lapse == []


def test_lapse__frames_dropped__from_what_was_heard_last() -> None:
    side = progress()
    side.begin(frame(0))
    side.hear(frame(980))

    side.rest()
    side.drop(frame(1500))
    side.drop(frame(1480))

    assert side.lapse == [Missed(1000, 1520)]


def test_drop__the_first_frame__lapse_from_where_the_side_begins() -> None:
    side = progress()

    side.rest()

    assert side.drop(frame(300_000)) == []
    assert side.lapse == [Missed(300_000, 300_020)]


def test_lose__final_words_since_it_began__from_those_on() -> None:
    side = progress()
    side.hear(frame(4980))

    assert side.lose(1000) == [Missed(1000, 5000)]
    assert not side.understand([said(4000, is_final=False)])
    assert side.understand([said(3000)])
    assert side.lose(1000) == [Missed(3000, 5000)]


def test_owed_ms__beyond_the_pause_that_ends_an_utterance() -> None:
    side = progress()
    side.hear(frame(2480))
    assert side.owed_ms == 0

    side.owe(2200)
    assert side.owed_ms == 0
    side.owe(1000)
    assert side.owed_ms == 1000

    side.owe(None)
    assert side.owed_ms == 0
