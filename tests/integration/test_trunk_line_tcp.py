"""Trunks that are spoken with by TCP: calls, connections that come and go, and streams of bytes."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from ipaddress import ip_network
from itertools import count

import pytest

from ivr.sip.digest import Credentials
from ivr.sip.line import EndReason, TrunkStatus
from ivr.sip.sippy_connection import Patience
from ivr.sip.trunk_call import TrunkCall
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import Registrar, Transport, Trunk
from tests.integration.media_phone import until
from tests.ports import free_port
from tests.sipp.listener import Desk, Witness
from tests.sipp.peer import session
from tests.sipp.run import Sipp, SippResult, offer, place_call
from tests.sipp.steps import (
    ack,
    answer_invite,
    bye,
    callee,
    callee_request,
    caller,
    expect,
    expect_request,
    invite,
    pause,
    request,
)

_WAIT_SECONDS = 60.0
_numbers = count(1)
US = Credentials("029", "open sesame")
PEER = Trunk(name="one", peers=(ip_network("127.0.0.1/32"),), transport=Transport.TCP)
HELD = offer(attributes=("sendonly",))


@asynccontextmanager
async def line_with(
    *trunks: Trunk, desk: Desk | None = None, patience: Patience | None = None
) -> AsyncIterator[TrunkLine]:
    line = TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=trunks,
        max_calls=10,
        calls_per_second=100,
        user_agent="hotline test",
        patience=patience or Patience(),
    )
    await line.start((desk or Desk()).take)
    try:
        yield line
    finally:
        await line.stop()


def through(port: int, name: str = "one", *, host: str = "127.0.0.1", **changes: object) -> Trunk:
    """A trunk with TCP that calls are dialled through on this port."""
    values: dict[str, object] = {"transport": Transport.TCP, "domain": "ims.example"}
    return Trunk(name=name, outbound=(host, port), **(values | changes))  # type: ignore[arg-type]  # a table of arguments


async def dial(line: TrunkLine, witness: Witness) -> TrunkCall:
    return await line.dial(
        "13800001234",
        from_number="12348",
        host="127.0.0.1",
        port=40_000,
        listener=witness,
        timeout_seconds=60.0,
    )


async def finish(sipp: Sipp) -> SippResult:
    result = await asyncio.to_thread(sipp.wait)
    result.check()
    return result


async def call_still_comes(line: TrunkLine) -> None:
    await asyncio.to_thread(place_call, "call", port=line.port, transport="t1")


def nobody_at(host: str = "127.0.0.1") -> int:
    """A port that refuses connections."""
    return free_port(host)


class Stream:
    """A TCP connection that says what it is told to.

    Args:
        sock: Connected.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._held = b""
        sock.settimeout(_WAIT_SECONDS)
        self.port: int = sock.getsockname()[1]

    def send(self, data: str | bytes) -> None:
        self._socket.sendall(data.encode() if isinstance(data, str) else data)

    async def receive(self) -> str:
        """The next message, as far as Content-Length says; answers of 1xx are left out."""
        while True:
            text = await asyncio.to_thread(self._receive)
            if not text.startswith("SIP/2.0 1"):
                return text

    async def receive_bytes(self) -> bytes:
        """Whatever comes next; nothing if the line has closed the connection."""

        def receive() -> bytes:
            with suppress(ConnectionResetError):
                return self._socket.recv(65_535)
            return b""

        return await asyncio.to_thread(receive)

    async def closed(self) -> None:
        """Waits until the line has closed the connection without another byte."""
        assert await self.receive_bytes() == b""

    def _receive(self) -> str:
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            self._read()
        length = re.search(rb"(?i)content-length: *(\d+)", self._held[:end])
        assert length is not None
        whole = end + 4 + int(length[1])
        while len(self._held) < whole:
            self._read()
        text, self._held = self._held[:whole].decode(), self._held[whole:]
        return text

    def _read(self) -> None:
        data = self._socket.recv(65_535)
        assert data, "the line has closed the connection"
        self._held += data

    def close(self) -> None:
        self._socket.close()


@contextmanager
def connected(line: TrunkLine, *, host: str = "127.0.0.1") -> Iterator[Stream]:
    with socket.socket() as sock:
        sock.bind((host, 0))
        sock.connect(("127.0.0.1", line.port))
        yield Stream(sock)


