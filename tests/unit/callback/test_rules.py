from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from callback.rules import (
    ATTEMPT_LIMIT,
    MAXIMUM_ATTEMPTS,
    MAXIMUM_UNREACHED,
    OUR_SIDE,
    AttemptResult,
    CallbackState,
    Wish,
    ask,
    begin_attempt,
    cancel,
    check_window,
    earliest,
    end_attempt,
    is_lost,
    may_dial,
    renew,
    supersede,
)
from hotline.errors import Conflict, InvalidInput
from hotline.queueing.dialling import QuietHours, Source, Window
from tests.unit.hotline.queueing.hours import (
    MORNING_AFTER,
    NIGHT,
    NOON,
    QUIET,
    moments,
    quiets,
    windows,
)

UNANSWERED = st.sampled_from(
    [r for r in AttemptResult if r is not AttemptResult.ANSWERED and r not in OUR_SIDE]
)


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    asked_at = draw(moments)
    window = draw(windows(asked_at))
    source = draw(st.sampled_from(list(Source)))
    return Wish(source=source, asked_at=asked_at, next_attempt_at=asked_at, window=window)


def wish(
    *,
    source: Source = Source.WEB,
    at: datetime = NOON,
    window: Window | None = None,
    attempts: int = 0,
    state: CallbackState = CallbackState.WAITING,
) -> Wish:
    return Wish(
        source=source,
        asked_at=at,
        next_attempt_at=at + ATTEMPT_LIMIT if state is CallbackState.DIALLING else at,
        window=window,
        attempts=attempts,
        state=state,
    )


class TestAsk:
    def test_ask__at_night_is_due_in_the_morning(self) -> None:
        asked = ask(source=Source.WEB, at=NIGHT, quiet=QUIET)

        assert (asked.state, asked.next_attempt_at) == (CallbackState.WAITING, MORNING_AFTER)

    def test_ask__with_window_is_due_when_it_opens(self) -> None:
        window = Window(NOON + timedelta(hours=3), NOON + timedelta(hours=5))

        asked = ask(source=Source.WEB, at=NOON, quiet=QUIET, window=window)

        assert asked.next_attempt_at == window.opens_at

    @pytest.mark.parametrize(
        ("opens", "closes"),
        [
            (timedelta(0), timedelta(minutes=14)),
            (timedelta(hours=1), timedelta(0)),
            (timedelta(hours=-2), timedelta(0)),
            (timedelta(days=7, seconds=1), timedelta(days=8)),
        ],
        ids=["short", "backwards", "over", "far"],
    )
    def test_ask__window_that_cannot_be_kept_raises(
        self, opens: timedelta, closes: timedelta
    ) -> None:
        with pytest.raises(InvalidInput):
            ask(source=Source.WEB, at=NOON, quiet=QUIET, window=Window(NOON + opens, NOON + closes))

    def test_check_window__one_that_is_open_already_is_fine(self) -> None:
        check_window(Window(NOON - timedelta(hours=1), NOON + timedelta(hours=1)), at=NOON)


class TestRenew:
    TOMORROW = Window(NOON + timedelta(hours=24), NOON + timedelta(hours=26))

    def fresh(self, source: Source = Source.KEY, *, at: datetime = NOON) -> Wish:
        return ask(source=source, at=at, quiet=QUIET)

    def test_renew__key_on_the_telephone_means_now(self) -> None:
        chosen = ask(source=Source.WEB, at=NOON, quiet=QUIET, window=self.TOMORROW)

        renewed = renew(chosen, self.fresh())

        assert (renewed.source, renewed.window) == (Source.KEY, None)
        assert renewed.next_attempt_at == NOON
        assert may_dial(renewed, at=NOON, quiet=QUIET)

    def test_renew__retry_that_is_hours_away_comes_at_once_with_all_its_tries(self) -> None:
        dialling = wish(attempts=2, state=CallbackState.DIALLING)
        failed = end_attempt(dialling, result=AttemptResult.BUSY, at=NOON, quiet=QUIET)
        later = NOON + timedelta(minutes=10)

        renewed = renew(failed, self.fresh(at=later))

        assert (renewed.next_attempt_at, renewed.attempts) == (later, 0)

    def test_renew__caller_is_awake_whose_wish_would_wait_for_morning(self) -> None:
        asked = ask(source=Source.WEB, at=NIGHT, quiet=QUIET)

        renewed = renew(asked, self.fresh(at=NIGHT))

        assert may_dial(renewed, at=NIGHT, quiet=QUIET)

    def test_renew__what_is_due_already_stays_so(self) -> None:
        later = NOON + timedelta(minutes=5)

        assert renew(wish(), self.fresh(Source.ABANDONED, at=later)).next_attempt_at == NOON

    def test_renew__outside_hours_the_earlier_time_counts(self) -> None:
        tonight = Window(NIGHT, NIGHT + timedelta(minutes=30))
        chosen = ask(source=Source.WEB, at=NOON, quiet=QUIET, window=tonight)
        unchosen = ask(source=Source.WEB, at=NOON, quiet=QUIET, window=self.TOMORROW)
        fresh = self.fresh(Source.HOURS, at=NIGHT - timedelta(hours=1))

        assert renew(chosen, fresh) is chosen
        assert renew(unchosen, fresh).next_attempt_at == MORNING_AFTER

    @pytest.mark.parametrize("result", [AttemptResult.BUSY, AttemptResult.NO_ANSWER])
    def test_renew__while_being_dialled_the_next_attempt_follows_at_once(
        self, result: AttemptResult
    ) -> None:
        dialling = begin_attempt(wish(), at=NOON, quiet=QUIET)
        later = NOON + timedelta(seconds=20)

        renewed = renew(dialling, self.fresh(at=later))
        ended = end_attempt(renewed, result=result, at=later, quiet=QUIET)

        assert (renewed.state, renewed.next_attempt_at) == (
            CallbackState.DIALLING,
            dialling.next_attempt_at,
        )
        assert (ended.state, ended.next_attempt_at) == (CallbackState.WAITING, later)


