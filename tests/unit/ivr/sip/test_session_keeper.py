"""A session timer at work, with a dialog and a clock that are ours."""

from collections.abc import Callable
from typing import Any

import pytest

from ivr.sip.session_keeper import SessionKeeper, glare_pause
from ivr.sip.session_timer import IntervalTooSmall, SessionPolicy
from ivr.sip.sippy_message import make_headers, timer_words
from tests.unit.ivr.sip.fake_time import FakeTime


class Message:
    """As much of one of sippy's messages as is read."""

    def __init__(self, status: int = 0, /, **headers: str) -> None:
        self.status = status
        self.headers = make_headers({k.replace("_", "-"): v for k, v in headers.items()})

    def getSCode(self) -> tuple[int, str]:
        return self.status, "Phrase"


class FakeDialog:
    """A dialog that only remembers."""

    def __init__(self) -> None:
        self.is_up = True
        self.sent: list[tuple[str, dict[str, str]]] = []
        self.answer: Callable[[Any], None]
        self.proofs = 0
        self.refreshes = 0
        self.losses = 0

    def isConnected(self) -> bool:
        return self.is_up

    def refresh(
        self, method: str, headers: dict[str, str], on_answer: Callable[[Any], None]
    ) -> None:
        self.sent.append((method, headers))
        self.answer = on_answer

    def prove(self, resp: Any) -> bool:
        self.proofs += 1
        return True

    def refreshed(self, resp: Any) -> None:
        self.refreshes += 1

    def session_lost(self) -> None:
        self.losses += 1


class House:
    """A keeper of a call that was answered with a timer."""

    def __init__(
        self, expires: str | None = "100;refresher=uas", allow: str = "INVITE, UPDATE"
    ) -> None:
        self.dialog = FakeDialog()
        self.time = FakeTime()
        self.keeper = SessionKeeper[Message](
            self.dialog,
            SessionPolicy(),
            owns_call_id=False,
            supported="timer, 100rel",
            read=timer_words,
            clock=self.time.clock,
            start_timer=self.time.start,
        )
        headers = {} if expires is None else {"session_expires": expires}
        self.keeper.accept(Message(supported="timer", allow=allow, **headers))
        self.headers = self.keeper.answer()

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.dialog.sent]


