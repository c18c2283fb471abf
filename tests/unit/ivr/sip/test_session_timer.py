"""Session timers by RFC 4028."""

import pytest
from hypothesis import given, strategies as st

from ivr.sip.session_timer import (
    REFRESH_SHARE,
    Agreement,
    Due,
    IntervalTooSmall,
    Refresher,
    SessionClock,
    SessionExpires,
    TimerRequest,
    answer_timer,
    conclude_timer,
    has_option,
    read_expires,
    read_minimum,
)


class FakeSeconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def asked(
    expires: SessionExpires | None, *, minimum: int = 90, supported: bool = True
) -> TimerRequest:
    return TimerRequest(expires=expires, minimum_seconds=minimum, is_supported=supported)


class TestReading:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("1800", SessionExpires(1800)),
            ("1800;refresher=uac", SessionExpires(1800, Refresher.UAC)),
            (" 90 ; Refresher = UAS", SessionExpires(90, Refresher.UAS)),
            ("1800;foo=bar;refresher=uas;x", SessionExpires(1800, Refresher.UAS)),
            ("1800;refresher=nobody", SessionExpires(1800)),
            ("", None),
            ("soon", None),
            ("-5", None),
            (None, None),
        ],
    )
    def test_read_expires__value_and_refresher(
        self, value: str | None, expected: SessionExpires | None
    ) -> None:
        assert read_expires(value) == expected

    @pytest.mark.parametrize(
        ("value", "expected"), [("120", 120), ("60", 90), ("x", 90), (None, 90), ("300;a=b", 300)]
    )
    def test_read_minimum__is_never_below_90(self, value: str | None, expected: int) -> None:
        assert read_minimum(value) == expected

    def test_read__all_headers_of_a_request(self) -> None:
        request = TimerRequest.read(
            expires="1800;refresher=uac", minimum="90", supported="100rel, Timer"
        )

        assert request == asked(SessionExpires(1800, Refresher.UAC))

    @pytest.mark.parametrize(
        ("value", "expected"),
        [("timer", True), ("100rel,timer", True), ("timers", False), ("", False)],
    )
    def test_has_option__whole_tags_only(self, value: str, expected: bool) -> None:
        assert has_option(value, "timer") is expected

    @given(st.text(max_size=60))
    def test_read_expires__any_text_is_an_interval_or_none(self, text: str) -> None:
        expires = read_expires(text)

        assert expires is None or read_expires(str(expires)) == expires


class TestAnswer:
    @pytest.mark.parametrize(
        ("refresher", "supported", "we_refresh"),
        [
            # The table of RFC 4028 section 9.
            (Refresher.UAC, True, False),
            (Refresher.UAS, True, True),
            (None, True, False),
            (None, False, True),
            (Refresher.UAS, False, True),
            (Refresher.UAC, False, True),
        ],
    )
    def test_answer_timer__refresher_is_whoever_can(
        self, refresher: Refresher | None, supported: bool, we_refresh: bool
    ) -> None:
        request = asked(SessionExpires(1800, refresher), supported=supported)

        assert answer_timer(request, minimum_seconds=90) == Agreement(1800, we_refresh)

    def test_answer_timer__without_session_expires_there_is_none(self) -> None:
        assert answer_timer(asked(None), minimum_seconds=90) is None

    def test_answer_timer__too_small_names_the_minimum(self) -> None:
        with pytest.raises(IntervalTooSmall) as caught:
            answer_timer(asked(SessionExpires(89)), minimum_seconds=90)

        assert caught.value.minimum_seconds == 90

    def test_answer_timer__too_small_by_a_proxy_means_no_timer(self) -> None:
        request = asked(SessionExpires(10), supported=False)

        assert answer_timer(request, minimum_seconds=90) is None


class TestConclude:
    @pytest.mark.parametrize(
        ("refresher", "we_refresh"), [(Refresher.UAC, True), (Refresher.UAS, False), (None, True)]
    )
    def test_conclude_timer__roles_are_those_of_our_request(
        self, refresher: Refresher | None, we_refresh: bool
    ) -> None:
        answered = SessionExpires(600, refresher)

        assert conclude_timer(answered, before=None) == Agreement(600, we_refresh)

    def test_conclude_timer__peer_without_timers_has_none(self) -> None:
        assert conclude_timer(None, before=None) is None
        assert conclude_timer(None, before=Agreement(600, we_refresh=False)) is None

    def test_conclude_timer__our_own_refreshes_go_on(self) -> None:
        before = Agreement(600, we_refresh=True)

        assert conclude_timer(None, before=before) == before


class TestClock:
    def test_due__we_refresh_at_half_and_give_up_before_the_end(self) -> None:
        seconds = FakeSeconds()
        clock = SessionClock(seconds)
        clock.restart(Agreement(1800, we_refresh=True))

        assert (clock.due(), clock.seconds_to_next()) == (Due.NOTHING, 900)
        seconds.now += 900
        assert clock.due() is Due.REFRESH
        assert (clock.due(), clock.seconds_to_next()) == (Due.NOTHING, 868)
        seconds.now += 868
        assert clock.due() is Due.GIVE_UP
        assert (clock.due(), clock.seconds_to_next()) == (Due.NOTHING, None)

    def test_due__waiting_for_the_peer_only_gives_up(self) -> None:
        seconds = FakeSeconds()
        clock = SessionClock(seconds)
        clock.restart(Agreement(90, we_refresh=False))
        seconds.now += 59

        assert clock.due() is Due.NOTHING
        seconds.now += 1
        assert clock.due() is Due.GIVE_UP

    def test_restart__refresh_begins_a_new_interval(self) -> None:
        seconds = FakeSeconds()
        clock = SessionClock(seconds)
        clock.restart(Agreement(90, we_refresh=False))
        seconds.now += 50
        clock.restart(Agreement(90, we_refresh=False))

        assert clock.seconds_to_next() == 60

    def test_restart__without_an_agreement_nothing_runs(self) -> None:
        clock = SessionClock(FakeSeconds())
        clock.restart(Agreement(90, we_refresh=True))
        clock.restart(None)

        assert clock.seconds_to_next() is None

    def test_try_again__refresh_is_asked_for_once_more(self) -> None:
        seconds = FakeSeconds()
        clock = SessionClock(seconds)
        clock.restart(Agreement(90, we_refresh=True))
        seconds.now += 45
        assert clock.due() is Due.REFRESH
        clock.try_again(2.5)
        seconds.now += 2.5

        assert clock.due() is Due.REFRESH

    def test_try_again__without_a_timer_changes_nothing(self) -> None:
        clock = SessionClock(FakeSeconds())
        clock.try_again(1)

        assert clock.seconds_to_next() is None

    @given(st.integers(90, 10**10), st.booleans())
    def test_give_up__is_after_the_refresh_and_before_the_end(
        self, seconds: int, we_refresh: bool
    ) -> None:
        agreement = Agreement(seconds, we_refresh)

        assert seconds * REFRESH_SHARE < agreement.give_up_after_seconds < seconds
