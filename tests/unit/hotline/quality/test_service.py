import pytest

from hotline.calls import service as calls
from hotline.clock import FakeClock
from hotline.errors import InvalidInput, NotFound
from hotline.events import EventType
from hotline.house import House
from hotline.insights.following import InsightFollower
from hotline.quality import jobs, service
from hotline.quality.gathering import gather
from hotline.quality.talk import Item
from hotline.tables import Call, QualityCheck, Recording, User
from hotline.transcripts.service import add_segment
from tests.unit.hotline.factories import create_user, create_waiting


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

    def test_twice__keeps_the_first_judgement(self, house: House, call: Call) -> None:
        first = check(house, call)
        say(house, call, "lawyer", 0, "你加我微信吧")

        assert check(house, call).score == first.score


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

        with house.database.reading() as session:
            assert list(jobs.due(session, clock.now())) == []