class TestRefresh:
    def test_refresh__at_half_of_the_interval_with_our_role_in_it(self) -> None:
        house = House()
        house.time.pass_by(49.9)
        before = list(house.dialog.sent)
        house.time.pass_by(0.2)

        assert before == []
        assert house.methods == ["UPDATE"]
        assert house.dialog.sent[0][1]["session-expires"] == "100;refresher=uac"

    def test_refresh__answered_begins_anew(self) -> None:
        house = House()
        house.time.pass_by(50)
        house.dialog.answer(Message(200, session_expires="100;refresher=uac"))
        house.time.pass_by(60)

        assert (house.methods, house.dialog.refreshes) == (["UPDATE"] * 2, 1)
        assert house.dialog.losses == 0

    def test_refresh__a_day_of_them_leaves_one_timer(self) -> None:
        house = House()
        for _ in range(86_400 // 50):
            house.time.pass_by(50)
            house.dialog.answer(Message(200, session_expires="100;refresher=uac"))
            assert house.time.running == 1

        assert house.dialog.refreshes == len(house.methods) == 1728
        assert house.dialog.losses == 0

    def test_refresh__peer_takes_the_job_over(self) -> None:
        house = House()
        house.time.pass_by(50)
        house.dialog.answer(Message(200, session_expires="100;refresher=uas"))
        house.time.pass_by(60)

        assert house.methods == ["UPDATE"]

    @pytest.mark.parametrize("status", [405, 501])
    def test_refresh__update_not_known_becomes_reinvite(self, status: int) -> None:
        house = House()
        house.time.pass_by(50)
        house.dialog.answer(Message(status))
        house.time.pass_by(0.1)

        assert house.methods == ["UPDATE", "INVITE"]

    def test_refresh__glare_is_tried_again_within_two_seconds(self) -> None:
        house = House()
        house.time.pass_by(50)
        house.dialog.answer(Message(491))
        house.time.pass_by(2.1)

        assert house.methods == ["UPDATE", "UPDATE"]

    def test_refresh__larger_interval_is_asked_for_once(self) -> None:
        house = House()
        house.time.pass_by(50)
        house.dialog.answer(Message(422, min_se="300"))
        house.time.pass_by(0.1)
        house.dialog.answer(Message(422, min_se="600"))
        house.time.pass_by(4)

        expires = [headers["session-expires"] for _, headers in house.dialog.sent]
        assert expires == ["100;refresher=uac", "300;refresher=uac"]
        assert house.dialog.sent[1][1]["min-se"] == "300"

    def test_refresh__challenge_is_answered_at_once_and_not_for_ever(self) -> None:
        house = House()
        house.time.pass_by(50)
        for _ in range(4):
            house.dialog.answer(Message(407))
            house.time.pass_by(0.1)

        assert (house.methods, house.dialog.proofs) == (["UPDATE"] * 3, 2)

    @pytest.mark.parametrize("status", [408, 481])
    def test_refresh__peer_that_knows_nothing_is_lost(self, status: int) -> None:
        house = House()
        house.time.pass_by(50)
        house.dialog.answer(Message(status))

        assert house.dialog.losses == 1

    def test_refresh__never_granted_is_lost_before_the_end(self) -> None:
        house = House()
        house.time.pass_by(50)
        house.dialog.answer(Message(500))
        house.time.pass_by(6)
        house.dialog.answer(Message(500))
        house.time.pass_by(11)

        assert house.dialog.losses == 0
        house.time.pass_by(1)
        assert house.dialog.losses == 1
        assert house.time.running == 0

    def test_refresh__answer_after_the_end_changes_nothing(self) -> None:
        house = House()
        house.time.pass_by(50)
        house.keeper.stop()
        house.dialog.is_up = False
        house.dialog.answer(Message(481))

        assert (house.dialog.losses, house.time.running) == (0, 0)


class TestWait:
    def test_wait__silent_peer_is_lost(self) -> None:
        house = House("90;refresher=uac")
        house.time.pass_by(59)
        before = house.dialog.losses
        house.time.pass_by(2)

        assert (before, house.dialog.losses, house.methods) == (0, 1, [])

    def test_wait__refresh_of_the_peer_begins_anew(self) -> None:
        house = House("90;refresher=uac")
        house.time.pass_by(50)
        house.keeper.accept(Message(supported="timer", session_expires="90;refresher=uac"))
        house.keeper.answer()
        house.time.pass_by(50)

        assert house.dialog.losses == 0

    def test_accept__too_small_leaves_the_session_as_it_was(self) -> None:
        house = House("90;refresher=uac")
        with pytest.raises(IntervalTooSmall):
            house.keeper.accept(Message(supported="timer", session_expires="60"))
        house.time.pass_by(61)

        assert house.dialog.losses == 1

    def test_answer__without_a_timer_says_only_what_we_can(self) -> None:
        house = House(None)

        assert house.headers == {"supported": "timer, 100rel"}
        assert house.time.running == 0


def watched(expires: str | None = None) -> House:
    """A keeper that has just been asked whether its peer is there."""
    house = House(expires)
    house.keeper.watch()
    house.time.pass_by(0.1)
    return house


class TestWatch:
    def test_watch__peer_that_answers_is_asked_again_in_time(self) -> None:
        house = watched()
        house.dialog.answer(Message(200))
        house.time.pass_by(900)

        assert house.methods == ["UPDATE"] * 2

    def test_watch__twice_asks_once(self) -> None:
        house = watched()
        house.keeper.watch()
        house.time.pass_by(0.1)

        assert house.methods == ["UPDATE"]

    def test_watch__timer_that_is_agreed_on_asks_in_its_own_time(self) -> None:
        house = watched("1800;refresher=uas")
        assert house.methods == []

        house.time.pass_by(900)
        assert house.methods == ["UPDATE"]

    def test_watch__call_that_is_over_asks_nobody(self) -> None:
        house = House(None)
        house.dialog.is_up = False
        house.keeper.watch()

        assert house.time.running == 0

    @pytest.mark.parametrize("status", [400, 403, 488, 500, 603])
    def test_watch__peer_that_refuses_is_not_asked_again_and_stays(self, status: int) -> None:
        house = watched()
        house.dialog.answer(Message(status))
        house.time.pass_by(10_000)

        assert (house.methods, house.dialog.losses) == (["UPDATE"], 0)
        assert house.time.running == 0

    def test_watch__peer_that_knows_no_way_to_be_asked_stays(self) -> None:
        house = watched()
        house.dialog.answer(Message(501))
        house.time.pass_by(0.1)
        house.dialog.answer(Message(501))
        house.time.pass_by(10_000)

        assert (house.methods, house.dialog.losses) == (["UPDATE", "INVITE"], 0)

    def test_watch__peer_that_always_asks_at_once_with_us_stays(self) -> None:
        house = watched()
        while house.time.running:
            house.dialog.answer(Message(491))
            house.time.pass_by(2.1)

        assert house.dialog.losses == 0

    @pytest.mark.parametrize("status", [408, 481])
    def test_watch__peer_that_is_gone_is_lost(self, status: int) -> None:
        house = watched()
        house.dialog.answer(Message(status))

        assert house.dialog.losses == 1


@pytest.mark.parametrize(("owns_call_id", "least", "most"), [(True, 2.1, 4.0), (False, 0.0, 2.0)])
def test_glare_pause__whoever_began_waits_longer(
    owns_call_id: bool, least: float, most: float
) -> None:
    pauses = [glare_pause(owns_call_id=owns_call_id) for _ in range(200)]

    assert least <= min(pauses)
    assert max(pauses) <= most
    assert len(set(pauses)) > 10
