import hashlib

import pytest
from sqlmodel import col, select

from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.errors import InvalidInput, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.insights import repository as insights, service as service_of_insights
from hotline.insights.following import InsightFollower
from hotline.insights.insight import Decision
from hotline.quality import jobs, service
from hotline.quality.configuration import QualityRules
from hotline.quality.gathering import gather
from hotline.quality.sampling import lot
from hotline.quality.talk import Item
from hotline.tables import Call, EventRow, Lawyer, Progress, QualityCheck, Recording, User
from hotline.tickets import service as tickets
from hotline.transcripts.service import add_segment
from tests.unit.hotline.factories import create_call, create_lawyer, create_user, create_waiting


@pytest.fixture
def call(house: House, clock: FakeClock) -> Call:
    """A talk that waited 20 seconds, was on hold for 30, and is over."""
    with house.database.session() as session:
        entry = create_waiting(session, house)
        call = session.get_one(Call, entry.call_id)
        clock.advance(seconds=20)
        call.bridged_at = clock.now()
        for state, seconds in (("talking", 40), ("on_hold", 30), ("talking", 50)):
            house.record(session, EventType.CALL_CHANGED, call_id=call.id, state=state)
            clock.advance(seconds=seconds)
        call.rating = 4
        calls.end(session, house, call, reason="caller_hung_up")
        return call


def say(house: House, call: Call, speaker: str, start_ms: int, text: str) -> None:
    with house.database.session() as session:
        add_segment(
            session,
            house,
            call_id=call.id,
            speaker=speaker,
            start_ms=start_ms,
            end_ms=start_ms + 3000,
            text=text,
            language="zh",
        )


@pytest.fixture
def supervisor(house: House) -> User:
    with house.database.session() as session:
        return create_user(session, house, roles=("supervisor",))


def check(house: House, call: Call) -> QualityCheck:
    with house.database.session() as session:
        return service.check(session, house, session.get_one(Call, call.id))