class Listener:
    """A peer that takes connections on a port of its own."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(_WAIT_SECONDS)
        self._streams: list[Stream] = []
        self.port: int = self._socket.getsockname()[1]

    async def accept(self) -> Stream:
        self._streams.append(Stream((await asyncio.to_thread(self._socket.accept))[0]))
        return self._streams[-1]

    def close(self) -> None:
        for stream in self._streams:
            stream.close()
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


def message(
    method: str,
    port: int,
    *,
    call_id: str = "",
    sequence: int = 1,
    tag: str = "",
    body: str = "",
) -> str:
    """A request of a peer that listens on this port."""
    kind = "Content-Type: application/sdp\r\n" if body else ""
    number = next(_numbers)
    return (
        f"{method} sip:12348@127.0.0.1 SIP/2.0\r\n"
        f"Via: SIP/2.0/TCP 127.0.0.1:{port};branch=z9hG4bKtcp{number}\r\n"
        f"From: <sip:13800001234@127.0.0.1>;tag=peer\r\nTo: <sip:12348@127.0.0.1>{tag}\r\n"
        f"Call-ID: {call_id or f'tcp{number}'}\r\nCSeq: {sequence} {method}\r\n"
        f"Max-Forwards: 70\r\nContact: <sip:peer@127.0.0.1:{port};transport=tcp>\r\n{kind}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )


def response(to: str, status: int, port: int, *, body: str = "") -> str:
    kept = "".join(re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*\r\n", to, re.MULTILINE))
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return (
        f"SIP/2.0 {status} Answer\r\n{kept}Contact: <sip:peer@127.0.0.1:{port};transport=tcp>\r\n"
        f"{kind}Content-Length: {len(body)}\r\n\r\n{body}"
    )


async def set_up(stream: Stream, port: int, *, call_id: str) -> str:
    """Sets a call up by this connection; the line's tag comes back."""
    stream.send(message("INVITE", port, call_id=call_id, body=session()))
    answer = await stream.receive()
    assert answer.startswith("SIP/2.0 200 ")
    tag = re.search(r"^To:.*(;tag=\S+)", answer, re.MULTILINE)
    assert tag is not None
    stream.send(message("ACK", port, call_id=call_id, tag=tag[1]))
    return tag[1]


class TestInbound:
    @pytest.mark.parametrize("transport", ["t1", "tn"])
    async def test_call__holds_resumes_and_hangs_up(self, transport: str) -> None:
        scenario = caller(
            invite(),
            expect(200, "Via: SIP/2.0/TCP", "Contact: .*;transport=tcp"),
            ack(),
            request("INVITE", 2, body=HELD),
            expect(200, "a=recvonly"),
            ack(2),
            request("INVITE", 3, body="@OFFER@"),
            expect(200, "a=sendrecv"),
            ack(3),
            bye(4),
        )
        desk = Desk()
        async with line_with(PEER, desk=desk) as line:
            with Sipp(scenario, port=line.port, transport=transport) as sipp:
                _, witness = await desk.arrival()
                await finish(sipp)
                assert await witness.ended() is EndReason.CALLER_HUNG_UP

        assert [change.direction.listens for change in witness.changes] == [False, True]

    async def test_call__we_hang_up_by_the_callers_connection(self) -> None:
        desk = Desk()
        async with line_with(PEER, desk=desk) as line:
            with Sipp("call_until_bye", port=line.port, transport="t1") as sipp:
                call, witness = await desk.arrival()
                await witness.answered()
                call.hang_up()
                await finish(sipp)

    async def test_call__of_many_at_the_same_time(self) -> None:
        async with line_with(PEER) as line:
            await asyncio.to_thread(
                place_call, "call", port=line.port, transport="tn", calls=10, rate=50
            )

    async def test_datagrams__of_a_trunk_with_tcp_are_not_answered(self) -> None:
        async with line_with(PEER) as line:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
                peer.bind(("127.0.0.1", 0))
                peer.sendto(message("OPTIONS", 5060).encode(), ("127.0.0.1", line.port))
                await until(lambda: line.statistics.foreign == 1)