class TestMayDial:
    def test_may_dial__due_by_day(self) -> None:
        assert may_dial(wish(), at=NOON, quiet=QUIET)

    def test_may_dial__not_before_its_time(self) -> None:
        assert not may_dial(wish(), at=NOON - timedelta(seconds=1), quiet=QUIET)

    def test_may_dial__due_but_night_has_come(self) -> None:
        assert not may_dial(wish(), at=NIGHT, quiet=QUIET)

    @pytest.mark.parametrize(
        "state", [state for state in CallbackState if state is not CallbackState.WAITING]
    )
    def test_may_dial__only_while_waiting(self, state: CallbackState) -> None:
        assert not may_dial(wish(state=state), at=NOON, quiet=QUIET)


class TestAttempts:
    def test_begin_attempt__dials(self) -> None:
        dialling = begin_attempt(wish(), at=NOON, quiet=QUIET)

        assert (dialling.state, dialling.attempts) == (CallbackState.DIALLING, 0)
        assert dialling.next_attempt_at == NOON + ATTEMPT_LIMIT

    def test_begin_attempt__twice_at_once_is_impossible(self) -> None:
        dialling = begin_attempt(wish(), at=NOON, quiet=QUIET)

        with pytest.raises(Conflict):
            begin_attempt(dialling, at=NOON, quiet=QUIET)

    def test_end_attempt__answered_connects(self) -> None:
        dialling = begin_attempt(wish(), at=NOON, quiet=QUIET)

        ended = end_attempt(dialling, result=AttemptResult.ANSWERED, at=NOON, quiet=QUIET)

        assert (ended.state, ended.attempts) == (CallbackState.CONNECTED, 1)
        assert not ended.is_open

    @pytest.mark.parametrize(("before", "minutes"), [(0, 15), (1, 60), (2, 240)])
    def test_end_attempt__no_answer_waits_longer_each_time(self, before: int, minutes: int) -> None:
        dialling = wish(attempts=before, state=CallbackState.DIALLING)

        ended = end_attempt(dialling, result=AttemptResult.NO_ANSWER, at=NOON, quiet=QUIET)

        assert (ended.state, ended.attempts) == (CallbackState.WAITING, before + 1)
        assert ended.next_attempt_at == NOON + timedelta(minutes=minutes)

    def test_end_attempt__retry_that_falls_into_the_night_waits_for_morning(self) -> None:
        dialling = wish(state=CallbackState.DIALLING)
        evening = NIGHT.replace(hour=20, minute=50)

        ended = end_attempt(dialling, result=AttemptResult.BUSY, at=evening, quiet=QUIET)

        assert ended.next_attempt_at == MORNING_AFTER

    def test_end_attempt__fourth_failure_exhausts(self) -> None:
        dialling = wish(attempts=3, state=CallbackState.DIALLING)

        ended = end_attempt(dialling, result=AttemptResult.NO_ANSWER, at=NOON, quiet=QUIET)

        assert (ended.state, ended.attempts) == (CallbackState.EXHAUSTED, 4)

    @pytest.mark.parametrize("result", sorted(OUR_SIDE))
    def test_end_attempt__what_failed_on_our_side_uses_up_no_attempt(
        self, result: AttemptResult
    ) -> None:
        dialling = wish(attempts=3, state=CallbackState.DIALLING)

        ended = end_attempt(dialling, result=result, at=NOON, quiet=QUIET)

        assert (ended.state, ended.attempts) == (CallbackState.WAITING, 3)
        assert ended.last_result is result

    @pytest.mark.parametrize("result", sorted(OUR_SIDE))
    def test_end_attempt__what_keeps_failing_on_our_side_has_an_end(
        self, result: AttemptResult
    ) -> None:
        dialling = wish(state=CallbackState.DIALLING)

        ended = end_attempt(
            dialling, result=result, at=NOON, quiet=QUIET, unreached=MAXIMUM_UNREACHED
        )

        assert (ended.state, ended.last_result) == (CallbackState.EXHAUSTED, result)

    def test_end_attempt__lawyer_who_hangs_up_at_night_is_not_followed_by_a_call(self) -> None:
        dialling = wish(state=CallbackState.DIALLING)

        ended = end_attempt(dialling, result=AttemptResult.CANCELLED, at=NIGHT, quiet=QUIET)

        assert ended.next_attempt_at == MORNING_AFTER

    @pytest.mark.parametrize(
        "state", [state for state in CallbackState if state is not CallbackState.DIALLING]
    )
    def test_end_attempt__result_without_an_attempt_is_ignored(self, state: CallbackState) -> None:
        over = wish(attempts=1, state=state)

        assert end_attempt(over, result=AttemptResult.ANSWERED, at=NOON, quiet=QUIET) is over

    def test_is_lost__when_the_dialler_went_silent(self) -> None:
        dialling = begin_attempt(wish(), at=NOON, quiet=QUIET)

        assert not is_lost(dialling, at=NOON + ATTEMPT_LIMIT - timedelta(seconds=1))
        assert is_lost(dialling, at=NOON + ATTEMPT_LIMIT)

    def test_is_lost__waiting_is_not(self) -> None:
        assert not is_lost(wish(), at=NIGHT)

    @settings(deadline=None)
    @given(wishes(), quiets, st.lists(UNANSWERED, min_size=6, max_size=6))
    def test_attempts__at_most_three_retries_always_at_an_allowed_moment(
        self, asked: Wish, quiet: QuietHours, results: list[AttemptResult]
    ) -> None:
        at = asked.asked_at
        dialled: list[datetime] = []
        for result in results:
            if asked.state is not CallbackState.WAITING:
                break
            at = earliest(asked, at=max(at, asked.next_attempt_at), quiet=quiet)
            asked = begin_attempt(asked, at=at, quiet=quiet)
            dialled.append(at)
            asked = end_attempt(asked, result=result, at=at, quiet=quiet)

        assert asked.state is CallbackState.EXHAUSTED
        assert len(dialled) == MAXIMUM_ATTEMPTS
        assert all(
            later - earlier >= timedelta(minutes=15)
            for earlier, later in zip(dialled, dialled[1:], strict=False)
        )

    @settings(deadline=None)
    @given(
        wishes(),
        quiets,
        st.lists(
            st.sampled_from([one for one in AttemptResult if one is not AttemptResult.ANSWERED]),
            min_size=MAXIMUM_UNREACHED + MAXIMUM_ATTEMPTS,
            max_size=MAXIMUM_UNREACHED + MAXIMUM_ATTEMPTS,
        ),
    )
    def test_attempts__have_an_end_whatever_happens(
        self, asked: Wish, quiet: QuietHours, results: list[AttemptResult]
    ) -> None:
        at = asked.asked_at
        unreached = 0
        for result in results:
            if asked.state is not CallbackState.WAITING:
                break
            at = earliest(asked, at=max(at, asked.next_attempt_at), quiet=quiet)
            assert not quiet.cover(at) or asked.window is not None or asked.source is not Source.WEB
            asked = begin_attempt(asked, at=at, quiet=quiet)
            unreached += result in OUR_SIDE
            asked = end_attempt(asked, result=result, at=at, quiet=quiet, unreached=unreached)

        assert asked.state is CallbackState.EXHAUSTED
        assert asked.attempts == MAXIMUM_ATTEMPTS or unreached == MAXIMUM_UNREACHED


class TestClosing:
    @pytest.mark.parametrize("state", [CallbackState.WAITING, CallbackState.DIALLING])
    def test_cancel__open_wish_ends(self, state: CallbackState) -> None:
        assert cancel(wish(state=state)).state is CallbackState.CANCELLED

    def test_supersede__person_called_again(self) -> None:
        assert supersede(wish()).state is CallbackState.SUPERSEDED

    @pytest.mark.parametrize(
        "state",
        [
            CallbackState.CONNECTED,
            CallbackState.CANCELLED,
            CallbackState.EXHAUSTED,
            CallbackState.SUPERSEDED,
        ],
    )
    def test_cancel__ended_wish_raises(self, state: CallbackState) -> None:
        with pytest.raises(Conflict):
            cancel(replace(wish(), state=state))
