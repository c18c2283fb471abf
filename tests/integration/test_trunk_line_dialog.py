"""What crosses, overtakes and repeats itself inside calls of the trunk line."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network

import pytest

from ivr.sip.line import Direction, EndReason
from ivr.sip.session_timer import SessionPolicy
from ivr.sip.trunk_call import TrunkCall
from ivr.sip.trunk_line import TrunkLine
from tests.sipp.line import with_one_trunk
from tests.sipp.listener import Desk, Witness
from tests.sipp.peer import Peer, session
from tests.sipp.run import Sipp, offer, place_call
from tests.sipp.steps import (
    ack,
    answer,
    answer_invite,
    bye,
    callee,
    callee_request,
    caller,
    expect,
    expect_request,
    invite,
    request,
)


def make_line(*, port: int | None = None) -> TrunkLine:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 0,
        "trunks": [ip_network("127.0.0.1/32")],
        "outbound": None if port is None else ("127.0.0.1", port),
        "max_calls": 10,
        "calls_per_second": 100,
        "user_agent": "hotline test",
        # A refresh goes out after a second and is waited for a minute.
        "session_policy": SessionPolicy(refresh_share=0.01),
    }
    return TrunkLine(**with_one_trunk(values))  # type: ignore[arg-type]  # a table of arguments


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[TrunkLine]:
    line = make_line()
    await line.start(desk.take)
    yield line
    await line.stop()


@pytest.fixture
def peer(line: TrunkLine) -> Iterator[Peer]:
    peer = Peer(line.port)
    yield peer
    peer.close()


async def play(line: TrunkLine, scenario: str) -> None:
    await asyncio.to_thread(place_call, scenario, port=line.port)


async def dial(line: TrunkLine, witness: Witness) -> TrunkCall:
    return await line.dial(
        "13800001234",
        from_number="12348",
        host="127.0.0.1",
        port=40_000,
        listener=witness,
        timeout_seconds=60,
    )


async def dial_to_the_end(scenario: str) -> Witness:
    """Dials SIPp as the callee, and waits until the call is over on both sides."""
    witness = Witness()
    with Sipp(scenario) as sipp:
        await sipp.listening()
        line = make_line(port=sipp.sip_port)
        await line.start(lambda call: call.reject(486))
        await dial(line, witness)
        await witness.ended()
        (await asyncio.to_thread(sipp.wait)).check()
        await line.stop()
    return witness


class TestCancel:
    async def test_cancel__repeated_gets_its_answer_again(self, peer: Peer, desk: Desk) -> None:
        desk.answers = False
        branch = peer.request("INVITE", 1, body=session())
        await peer.expect("SIP/2.0 180")
        peer.request("CANCEL", 1, branch=branch)
        answers = {(await peer.receive())[:11], (await peer.receive())[:11]}
        peer.request("CANCEL", 1, branch=branch)
        await peer.expect("SIP/2.0 200", of="1 CANCEL")
        peer.request("ACK", 1, branch=branch)

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CANCELLED
        assert answers == {"SIP/2.0 200", "SIP/2.0 487"}

    async def test_cancel__of_nothing_gets_481(self, peer: Peer) -> None:
        peer.request("CANCEL", 1)

        assert (await peer.receive()).startswith("SIP/2.0 481")

    async def test_hang_up__that_crosses_the_answer_says_bye(self) -> None:
        scenario = callee(
            answer_invite(180),
            expect_request("CANCEL"),
            answer(200),
            answer_invite(200, body="@OFFER@"),
            expect_request("ACK"),
            expect_request("BYE"),
            answer(200),
        )
        witness = Witness()
        with Sipp(scenario) as sipp:
            await sipp.listening()
            line = make_line(port=sipp.sip_port)
            await line.start(lambda call: call.reject(486))
            call = await dial(line, witness)
            await witness.ringing()
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()
            await line.stop()

        assert witness.ends == [EndReason.CANCELLED]

    async def test_dial__second_telephone_that_answers_is_sent_away(self) -> None:
        scenario = callee(
            answer_invite(180),
            answer_invite(180, tag="two"),
            answer_invite(200, body="@OFFER@"),
            expect_request("ACK", without="To:.*;tag=two"),
            answer_invite(200, body="@OFFER@", tag="two"),
            expect_request("ACK", "To:.*;tag=two"),
            expect_request("BYE", "To:.*;tag=two", "CSeq: *[0-9]+ BYE"),
            answer(200),
            callee_request("BYE", 1),
            expect(200),
        )
        witness = await dial_to_the_end(scenario)

        assert witness.ends == [EndReason.CALLER_HUNG_UP]
        assert witness.order == ["ringing", "answered", "ended"]


class TestRefusal:
    async def test_dial__cause_of_the_telephone_network_is_told(self) -> None:
        scenario = callee(
            answer_invite(480, headers='Reason: Q.850;cause=17;text="User busy"'),
            expect_request("ACK"),
        )
        witness = await dial_to_the_end(scenario)

        assert witness.ends == [EndReason.BUSY]


class TestGlare:
    async def test_reinvite__while_ours_is_out_gets_491(self, peer: Peer, desk: Desk) -> None:
        timer = "Supported: timer\r\nSession-Expires: 90;refresher=uas\r\n"
        peer.request("INVITE", 1, headers=timer, body=session())
        await peer.expect("SIP/2.0 200")
        peer.request("ACK", 1)
        ours = await peer.expect("INVITE")
        peer.request("INVITE", 2, body=session(attributes=("sendonly",)))
        await peer.expect("SIP/2.0 491", of="2 INVITE")
        peer.request("ACK", 2)
        peer.request("UPDATE", 3, body=session(attributes=("sendonly",)))
        await peer.expect("SIP/2.0 491", of="3 UPDATE")
        peer.answer(ours, 200, body=session(attributes=("sendonly",)))
        await peer.expect("ACK")
        peer.request("BYE", 4)
        await peer.expect("SIP/2.0 200")

        _, witness = await desk.arrival()
        await witness.ended()
        # The answer to our own offer counts.
        assert [change.direction for change in witness.changes] == [Direction.SENDONLY]


class TestMerged:
    async def test_invite__that_comes_two_ways_is_one_call(self, peer: Peer, desk: Desk) -> None:
        desk.answers = False
        branch = peer.request("INVITE", 1, body=session())
        await peer.expect("SIP/2.0 180")
        peer.forget_answer()
        peer.request("INVITE", 1, body=session())
        refusal = await peer.expect("SIP/2.0 482")
        peer.request("CANCEL", 1, branch=branch)
        await peer.expect("SIP/2.0 487")

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CANCELLED
        assert len(desk.calls) == 1
        assert f"branch={branch}" not in refusal


class TestEarlyDialog:
    async def test_update__before_the_answer_refreshes_but_offers_nothing(
        self, peer: Peer, desk: Desk
    ) -> None:
        desk.answers = False
        peer.request("INVITE", 1, body=session())
        await peer.expect("SIP/2.0 180")
        peer.request("UPDATE", 2, body=session())
        assert "Retry-" in await peer.expect("SIP/2.0 500")
        peer.request("UPDATE", 3)
        await peer.expect("SIP/2.0 200")
        peer.request("BYE", 4)
        await peer.expect("SIP/2.0 200")

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CANCELLED

    async def test_ringing__reliable_is_repeated_until_it_is_acknowledged(
        self, peer: Peer, desk: Desk
    ) -> None:
        desk.answers = False
        peer.request("INVITE", 1, headers="Require: 100rel\r\n", body=session())
        first = await peer.expect("SIP/2.0 180")
        again = await peer.expect("SIP/2.0 180")
        number = re.search(r"RSeq: (\d+)", first)
        assert number is not None
        peer.request("PRACK", 2, headers=f"RAck: {number[1]} 1 INVITE\r\n")
        await peer.expect("SIP/2.0 200")
        call, witness = await desk.arrival()
        call.reject(486)
        # Nothing more of it in between.
        assert (await peer.receive()).startswith("SIP/2.0 486")
        peer.request("ACK", 1)

        assert await witness.ended() is EndReason.REJECTED
        assert again == first


class TestRoutes:
    async def test_bye__inbound_goes_the_recorded_way(self, line: TrunkLine, desk: Desk) -> None:
        routes = (
            "Record-Route: <sip:[local_ip]:[local_port];lr>\n"
            "Record-Route: <sip:core.ims.example;lr>, <sip:192.0.2.9;lr;x=y>\n"
        )
        scenario = caller(
            invite(headers=routes),
            expect(200, r"Record-Route: <sip:127.0.0.1:[0-9]+;lr>"),
            ack(),
            expect_request(
                "BYE",
                "BYE sip:peer@127.0.0.1:[0-9]+ SIP/2.0",
                "Route: <sip:127.0.0.1:[0-9]+;lr>.*Route: <sip:core.ims.example;lr>"
                ".*Route: <sip:192.0.2.9;x=y;lr>",
            ),
            answer(200),
        )
        with Sipp(scenario, port=line.port) as sipp:
            call, witness = await desk.arrival()
            await witness.answered()
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()

    async def test_ack__outbound_goes_the_recorded_way_back(self) -> None:
        routes = (
            "Record-Route: <sip:192.0.2.9;lr>\nRecord-Route: <sip:[local_ip]:[local_port];lr>\n"
        )
        back = "Route: <sip:127.0.0.1:[0-9]+;lr>.*Route: <sip:192.0.2.9;lr>"
        scenario = callee(
            answer_invite(200, headers=routes, body="@OFFER@"),
            expect_request("ACK", back),
            expect_request("BYE", back),
            answer(200),
        )
        witness = Witness()
        with Sipp(scenario) as sipp:
            await sipp.listening()
            line = make_line(port=sipp.sip_port)
            await line.start(lambda call: call.reject(486))
            call = await dial(line, witness)
            await witness.answered()
            call.hang_up()
            (await asyncio.to_thread(sipp.wait)).check()
            await line.stop()


class TestHold:
    async def test_telephone_event__that_comes_only_with_a_later_offer_counts(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        scenario = caller(
            invite(body=offer("8")),
            expect(200, "m=audio 40000 RTP/AVP 8\\s"),
            ack(),
            request(
                "INVITE", 2, body=offer("8", "97", attributes=("rtpmap:97 telephone-event/8000",))
            ),
            expect(200, "m=audio 40000 RTP/AVP 8 97", "a=rtpmap:97 telephone-event/8000"),
            ack(2),
            bye(3),
        )
        await play(line, scenario)

        _, witness = await desk.arrival()
        await witness.ended()
        assert (witness.answers[0].telephone_event, witness.changes[0].telephone_event) == (
            None,
            97,
        )