class TestOutbound:
    async def test_dial__is_answered_and_hung_up(self) -> None:
        witness = Witness()
        with Sipp("callee_answers", transport="t1") as sipp:
            await sipp.listening()
            async with line_with(through(sipp.sip_port)) as line:
                call = await dial(line, witness)
                await witness.answered()
                call.hang_up()
                await finish(sipp)

        assert witness.order == ["ringing", "answered", "ended"]

    async def test_dial__callee_holds_and_hangs_up(self) -> None:
        scenario = callee(
            answer_invite(200, body="@OFFER@"),
            expect_request("ACK"),
            callee_request("INVITE", 1, body=HELD),
            expect(200, "a=recvonly"),
            callee_request("ACK", 1),
            pause(100),
            callee_request("BYE", 2),
            expect(200),
        )
        witness = Witness()
        with Sipp(scenario, transport="t1") as sipp:
            await sipp.listening()
            async with line_with(through(sipp.sip_port)) as line:
                await dial(line, witness)
                await finish(sipp)
                assert await witness.ended() is EndReason.CALLER_HUNG_UP

        assert not witness.changes[0].direction.listens

    async def test_dial__names_tcp_where_it_belongs(self, listener: Listener) -> None:
        async with line_with(through(listener.port)) as line:
            await dial(line, Witness())
            invite = await (await listener.accept()).receive()

        first, *headers = invite.split("\r\n")
        assert first == f"INVITE sip:13800001234@ims.example:{listener.port} SIP/2.0"
        assert f"Via: SIP/2.0/TCP 127.0.0.1:{line.port};" in headers[0]
        assert f"Contact: <sip:12348@127.0.0.1:{line.port};transport=tcp>" in headers
        others = [line for line in headers if line.startswith(("From:", "To:"))]
        assert not any("transport" in line for line in others)

    async def test_dial__trunk_that_refuses_connections_is_gone_round(self) -> None:
        witness = Witness()
        with Sipp("callee_answers", transport="t1") as second:
            await second.listening()
            first = through(nobody_at(), heartbeat_seconds=3600.0)
            async with line_with(first, through(second.sip_port, "two")) as line:
                call = await dial(line, witness)
                await witness.answered()
                health = [trunk.health for trunk in line.trunks]
                call.hang_up()
                await finish(second)

        assert health[0] in ("degraded", "down")
        assert witness.order == ["ringing", "answered", "ended"]

    async def test_dial__nobody_takes_the_connection(self) -> None:
        witness = Witness()
        async with line_with(through(nobody_at())) as line:
            await dial(line, witness)
            assert await witness.ended() is EndReason.UNREACHABLE

    async def test_dial__connection_that_breaks_before_an_answer(self, listener: Listener) -> None:
        witness = Witness()
        async with line_with(through(listener.port)) as line:
            await dial(line, witness)
            stream = await listener.accept()
            await stream.receive()
            stream.close()
            assert await witness.ended() is EndReason.UNREACHABLE

    async def test_dial__peer_that_closed_a_used_connection_is_asked_again(
        self, listener: Listener
    ) -> None:
        async with line_with(through(listener.port)) as line:
            await dial(line, Witness())
            stream = await listener.accept()
            first = await stream.receive()
            stream.send(response(first, 486, listener.port))
            assert (await stream.receive()).startswith("ACK ")
            await dial(line, Witness())
            second = await stream.receive()
            stream.close()
            again = await (await listener.accept()).receive()

        assert again == second


