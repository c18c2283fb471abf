import pytest
from sqlmodel import select

from hotline.clock import FakeClock
from hotline.configuration import service as configuration
from hotline.errors import Conflict, InvalidInput, NotFound
from hotline.house import House
from hotline.insights import repository, service
from hotline.insights.configuration import InsightRules
from hotline.insights.following import InsightFollower
from hotline.insights.insight import Decision, Insight
from hotline.queueing.rules import Priority
from hotline.tables import Call, EventRow, InsightRow, QueueEntry, Segment, User
from hotline.transcripts.service import add_segment
from tests.unit.hotline.factories import create_call, create_user, create_waiting


def say(
    house: House,
    call: Call,
    text: str,
    *,
    speaker: str = "caller",
    at_ms: int = 0,
    source: str = "live",
) -> None:
    with house.database.session() as session:
        add_segment(
            session,
            house,
            call_id=call.id,
            speaker=speaker,
            start_ms=at_ms,
            end_ms=at_ms + 1000,
            text=text,
            language="zh",
            source=source,
        )


def rows(house: House, kind: str) -> list[InsightRow]:
    with house.database.reading() as session:
        return list(session.exec(select(InsightRow).where(InsightRow.kind == kind)))


@pytest.fixture
def call(house: House) -> Call:
    with house.database.session() as session:
        return create_call(session, house)


@pytest.fixture
def supervisor(house: House) -> User:
    with house.database.session() as session:
        return create_user(session, house, roles=("supervisor",))


