"""Transactions repeat what may have been lost, and answer what comes twice."""

from collections.abc import Callable

import pytest

from ivr.sip.pbx_message import Message, respond
from ivr.sip.pbx_transaction import LIFETIME_SECONDS, ServerTransaction, Transactions
from tests.unit.ivr.sip.fake_wire import FakeWire

PBX = ("10.0.0.5", 5060)


def request(method: str = "INVITE", *, branch: str = "z9hG4bK1", number: int = 1) -> Message:
    return Message(
        method=method,
        uri="sip:8001@10.0.0.9",
        status=None,
        headers=(
            ("via", f"SIP/2.0/UDP 10.0.0.5:5070;branch={branch}"),
            ("max-forwards", "70"),
            ("from", "<sip:138@10.0.0.5>;tag=theirs"),
            ("to", "<sip:8001@10.0.0.9>"),
            ("call-id", "abc"),
            ("cseq", f"{number} {method}"),
        ),
    )


class House:
    """Transactions, and what they tell."""

    def __init__(self) -> None:
        self.wire = FakeWire()
        self.requests: list[ServerTransaction] = []
        self.responses: list[int | None] = []
        self.misses = 0
        self.transactions = Transactions(self.wire, self.requests.append)

    def ask(self, message: Message, *, patience_seconds: float = LIFETIME_SECONDS) -> None:
        self.transactions.ask(
            message,
            PBX,
            hear=lambda response: self.responses.append(response.status),
            miss=self._miss,
            patience_seconds=patience_seconds,
        )

    def _miss(self) -> None:
        self.misses += 1

    def receive(self, message: Message) -> None:
        self.transactions.receive(message, PBX)

    def times(self, matches: Callable[[Message], bool]) -> list[float]:
        return [at for at, message in self.wire.sent if matches(message)]


@pytest.fixture
def house() -> House:
    return House()


class TestOurRequests:
    def test_invite__is_repeated_with_doubling_pauses_until_something_comes(
        self, house: House
    ) -> None:
        house.ask(request())
        house.wire.pass_time(4.0)
        house.receive(respond(request(), 100))
        house.wire.pass_time(60.0)

        assert house.times(lambda each: each.method == "INVITE") == [0.0, 0.5, 1.5, 3.5]
        assert (house.responses, house.misses) == ([100], 0)

    def test_bye__is_repeated_every_four_seconds_at_last_and_then_given_up(
        self, house: House
    ) -> None:
        house.ask(request("BYE"))
        house.wire.pass_time(60.0)

        times = house.times(lambda each: each.method == "BYE")
        assert times[:6] == [0.0, 0.5, 1.5, 3.5, 7.5, 11.5]
        assert times[-1] < LIFETIME_SECONDS
        assert house.misses == 1
        assert len(house.transactions) == 0

    def test_invite__every_repetition_of_a_refusal_is_acknowledged_and_told_once(
        self, house: House
    ) -> None:
        house.ask(request())
        refusal = respond(request(), 486, tag="theirs")
        house.receive(refusal)
        house.receive(refusal)

        acks = [each for _, each in house.wire.sent if each.method == "ACK"]
        assert len(acks) == 2
        assert (acks[0].branch, acks[0].to_tag, acks[0].number) == ("z9hG4bK1", "theirs", 1)
        assert house.responses == [486]

    def test_invite__every_200_is_told_because_each_needs_an_acknowledgement(
        self, house: House
    ) -> None:
        house.ask(request())
        house.receive(respond(request(), 200, tag="a"))
        house.receive(respond(request(), 200, tag="a"))

        assert house.responses == [200, 200]

    def test_ask__nothing_is_kept_after_its_time(self, house: House) -> None:
        house.ask(request())
        house.receive(respond(request(), 200, tag="a"))
        house.ask(request("BYE", branch="z9hG4bK2"))
        house.receive(respond(request("BYE", branch="z9hG4bK2"), 200))
        house.wire.pass_time(LIFETIME_SECONDS)

        assert len(house.transactions) == 0
        assert house.wire.waiting == 0

    def test_cancel__invite_without_an_end_is_forgotten(self, house: House) -> None:
        house.ask(request())
        house.receive(respond(request(), 180, tag="a"))
        house.ask(request("CANCEL"))
        house.wire.pass_time(2 * LIFETIME_SECONDS)

        assert len(house.transactions) == 0


class TestTheirRequests:
    def test_invite__gets_100_at_once_and_comes_but_once(self, house: House) -> None:
        house.receive(request())
        house.receive(request())

        assert [each.status for _, each in house.wire.sent] == [100, 100]
        assert len(house.requests) == 1

    def test_respond__final_answer_is_repeated_until_acknowledged(self, house: House) -> None:
        house.receive(request())
        house.requests[0].respond(486, tag="ours")
        house.wire.pass_time(2.0)
        house.receive(request("ACK"))
        house.wire.pass_time(60.0)

        assert house.times(lambda each: each.status == 486) == [0.0, 0.5, 1.5]
        # The ACK of a refusal is nobody else's business.
        assert len(house.requests) == 1

    def test_respond__200_that_nobody_acknowledges_is_told(self, house: House) -> None:
        told: list[float] = []
        house.receive(request())
        house.requests[0].unacknowledged = lambda: told.append(house.wire.now)
        house.requests[0].respond(200, tag="ours")
        house.wire.pass_time(120.0)

        assert told == [LIFETIME_SECONDS]
        times = house.times(lambda each: each.status == 200)
        assert times[:6] == [0.0, 0.5, 1.5, 3.5, 7.5, 11.5]
        assert len(house.transactions) == 0

    def test_receive__acknowledgement_of_200_is_passed_on(self, house: House) -> None:
        house.receive(request())
        house.requests[0].respond(200, tag="ours")
        house.receive(request("ACK", branch="z9hG4bK9"))

        assert [each.request.method for each in house.requests] == ["INVITE", "ACK"]

    def test_receive__ringing_call_is_not_forgotten(self, house: House) -> None:
        house.receive(request())
        house.wire.pass_time(10 * LIFETIME_SECONDS)

        assert house.transactions.find(request("CANCEL")) is house.requests[0]

    def test_receive__repetition_gets_the_same_answer_again(self, house: House) -> None:
        house.receive(request("BYE"))
        house.requests[0].respond(200)
        house.receive(request("BYE"))

        assert [each.status for _, each in house.wire.sent] == [200, 200]
        assert len(house.requests) == 1

    def test_receive__peers_without_magic_cookie_are_told_apart_by_number(
        self, house: House
    ) -> None:
        house.receive(request("OPTIONS", branch="1", number=1))
        house.receive(request("OPTIONS", branch="1", number=1))
        house.receive(request("OPTIONS", branch="1", number=2))

        assert len(house.requests) == 2