class TestGather:
    def test_wait_and_hold__come_from_queue_and_events(self, house: House, call: Call) -> None:
        with house.database.reading() as session:
            talk = gather(session, call)

        assert (talk.wait_seconds, talk.hold_seconds) == (20.0, 30.0)

    @pytest.mark.parametrize("is_given", [False, True])
    def test_notice__is_what_the_events_say(
        self, house: House, call: Call, clock: FakeClock, is_given: bool
    ) -> None:
        with house.database.session() as session:
            other = create_call(session, house)
            given_to = call if is_given else other
            house.record(session, EventType.NOTICE_GIVEN, call_id=given_to.id)

        with house.database.reading() as session:
            assert gather(session, call).notice is is_given

    def test_notice__of_calls_before_it_was_noted_is_not_known(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        with house.database.session() as session:
            last = session.exec(select(EventRow).order_by(col(EventRow.seq).desc())).first()
            assert last is not None
            session.add(Progress(name="unnoted_notices", position=last.seq or 0))
            clock.advance(seconds=60)
            later = create_call(session, house)

        with house.database.reading() as session:
            assert gather(session, call).notice is None
            assert gather(session, later).notice is False

    def test_hint_of_legal_aid__asks_for_telling_of_it(self, house: House, call: Call) -> None:
        say(house, call, "caller", 0, "老板拖欠我的工资")
        InsightFollower(house).catch_up()

        with house.database.reading() as session:
            assert gather(session, call).may_need_legal_aid


class TestCheck:
    def test_call__is_judged_with_reasons_and_evidence(self, house: House, call: Call) -> None:
        say(house, call, "lawyer", 0, "你加我微信吧")

        row = check(house, call)

        item = next(one for one in row.items if one["item"] == Item.FORBIDDEN_WORDS)
        assert not row.has_passed
        assert item["evidence"] == [{"start_ms": 0, "end_ms": 3000, "quote": "你加我微信吧"}]
        assert row.sample == "dissatisfied"

    def test_other_words_by_then__judged_anew(self, house: House, call: Call) -> None:
        check(house, call)
        say(house, call, "lawyer", 0, "你加我微信吧")

        assert not check(house, call).has_passed

    def test_judged_anew__by_the_rules_of_the_first_time(self, house: House, call: Call) -> None:
        first = check(house, call)
        with house.database.session() as session:
            kind = configuration.name_of(QualityRules)
            values = {"forbidden_words": ["微信"]}
            configuration.change(session, house, kind, values, expected=0, by=None)
        say(house, call, "lawyer", 0, "用微信转账就行")

        again = check(house, call)

        item = next(one for one in again.items if one["item"] == Item.FORBIDDEN_WORDS)
        assert (again.rules_version, item["reason"]) == (first.rules_version, "full")

    def test_reviewed__keeps_the_judgement_that_was_reviewed(
        self, house: House, call: Call, supervisor: User
    ) -> None:
        first = check(house, call)
        with house.database.session() as session:
            service.review(session, house, call.id, user=supervisor, score=90, note="")
        say(house, call, "lawyer", 0, "你加我微信吧")

        assert (check(house, call).score, check(house, call).has_passed) == (
            first.score,
            first.has_passed,
        )


class TestReview:
    def test_own_score__stands_beside_the_rules_and_is_compared(
        self, house: House, call: Call, supervisor: User, clock: FakeClock
    ) -> None:
        since = clock.now()
        row = check(house, call)

        with house.database.session() as session:
            reviewed = service.review(
                session, house, call.id, user=supervisor, score=60, note=" 语气生硬 "
            )
        with house.database.reading() as session:
            found = service.agreement_since(session, since)

        assert (reviewed.human_score, reviewed.human_passed) == (60, False)
        assert (reviewed.human_note, reviewed.score) == ("语气生硬", row.score)
        assert (found.count, found.percent) == (1, 0.0)
        assert found.mean_difference == 60 - row.score

    def test_reviewed_call__leaves_the_queue(
        self, house: House, call: Call, supervisor: User
    ) -> None:
        check(house, call)
        with house.database.session() as session:
            before = service.list_checks(session, limit=10, is_queue=True)
            service.review(session, house, call.id, user=supervisor, score=90, note="")
            after = service.list_checks(session, limit=10, is_queue=True)

        assert ([row.call_id for row in before], list(after)) == ([call.id], [])

    def test_score_out_of_bounds__is_refused(
        self, house: House, call: Call, supervisor: User
    ) -> None:
        with pytest.raises(InvalidInput), house.database.session() as session:
            service.review(session, house, call.id, user=supervisor, score=101, note="")

    def test_call_that_is_not_judged__is_not_found(
        self, house: House, call: Call, supervisor: User
    ) -> None:
        with pytest.raises(NotFound), house.database.session() as session:
            service.review(session, house, call.id, user=supervisor, score=50, note="")


class TestJobs:
    def test_check__judges_calls_that_are_over(self, house: House, call: Call) -> None:
        jobs.check(house, call.id)

        with house.database.reading() as session:
            assert session.get(QualityCheck, call.id) is not None

    def test_check__leaves_calls_that_go_on(self, house: House) -> None:
        with house.database.session() as session:
            call_id = create_waiting(session, house).call_id or ""

        jobs.check(house, call_id)

        with house.database.reading() as session:
            assert session.get(QualityCheck, call_id) is None

    @pytest.mark.parametrize(
        ("state", "is_transcribed", "minutes", "is_due"),
        [
            (None, False, 2, True),
            (None, False, 0, False),
            ("ready", False, 2, False),
            ("ready", True, 2, True),
            ("ready", False, 121, True),
            ("failed", False, 2, True),
        ],
    )
    def test_due__once_the_transcript_is_as_complete_as_it_gets(
        self,
        house: House,
        call: Call,
        clock: FakeClock,
        state: str | None,
        is_transcribed: bool,
        minutes: int,
        is_due: bool,
    ) -> None:
        if state is not None:
            with house.database.session() as session:
                session.add(
                    Recording(
                        id="rec_1",
                        call_id=call.id,
                        state=state,
                        path="a.wav",
                        started_at=clock.now(),
                        transcribed_at=clock.now() if is_transcribed else None,
                    )
                )
        clock.advance(seconds=minutes * 60)

        with house.database.reading() as session:
            assert list(jobs.due(session, clock.now())) == ([call.id] if is_due else [])

    def test_due__leaves_judged_calls(self, house: House, call: Call, clock: FakeClock) -> None:
        check(house, call)
        clock.advance(seconds=600)

        assert due(house) == []

    def test_due__waits_while_the_lawyer_wraps_up_half_an_hour_at_most(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        set_lawyer_state(house, call, "wrap_up")
        clock.advance(seconds=15 * 60)
        assert due(house) == []

        clock.advance(seconds=16 * 60)

        assert due(house) == [call.id]

    @pytest.mark.parametrize("what", ["wrap-up over", "ticket done"])
    def test_due__once_the_call_is_written_up(
        self, house: House, call: Call, clock: FakeClock, what: str
    ) -> None:
        set_lawyer_state(house, call, "wrap_up")
        clock.advance(seconds=120)
        if what == "wrap-up over":
            set_lawyer_state(house, call, "available")
        else:
            change_ticket(house, call, status="done")

        assert due(house) == [call.id]

    @pytest.mark.parametrize("is_reviewed", [False, True])
    def test_due__ticket_was_changed_after_the_judgement(
        self, house: House, call: Call, supervisor: User, clock: FakeClock, is_reviewed: bool
    ) -> None:
        say(house, call, "caller", 0, "老板拖欠我的工资")
        InsightFollower(house).catch_up()
        change_ticket(house, call, legal_aid_informed=False)
        clock.advance(seconds=120)
        before = check(house, call)
        if is_reviewed:
            with house.database.session() as session:
                service.review(session, house, call.id, user=supervisor, score=90, note="")
        clock.advance(seconds=60)

        change_ticket(house, call, legal_aid_informed=True)

        assert due(house) == ([] if is_reviewed else [call.id])
        assert check(house, call).score > before.score or is_reviewed
        assert due(house) == []

    def test_due__hint_was_dismissed_after_the_judgement(
        self, house: House, call: Call, supervisor: User, clock: FakeClock
    ) -> None:
        say(house, call, "caller", 0, "老板拖欠我的工资")
        InsightFollower(house).catch_up()
        clock.advance(seconds=120)
        check(house, call)
        clock.advance(seconds=60)

        with house.database.session() as session:
            for row in insights.of_call(session, call.id):
                service_of_insights.decide(
                    session, house, row.id or 0, user=supervisor, decision=Decision.DISMISSED
                )

        assert due(house) == [call.id]

    def test_due__second_transcript_came_after_the_judgement(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        check(house, call)
        clock.advance(seconds=600)
        assert due(house) == []

        with house.database.session() as session:
            now = clock.now()
            session.add(
                Recording(
                    id="rec_1",
                    call_id=call.id,
                    state="ready",
                    path="a.wav",
                    started_at=now,
                    transcribed_at=now,
                    second_pass_at=now,
                )
            )

        assert due(house) == [call.id]


class TestSample:
    """At least 5 % of the calls of every day, drawn when the day is over."""

    def _judged(self, house: House, clock: FakeClock, count: int) -> list[str]:
        with house.database.session() as session:
            calls = [create_call(session, house, number=f"1380000{n:04}") for n in range(count)]
            for one in calls:
                one.bridged_at = clock.now()
                one.state, one.ended_at = "ended", clock.now()
                service.check(session, house, one)
            return [one.id for one in calls]

    def _sampled(self, house: House) -> set[str]:
        with house.database.reading() as session:
            rows = session.exec(select(QualityCheck))
            return {row.call_id for row in rows if row.sample is not None}

    @pytest.mark.parametrize(("count", "least"), [(1, 1), (19, 1), (41, 3), (100, 5)])
    def test_day_is_over__the_share_at_least_is_in(
        self, house: House, clock: FakeClock, count: int, least: int
    ) -> None:
        self._judged(house, clock, count)
        at_once = self._sampled(house)
        clock.advance(seconds=30 * 3600)

        jobs.sweep(house)

        assert at_once <= self._sampled(house)
        assert len(self._sampled(house)) == max(least, len(at_once))

    def test_day_goes_on__nothing_is_added(self, house: House, clock: FakeClock) -> None:
        self._judged(house, clock, 10)
        at_once = self._sampled(house)
        clock.advance(seconds=60)

        jobs.sweep(house)

        assert self._sampled(house) == at_once

    def test_each_day__has_its_own(self, house: House, clock: FakeClock) -> None:
        days = []
        for _ in range(3):
            days.append(set(self._judged(house, clock, 10)))
            clock.advance(seconds=24 * 3600)
        clock.advance(seconds=24 * 3600)

        jobs.sweep(house)

        assert all(day & self._sampled(house) for day in days)

    def test_lots__follow_from_the_secret(self, house: House, clock: FakeClock) -> None:
        ids = self._judged(house, clock, 200)
        by_id = {one for one in ids if lot(hashlib.sha256(one.encode()).hexdigest()) < 0.05}

        assert self._sampled(house) != by_id


def due(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(jobs.due(session, house.clock.now()))


def set_lawyer_state(house: House, call: Call, state: str) -> None:
    """Puts the call's lawyer, who is made where there is none, into a state."""
    with house.database.session() as session:
        row = session.get_one(Call, call.id)
        if row.lawyer_id is None:
            row.lawyer_id = create_lawyer(session, house).user_id
        session.get_one(Lawyer, row.lawyer_id).state = state


def change_ticket(house: House, call: Call, **values: object) -> None:
    with house.database.session() as session:
        row = session.get_one(Call, call.id)
        ticket = tickets.open_for_call(session, house, row, lawyer_id=row.lawyer_id)
        for name, value in values.items():
            setattr(ticket, name, value)