class TestCatchUp:
    def test_segment_of_the_caller__is_proposed_with_its_time(
        self, house: House, call: Call
    ) -> None:
        say(house, call, "老板拖欠我工资", at_ms=4200)

        InsightFollower(house).catch_up()

        (topic,) = rows(house, "topic")
        assert (topic.key, topic.quote, topic.start_ms) == ("wages", "老板拖欠我工资", 4200)
        assert topic.state == Decision.PROPOSED

    def test_segment_that_the_rules_fail_on__holds_nothing_up(
        self, house: House, call: Call, caplog: pytest.LogCaptureFixture
    ) -> None:
        def read(segment: Segment) -> list[Insight]:
            if "张三" in segment.text:
                raise ValueError(segment.text)
            return service.insights_in(segment)

        say(house, call, "我叫张三")
        say(house, call, "老板拖欠我工资")

        InsightFollower(house, read=read).catch_up()

        assert len(rows(house, "topic")) == 1
        assert "a segment was not understood" in caplog.text
        assert "张三" not in caplog.text

    def test_twice__proposes_once(self, house: House, call: Call) -> None:
        say(house, call, "老板拖欠我工资")
        InsightFollower(house).catch_up()

        say(house, call, "就是欠工资不给")
        InsightFollower(house).catch_up()
        InsightFollower(house).catch_up()

        assert len(rows(house, "topic")) == 1

    def test_first_look_of_all__calls_of_earlier_days_are_left_alone(
        self, house: House, clock: FakeClock, call: Call
    ) -> None:
        say(house, call, "老板拖欠我工资")
        clock.advance(seconds=2 * 86_400)
        with house.database.session() as session:
            today = create_call(session, house)
        say(house, today, "我要离婚")

        InsightFollower(house).catch_up()

        assert {row.call_id for row in rows(house, "topic")} == {today.id}

    def test_looked_before__words_of_an_old_call_are_read(
        self, house: House, clock: FakeClock, call: Call
    ) -> None:
        InsightFollower(house).catch_up()
        clock.advance(seconds=2 * 86_400)
        say(house, call, "老板拖欠我工资")

        InsightFollower(house).catch_up()

        assert len(rows(house, "topic")) == 1

    def test_lawyer_s_words__propose_nothing(self, house: House, call: Call) -> None:
        say(house, call, "老板拖欠您工资多久了", speaker="lawyer")

        InsightFollower(house).catch_up()

        assert rows(house, "topic") == []

    def test_more_than_one_batch__is_read_to_the_end(self, house: House, call: Call) -> None:
        for number in range(60):
            say(house, call, f"欠我{number + 100}元", at_ms=number * 1000)

        InsightFollower(house).catch_up()

        assert len(rows(house, "fact")) == 60

    def test_danger__makes_an_emergency_of_a_caller_who_waits(self, house: House) -> None:
        with house.database.session() as session:
            entry = create_waiting(session, house)
            call = session.get_one(Call, entry.call_id)
        say(house, call, "我不想活了")

        InsightFollower(house).catch_up()

        with house.database.reading() as session:
            assert session.get_one(QueueEntry, entry.id).priority == Priority.EMERGENCY

    def test_danger__takes_no_turn_to_write_where_it_raises_nobody(self, house: House) -> None:
        with house.database.session() as session:
            kind = configuration.name_of(InsightRules)
            values = {"raise_priority": False}
            configuration.change(session, house, kind, values, expected=0, by=None)
            entry = create_waiting(session, house)
            call = session.get_one(Call, entry.call_id)
        say(house, call, "我不想活了")
        InsightFollower(house).catch_up()

        with house.database.session() as writer:
            writer.exec(select(Call)).all()
            # The database would keep a second writer waiting for seconds, and then refuse.
            InsightFollower(house).catch_up()
            assert writer.get_one(QueueEntry, entry.id).priority == Priority.NORMAL

    def test_danger__counts_when_the_caller_calls_again(self, house: House, call: Call) -> None:
        say(house, call, "我老公又打我")
        InsightFollower(house).catch_up()
        with house.database.session() as session:
            entry = create_waiting(session, house)

        InsightFollower(house).catch_up()

        with house.database.reading() as session:
            assert session.get_one(QueueEntry, entry.id).priority == Priority.EMERGENCY

    def test_danger_of_the_day_before__counts_no_more(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        say(house, call, "我老公又打我")
        InsightFollower(house).catch_up()
        clock.advance(seconds=25 * 3600)
        with house.database.session() as session:
            entry = create_waiting(session, house)

        InsightFollower(house).catch_up()

        with house.database.reading() as session:
            assert session.get_one(QueueEntry, entry.id).priority == Priority.NORMAL
            assert repository.open_risks(session, now=clock.now()) == []


class TestHeardAfterTheCall:
    """Dangers in words that are heard again, or for the first time, when nobody talks any more."""

    def _told_of(self, house: House, clock: FakeClock) -> list[int]:
        InsightFollower(house).catch_up()
        with house.database.reading() as session:
            return [row.start_ms for row in repository.open_risks(session, now=clock.now())]

    def _acknowledge(self, house: House, user: User) -> None:
        with house.database.session() as session:
            for row in repository.open_risks(session, now=house.clock.now()):
                service.acknowledge(session, house, row.id or 0, user=user)

    @pytest.mark.parametrize("source", ["after_call", "second_pass"])
    def test_danger_that_was_acknowledged__stays_so(
        self, house: House, call: Call, supervisor: User, clock: FakeClock, source: str
    ) -> None:
        say(house, call, "我不想活了", at_ms=8000)
        assert self._told_of(house, clock) == [8000]
        self._acknowledge(house, supervisor)
        clock.advance(seconds=2 * 3600)

        say(house, call, "我真的不想活了", at_ms=6000, source=source)

        assert self._told_of(house, clock) == []
        assert len(rows(house, "risk")) == 1

    def test_false_alarm__stays_dismissed_and_raises_nobody(
        self, house: House, call: Call, supervisor: User, clock: FakeClock
    ) -> None:
        say(house, call, "我老公又打我", at_ms=8000)
        InsightFollower(house).catch_up()
        _decide(house, rows(house, "risk")[0], supervisor, Decision.DISMISSED)
        say(house, call, "我老公又打我了", at_ms=8500, source="second_pass")
        with house.database.session() as session:
            entry = create_waiting(session, house)

        InsightFollower(house).catch_up()

        with house.database.reading() as session:
            assert session.get_one(QueueEntry, entry.id).priority == Priority.NORMAL
            assert repository.open_risks(session, now=clock.now()) == []

    def test_danger_that_nobody_saw__is_told_of(
        self, house: House, call: Call, clock: FakeClock
    ) -> None:
        say(house, call, "工资的事", at_ms=8000)
        assert self._told_of(house, clock) == []

        say(house, call, "我不想活了", at_ms=9000, source="after_call")

        assert self._told_of(house, clock) == [9000]

    def test_danger_at_another_place__is_told_of(
        self, house: House, call: Call, supervisor: User, clock: FakeClock
    ) -> None:
        say(house, call, "我不想活了", at_ms=8000)
        InsightFollower(house).catch_up()
        self._acknowledge(house, supervisor)

        say(house, call, "我不想活了", at_ms=8000, source="second_pass")
        say(house, call, "我今晚就跳楼自杀", at_ms=90_000, source="second_pass")

        assert self._told_of(house, clock) == [90_000]

    def test_open_danger__is_told_of_once(self, house: House, call: Call, clock: FakeClock) -> None:
        say(house, call, "我不想活了", at_ms=8000)
        InsightFollower(house).catch_up()

        say(house, call, "我不想活了", at_ms=8000, source="second_pass")

        assert self._told_of(house, clock) == [8000]


class TestDecide:
    def test_answer__is_stored_with_who_and_when(
        self, house: House, call: Call, supervisor: User, clock: FakeClock
    ) -> None:
        say(house, call, "我想离婚")
        InsightFollower(house).catch_up()
        (topic,) = rows(house, "topic")

        _decide(house, topic, supervisor, Decision.DISMISSED)

        (topic,) = rows(house, "topic")
        assert (topic.state, topic.decided_by) == ("dismissed", supervisor.id)
        assert topic.decided_at == clock.now()

    def test_dismissed_topic__is_not_proposed_again(
        self, house: House, call: Call, supervisor: User
    ) -> None:
        say(house, call, "我想离婚")
        InsightFollower(house).catch_up()
        _decide(house, rows(house, "topic")[0], supervisor, Decision.DISMISSED)

        say(house, call, "我要离婚")
        InsightFollower(house).catch_up()

        assert len(rows(house, "topic")) == 1

    def test_proposed__is_no_answer(self, house: House, supervisor: User) -> None:
        with pytest.raises(InvalidInput), house.database.session() as session:
            service.decide(session, house, 1, user=supervisor, decision=Decision.PROPOSED)

    def test_unknown_proposal__is_not_found(self, house: House, supervisor: User) -> None:
        with pytest.raises(NotFound), house.database.session() as session:
            service.decide(session, house, 99, user=supervisor, decision=Decision.CONFIRMED)


class TestAcknowledge:
    def test_danger__leaves_the_wallboard_and_comes_back_when_told_again(
        self, house: House, call: Call, supervisor: User, clock: FakeClock
    ) -> None:
        say(house, call, "我不想活了")
        InsightFollower(house).catch_up()
        with house.database.session() as session:
            (risk,) = repository.open_risks(session, now=clock.now())
            service.acknowledge(session, house, risk.id or 0, user=supervisor)

        with house.database.reading() as session:
            assert repository.open_risks(session, now=clock.now()) == []
        say(house, call, "我真的想自杀", at_ms=9000)
        InsightFollower(house).catch_up()
        with house.database.reading() as session:
            (again,) = repository.open_risks(session, now=clock.now())
        assert again.start_ms == 9000

    def test_topic__is_no_danger(self, house: House, call: Call, supervisor: User) -> None:
        say(house, call, "我想离婚")
        InsightFollower(house).catch_up()

        with pytest.raises(Conflict), house.database.session() as session:
            service.acknowledge(session, house, rows(house, "topic")[0].id or 0, user=supervisor)

    def test_each_change__is_an_event(self, house: House, call: Call, supervisor: User) -> None:
        say(house, call, "我不想活了")
        InsightFollower(house).catch_up()
        _decide(house, rows(house, "risk")[0], supervisor, Decision.CONFIRMED)

        with house.database.reading() as session:
            events = session.exec(select(EventRow).where(EventRow.type == "insight.changed")).all()
        assert len(events) == 2


def _decide(house: House, row: InsightRow, user: User, decision: Decision) -> None:
    with house.database.session() as session:
        service.decide(session, house, row.id or 0, user=user, decision=decision)
