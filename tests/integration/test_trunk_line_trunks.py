"""Several trunks on one line: challenges, registration, heartbeat, and ways round dead ones."""

import asyncio
import hashlib
import re
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest

from ivr.sip.digest import Credentials
from ivr.sip.line import EndReason, LineFull, TrunkStatus
from ivr.sip.sippy_loop import LOOP
from ivr.sip.trunk_call import TrunkCall
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import Registrar, Trunk
from tests.integration.media_phone import until
from tests.ports import free_port
from tests.sipp.listener import Desk, Witness
from tests.sipp.run import Sipp, SippResult, place_call
from tests.sipp.steps import answer, answer_invite, callee, caller, expect_request

US = Credentials("029", "open sesame")
MD5 = 'Digest realm="ims", nonce="n1", algorithm=MD5, qop="auth"'
SHA256 = 'Digest realm="ims", nonce="n2", algorithm=SHA-256, qop="auth"'
OLD_MD5 = 'Digest realm="ims", nonce="n3"'
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_WAIT_SECONDS = 60.0


def make_line(*trunks: Trunk) -> TrunkLine:
    return TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=trunks,
        max_calls=10,
        calls_per_second=100,
        user_agent="hotline test",
    )


@asynccontextmanager
async def line_with(*trunks: Trunk, desk: Desk | None = None) -> AsyncIterator[TrunkLine]:
    line = make_line(*trunks)
    await line.start((desk or Desk()).take)
    try:
        yield line
    finally:
        await line.stop()


def through(port: int, name: str = "one", **changes: object) -> Trunk:
    """A trunk that calls are dialled through on this port."""
    return Trunk(name=name, outbound=("127.0.0.1", port), domain="ims.example", **changes)  # type: ignore[arg-type]  # a table of arguments


async def dial(line: TrunkLine, witness: Witness, *, timeout_seconds: float = 60.0) -> TrunkCall:
    return await line.dial(
        "013800001234",
        from_number="12348",
        host="127.0.0.1",
        port=40_000,
        listener=witness,
        timeout_seconds=timeout_seconds,
    )


async def finish(sipp: Sipp) -> SippResult:
    result = await asyncio.to_thread(sipp.wait)
    result.check()
    return result


async def status_of(line: TrunkLine, is_wanted: Callable[[TrunkStatus], bool]) -> TrunkStatus:
    """Waits until the first trunk is as wanted."""
    async with asyncio.timeout(_WAIT_SECONDS):
        while not is_wanted(line.trunks[0]):  # noqa: ASYNC110  # it is told to people, not to code
            await asyncio.sleep(0.02)
    return line.trunks[0]


def challenges(*values: str, header: str) -> str:
    return "".join(f"{header}: {value}\n" for value in values)


def is_proven(logged: str, *, method: str, count: int) -> bool:
    """Whether a logged header proves the password, told without the code under test."""
    values = dict(re.findall(r'(\w+)="?([^",\s]+)"?', logged))
    hash_ = _HASHES[values.get("algorithm", "MD5")]

    def digest(text: str) -> str:
        return hash_(text.encode()).hexdigest()

    secret = digest(f"029:{values['realm']}:open sesame")
    request = digest(f"{method}:{values['uri']}")
    middle = values["nonce"]
    if "qop" in values:
        assert values["nc"] == f"{count:08x}"
        middle += f":{values['nc']}:{values['cnonce']}:{values['qop']}"
    is_right: bool = values["response"] == digest(f"{secret}:{middle}:{request}")
    return is_right and values["username"] == "029"


CHALLENGES = [
    (401, "WWW-Authenticate", "Authorization", (MD5,), "n1"),
    (407, "Proxy-Authenticate", "Proxy-Authorization", (MD5, SHA256), "n2"),
    (401, "WWW-Authenticate", "Authorization", (OLD_MD5,), "n3"),
]


