"""Heartbeats and registrations with sippy's own messages, and with a clock that is ours."""

import gc
import weakref
from collections.abc import Callable
from itertools import count
from typing import Any

from ivr.sip.digest import Challenge, Credentials, write_challenge
from ivr.sip.heartbeat import Health
from ivr.sip.registration import RegistrationState
from ivr.sip.sippy_keeper import HeartbeatKeeper, RegistrationKeeper
from ivr.sip.sippy_message import make_headers
from ivr.sip.trunk_desk import TrunkDesk
from ivr.sip.trunks import Registrar, Trunk
from tests.unit.ivr.sip.fake_time import FakeTime

ADDRESS = ("192.0.2.9", 5060)
DAY_SECONDS = 86_400
_STEP_SECONDS = 10


class Peer:
    """A trunk that answers each request at once, late or never.

    Args:
        time: The clock of both.
        answers: The status for each request, by its number; 0 for never.
    """

    def __init__(self, time: FakeTime, answers: Callable[[int], int]) -> None:
        self.alive: weakref.WeakSet[Any] = weakref.WeakSet()
        self.asked = 0
        self.goodbyes = 0
        self.delay_seconds = 0.0
        self._time = time
        self._answers = answers

    def send(self, request: Any, hear: Callable[[Any], None]) -> None:
        """Takes a request, as a transaction does."""
        self.alive.add(request)
        status = self._answers(self.asked)
        self.asked += 1
        expires = str(request.getHFBody("expires")) if request.countHFs("expires") else ""
        self.goodbyes += expires == "0"
        if status:
            response = request.genResponse(status, "Phrase")
            if status == 401:
                challenge = write_challenge(Challenge("ims", f"n{self.asked}"))
                response.appendHeaders(make_headers({"www-authenticate": challenge}))
            elif expires:
                response.appendHeaders(make_headers({"expires": expires}))
            self._time.start(lambda: hear(response), self.delay_seconds)

    @property
    def kept(self) -> int:
        """How many requests something still holds on to."""
        gc.collect()
        return len(self.alive)


class TestHeartbeatKeeper:
    def test_day__of_questions_leaves_one_timer(self) -> None:
        time = FakeTime()
        desk = TrunkDesk(
            Trunk(name="one", outbound=ADDRESS, heartbeat_seconds=30.0, domain="ims.example"),
            clock=time.clock,
        )
        desk.address = ADDRESS
        # Every seventh question is never answered, every eleventh refused.
        peer = Peer(time, lambda number: 503 if number % 11 == 0 else 200 * (number % 7 != 0))
        keeper = HeartbeatKeeper(
            desk, send=peer.send, user_agent="test", clock=time.clock, start_timer=time.start
        )
        keeper.start()

        running = set()
        for _ in range(DAY_SECONDS // _STEP_SECONDS):
            time.pass_by(_STEP_SECONDS)
            running.add(time.running)

        assert running == {1}
        assert peer.asked >= DAY_SECONDS / 33
        assert peer.kept <= 1
        keeper.stop()
        assert time.running == 0

    def test_answer__that_comes_after_it_was_given_up_begins_nothing(self) -> None:
        time = FakeTime()
        desk = TrunkDesk(
            Trunk(name="one", outbound=ADDRESS, heartbeat_seconds=30.0), clock=time.clock
        )
        desk.address = ADDRESS
        peer = Peer(time, lambda _: 200)
        peer.delay_seconds = 6.0
        keeper = HeartbeatKeeper(
            desk, send=peer.send, user_agent="test", clock=time.clock, start_timer=time.start
        )

        keeper.start()
        time.pass_by(6.5)

        assert (desk.health, time.running, peer.asked) == (Health.DEGRADED, 1, 1)


class TestRegistrationKeeper:
    def keep(self, time: FakeTime, peer: Peer) -> tuple[RegistrationKeeper, TrunkDesk]:
        trunk = Trunk(
            name="one",
            registrar=Registrar(ADDRESS, "ims.example", 600),
            credentials=Credentials("029", "secret"),
        )
        desk = TrunkDesk(trunk, clock=time.clock)
        desk.registrar = ADDRESS
        keeper = RegistrationKeeper(
            desk,
            send=peer.send,
            contact=lambda _: ("192.0.2.1", 5060),
            user_agent="test",
            clock=time.clock,
            start_timer=time.start,
        )
        keeper.start()
        return keeper, desk

    def test_day__of_refreshes_leaves_one_timer(self) -> None:
        time = FakeTime()
        # Each nonce is good for one request, and every eleventh request fails.
        peer = Peer(time, lambda number: 408 if number % 11 == 0 else (200, 401)[number % 2])
        keeper, desk = self.keep(time, peer)

        running = set()
        for _ in range(DAY_SECONDS // _STEP_SECONDS):
            time.pass_by(_STEP_SECONDS)
            running.add(time.running)
        keeper.end()
        time.pass_by(_STEP_SECONDS)

        assert running == {1}
        assert peer.asked >= DAY_SECONDS / 600
        assert peer.goodbyes in (1, 2)
        assert desk.registration is not None
        assert desk.registration.state is RegistrationState.ENDED
        assert (time.running, peer.kept <= 1) == (0, True)

    def test_end__challenged_goodbye_is_said_once_more(self) -> None:
        time = FakeTime()
        numbers = count()
        peer = Peer(time, lambda _: (401, 200, 401, 200)[next(numbers)])
        keeper, _ = self.keep(time, peer)
        time.pass_by(1.0)

        keeper.end()
        time.pass_by(1.0)

        assert (peer.asked, peer.goodbyes, time.running) == (4, 2, 0)
