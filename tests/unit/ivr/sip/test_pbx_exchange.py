"""The whole signalling of the PBX line without a network and without time: races and growth."""

from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given, strategies as st

from ivr.sip.digest import Credentials
from ivr.sip.line import Direction, EndReason, RemoteMedia
from ivr.sip.pbx_address import PbxPlace
from ivr.sip.pbx_exchange import PbxArrival, PbxExchange
from ivr.sip.pbx_inbound import InboundPbxLeg
from ivr.sip.pbx_loop import PbxLoop
from ivr.sip.pbx_message import Message, respond
from ivr.sip.pbx_outbound import OutboundPbxLeg
from ivr.sip.pbx_phone import PbxPhone
from ivr.sip.report import Answered, Ended, MediaChanged, Report, Ringing
from tests.unit.ivr.sip.fake_wire import FakeWire

PBX = ("10.0.0.5", 5060)
SESSION = (
    "v=0\r\no=- 1 1 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)
LONG_SECONDS = 200.0


class Office:
    """The line's signalling, and the PBX's side of it."""

    def __init__(self) -> None:
        self.wire = FakeWire()
        self.arrivals: list[PbxArrival] = []
        self.reports: list[Report] = []
        self.place: PbxPlace | None = None
        self.exchange = PbxExchange(
            cast(PbxLoop, self.wire),
            max_calls=10,
            on_arrival=self._arrive,
            on_registration=lambda _: None,
            look_up=lambda found: found(self.place),
        )
        self.phone = PbxPhone(
            on_invite=self.exchange.take,
            server="10.0.0.5",
            address=PBX,
            credentials=Credentials("8001", "secret"),
            local=("10.0.0.9", 5060),
            user_agent="test",
        )
        self.phone.sip.use(cast(PbxLoop, self.wire))
        self.exchange.open(self.phone)
        self.receive(respond(self.sent[-1], 200, tag="pbx", headers={"expires": "3600"}))
        self.wire.sent.clear()
        self._branches = 0

    def _arrive(self, arrival: PbxArrival) -> Callable[[Report], None]:
        self.arrivals.append(arrival)
        return self.reports.append

    @property
    def sent(self) -> list[Message]:
        return [message for _, message in self.wire.sent]

    def kinds(self) -> list[object]:
        """What was sent: methods and statuses."""
        return [message.method or message.status for message in self.sent]

    def receive(self, message: Message) -> None:
        self.phone.sip.receive(message.encode(), PBX)

    def request(
        self, method: str, *, number: int, to_tag: str = "", call_id: str = "c1", branch: str = ""
    ) -> Message:
        self._branches += 1
        to = "<sip:8001@10.0.0.9>" + (f";tag={to_tag}" if to_tag else "")
        return Message(
            method=method,
            uri="sip:8001@10.0.0.9",
            status=None,
            headers=(
                ("via", f"SIP/2.0/UDP 10.0.0.5;branch=z9hG4bK{branch or self._branches}"),
                ("from", "<sip:138@10.0.0.5>;tag=theirs"),
                ("to", to),
                ("call-id", call_id),
                ("cseq", f"{number} {method}"),
                ("contact", "<sip:138@10.0.0.5:5060>"),
            ),
        )

    def call_in(self, *, call_id: str = "c1", branch: str = "") -> InboundPbxLeg:
        invite = self.request("INVITE", number=1, call_id=call_id, branch=branch)
        self.receive(invite.carrying(SESSION))
        return self.arrivals[-1].leg

    def call_in_answered(self, *, call_id: str = "c1") -> tuple[InboundPbxLeg, str]:
        leg = self.call_in(call_id=call_id)
        leg.answer("10.0.0.9", 40_000)
        tag = self.sent[-1].to_tag
        self.receive(self.request("ACK", number=1, to_tag=tag, call_id=call_id))
        return leg, tag

    def call_out(self) -> tuple[OutboundPbxLeg, Message]:
        leg = self.exchange.new_call()
        leg.report = self.reports.append
        self.exchange.dial(leg, "13800001234", host="10.0.0.9", port=40_000, ring_seconds=30.0)
        return leg, self.sent[-1]

    def answer(self, invite: Message, status: int, *, tag: str = "callee", body: str = "") -> None:
        headers = {"contact": "<sip:callee@10.0.0.6>"}
        self.receive(respond(invite, status, tag=tag, headers=headers, body=body))


@pytest.fixture
def office() -> Office:
    return Office()


class TestMoving:
    MOVED = PbxPlace(("10.0.0.6", 5070), "10.0.1.9")

    def test_register__follows_the_pbx_to_another_address(self, office: Office) -> None:
        office.place = self.MOVED
        office.wire.pass_time(1800.0)

        register = office.sent[-1]
        assert office.wire.targets[-1] == ("10.0.0.6", 5070)
        assert register.method == "REGISTER"
        assert "10.0.1.9" in register.first("contact")
        assert "10.0.1.9" in register.first("via")

    def test_receive__calls_that_were_up_at_the_old_address_may_still_end(
        self, office: Office
    ) -> None:
        _, tag = office.call_in_answered()
        office.place = self.MOVED
        office.wire.pass_time(1800.0)
        office.receive(office.request("BYE", number=2, to_tag=tag))

        assert office.reports[-1] == Ended(EndReason.CALLER_HUNG_UP)

    def test_register__pbx_that_cannot_be_looked_up_is_asked_where_it_was(
        self, office: Office
    ) -> None:
        office.wire.pass_time(1800.0)

        assert office.sent[-1].method == "REGISTER"
        assert office.wire.targets[-1] == PBX


class TestInbound:
    def test_invite__that_requires_reliable_ringing_is_told_that_we_have_none(
        self, office: Office
    ) -> None:
        invite = office.request("INVITE", number=1).carrying(SESSION)
        office.receive(invite.having("require", "100rel"))

        assert office.kinds() == [100, 420]
        assert office.sent[-1].first("unsupported") == "100rel"
        assert office.arrivals == []

    def test_invite__that_could_ring_reliably_rings_plainly(self, office: Office) -> None:
        invite = office.request("INVITE", number=1).carrying(SESSION)
        office.receive(invite.having("supported", "100rel, timer"))
        office.arrivals[-1].leg.ring()

        assert office.kinds() == [100, 180]
        assert office.sent[-1].first("require") == ""

    def test_dial__offers_no_reliable_ringing(self, office: Office) -> None:
        _, invite = office.call_out()

        assert "100rel" not in ",".join(invite.every("supported") + invite.every("require"))

    def test_cancel__after_the_answer_changes_nothing(self, office: Office) -> None:
        leg = office.call_in(branch="invite")
        leg.answer("10.0.0.9", 40_000)
        office.receive(office.request("CANCEL", number=1, branch="invite"))
        office.receive(office.request("ACK", number=1, to_tag=office.sent[1].to_tag))

        assert office.kinds() == [100, 200, 200]
        assert [type(report) for report in office.reports] == [Answered]

    def test_bye__before_the_answer_ends_the_invite_too(self, office: Office) -> None:
        leg = office.call_in()
        leg.ring()
        office.receive(office.request("BYE", number=2, to_tag=office.sent[-1].to_tag))

        assert office.kinds() == [100, 180, 200, 487]
        assert office.reports == [Ended(EndReason.CANCELLED)]

    def test_answer__that_nobody_acknowledges_ends_with_a_goodbye(self, office: Office) -> None:
        leg = office.call_in()
        leg.answer("10.0.0.9", 40_000)
        office.wire.pass_time(32.0)

        assert "BYE" in office.kinds()
        assert office.reports == [Ended(EndReason.TIMEOUT)]

    def test_hang_up__between_answer_and_acknowledgement_says_goodbye_after_it(
        self, office: Office
    ) -> None:
        leg = office.call_in()
        leg.answer("10.0.0.9", 40_000)
        leg.hang_up()
        assert "BYE" not in office.kinds()
        office.receive(office.request("ACK", number=1, to_tag=office.sent[-1].to_tag))

        bye = office.sent[-1]
        assert (bye.method, bye.uri, bye.to_tag) == ("BYE", "sip:138@10.0.0.5:5060", "theirs")

    def test_reinvite__that_comes_late_is_refused(self, office: Office) -> None:
        _, tag = office.call_in_answered()
        office.receive(office.request("OPTIONS", number=5, to_tag=tag))
        office.receive(office.request("INVITE", number=4, to_tag=tag).carrying(SESSION))

        assert office.kinds()[-1] == 500

    def test_update__hold_is_told(self, office: Office) -> None:
        _, tag = office.call_in_answered()
        hold = SESSION + "a=sendonly\r\n"
        office.receive(office.request("UPDATE", number=2, to_tag=tag).carrying(hold))

        changed = office.reports[-1]
        assert isinstance(changed, MediaChanged)
        assert changed.media == RemoteMedia("10.0.0.5", 4000, changed.media.codec, 101, _HELD)

    def test_request__with_another_tag_is_no_part_of_the_call(self, office: Office) -> None:
        office.call_in_answered()
        office.receive(office.request("BYE", number=2, to_tag="guessed"))

        assert office.kinds()[-1] == 481
        assert [type(report) for report in office.reports] == [Answered]


_HELD = Direction.SENDONLY


class TestSessionTimer:
    def call(
        self, office: Office, value: str, *, requires: bool = False, allow: str = "INVITE, ACK"
    ) -> str:
        """A call with this Session-Expires, answered; returns our tag."""
        option = "require" if requires else "supported"
        invite = office.request("INVITE", number=1).having("session-expires", value)
        invite = invite.having("allow", allow)
        office.receive(invite.having(option, "timer").carrying(SESSION))
        if not office.arrivals:
            return ""
        office.arrivals[-1].leg.answer("10.0.0.9", 40_000)
        tag = office.sent[-1].to_tag
        office.receive(office.request("ACK", number=1, to_tag=tag))
        return tag

    @pytest.mark.parametrize(("value", "requires"), [("1800", False), ("1800;refresher=uac", True)])
    def test_invite__refreshing_is_left_to_the_pbx(
        self, office: Office, value: str, requires: bool
    ) -> None:
        self.call(office, value, requires=requires)

        answer = next(message for message in office.sent if message.status == 200)
        assert answer.first("session-expires") == "1800;refresher=uac"
        assert answer.first("require") == "timer"

    def test_refresh__that_does_not_come_ends_the_call(self, office: Office) -> None:
        self.call(office, "90")
        office.wire.pass_time(59.0)
        assert "BYE" not in office.kinds()
        office.wire.pass_time(2.0)

        assert "BYE" in office.kinds()
        assert office.reports[-1] == Ended(EndReason.TIMEOUT)

    def test_refresh__keeps_the_call(self, office: Office) -> None:
        tag = self.call(office, "90")
        for number in range(2, 6):
            office.wire.pass_time(45.0)
            refresh = office.request("UPDATE", number=number, to_tag=tag)
            office.receive(refresh.having("session-expires", "90").having("supported", "timer"))

        assert office.sent[-1].first("session-expires") == "90;refresher=uac"
        assert "BYE" not in office.kinds()

    def test_refresh__of_ours_goes_by_update_where_the_pbx_knows_it(self, office: Office) -> None:
        self.call(office, "90;refresher=uas", allow="INVITE, ACK, UPDATE")
        answer = next(message for message in office.sent if message.status == 200)
        for _ in range(3):
            office.wire.pass_time(45.0)
            update = office.sent[-1]
            assert update.first("session-expires") == "90;refresher=uac"
            headers = {"session-expires": "90;refresher=uac"}
            office.receive(respond(update, 200, tag="theirs", headers=headers))

        assert answer.first("session-expires") == "90;refresher=uas"
        assert office.kinds()[2:] == ["UPDATE"] * 3
        assert [message.number for message in office.sent[2:]] == [1, 2, 3]
        assert [type(report) for report in office.reports] == [Answered]

    def test_refresh__of_ours_goes_by_invite_with_the_session_as_it_is(
        self, office: Office
    ) -> None:
        tag = self.call(office, "90;refresher=uas")
        answer = next(message for message in office.sent if message.status == 200)
        office.wire.pass_time(45.0)
        reinvite = office.sent[-1]
        office.receive(office.request("INVITE", number=2, to_tag=tag).carrying(SESSION))
        crossing = office.sent[-1]
        headers = {"session-expires": "90;refresher=uac", "contact": "<sip:moved@10.0.0.5>"}
        held = respond(reinvite, 200, headers=headers, body=SESSION + "a=sendonly\r\n")
        office.receive(held)

        ack = office.sent[-1]
        assert (reinvite.method, reinvite.body) == ("INVITE", answer.body)
        assert crossing.status == 491
        assert (ack.method, ack.number) == ("ACK", reinvite.number)
        assert isinstance(office.reports[-1], MediaChanged)
        office.wire.pass_time(45.0)
        assert (office.sent[-1].method, office.sent[-1].uri) == ("INVITE", "sip:moved@10.0.0.5")

    def test_refresh__of_ours_is_proven_where_it_is_challenged(self, office: Office) -> None:
        self.call(office, "90;refresher=uas", allow="UPDATE")
        office.wire.pass_time(45.0)
        challenge = {"www-authenticate": 'Digest realm="office", nonce="n", qop="auth"'}
        office.receive(respond(office.sent[-1], 401, headers=challenge))
        again = office.sent[-1]
        office.receive(respond(again, 200, headers={"session-expires": "90;refresher=uac"}))
        office.wire.pass_time(45.0)

        assert (again.method, again.number) == ("UPDATE", 2)
        assert again.first("authorization").startswith("Digest")
        assert (office.sent[-1].method, office.sent[-1].number) == ("UPDATE", 3)

    def test_refresh__of_ours_that_the_pbx_knows_nothing_of_ends_the_call(
        self, office: Office
    ) -> None:
        self.call(office, "90;refresher=uas", allow="UPDATE")
        office.wire.pass_time(45.0)
        office.receive(respond(office.sent[-1], 481))

        assert office.kinds()[-1] == "BYE"
        assert office.reports[-1] == Ended(EndReason.TIMEOUT)

    def test_refresh__of_ours_that_nobody_answers_ends_the_call(self, office: Office) -> None:
        self.call(office, "1800;refresher=uas", allow="UPDATE")
        office.wire.pass_time(900.0 + 31.0)
        assert "BYE" not in office.kinds()
        office.wire.pass_time(2.0)

        assert office.reports[-1] == Ended(EndReason.TIMEOUT)

    def test_dial__pbx_that_begins_a_timer_refreshes_or_is_lost(self, office: Office) -> None:
        _, invite = office.call_out()
        headers = {"contact": "<sip:callee@10.0.0.6>", "session-expires": "90;refresher=uas"}
        office.receive(respond(invite, 200, tag="callee", headers=headers, body=SESSION))
        office.wire.pass_time(61.0)

        assert office.reports[-1] == Ended(EndReason.TIMEOUT)

    @pytest.mark.parametrize("method", ["UPDATE", "INVITE"])
    def test_refresh__interval_too_small_is_told_the_least_and_changes_nothing(
        self, office: Office, method: str
    ) -> None:
        tag = self.call(office, "90")
        request = office.request(method, number=2, to_tag=tag).carrying(SESSION + "a=sendonly\r\n")
        office.receive(request.having("session-expires", "60").having("supported", "timer"))

        assert (office.sent[-1].status, office.sent[-1].first("min-se")) == (422, "90")
        assert [type(report) for report in office.reports] == [Answered]

    def test_invite__interval_too_small_is_told_the_least(self, office: Office) -> None:
        self.call(office, "60", requires=True)

        assert office.sent[-1].status == 422
        assert office.sent[-1].first("min-se") == "90"


class TestOutbound:
    def test_hang_up__before_any_sign_of_life_cancels_at_the_first(self, office: Office) -> None:
        leg, invite = office.call_out()
        leg.hang_up()
        assert "CANCEL" not in office.kinds()
        office.answer(invite, 100)

        cancel = office.sent[-1]
        assert (cancel.method, cancel.branch, cancel.number) == ("CANCEL", invite.branch, 1)
        assert office.reports == [Ended(EndReason.CANCELLED)]

    def test_hang_up__crossing_the_answer_acknowledges_and_says_goodbye(
        self, office: Office
    ) -> None:
        leg, invite = office.call_out()
        office.answer(invite, 180)
        leg.hang_up()
        office.answer(invite, 200, body=SESSION)

        assert office.kinds()[-3:] == ["CANCEL", "ACK", "BYE"]
        assert office.sent[-1].uri == "sip:callee@10.0.0.6"
        assert [type(report) for report in office.reports] == [Ringing, Ended]

    def test_answer__of_a_second_phone_is_hung_up(self, office: Office) -> None:
        _, invite = office.call_out()
        office.answer(invite, 200, tag="first", body=SESSION)
        office.answer(invite, 200, tag="second", body=SESSION)

        assert office.kinds()[-3:] == ["ACK", "ACK", "BYE"]
        assert office.sent[-1].to_tag == "second"
        assert [type(report) for report in office.reports] == [Answered]

    def test_answer__that_comes_again_is_acknowledged_again(self, office: Office) -> None:
        _, invite = office.call_out()
        office.answer(invite, 200, body=SESSION)
        office.answer(invite, 200, body=SESSION)

        assert office.kinds() == ["INVITE", "ACK", "ACK"]

    def test_challenge__is_met_once(self, office: Office) -> None:
        _, invite = office.call_out()
        headers = {"www-authenticate": 'Digest realm="office", nonce="n", qop="auth"'}
        for _ in range(2):
            office.receive(respond(office.sent[-1], 401, tag="pbx", headers=headers))

        assert office.kinds() == ["INVITE", "ACK", "INVITE", "ACK"]
        again = office.sent[2]
        assert (again.number, again.call_id) == (2, invite.call_id)
        assert again.branch != invite.branch
        assert "secret" not in again.encode().decode()
        assert office.reports == [Ended(EndReason.REJECTED, 401)]

    def test_dial__early_session_counts_if_the_answer_has_none(self, office: Office) -> None:
        _, invite = office.call_out()
        office.answer(invite, 183, body=SESSION)
        office.answer(invite, 200)

        assert isinstance(office.reports[-1], Answered)

    def test_dial__silent_pbx_is_unreachable(self, office: Office) -> None:
        office.call_out()
        office.wire.pass_time(10.0)

        assert office.reports == [Ended(EndReason.UNREACHABLE)]


class TestGrowth:
    def test_calls__leave_nothing_behind(self, office: Office) -> None:
        # Longer would only be longer: what is kept is kept for half a minute.
        for number in range(2000):
            leg, tag = office.call_in_answered(call_id=f"c{number}")
            if number % 2:
                leg.hang_up()
                office.receive(respond(office.sent[-1], 200))
            else:
                office.receive(office.request("BYE", number=2, to_tag=tag, call_id=f"c{number}"))
            office.wire.sent.clear()
            office.wire.pass_time(1.0)
        ended = sum(isinstance(report, Ended) for report in office.reports)
        office.wire.pass_time(LONG_SECONDS)

        assert ended == 2000
        assert office.phone.calls == {}
        assert list(office.phone.sip.tagLibrary) == ["register"]
        assert len(office.phone.sip.tags) <= 1
        # What is left is the next refresh of the registration.
        assert office.wire.waiting == 1

    def test_day__of_refreshes_leaves_nothing_behind(self, office: Office) -> None:
        _, tag = office.call_in_answered()
        for number in range(2, 2 + 96):
            office.wire.pass_time(900.0)
            refresh = office.request("UPDATE", number=number, to_tag=tag)
            refresh = refresh.having("supported", "timer")
            office.receive(refresh.having("session-expires", "1800;refresher=uac"))
            assert office.sent[-1].first("session-expires") == "1800;refresher=uac"
            if number % 2:
                register = next(sent for sent in office.sent if sent.method == "REGISTER")
                office.receive(respond(register, 200, tag="pbx", headers={"expires": "3600"}))
            office.wire.sent.clear()
        office.wire.pass_time(LONG_SECONDS)

        assert [type(report) for report in office.reports] == [Answered]
        # The refreshes of the registration and of the call.
        assert office.wire.waiting == 2

    @given(noise=st.binary(max_size=200), place=st.integers(min_value=0, max_value=400))
    def test_receive__any_bytes_harm_nobody(self, noise: bytes, place: int) -> None:
        office = Office()
        invite = office.request("INVITE", number=1).carrying(SESSION).encode()

        office.phone.sip.receive(invite[:place] + noise + invite[place:], PBX)
        office.call_in_answered(call_id="good")

        assert isinstance(office.reports[-1], Answered)