class TestChallenged:
    @pytest.mark.parametrize(("status", "header", "proof", "offered", "nonce"), CHALLENGES)
    async def test_dial__proves_who_we_are(
        self, status: int, header: str, proof: str, offered: tuple[str, ...], nonce: str
    ) -> None:
        witness = Witness()
        variables = {
            "STATUS": status,
            "CHALLENGES": challenges(*offered, header=header),
            "PROOF": proof,
        }
        with Sipp("callee_challenges", variables=variables) as sipp:
            await sipp.listening()
            async with line_with(through(sipp.sip_port, credentials=US)) as line:
                call = await dial(line, witness)
                await witness.answered()
                call.hang_up()
                log = (await finish(sipp)).log

        invite, bye = (
            next(row for row in log.splitlines() if w in row) for w in ("INVITE ", "BYE ")
        )
        assert f'nonce="{nonce}"' in invite
        assert is_proven(invite, method="INVITE", count=1)
        assert is_proven(bye, method="BYE", count=2)
        assert US.password not in log

    async def test_hang_up__challenged_goodbye_is_said_again(self) -> None:
        scenario = callee(
            answer_invite(200, body="@OFFER@"),
            expect_request("ACK"),
            expect_request("BYE", without="Authorization:"),
            answer(401, headers=f"WWW-Authenticate: {MD5}"),
            expect_request("BYE", "Authorization: *Digest.*n1"),
            answer(200),
        )
        witness = Witness()
        with Sipp(scenario) as sipp:
            await sipp.listening()
            async with line_with(through(sipp.sip_port, credentials=US)) as line:
                call = await dial(line, witness)
                await witness.answered()
                call.hang_up()
                await finish(sipp)

        assert witness.ends == [EndReason.WE_HUNG_UP]

    async def test_dial__without_a_password_is_refused(self) -> None:
        witness = Witness()
        with Sipp("callee_refuses", variables={"STATUS": 401}) as sipp:
            await sipp.listening()
            async with line_with(through(sipp.sip_port)) as line:
                call = await dial(line, witness)
                assert await witness.ended() is EndReason.REJECTED
                assert call.end_status == 401
                await finish(sipp)