class TestKeepers:
    async def test_register__proves_refreshes_and_takes_it_back(self) -> None:
        variables = {
            "STATUS": 401,
            "CHALLENGES": 'WWW-Authenticate: Digest realm="ims", nonce="n1", qop="auth"\n',
            "PROOF": "Authorization",
            "EXPIRES": 3600,
        }
        with Sipp("trunk_registrar", variables=variables, transport="t1") as sipp:
            await sipp.listening()
            registrar = Registrar(("127.0.0.1", sipp.sip_port), "ims.example")
            trunk = Trunk(name="one", registrar=registrar, credentials=US, transport=Transport.TCP)
            async with line_with(trunk) as line:
                await until(lambda: line.trunks[0].registration == "registered")
                line.drain()
                await finish(sipp)

    async def test_register__contact_says_tcp(self, listener: Listener) -> None:
        registrar = Registrar(("127.0.0.1", listener.port), "ims.example")
        trunk = Trunk(name="one", registrar=registrar, credentials=US, transport=Transport.TCP)
        async with line_with(trunk) as line:
            register = await (await listener.accept()).receive()

        assert f"Contact: <sip:029@127.0.0.1:{line.port};transport=tcp>\r\n" in register

    @pytest.mark.parametrize("takes_it", [False, True], ids=["refused", "broken"])
    async def test_register__connection_that_fails_ends_it_at_once(
        self, listener: Listener, takes_it: bool
    ) -> None:
        port = listener.port if takes_it else nobody_at()
        registrar = Registrar(("127.0.0.1", port), "ims.example")
        trunk = Trunk(name="one", registrar=registrar, credentials=US, transport=Transport.TCP)
        async with line_with(trunk) as line:
            # Silence would do the same, but only after 32 s (RFC 3261 section 17.1.2.2).
            async with asyncio.timeout(25.0):
                if takes_it:
                    stream = await listener.accept()
                    await stream.receive()
                    stream.close()
                await until(lambda: line.trunks[0].registration == "failing")

    async def test_heartbeat__is_answered_by_one_connection(self) -> None:
        with Sipp("answers_options", variables={"STATUS": 200}, calls=3, transport="t1") as sipp:
            await sipp.listening()
            async with line_with(through(sipp.sip_port, heartbeat_seconds=0.3)) as line:
                await until(lambda: line.trunks[0].health == "up")
                await finish(sipp)

    async def test_heartbeat__refused_connection_is_a_loss(self) -> None:
        def is_down(trunk: TrunkStatus) -> bool:
            return trunk.health == "down"

        async with line_with(through(nobody_at(), heartbeat_seconds=0.3)) as line:
            await until(lambda: is_down(line.trunks[0]))


class TestConnections:
    async def test_call__outlives_its_connection_and_our_goodbye_opens_another(
        self, listener: Listener
    ) -> None:
        desk = Desk()
        async with line_with(PEER, desk=desk) as line:
            with connected(line) as stream:
                await set_up(stream, listener.port, call_id="lost")
                call, witness = await desk.arrival()
                await witness.answered()
            # An answer on another connection comes after the end of the first one was read.
            with connected(line) as other:
                other.send(message("OPTIONS", free_port()))
                assert (await other.receive()).startswith("SIP/2.0 200 ")
            assert not witness.ends
            call.hang_up()
            again = await listener.accept()
            goodbye = await again.receive()
            again.send(response(goodbye, 200, listener.port))

        assert goodbye.startswith("BYE ")
        assert witness.ends == [EndReason.WE_HUNG_UP]

    async def test_answer__goes_to_the_ports_of_the_via_when_the_connection_is_gone(
        self, listener: Listener
    ) -> None:
        desk = Desk()
        desk.answers = desk.rings = False
        async with line_with(PEER, desk=desk) as line:
            with connected(line) as stream:
                stream.send(message("INVITE", listener.port, call_id="gone", body=session()))
                call, _ = await desk.arrival()
            with connected(line) as other:
                other.send(message("OPTIONS", free_port()))
                assert (await other.receive()).startswith("SIP/2.0 200 ")
            call.answer(host="127.0.0.1", port=40_000)
            answer = await (await listener.accept()).receive()

        assert answer.startswith("SIP/2.0 200 ")
        assert "Call-ID: gone\r\n" in answer

    async def test_goodbye__of_a_peer_by_another_connection(self) -> None:
        desk = Desk()
        async with line_with(PEER, desk=desk) as line:
            with connected(line) as first, connected(line) as second:
                tag = await set_up(first, first.port, call_id="two")
                _, witness = await desk.arrival()
                await witness.answered()
                second.send(message("BYE", first.port, call_id="two", sequence=2, tag=tag))
                answer = await second.receive()
                assert await witness.ended() is EndReason.CALLER_HUNG_UP

        assert answer.startswith("SIP/2.0 200 ")


