"""The registration is refreshed, lost and regained, and never guesses a password."""

from collections.abc import Callable

import pytest

from ivr.sip.pbx_message import Message, read_message, respond
from ivr.sip.pbx_registration import Registration, RegistrationState
from ivr.sip.pbx_transaction import ClientTransaction, Pending, Transactions
from tests.unit.ivr.sip.fake_wire import FakeWire

OURS = "<sip:8001@10.0.0.9:5060>"


class Pbx:
    """The line's part and the PBX's (`pbx_registration.Registrar`)."""

    def __init__(self) -> None:
        self.wire = FakeWire()
        self.states: list[RegistrationState] = []
        self.transactions = Transactions(self.wire, lambda _: None)
        self.is_lost = False
        self.waiting: list[Callable[[], None]] = []
        self.registration_under_test = Registration(
            self, on_state=self.states.append, locate=self._locate
        )
        self.has_password = True
        self._number = 0

    def _locate(self, then: Callable[[], None]) -> None:
        if self.is_lost:
            self.waiting.append(then)
        else:
            then()

    def registration(self, expires_seconds: int) -> Message:
        return self._request(expires_seconds, ())

    def contact_is_ours(self, contact: str) -> bool:
        return f"<{contact}>" == OURS

    def authorize(self, request: Message, response: Message) -> Message | None:
        if response.status != 401 or request.first("authorization") or not self.has_password:
            return None
        return self._request(int(request.first("expires")), (("authorization", "proof"),))

    def ask(
        self,
        request: Message,
        *,
        hear: Callable[[Message], None],
        miss: Callable[[], None],
        patience_seconds: float,
    ) -> ClientTransaction:
        return self.transactions.ask(
            request, ("10.0.0.5", 5060), hear=hear, miss=miss, patience_seconds=patience_seconds
        )

    def after(self, seconds: float, function: Callable[..., object], *args: object) -> Pending:
        return self.wire.after(seconds, function, *args)

    @property
    def last(self) -> Message:
        return self.wire.sent[-1][1]

    @property
    def count(self) -> int:
        return len({message.number for _, message in self.wire.sent})

    def answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        response = respond(self.last, status, tag="pbx", headers=headers)
        self.transactions.receive(read_message(response.encode()), ("10.0.0.5", 5060))

    def _request(self, expires_seconds: int, headers: tuple[tuple[str, str], ...]) -> Message:
        self._number += 1
        return Message(
            method="REGISTER",
            uri="sip:10.0.0.5",
            status=None,
            headers=(
                ("via", f"SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK{self._number}"),
                ("from", "<sip:8001@10.0.0.5>;tag=a"),
                ("to", "<sip:8001@10.0.0.5>"),
                ("call-id", "r"),
                ("cseq", f"{self._number} REGISTER"),
                ("expires", str(expires_seconds)),
                *headers,
            ),
        )


@pytest.fixture
def pbx() -> Pbx:
    pbx = Pbx()
    pbx.registration_under_test.register()
    return pbx


def test_register__shows_the_password_only_when_asked(pbx: Pbx) -> None:
    assert pbx.last.first("authorization") == ""
    pbx.answer(401)
    pbx.answer(200)

    assert pbx.last.first("authorization") == "proof"
    assert pbx.states == [RegistrationState.REGISTERED]


def test_register__wrong_password_is_not_tried_again_soon(pbx: Pbx) -> None:
    pbx.answer(401)
    pbx.answer(401)
    pbx.wire.pass_time(200.0)

    assert pbx.states == [RegistrationState.REFUSED]
    assert pbx.count == 2
    pbx.wire.pass_time(200.0)
    assert pbx.count > 2


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"contact": f"<sip:8001@10.0.0.7>;expires=3600, {OURS};expires=60"}, 30),
        ({"contact": f"{OURS};expires=60"}, 30),
        ({"expires": "90"}, 45),
        ({}, 60),
        ({"expires": "0"}, 5),
        ({"expires": "99999999999"}, 60),
    ],
)
def test_register__is_refreshed_after_half_of_what_was_granted(
    pbx: Pbx, headers: dict[str, str], seconds: int
) -> None:
    pbx.answer(200, headers)

    pbx.wire.pass_time(seconds - 0.1)
    assert pbx.count == 1
    pbx.wire.pass_time(0.2)
    assert pbx.count == 2


def test_register__pbx_that_was_restarted_is_noticed_and_found_again(pbx: Pbx) -> None:
    pbx.answer(200)
    pbx.wire.pass_time(60.0 + 4.0)
    assert pbx.states[-1] is RegistrationState.UNREACHABLE
    before = pbx.count
    while pbx.count == before:
        pbx.wire.pass_time(0.5)
    # It is back, and has forgotten us.
    pbx.answer(401)
    pbx.answer(200)

    assert pbx.states == [
        RegistrationState.REGISTERED,
        RegistrationState.UNREACHABLE,
        RegistrationState.REGISTERED,
    ]


def test_register__pauses_grow_while_the_pbx_is_away(pbx: Pbx) -> None:
    pbx.wire.pass_time(600.0)

    # Every half minute and the four seconds of patience, after a quicker beginning.
    assert 600 / 34 <= pbx.count <= 600 / 34 + 5


def test_register__retry_after_is_kept_to(pbx: Pbx) -> None:
    pbx.answer(503, {"retry-after": "20 (busy)"})
    pbx.wire.pass_time(19.9)
    assert pbx.count == 1
    pbx.wire.pass_time(0.2)
    assert pbx.count == 2


def test_register__too_brief_asks_for_longer(pbx: Pbx) -> None:
    pbx.answer(423, {"min-expires": "600"})

    assert pbx.last.first("expires") == "600"


def test_register__waits_until_it_is_known_where_the_pbx_is(pbx: Pbx) -> None:
    pbx.answer(200)
    pbx.is_lost = True
    pbx.wire.pass_time(60.0)
    assert pbx.count == 1
    pbx.waiting.pop()()

    assert pbx.count == 2


def test_leave__while_the_pbx_is_looked_up_registers_no_more(pbx: Pbx) -> None:
    pbx.answer(200)
    pbx.is_lost = True
    pbx.wire.pass_time(60.0)
    pbx.registration_under_test.leave(lambda: None)
    pbx.waiting.pop()()

    assert pbx.last.first("expires") == "0"


def test_leave__is_confirmed_or_takes_a_second_at_most(pbx: Pbx) -> None:
    left: list[float] = []
    pbx.answer(200)
    pbx.registration_under_test.leave(lambda: left.append(pbx.wire.now))
    assert pbx.last.first("expires") == "0"
    pbx.wire.pass_time(5.0)

    assert left == [1.0]
    assert pbx.registration_under_test.state is RegistrationState.UNKNOWN


def test_leave__after_a_challenge_says_goodbye_with_the_password(pbx: Pbx) -> None:
    left: list[bool] = []
    pbx.answer(200)
    pbx.registration_under_test.leave(lambda: left.append(True))
    pbx.answer(401)
    pbx.answer(200)
    pbx.wire.pass_time(500.0)

    assert left == [True]
    assert pbx.last.first("authorization") == "proof"
