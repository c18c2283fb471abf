"""A socket that speaks SIP word for word, where SIPp would put things right or wait."""

import asyncio
import re
import socket
from contextlib import suppress
from itertools import count
from secrets import token_hex

from tests.sipp.run import offer

# Longer than a machine stands still.
_WAIT_SECONDS = 60.0
_REPEAT_SECONDS = 2.0
_branches = count(1)


class Peer:
    """A caller that sends what it is told to, and nothing else.

    Args:
        port: The line's UDP port.
        host: IP address to speak from.
    """

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self.host = host
        self._socket.settimeout(_WAIT_SECONDS)
        self._line = ("127.0.0.1", port)
        self._to_tag = ""
        self._heard: set[str] = set()
        self._pings = 0
        # Ports come again sooner than the line forgets a call.
        self.call_id = token_hex(8)
        self.port: int = self._socket.getsockname()[1]

    def close(self) -> None:
        """Lets go of the port."""
        self._socket.close()

    def send(self, data: bytes | str) -> None:
        """Sends one datagram."""
        self._socket.sendto(data.encode() if isinstance(data, str) else data, self._line)

    async def receive(self) -> str:
        """The next message; those are left out that only say that more will come."""
        while True:
            text = (await asyncio.to_thread(self._socket.recv, 65_535)).decode()
            self._heard.add(text)
            if not text.startswith("SIP/2.0 100"):
                tag = re.search(r"^To:.*;tag=(\S+)", text, re.MULTILINE)
                if tag and text.startswith("SIP/2.0"):
                    self._to_tag = f";tag={tag[1]}"
                return text

    def forget_answer(self) -> None:
        """What is sent next belongs to no call yet."""
        self._to_tag = ""

    async def expect(self, start: str, *, of: str = "") -> str:
        """The next message that begins like this, whatever comes before it.

        Args:
            start: How it begins.
            of: Its CSeq; answers to another request may be repeated for a while.
        """
        while True:
            text = await self.receive()
            if text.startswith(start) and (not of or f"CSeq: {of}\r\n" in text):
                return text

    def has_heard(self) -> bool:
        """Whether anything has come that nobody asked for yet."""
        self._socket.setblocking(False)
        try:
            return bool(self._socket.recv(65_535))
        except BlockingIOError:
            return False
        finally:
            self._socket.settimeout(_WAIT_SECONDS)

    def request(
        self,
        method: str,
        sequence: int,
        *,
        headers: str = "",
        body: str = "",
        branch: str | None = None,
    ) -> str:
        """Sends a request of the one call of this peer, inside it once it was answered.

        Returns:
            The request's branch.
        """
        branch = branch or f"z9hG4bK{next(_branches)}"
        self.send(self.compose(method, sequence, branch=branch, headers=headers, body=body))
        return branch

    def compose(
        self, method: str, sequence: int, *, branch: str, headers: str = "", body: str = ""
    ) -> str:
        """A request as `request` sends it."""
        tag = "" if method == "CANCEL" else self._to_tag
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} sip:12348@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.host}:{self.port};branch={branch}\r\n"
            f"From: <sip:13800001234@127.0.0.1>;tag=peer\r\nTo: <sip:12348@127.0.0.1>{tag}\r\n"
            f"Call-ID: {self.call_id}\r\nCSeq: {sequence} {method}\r\nMax-Forwards: 70\r\n"
            f"Contact: <sip:peer@{self.host}:{self.port}>\r\n{headers}{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def answer(self, request: str, status: int, *, headers: str = "", body: str = "") -> None:
        """Answers a request of the line."""
        kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*\r\n", request, re.MULTILINE)
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.send(
            f"SIP/2.0 {status} Answer\r\n{''.join(kept)}"
            f"Contact: <sip:peer@{self.host}:{self.port}>\r\n{headers}{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )

    async def ping(self) -> None:
        """Asks whether the line is there, again and again as telephones do (RFC 3261 T1).

        Raises:
            AssertionError: Anything comes but the answer, or an earlier one once more: the line
                repeats what was not acknowledged.
        """
        self._pings += 1
        call_id = f"ping{self._pings}@{self.port}"
        before = set(self._heard)
        self._socket.settimeout(_REPEAT_SECONDS)
        answer = ""
        async with asyncio.timeout(_WAIT_SECONDS):
            while f"Call-ID: {call_id}\r\n" not in answer:
                assert not answer or answer in before or "Call-ID: ping" in answer, answer
                if not answer:
                    self._send_ping(call_id)
                with suppress(TimeoutError):
                    answer = ""
                    answer = await self.receive()
        self._socket.settimeout(_WAIT_SECONDS)
        assert answer.startswith("SIP/2.0 200 "), answer

    def _send_ping(self, call_id: str) -> None:
        self.send(
            "OPTIONS sip:12348@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK{call_id}\r\n"
            "From: <sip:1@127.0.0.1>;tag=1\r\nTo: <sip:12348@127.0.0.1>\r\n"
            f"Call-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
        )


def session(port: int = 40_100, **arguments: tuple[str, ...] | str) -> str:
    """A session description of such a peer; arguments as of `offer`."""
    text = offer(**{"host": "127.0.0.1", "port": str(port), **arguments})  # type: ignore[arg-type]  # passed through
    return text.replace("\n", "\r\n")
