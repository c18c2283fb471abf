"""What a call makes of the peer's offers, one after the other."""

import re
from typing import Any

import pytest
from hypothesis import given, strategies as st

from ivr.sip.line import Direction, EndReason
from ivr.sip.report import Answered, DigitSignalled, Ended, MediaChanged, Report
from ivr.sip.sdp import read_offer
from ivr.sip.sdp_sections import UnacceptableOffer
from ivr.sip.sippy_leg import InboundLeg

OFFER = "v=0\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
VIDEO_FIRST = OFFER.replace("m=audio", "m=video 4002 RTP/AVP 96\r\nm=audio")
MIRROR = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}


class FakeReliable:
    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1


class FakeSession:
    def answer(self) -> dict[str, str]:
        return {}


class FakeDialog:
    """Signalling that only remembers."""

    def __init__(self) -> None:
        self.session = FakeSession()
        self.reliable = FakeReliable()
        self.events: list[Any] = []
        self.stops = 0

    def recvEvent(self, event: Any) -> None:
        self.events.append(event)

    def stop_timers(self) -> None:
        self.stops += 1


def inbound(
    offer: str | None = OFFER, *, rings_reliably: bool = False
) -> tuple[InboundLeg, list[Report]]:
    leg = InboundLeg(
        read_offer(offer) if offer else None, rings_reliably=rings_reliably, on_end=lambda leg: None
    )
    leg.dialog = FakeDialog()  # type: ignore[assignment]  # stands in for sippy's
    leg.local_host = "10.0.0.5"
    reports: list[Report] = []
    leg.report = reports.append
    return leg, reports


def answered() -> tuple[InboundLeg, list[Report]]:
    leg, reports = inbound()
    leg.answer("10.0.0.5", 20_000)
    leg.confirm(None)
    return leg, reports


def version_of(description: str) -> int:
    match = re.search(r"^o=- \d+ (\d+)", description, re.MULTILINE)
    assert match is not None
    return int(match[1])


class TestRenegotiate:
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(sorted(MIRROR)),
                st.sampled_from(["10.0.0.9", "10.0.0.10", "0.0.0.0"]),
                st.sampled_from([4000, 4002]),
                st.sampled_from(["8", "0", "8 97", "18"]),
            ),
            max_size=12,
        )
    )
    def test_renegotiate__any_order_of_offers_keeps_call_and_description_together(
        self, offers: list[tuple[str, str, int, str]]
    ) -> None:
        leg, reports = answered()
        version = 1
        known = leg.repeat_description()
        for direction, host, port, formats in offers:
            before = len(reports)
            text = (
                f"v=0\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP {formats}\r\n"
                f"a=rtpmap:97 telephone-event/8000\r\na={direction}\r\n"
            )
            if formats == "18":
                with pytest.raises(UnacceptableOffer):
                    leg.renegotiate(text)
                # Refused, so everything is as it was.
                assert leg.repeat_description() == known
                assert len(reports) == before
                continue
            known = leg.renegotiate(text)
            has_changed = len(reports) > before
            # RFC 3264 section 8: the version grows with what it describes, and only then.
            assert version_of(known) == version + has_changed
            version = version_of(known)
            media = read_offer(text).media
            assert f"a={MIRROR[media.direction.value]}\r\n" in known
            told = [report.media for report in reports if isinstance(report, MediaChanged)]
            assert not has_changed or told[-1] == media

    def test_renegotiate__hold_and_back_is_told_each_time(self) -> None:
        leg, reports = answered()
        for direction in ("sendonly", "sendrecv", "inactive", "sendrecv"):
            leg.renegotiate(f"{OFFER}a={direction}\r\n")

        assert [each.media.direction for each in reports[1:] if isinstance(each, MediaChanged)] == [
            Direction.SENDONLY,
            Direction.SENDRECV,
            Direction.INACTIVE,
            Direction.SENDRECV,
        ]

    def test_renegotiate__offer_of_ours_has_the_sections_of_the_call(self) -> None:
        leg, reports = inbound(VIDEO_FIRST)
        leg.answer("10.0.0.5", 20_000)
        leg.confirm(None)

        ours = leg.renegotiate(None)
        leg.confirm(VIDEO_FIRST.replace("m=video 4002", "m=video 0") + "a=inactive\r\n")

        assert re.findall(r"^m=(\w+ \d+)", ours, re.MULTILINE) == ["video 0", "audio 20000"]
        changed = reports[-1]
        assert isinstance(changed, MediaChanged)
        assert changed.media.direction is Direction.INACTIVE

    def test_renegotiate__answer_that_is_another_one_has_another_version(self) -> None:
        leg, reports = answered()

        answer = leg.renegotiate(f"{OFFER}m=video 4002 RTP/AVP 96\r\n")

        # Nothing that anybody hears has changed, but the description has.
        assert (version_of(answer), len(reports)) == (2, 1)

    def test_renegotiate__ipv6_leaves_the_session_as_it_was(self) -> None:
        leg, reports = answered()
        known = leg.repeat_description()

        with pytest.raises(UnacceptableOffer):
            leg.renegotiate(OFFER.replace("IP4 10.0.0.9", "IP6 2001:db8::9"))

        assert leg.repeat_description() == known
        assert len(reports) == 1

    def test_renegotiate__before_the_answer_is_refused(self) -> None:
        leg, _ = inbound()

        with pytest.raises(UnacceptableOffer):
            leg.renegotiate(OFFER)

    def test_awaits_answer__from_our_offer_to_its_answer(self) -> None:
        leg, reports = inbound(None)
        before = leg.awaits_answer
        leg.answer("10.0.0.5", 20_000)
        meanwhile = leg.awaits_answer
        leg.confirm(OFFER)

        assert (before, meanwhile, leg.awaits_answer) == (False, True, False)
        assert isinstance(reports[0], Answered)