class TestRegistration:
    @pytest.mark.parametrize(("status", "header", "proof", "offered", "nonce"), CHALLENGES)
    async def test_register__proves_refreshes_and_takes_it_back(
        self, status: int, header: str, proof: str, offered: tuple[str, ...], nonce: str
    ) -> None:
        variables = {
            "STATUS": status,
            "CHALLENGES": challenges(*offered, header=header),
            "PROOF": proof,
            "EXPIRES": 3600,
        }
        with Sipp("trunk_registrar", variables=variables) as sipp:
            await sipp.listening()
            registrar = Registrar(("127.0.0.1", sipp.sip_port), "ims.example")
            trunk = Trunk(name="one", registrar=registrar, credentials=US)
            async with line_with(trunk) as line:
                await status_of(line, lambda trunk: trunk.registration == "registered")
                line.drain()
                log = (await finish(sipp)).log
                ended = await status_of(line, lambda trunk: trunk.registration == "ended")

        first, again = (
            next(row for row in log.splitlines() if w in row) for w in ("REGISTER ", "AGAIN ")
        )
        assert is_proven(first, method="REGISTER", count=1)
        assert is_proven(again, method="REGISTER", count=2)
        assert f'nonce="{nonce}"' in first
        assert re.search(r"Expires: *0\b", again)
        assert ended.calls == 0

    async def test_stop__is_said_again_where_each_nonce_is_good_for_one_request(self) -> None:
        scenario = caller(
            expect_request("REGISTER"),
            answer(401, headers=f"WWW-Authenticate: {MD5}"),
            expect_request("REGISTER", "Authorization: *Digest.*n1"),
            answer(200, headers="Expires: 3600"),
            expect_request("REGISTER", "Authorization: *Digest.*n1", "Expires: *0"),
            answer(401, headers=f"WWW-Authenticate: {OLD_MD5}"),
            expect_request("REGISTER", "Authorization: *Digest.*n3", "Expires: *0"),
            answer(200),
        )
        with Sipp(scenario) as sipp:
            await sipp.listening()
            registrar = Registrar(("127.0.0.1", sipp.sip_port), "ims.example")
            async with line_with(Trunk(name="one", registrar=registrar, credentials=US)) as line:
                await status_of(line, lambda trunk: trunk.registration == "registered")
            await finish(sipp)

    async def test_register__registrar_may_call(self) -> None:
        desk = Desk()
        registrar = Registrar(("127.0.0.2", free_port("127.0.0.2")), "ims.example")
        trunk = Trunk(name="one", registrar=registrar, credentials=US)
        async with line_with(trunk, desk=desk) as line:
            await asyncio.to_thread(place_call, "call", port=line.port, source="127.0.0.2")
            await desk.arrival()
            assert line.trunks[0].registration == "trying"

    async def test_register__again_in_a_second_life_of_the_line(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(_WAIT_SECONDS)
            registrar = Registrar(peer.getsockname(), "ims.example")
            line = make_line(Trunk(name="one", registrar=registrar, credentials=US))
            heard = []
            for _ in range(2):
                await line.start(Desk().take)
                heard.append(await asyncio.to_thread(peer.recv, 9))
                await line.stop()

        assert heard == [b"REGISTER ", b"REGISTER "]


class TestHeartbeat:
    async def test_heartbeat__answered_is_up(self) -> None:
        with Sipp("answers_options", variables={"STATUS": 200}) as sipp:
            await sipp.listening()
            async with line_with(through(sipp.sip_port, heartbeat_seconds=30.0)) as line:
                await status_of(line, lambda trunk: trunk.health == "up")
                await finish(sipp)

    async def test_heartbeat__503_until_it_is_down(self, caplog: pytest.LogCaptureFixture) -> None:
        with Sipp("answers_options", variables={"STATUS": 503}, calls=3) as sipp:
            await sipp.listening()
            async with line_with(through(sipp.sip_port, heartbeat_seconds=0.3)) as line:
                await status_of(line, lambda trunk: trunk.health == "down")
                await finish(sipp)

        changes = [row for row in caplog.records if row.message == "trunk changed"]
        assert [row.__dict__["health"] for row in changes] == ["degraded", "down"]


class TestWayRound:
    @pytest.mark.parametrize("status", [503, 500, 504, 401])
    async def test_dial__next_trunk_takes_what_the_first_cannot(self, status: int) -> None:
        witness = Witness()
        with (
            Sipp("callee_refuses", variables={"STATUS": status}) as first,
            Sipp("callee_answers") as second,
        ):
            await first.listening()
            await second.listening()
            trunks = (through(first.sip_port), through(second.sip_port, "two"))
            async with line_with(*trunks) as line:
                call = await dial(line, witness)
                await witness.answered()
                calls = [trunk.calls for trunk in line.trunks]
                call.hang_up()
                await finish(first)
                await finish(second)

        assert calls == [0, 1]
        assert witness.order == ["ringing", "answered", "ended"]

    async def test_dial__silent_trunk_is_gone_round(self) -> None:
        witness = Witness()
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody,
            Sipp("callee_answers") as second,
        ):
            nobody.bind(("127.0.0.1", 0))
            await second.listening()
            trunks = (through(nobody.getsockname()[1]), through(second.sip_port, "two"))
            async with line_with(*trunks) as line:
                call = await dial(line, witness)
                await witness.answered()
                call.hang_up()
                await finish(second)

    async def test_dial__busy_callee_is_busy_on_every_trunk(self) -> None:
        witness = Witness()
        with Sipp("callee_refuses", variables={"STATUS": 486}) as first:
            await first.listening()
            async with line_with(through(first.sip_port), through(free_port(), "two")) as line:
                await dial(line, witness)
                assert await witness.ended() is EndReason.BUSY
                await finish(first)

    async def test_dial__all_trunks_full_says_so(self) -> None:
        async with line_with(through(free_port(), max_calls=1)) as line:
            await dial(line, Witness())
            await status_of(line, lambda trunk: trunk.calls == 1)
            with pytest.raises(LineFull):
                await dial(line, Witness())

    async def test_hang_up__between_two_trunks_tries_no_more(self) -> None:
        witness = Witness()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
            nobody.bind(("127.0.0.1", 0))
            port = nobody.getsockname()[1]
            async with line_with(through(port), through(port, "two")) as line:
                call = await dial(line, witness)
                call.hang_up()
                assert await witness.ended() is EndReason.CANCELLED
                await until(lambda: [trunk.calls for trunk in line.trunks] == [0, 0])


