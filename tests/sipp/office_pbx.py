"""An office PBX for tests: it has one extension, asks for its password, and passes calls on.

Everything but REGISTER goes through it as through a stateless proxy (RFC 3261 section 16.11): from
the extension to whoever is in the call, else to `callee`, from anybody else to the extension.
"""

import asyncio
import hashlib
import re
from types import TracebackType
from typing import cast

Address = tuple[str, int]

_LINES = re.MULTILINE | re.IGNORECASE
_REALM = "office"
_NONCE = "b7c9036dbf3054aea940"


class OfficePbx(asyncio.DatagramProtocol):
    """A PBX on a port of 127.0.0.1.

    Args:
        password: Of the extension.
        challenge: How it asks for the password: 401 or 407.
        algorithm: The hash that it asks for.
        has_qop: Whether it speaks RFC 2617; else the form of RFC 2069.

    Attributes:
        callee: Where calls of the extension go.
        registrations: What each accepted REGISTER asked for, in seconds.
        attempts: REGISTERs that came, with and without a password.
        refusal: What every REGISTER gets, 0 for none.
        lost: How messages of the extension begin that get lost, each once.
    """

    def __init__(
        self,
        *,
        password: str = "secret",
        challenge: int = 401,
        algorithm: str = "MD5",
        has_qop: bool = True,
    ) -> None:
        self.callee: Address | None = None
        self.registrations: list[int] = []
        self.attempts: list[str] = []
        self.refusal = 0
        self.lost: list[str] = []
        self._answers: dict[str, bytes] = {}
        self.challenge = challenge
        self.algorithm = algorithm
        self.has_qop = has_qop
        self._password = password
        self._extension: Address | None = None
        self._callers: dict[str, Address] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._changed = asyncio.Event()

    async def __aenter__(self) -> "OfficePbx":
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._transport is not None
        self._transport.close()

    async def open(self) -> None:
        """Listens."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._transport is not None
        return int(self._transport.get_extra_info("sockname")[1])

    async def registered(self, count: int) -> None:
        """Waits until so many REGISTERs were accepted."""
        async with asyncio.timeout(60):
            while len(self.registrations) < count:
                self._changed.clear()
                await self._changed.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        text = data.decode()
        lost = next((start for start in self.lost if text.startswith(start)), None)
        if lost is not None and addr == self._extension:
            self.lost.remove(lost)
        elif text.startswith("REGISTER "):
            self._register(text, addr)
        elif addr == self._extension:
            self._pass_on(text, self._callers.get(_header(text, "Call-ID"), self.callee))
        else:
            if not text.startswith("SIP/2.0 "):
                self._callers[_header(text, "Call-ID")] = addr
            self._pass_on(text, self._extension)

    def _pass_on(self, text: str, target: Address | None) -> None:
        assert self._transport is not None
        if target is None:
            return
        start, _, rest = text.partition("\r\n")
        if start.startswith("SIP/2.0 "):
            # The topmost Via is ours, on a line of its own or with the next one behind a comma.
            rest = re.sub(r"^Via: *[^,\r]*(,|\r\n)", _rest_of_via, rest, count=1, flags=_LINES)
        else:
            found = re.search(r"^Via:.*?;branch=([\w.-]+)", rest, _LINES)
            assert found is not None
            branch = hashlib.sha256(found[1].encode()).hexdigest()[:20]
            via = f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{branch};rport"
            rest = f"{via}\r\n{rest}"
        self._transport.sendto(f"{start}\r\n{rest}".encode(), target)

    def _register(self, text: str, source: Address) -> None:
        assert self._transport is not None
        # A request that comes again gets its answer again (RFC 3261 section 17.2.2).
        if (known := self._answers.get(text)) is not None:
            self._transport.sendto(known, source)
            return
        self.attempts.append(text)
        expires = _header(text, "Expires")
        if self.refusal:
            self._answer(text, source, f"{self.refusal} Refused", "Retry-After: 1\r\n")
        elif not self._is_proof(_header(text, "(?:Proxy-)?Authorization")):
            name = "WWW" if self.challenge == 401 else "Proxy"
            header = (
                f'{name}-Authenticate: Digest realm="{_REALM}", nonce="{_NONCE}", '
                f"algorithm={self.algorithm}" + (', qop="auth"' if self.has_qop else "") + "\r\n"
            )
            self._answer(text, source, f"{self.challenge} Unauthorized", header)
        else:
            self._extension = source if int(expires) else None
            granted = int(expires)
            contact = f"Contact: {_header(text, 'Contact')};expires={granted}\r\n"
            self._answer(text, source, "200 OK", contact if granted else "")
            self.registrations.append(int(expires))
            self._changed.set()

    def _answer(self, request: str, source: Address, status: str, headers: str) -> None:
        assert self._transport is not None
        kept = "".join(
            f"{name}: {_header(request, name)}{';tag=pbx' if name == 'To' else ''}\r\n"
            for name in ("Via", "From", "To", "Call-ID", "CSeq")
        )
        message = f"SIP/2.0 {status}\r\n{kept}{headers}Content-Length: 0\r\n\r\n"
        self._answers[request] = message.encode()
        self._transport.sendto(message.encode(), source)

    def _is_proof(self, header: str) -> bool:
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', header))
        if given.get("nonce") != _NONCE:
            return False

        def digest(text: str) -> str:
            name = "md5" if self.algorithm == "MD5" else "sha256"
            return hashlib.new(name, text.encode()).hexdigest()

        secret = digest(f"{given['username']}:{_REALM}:{self._password}")
        request = digest(f"REGISTER:{given['uri']}")
        middle = f"{_NONCE}:{given['nc']}:{given['cnonce']}:auth" if self.has_qop else _NONCE
        proof: str = given["response"]
        return digest(f"{secret}:{middle}:{request}") == proof


def _rest_of_via(found: re.Match[str]) -> str:
    return "Via:" if found[1] == "," else ""


def _header(text: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*(.*?)\r\n", text, _LINES)
    return found[1] if found else ""
