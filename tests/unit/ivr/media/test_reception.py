import numpy as np
import pytest

from ivr.media.reception import Reception

ROW = 2
SOURCE = 0xFFFF_0001


class Stream:
    """One row, and packets 20 ms apart."""

    def __init__(self, *, together: bool) -> None:
        self.reception = Reception(4)
        self.reception.reset(ROW)
        self._together = together

    def come(
        self,
        number: int,
        *,
        late_by: int = 0,
        source: int = SOURCE,
        first: int = 0,
        may_change: bool = True,
    ) -> bool:
        """A packet comes; as the lane does it. Returns whether it was believed."""
        reception, sequence = self.reception, (first + number) & 0xFFFF
        rows, sequences = np.array([ROW]), np.array([sequence], np.int32)
        sources, transits = np.array([source], np.int64), np.array([late_by], np.int32)
        goes_on = reception.goes_on(rows, sequences=sequences, sources=sources)[0]
        if self._together and goes_on:
            reception.note_many(rows, sequences=sequences, transits=transits)
            return True
        is_believed = reception.accepts(
            ROW, sequence=sequence, source=source, may_change=may_change
        )
        if is_believed:
            reception.note(ROW, sequence=sequence, source=source, transit=late_by)
        assert is_believed or not goes_on
        return is_believed

    @property
    def counts(self) -> tuple[int, int]:
        return self.reception.received(ROW), self.reception.lost(ROW)


@pytest.fixture(params=[True, False], ids=["together", "alone"])
def stream(request: pytest.FixtureRequest) -> Stream:
    return Stream(together=request.param)


def test_note__counts_what_is_missing(stream: Stream) -> None:
    for number in (0, 1, 2, 5, 6, 9):
        stream.come(number)

    assert stream.counts == (6, 4)


def test_note__counts_on_where_the_sequence_wraps(stream: Stream) -> None:
    for number in range(20):
        if number != 11:
            stream.come(number, first=65_530)

    assert stream.counts == (19, 1)


def test_note__late_comers_are_not_lost(stream: Stream) -> None:
    for number in (0, 2, 1, 4, 3):
        stream.come(number)

    assert stream.counts == (5, 0)


def test_note__duplicates_never_make_the_loss_negative(stream: Stream) -> None:
    for number in (0, 1, 1, 1, 2):
        stream.come(number)

    assert stream.counts == (5, 0)


def test_note__another_source_begins_anew_and_keeps_the_counts(stream: Stream) -> None:
    for number in (0, 1, 3):
        stream.come(number)

    for number in (0, 1, 2, 4):
        stream.come(number, source=7, first=40_000)

    assert stream.counts == (7, 2)


def test_accepts__a_jump_of_the_sequence_when_the_next_packet_proves_it(stream: Stream) -> None:
    stream.come(0)
    stream.come(1)

    assert not stream.come(20_000)
    assert stream.come(20_001)
    assert stream.come(20_002)

    assert stream.counts == (4, 0)


def test_accepts__guessed_sequences_prove_nothing(stream: Stream) -> None:
    stream.come(0)

    believed = [stream.come(number) for number in (9_000, 30_000, 9_002, 20_000, 40_000)]

    assert not any(believed)
    assert stream.come(1)
    assert stream.counts == (2, 0)


def test_accepts__another_source_only_when_it_may(stream: Stream) -> None:
    stream.come(0)

    assert not stream.come(1, source=7, may_change=False)
    assert stream.come(1, may_change=False)
    assert stream.come(50, source=7)
    assert not stream.come(2, may_change=False)


def test_note__even_arrivals_have_no_jitter(stream: Stream) -> None:
    for number in range(100):
        stream.come(number, late_by=4711)

    assert stream.reception.jitter[ROW] == 0


def test_note__jitter_is_the_mean_change_of_the_transit_time(stream: Stream) -> None:
    """RFC 3550 appendix A.8: converges to the mean of |D|."""
    for number in range(400):
        stream.come(number, late_by=160 * (number % 2))

    assert stream.reception.jitter[ROW] == pytest.approx(160, rel=0.01)


def test_note__a_clock_set_anew_is_no_jitter(stream: Stream) -> None:
    stream.come(0)
    stream.come(1, late_by=1_000_000)

    assert stream.reception.jitter[ROW] == 0


def test_note__a_key_has_no_transit_time() -> None:
    stream = Stream(together=False)
    stream.come(0)

    stream.reception.note(ROW, sequence=1, source=SOURCE, transit=None)

    assert stream.counts == (2, 0)
    assert stream.reception.jitter[ROW] == 0


def test_note_many__rows_do_not_disturb_each_other() -> None:
    reception = Reception(3)
    rows = np.arange(3)
    for row in rows.tolist():
        reception.reset(row)

    for number in range(10):
        present = rows[rows != 1] if number == 5 else rows
        sequences = (present * 1000 + number).astype(np.int32)
        transits = (present * number * 8).astype(np.int32)
        if number:
            reception.note_many(present, sequences=sequences, transits=transits)
            continue
        for row in present.tolist():
            reception.note(row, sequence=1000 * row, source=row, transit=0)

    assert [reception.lost(row) for row in range(3)] == [0, 1, 0]
    assert reception.jitter[0] == 0 < reception.jitter[1] < reception.jitter[2]