class TestCallerRules:
    async def test_dial__trunk_has_its_own_numbers(self) -> None:
        trunk = through(free_port(), shown_number="029", strip="0", add="9")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", trunk.outbound[1] if trunk.outbound else 0))
            peer.settimeout(_WAIT_SECONDS)
            async with line_with(trunk) as line:
                await dial(line, Witness())
                invite = (await asyncio.to_thread(peer.recv, 4096)).decode()

        assert invite.startswith("INVITE sip:913800001234@ims.example")
        assert re.search(r"^From: .*sip:029@", invite, re.MULTILINE)

    async def test_dial__registered_trunk_knows_us_by_its_domain(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.bind(("127.0.0.1", 0))
            peer.settimeout(_WAIT_SECONDS)
            address = peer.getsockname()
            registrar = Registrar(address, "ims.example")
            trunk = through(address[1], registrar=registrar, shown_number="029")
            async with line_with(trunk) as line:
                register = (await asyncio.to_thread(peer.recv, 4096)).decode()
                await dial(line, Witness())
                invite = register
                while invite.startswith("REGISTER"):
                    invite = (await asyncio.to_thread(peer.recv, 4096)).decode()

        assert re.search(r"^To: .*sip:029@ims.example", register, re.MULTILINE)
        assert re.search(r"^From: .*sip:029@ims.example", invite, re.MULTILINE)

    @pytest.mark.parametrize(("is_trusted", "caller"), [(True, "029"), (False, "13800001234")])
    async def test_call__identity_is_believed_of_trusted_trunks_only(
        self, is_trusted: bool, caller: str
    ) -> None:
        desk = Desk()
        trunk = Trunk(name="one", peers=(ip_network("127.0.0.1/32"),), trusts_identity=is_trusted)
        variables = {"HEADERS": "P-Asserted-Identity: <sip:029@x>\n"}
        async with line_with(trunk, desk=desk) as line:
            await asyncio.to_thread(place_call, "call", port=line.port, variables=variables)
            call, _ = await desk.arrival()

        assert call.caller == caller


class TestOwnCaps:
    async def test_dial__at_the_same_time_exceeds_no_trunks_cap(self) -> None:
        witnesses = [Witness() for _ in range(3)]
        with Sipp("callee_answers") as first, Sipp("callee_answers") as second:
            await first.listening()
            await second.listening()
            trunks = (
                through(first.sip_port, max_calls=1),
                through(second.sip_port, "two", max_calls=1),
            )
            async with line_with(*trunks) as line:
                all_dialled = threading.Event()
                # Nothing is booked before all three have seen both trunks empty.
                LOOP.post(all_dialled.wait, _WAIT_SECONDS)
                calls = [await dial(line, witness) for witness in witnesses]
                all_dialled.set()
                assert await witnesses[2].ended() is EndReason.FAILED
                for witness in witnesses[:2]:
                    await witness.answered()
                carried = [trunk.calls for trunk in line.trunks]
                for call in calls:
                    call.hang_up()
                await finish(first)
                await finish(second)

        assert carried == [1, 1]

    async def test_call__trunk_is_full_while_another_is_not(self) -> None:
        desk = Desk()
        trunks = [
            Trunk(name=str(n), peers=(ip_network(f"127.0.0.{n}/32"),), max_calls=1) for n in (1, 2)
        ]
        async with line_with(*trunks, desk=desk) as line:
            with Sipp("call_until_bye", port=line.port) as first:
                call, witness = await desk.arrival()
                await witness.answered()
                await asyncio.to_thread(
                    place_call,
                    "refused",
                    port=line.port,
                    variables={"STATUS": 503, "EXPECT": "Retry-After: 10"},
                )
                await asyncio.to_thread(place_call, "call", port=line.port, source="127.0.0.2")
                call.hang_up()
                await finish(first)

            assert line.statistics.refused == 1
            await until(lambda: [trunk.calls for trunk in line.trunks] == [0, 0])
