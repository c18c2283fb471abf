"""Which calls are up, and whether one more may come."""

import logging

import pytest

from ivr.sip.admission import Admission
from ivr.sip.ledger import Ledger
from ivr.sip.trunk_desk import TrunkDesk
from ivr.sip.trunks import Trunk


class Seconds:
    """A clock that the test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def make_desk(**changes: object) -> TrunkDesk:
    return TrunkDesk(Trunk(name="one", **changes), clock=Seconds())  # type: ignore[arg-type]  # a table of arguments


def make_ledger(*, max_calls: int = 10, clock: Seconds | None = None) -> Ledger[str]:
    clock = clock or Seconds()
    admission = Admission(max_calls=max_calls, calls_per_second=None, clock=clock)
    return Ledger(admission, clock=clock)


class TestBook:
    def test_book__call_moves_on_to_another_trunk(self) -> None:
        ledger, first, second = make_ledger(), make_desk(), make_desk()
        ledger.book("call", None)

        ledger.book("call", first)
        ledger.book("call", second)

        assert (first.calls, second.calls, ledger.calls) == (0, 1, ("call",))

    def test_forget__twice_counts_once(self) -> None:
        ledger, desk = make_ledger(), make_desk()
        ledger.book("call", desk)
        ledger.book("other", desk)

        ledger.forget("call")
        ledger.forget("call")

        assert (desk.calls, ledger.calls) == (1, ("other",))


class TestTryBook:
    def test_try_book__full_trunk_takes_no_more_and_the_call_stays_where_it_was(self) -> None:
        ledger, first, full = make_ledger(), make_desk(), make_desk(max_calls=1)
        ledger.book("other", full)
        ledger.book("call", first)

        assert not ledger.try_book("call", full)
        assert (first.calls, full.calls) == (1, 1)

    def test_try_book__call_does_not_stand_in_its_own_way(self) -> None:
        ledger, desk = make_ledger(max_calls=1), make_desk(max_calls=1)
        ledger.book("call", None)

        assert [ledger.try_book("call", desk) for _ in range(2)] == [True, True]
        assert (desk.calls, ledger.calls) == (1, ("call",))

    def test_try_book__full_line_takes_no_more(self) -> None:
        ledger, desk = make_ledger(max_calls=1), make_desk()
        ledger.book("first", None)
        ledger.book("second", None)

        assert [ledger.try_book("second", each) for each in (desk, None)] == [False, False]
        assert desk.calls == 0


class TestRefuse:
    def test_refuse__full_trunk_while_the_line_has_room(self) -> None:
        ledger, full, free = make_ledger(), make_desk(max_calls=1), make_desk(max_calls=1)
        ledger.book("call", full)

        assert (ledger.refuse(full), ledger.refuse(free)) == (10, None)

    def test_refuse__full_line_while_the_trunk_has_room(self) -> None:
        ledger, desk = make_ledger(max_calls=1), make_desk(max_calls=5)
        ledger.book("call", None)

        assert ledger.refuse(desk) == 10

    def test_turn_away__says_the_same_and_counts_nothing(self) -> None:
        ledger, desk = make_ledger(), make_desk(calls_per_second=1)

        expected = [ledger.turn_away(desk) for _ in range(5)]
        refused = [ledger.refuse(desk) for _ in range(3)]

        assert expected == [None] * 5
        assert refused == [None, None, 2]
        assert ledger.turn_away(desk) == 2

    def test_refuse__flood_is_logged_once_in_a_while(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        clock = Seconds()
        ledger = make_ledger(max_calls=0, clock=clock)
        caplog.set_level(logging.WARNING)

        for _ in range(2000):
            ledger.refuse(None)
        clock.now += 60
        ledger.refuse(None)

        assert [record.__dict__["refused"] for record in caplog.records] == [1, 2000]