class TestStreams:
    async def test_message__in_pieces_of_one_byte(self) -> None:
        async with line_with(PEER) as line:
            with connected(line) as stream:
                for byte in message("OPTIONS", stream.port).encode():
                    stream.send(bytes([byte]))
                assert (await stream.receive()).startswith("SIP/2.0 200 ")

    async def test_messages__two_in_one_segment_are_both_answered(self) -> None:
        async with line_with(PEER) as line:
            with connected(line) as stream:
                stream.send(
                    message("OPTIONS", stream.port, call_id="first")
                    + message("OPTIONS", stream.port, call_id="second")
                )
                answers = [await stream.receive(), await stream.receive()]

        assert [re.findall(r"Call-ID: (\w+)", text)[0] for text in answers] == ["first", "second"]

    async def test_question__of_two_empty_lines_is_answered_by_one(self) -> None:
        async with line_with(PEER) as line:
            with connected(line) as stream:
                stream.send("\r\n\r\n")
                assert await stream.receive_bytes() == b"\r\n"
                stream.send(message("OPTIONS", stream.port))
                assert (await stream.receive()).startswith("SIP/2.0 200 ")


class TestHostility:
    async def test_stranger__is_closed_without_a_byte(self) -> None:
        async with line_with(PEER) as line:
            with connected(line, host="127.0.0.2") as stream:
                await stream.closed()
            await call_still_comes(line)

        assert line.statistics.foreign == 1

    async def test_peer__of_a_trunk_with_udp_has_no_connection(self) -> None:
        other = Trunk(name="two", peers=(ip_network("127.0.0.2/32"),))
        async with line_with(PEER, other) as line:
            with connected(line, host="127.0.0.2") as stream:
                await stream.closed()
            await asyncio.to_thread(place_call, "call", port=line.port, source="127.0.0.2")

    async def test_line__without_such_a_trunk_listens_on_udp_only(self) -> None:
        trunk = Trunk(name="one", peers=(ip_network("127.0.0.1/32"),))
        async with line_with(trunk) as line:
            with socket.socket() as sock:
                assert sock.connect_ex(("127.0.0.1", line.port)) != 0

    @pytest.mark.parametrize(
        "stream_of",
        [
            "OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n",
            "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 99999999\r\n\r\n",
            "OPTIONS sip:a@b SIP/2.0\r\n" + "X: y\r\n" * 20_000,
            "a" * 100_000,
        ],
        ids=["no length", "two lengths", "too long", "headers without end", "no line ends"],
    )
    async def test_stream__that_cannot_be_cut_is_closed(self, stream_of: str) -> None:
        async with line_with(PEER) as line:
            with connected(line) as stream:
                # The line may be gone before all is said.
                with suppress(ConnectionError):
                    stream.send(stream_of)
                await stream.closed()
            await call_still_comes(line)

        assert line.statistics.oversized == 1

    async def test_scanner__hears_nothing_and_the_next_message_is_answered(self) -> None:
        async with line_with(PEER) as line:
            with connected(line) as stream:
                scan = message("OPTIONS", stream.port, call_id="scan")
                stream.send(scan.replace("Max-Forwards", "User-Agent: sipcli/v1.8\r\nMax-Forwards"))
                stream.send(message("OPTIONS", stream.port, call_id="good"))
                answer = await stream.receive()

        assert "Call-ID: good\r\n" in answer
        assert line.statistics.scanners == 1

    async def test_message__that_is_never_finished_ends_its_connection(self) -> None:
        async with line_with(PEER, patience=Patience(message=0.5)) as line:
            with connected(line) as stream:
                stream.send("OPTIONS sip:a@b SIP/2.0\r\n")
                await stream.closed()

    async def test_connection__that_says_nothing_ends(self) -> None:
        async with line_with(PEER, patience=Patience(idle=0.5)) as line:
            with connected(line) as stream:
                await stream.closed()

    async def test_connections__of_one_peer_are_bounded(self) -> None:
        async with line_with(PEER, patience=Patience(connections_of_one=1)) as line:
            with connected(line) as first:
                first.send(message("OPTIONS", first.port))
                await first.receive()
                with connected(line) as second:
                    await second.closed()
                first.send(message("OPTIONS", first.port))
                assert (await first.receive()).startswith("SIP/2.0 200 ")

        assert line.statistics.flooded == 1