class TestConclude:
    def test_conclude__answer_to_a_refresh_may_change_the_media(self) -> None:
        leg, reports = answered()
        leg.conclude(f"{OFFER}a=inactive\r\n")

        assert isinstance(reports[-1], MediaChanged)

    def test_conclude__answer_is_that_of_the_audio_wherever_it_stands(self) -> None:
        leg, reports = inbound(VIDEO_FIRST)
        leg.answer("10.0.0.5", 20_000)
        leg.confirm(None)

        leg.conclude(VIDEO_FIRST.replace("m=video 4002", "m=video 0") + "a=inactive\r\n")

        assert isinstance(reports[-1], MediaChanged)

    def test_conclude__useless_answer_changes_nothing(self) -> None:
        leg, reports = answered()
        leg.conclude(None)

        assert len(reports) == 1


class TestRing:
    def test_ring__reliably_where_it_is_required(self) -> None:
        leg, _ = inbound(rings_reliably=True)
        leg.ring()

        assert leg.dialog.reliable.rings == 1  # type: ignore[attr-defined]  # of the fake

    def test_ring__not_at_all_where_the_first_reliable_answer_needed_our_offer(self) -> None:
        leg, _ = inbound(None, rings_reliably=True)
        leg.ring()

        assert leg.dialog.reliable.rings == 0  # type: ignore[attr-defined]  # of the fake
        assert leg.dialog.events == []


class TestEnd:
    def test_session_lost__ends_a_call_that_is_up_as_timeout(self) -> None:
        leg, reports = answered()
        leg.session_lost()
        leg.session_lost()

        assert reports[1:] == [Ended(EndReason.TIMEOUT)]
        assert leg.dialog.stops == 1

    def test_session_lost__while_it_rings_is_a_failure(self) -> None:
        leg, reports = inbound()
        leg.session_lost()

        assert reports == [Ended(EndReason.FAILED)]

    def test_digit_signalled__after_the_end_is_not_told(self) -> None:
        leg, reports = answered()
        leg.digit_signalled("5")
        leg.hang_up()
        leg.digit_signalled("6")

        assert reports[1:] == [DigitSignalled("5"), Ended(EndReason.WE_HUNG_UP)]
