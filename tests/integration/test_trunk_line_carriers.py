"""What carriers' networks do with a call, one SIPp scenario each, against the trunk line."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

import pytest

from ivr.media.control import Codec
from ivr.sip.line import Direction, EndReason, RemoteMedia
from ivr.sip.trunk_line import TrunkLine
from ivr.sip.trunks import Trunk
from tests.sipp.listener import Desk, Witness
from tests.sipp.run import Sipp, offer, place_call
from tests.sipp.steps import (
    ack,
    answer_invite,
    bye,
    callee,
    callee_request,
    caller,
    cancel,
    expect,
    expect_request,
    invite,
    pause,
    raw,
    request,
)

_SECONDS = 60.0
# Longer than any answer takes that is not wanted.
_QUIET_MS = 300


def make_line(*trunks: Trunk) -> TrunkLine:
    return TrunkLine(
        host="127.0.0.1",
        port=0,
        trunks=trunks or (Trunk(name="one", peers=(ip_network("127.0.0.1/32"),)),),
        max_calls=20,
        calls_per_second=100,
        user_agent="hotline test",
    )


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[TrunkLine]:
    line = make_line()
    await line.start(desk.take)
    yield line
    await line.stop()


async def play(
    line: TrunkLine,
    scenario: str,
    *,
    source: str = "127.0.0.1",
    rows: Sequence[tuple[str, ...]] = (),
) -> None:
    await asyncio.to_thread(
        place_call,
        scenario,
        port=line.port,
        source=source,
        calls=max(len(rows), 1),
        at_once=1,
        rate=100,
        timeout_seconds=_SECONDS,
        rows=rows,
    )


@dataclass(frozen=True)
class Numbers:
    """How a network writes who calls whom, and what that means."""

    uri: str
    sender: str
    header: str
    called: str
    caller: str | None


_PLAIN = "<sip:13800001234@ims.example>"
_NONE = "X-Nothing: 1"
_ASSERTED = "P-Asserted-Identity: <tel:+8613900005678>"

NUMBERS = (
    Numbers("sip:12348@ims.example", _PLAIN, _NONE, "12348", "13800001234"),
    Numbers("sip:02912348@ims.example", _PLAIN, _NONE, "02912348", "13800001234"),
    Numbers("sip:091012348@ims.example", _PLAIN, _NONE, "091012348", "13800001234"),
    Numbers("sip:+862912348@ims.example", _PLAIN, _NONE, "02912348", "13800001234"),
    Numbers("sip:+8612348@ims.example", _PLAIN, _NONE, "12348", "13800001234"),
    Numbers("tel:12348", _PLAIN, _NONE, "12348", "13800001234"),
    Numbers("tel:+86-29-12348", "<tel:+86-138-0000-1234>", _NONE, "02912348", "13800001234"),
    Numbers("tel:+862912348", "<tel:+862987654321>", _NONE, "02912348", "02987654321"),
    Numbers("sip:12348@ims.example", _PLAIN, _ASSERTED, "12348", "13900005678"),
    Numbers(
        "sip:12348@ims.example",
        '"Anonymous" <sip:anonymous@anonymous.invalid>',
        _NONE,
        "12348",
        None,
    ),
    Numbers(
        "sip:12348@ims.example",
        '"Anonymous" <sip:anonymous@anonymous.invalid>',
        _ASSERTED,
        "12348",
        "13900005678",
    ),
    Numbers("sip:12348@ims.example", _PLAIN, "Privacy: id", "12348", None),
)


def call_of_fields() -> str:
    """A call whose request URI, From and one header come from a row."""
    return caller(
        raw(
            "INVITE [field0] SIP/2.0\n"
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
            "From: [field1];tag=[pid]S[call_number]\nTo: <[field0]>\nCall-ID: [call_id]\n"
            "CSeq: 1 INVITE\nContact: <sip:peer@[local_ip]:[local_port]>\nMax-Forwards: 70\n"
            "[field2]\nContent-Type: application/sdp\nContent-Length: [len]\n\n@OFFER@"
        ),
        expect(200),
        ack(),
        bye(2),
    )


class TestNumbers:
    async def test_invite__every_way_of_writing_numbers_is_understood(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        rows = tuple((each.uri, each.sender, each.header) for each in NUMBERS)

        await play(line, call_of_fields(), rows=rows)

        got = [(call.called, call.caller) for call in desk.calls]
        assert got == [(each.called, each.caller) for each in NUMBERS]


@dataclass(frozen=True)
class Session:
    """Lines of an offer, and the audio that they mean."""

    connection: str
    audio: str
    lines: tuple[str, str, str]
    media: RemoteMedia


_HERE, _ELSEWHERE, _NO_LINE = "c=IN IP4 127.0.0.1", "c=IN IP4 192.0.2.9", "b=AS:64"
_A_LAW = "m=audio 41000 RTP/AVP 8 101"
_EVENTS = "a=rtpmap:101 telephone-event/8000"


def media(**changes: object) -> RemoteMedia:
    values: dict[str, object] = {
        "host": "127.0.0.1",
        "port": 41_000,
        "codec": Codec.PCMA,
        "telephone_event": 101,
        "direction": Direction.SENDRECV,
        "control_port": None,
    }
    return RemoteMedia(**(values | changes))  # type: ignore[arg-type]  # a table of arguments


SESSIONS = (
    Session(_ELSEWHERE, _A_LAW, (_HERE, _EVENTS, _NO_LINE), media()),
    Session(_NO_LINE, _A_LAW, (_HERE, _EVENTS, _NO_LINE), media()),
    *(
        Session(_HERE, _A_LAW, (_EVENTS, f"a=ptime:{ms}", f"a=maxptime:{max(ms, 20)}"), media())
        for ms in (10, 20, 30, 40)
    ),
    Session("c=IN IP6 2001:db8::9", _A_LAW, (_HERE, _EVENTS, _NO_LINE), media()),
    *(
        Session(
            _HERE,
            f"m=audio 41000 RTP/AVP 8 {number}",
            (f"a=rtpmap:{number} telephone-event/8000", f"a=fmtp:{number} 0-15", _NO_LINE),
            media(telephone_event=number),
        )
        for number in (96, 100, 127)
    ),
    Session(
        _HERE,
        "m=audio 41000 RTP/AVP 18 0 8",
        ("a=rtpmap:18 G729/8000", "a=sendonly", _NO_LINE),
        media(telephone_event=None, direction=Direction.SENDONLY),
    ),
    Session(
        "c=IN IP4 0.0.0.0",
        _A_LAW,
        (_EVENTS, _NO_LINE, _NO_LINE),
        media(host="0.0.0.0", direction=Direction.SENDONLY),
    ),
)

_FIELDS = (
    "v=0\no=peer 1 1 IN IP4 127.0.0.1\ns=-\n[field0]\nt=0 0\n[field1]\n[field2]\n[field3]\n"
    "[field4]\n"
)
_VIDEO = ("m=video 42000 RTP/AVP 96", "a=rtpmap:96 H264/90000")


class TestSessions:
    async def test_offer__every_way_of_writing_it_is_understood(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        scenario = caller(
            invite(body=_FIELDS),
            expect(200, r"m=audio 40000 RTP/AVP 8( [0-9]+)?\s", "a=ptime:20"),
            ack(),
            bye(2),
        )

        rows = [(each.connection, each.audio, *each.lines) for each in SESSIONS]
        await play(line, scenario, rows=rows)

        got = [(await witness.answered()) for witness in desk.witnesses]
        assert got == [each.media for each in SESSIONS]

    async def test_offer__video_is_refused_beside_audio_and_stays_so(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        refused = r"m=audio 40000 RTP/AVP 8 101.*m=video 0 RTP/AVP 96\s"
        scenario = caller(
            invite(body=offer(extra=_VIDEO)),
            expect(200, refused),
            ack(),
            request("INVITE", 2, body=offer(attributes=("sendonly",), extra=_VIDEO)),
            expect(200, refused, "a=recvonly"),
            ack(2),
            bye(3),
        )

        await play(line, scenario)

        _, witness = await desk.arrival()
        assert (await witness.changed()).direction is Direction.SENDONLY

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("application/pidf+xml", "<presence/>"),
            ("text/plain", "hello"),
        ],
    )
    async def test_invite__with_another_body_gets_415(
        self, line: TrunkLine, desk: Desk, kind: str, body: str
    ) -> None:
        head, _, _ = invite(body="@OFFER@").partition("Content-Type:")
        scenario = caller(
            f"{head}Content-Type: {kind}\nContent-Length: [len]\n\n{body}\n]]></send>",
            expect(415, "Accept: application/sdp"),
            ack(),
        )

        await play(line, scenario)

        assert desk.calls == []


class TestRaces:
    async def test_cancel__while_it_rings_gets_487(self, line: TrunkLine, desk: Desk) -> None:
        desk.answers = False
        scenario = caller(
            invite(), expect(180), cancel(), expect(200, "CSeq: 1 CANCEL"), expect(487), ack()
        )

        await play(line, scenario)

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CANCELLED

    async def test_cancel__that_crosses_our_answer_gets_200_and_the_caller_says_bye(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        scenario = caller(
            invite(), expect(200), cancel(), expect(200, "CSeq: 1 CANCEL"), ack(), bye(2)
        )

        await play(line, scenario)

        _, witness = await desk.arrival()
        assert await witness.ended() is EndReason.CALLER_HUNG_UP
        assert witness.order == ["answered", "ended"]

    async def test_update__before_our_offer_is_answered_gets_491(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        scenario = caller(
            invite(body=""),
            expect(200, "m=audio 40000 RTP/AVP 8 0 101"),
            request("UPDATE", 2, body="@OFFER@"),
            expect(491),
            ack(1, body="@OFFER@"),
            request("UPDATE", 3, body="@HOLD@"),
            expect(200, "a=recvonly"),
            bye(4),
        )

        await play(line, scenario)

        _, witness = await desk.arrival()
        assert (await witness.changed()).direction is Direction.SENDONLY

    async def test_invite__that_belongs_to_no_call_gets_481(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        lost = invite().replace(
            "[remote_ip]:[remote_port]>\n", "[remote_ip]:[remote_port]>;tag=gone\n"
        )

        await play(line, caller(lost, expect(481), ack()))

        assert desk.calls == []


class TestCallees:
    async def test_dial__callee_holds_in_every_form_and_comes_back(self) -> None:
        scenario = callee(
            answer_invite(180),
            answer_invite(200, body="@OFFER@"),
            expect_request("ACK"),
            callee_request("INVITE", 1, body="@HOLD@"),
            expect(200, "a=recvonly"),
            callee_request("ACK", 1),
            callee_request("UPDATE", 2, body="@OFFER@"),
            expect(200, "a=sendrecv"),
            callee_request("INVITE", 3, body=offer(host="0.0.0.0")),
            expect(200, "a=recvonly"),
            callee_request("ACK", 3),
            callee_request("INVITE", 4),
            expect(200, "m=audio 40000 RTP/AVP 8 0 101"),
            callee_request("ACK", 4, body="@OFFER@"),
            callee_request("BYE", 5),
            expect(200),
        )

        witness = await dial_to_the_end(scenario)

        assert witness.ends == [EndReason.CALLER_HUNG_UP]
        assert [change.direction for change in witness.changes] == [
            Direction.SENDONLY,
            Direction.SENDRECV,
        ] * 2

    async def test_dial__180_with_a_session_is_early_media_too(self) -> None:
        scenario = callee(
            answer_invite(180, body="@OFFER@"),
            answer_invite(200, body=offer("0")),
            expect_request("ACK"),
            callee_request("BYE", 1),
            expect(200),
        )

        witness = await dial_to_the_end(scenario)

        assert witness.order == ["ringing", "early", "answered", "ended"]
        codecs = [witness.early[0].codec, witness.answers[0].codec]
        assert codecs == [Codec.PCMA, Codec.PCMU]


async def dial_to_the_end(scenario: str) -> Witness:
    """Dials SIPp as the callee, and waits until the call is over on both sides."""
    witness = Witness()
    with Sipp(scenario, timeout_seconds=_SECONDS) as sipp:
        await sipp.listening()
        trunk = Trunk(name="one", outbound=("127.0.0.1", sipp.sip_port), domain="ims.example")
        line = make_line(trunk)
        await line.start(lambda call: call.reject(486))
        await line.dial(
            "13800001234",
            from_number="12348",
            host="127.0.0.1",
            port=40_000,
            listener=witness,
            timeout_seconds=_SECONDS,
        )
        await witness.ended()
        (await asyncio.to_thread(sipp.wait)).check()
        await line.stop()
    return witness


class TestHeaders:
    async def test_invite__compact_and_folded_is_a_call_like_any_other(
        self, line: TrunkLine, desk: Desk
    ) -> None:
        scenario = caller(
            raw(
                "INVITE tel:+862912348;phone-context=+86 SIP/2.0\n"
                "v: SIP/2.0/[transport] [local_ip]:[local_port]\n[field0];branch=[branch]\n"
                'f: "A \\" , B"\n[field0]<tel:+86-138-0000-1234>\n'
                "[field0];tag=[pid]S[call_number]\n"
                "t: <tel:12348>\ni: [call_id]\nCSeq: 1\n[field0]INVITE\n"
                "m: <sip:peer@[local_ip]:[local_port]>\nMax-Forwards: 70\n"
                "k: timer,\n[field0]100rel\n"
                "x: 1800\nc: application/sdp\nl: [len]\n\n@OFFER@"
            ),
            expect(200, "Session-[Ee]xpires: 1800;refresher=uac"),
            ack(),
            bye(2),
        )

        # SIPp takes blanks away from the beginning of a line, but not those that it fills in.
        await play(line, scenario, rows=((" ",),))

        call, witness = await desk.arrival()
        await witness.ended()
        assert (call.caller, call.called) == ("13800001234", "02912348")


def probe(agent: str) -> str:
    """A question that nobody shall answer, sent once."""
    return caller(
        raw(
            "OPTIONS sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n"
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
            "From: <sip:100@[local_ip]>;tag=[call_number]\nTo: <sip:100@[remote_ip]>\n"
            f"Call-ID: [call_id]\nCSeq: 1 OPTIONS\nUser-Agent: {agent}\nContent-Length: 0",
            repeats=False,
        ),
        pause(_QUIET_MS),
    )


class TestAttack:
    async def test_options__scanner_hears_nothing(self, line: TrunkLine) -> None:
        await play(line, probe("friendly-scanner"))
        await play(line, caller(invite(), expect(200), ack(), bye(2)))

        assert line.statistics.scanners == 1

    async def test_options__stranger_hears_nothing(self, line: TrunkLine) -> None:
        await play(line, probe("telephone"), source="127.0.0.2")
        await play(line, caller(invite(), expect(200), ack(), bye(2)))

        assert line.statistics.foreign == 1

    async def test_invite__faster_than_the_trunk_may_gets_503_and_other_trunks_go_on(
        self, desk: Desk
    ) -> None:
        slow = Trunk(name="slow", peers=(ip_network("127.0.0.1/32"),), calls_per_second=0.01)
        line = make_line(slow, Trunk(name="other", peers=(ip_network("127.0.0.2/32"),)))
        await line.start(desk.take)
        talk = caller(invite(), expect(200), ack(), bye(2))
        await play(line, talk)
        await play(line, caller(invite(), expect(503, "Retry-After: 2"), ack()))
        await play(line, talk, source="127.0.0.2")
        await line.stop()

        assert (len(desk.calls), line.statistics.refused) == (2, 1)
