import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from agent_console.audience import Audience, Told
from agent_console.telling import tell
from hotline.calls.parties import supervise
from hotline.calls.rules import Purpose
from hotline.events import Event, EventType, read_after
from hotline.house import House
from hotline.intake.service import hand_over
from hotline.queueing.offers import decline
from hotline.queueing.rules import CloseReason
from hotline.tables import Call, Segment, SpeechStream, User
from tests.unit.api.factories import MASKED, NUMBER, add_offer, add_talk, add_waiting, end_call


def events_after(house: House, seq: int = 0) -> Sequence[Event]:
    with house.database.reading() as session:
        return read_after(session, seq)


def newest(house: House, type_: EventType) -> Event:
    return [event for event in events_after(house) if event.type == type_][-1]


def told(house: House, type_: EventType) -> Told:
    (result,) = tell(house, [newest(house, type_)])
    return result


def heard(told: Told, user_id: str, *roles: str) -> Any:
    text = told.text_for(user_id, frozenset(roles))
    return None if text is None else json.loads(text)


def hand_over_ticket(house: House, ticket_id: str, user_id: str) -> None:
    with house.database.session() as session:
        hand_over(session, house, ticket_id, user=session.get_one(User, user_id), facts={})


def listen(house: House, call_id: str, supervisor_id: str) -> None:
    with house.database.session() as session:
        call, supervisor = session.get_one(Call, call_id), session.get_one(User, supervisor_id)
        supervise(session, house, call, supervisor, purpose=Purpose.LISTEN)


class TestTell:
    def test_tell__queue_changed_is_for_the_floor(self, house: House, ids: dict[str, str]) -> None:
        add_waiting(house)
        news = told(house, EventType.QUEUE_CHANGED)

        message = heard(news, ids["li"], "lawyer")

        assert message["type"] == "queue.changed"
        assert message["data"]["queue"][0]["caller"] == MASKED
        assert heard(news, ids["officer"], "intake") is None

    def test_tell__offer_is_for_its_lawyer_only(self, house: House, ids: dict[str, str]) -> None:
        _, offer_id = add_offer(house, ids["li"])
        news = told(house, EventType.OFFER_MADE)

        assert heard(news, ids["li"], "lawyer")["data"]["id"] == offer_id
        assert heard(news, ids["wang"], "lawyer") is None
        assert heard(news, ids["supervisor"], "supervisor") is None

    def test_tell__an_offer_that_is_over_rings_nowhere(
        self, house: House, ids: dict[str, str]
    ) -> None:
        _, offer_id = add_offer(house, ids["li"])
        with house.database.session() as session:
            decline(session, house, offer_id, ids["li"])

        assert tell(house, [newest(house, EventType.OFFER_MADE)]) == []
        closed = heard(told(house, EventType.OFFER_CLOSED), ids["li"], "lawyer")
        assert closed["data"] == {"offer_id": offer_id, "reason": CloseReason.DECLINED}

    def test_tell__accepted_closes_the_offer_in_every_tab(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])

        message = heard(told(house, EventType.OFFER_ACCEPTED), ids["li"], "lawyer")

        assert message["type"] == "offer.closed"
        assert message["data"] == {"offer_id": talk.offer_id, "reason": "accepted"}

    def test_tell__call_is_for_its_lawyer_and_supervisors(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        end_call(house, talk.call_id)
        news = told(house, EventType.CALL_ENDED)

        assert heard(news, ids["li"], "lawyer")["type"] == "call.ended"
        assert heard(news, ids["admin"], "admin")["data"]["id"] == talk.call_id
        assert heard(news, ids["wang"], "lawyer") is None

    def test_tell__leg_is_for_its_lawyer(self, house: House, ids: dict[str, str]) -> None:
        talk = add_talk(house, ids["li"])
        with house.database.session() as session:
            house.record(session, EventType.LEG_READY, leg_id=talk.leg_id, call_id=talk.call_id)

        message = heard(told(house, EventType.LEG_READY), ids["li"], "lawyer")

        assert message["type"] == "leg.ready"
        assert message["data"]["leg_id"] == talk.leg_id
        assert message["data"]["audio_url"] is None

    def test_tell__segment_carries_its_words(self, house: House, ids: dict[str, str]) -> None:
        talk = add_talk(house, ids["li"])
        with house.database.session() as session:
            segment = Segment(
                call_id=talk.call_id,
                speaker="caller",
                start_ms=0,
                end_ms=900,
                text="拖欠工资",
                language="zh",
                created_at=house.clock.now(),
            )
            session.add(segment)
            session.flush()
            house.record(
                session,
                EventType.SEGMENT_STORED,
                call_id=talk.call_id,
                segment_id=segment.id,
            )

        message = heard(told(house, EventType.SEGMENT_STORED), ids["li"], "lawyer")

        assert message["type"] == "transcript.segment"
        assert message["data"]["text"] == "拖欠工资"
        assert message["data"]["call_id"] == talk.call_id

    def test_tell__speech_gives_every_side(self, house: House, ids: dict[str, str]) -> None:
        talk = add_talk(house, ids["li"])
        with house.database.session() as session:
            stream = SpeechStream(
                call_id=talk.call_id,
                leg="x",
                speaker="caller",
                language="bo",
                state="unsupported",
                opened_at=house.clock.now(),
            )
            session.add(stream)
            session.flush()
            house.record(session, EventType.SPEECH_CHANGED, call_id=talk.call_id, stream=stream.id)

        message = heard(told(house, EventType.SPEECH_CHANGED), ids["li"], "lawyer")

        assert [one["state"] for one in message["data"]["streams"]] == ["unsupported"]

    def test_tell__ticket_is_in_full_for_its_lawyer(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        news = told(house, EventType.TICKET_CHANGED)

        assert heard(news, ids["li"], "lawyer")["data"]["id"] == talk.ticket_id
        assert heard(news, ids["supervisor"], "supervisor") is None

    def test_tell__intake_has_a_text_for_officers_and_one_for_the_others(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        hand_over_ticket(house, talk.ticket_id, ids["li"])
        news = told(house, EventType.INTAKE_CHANGED)

        officer = heard(news, ids["officer"], "intake")["data"]
        lawyer = heard(news, ids["li"], "lawyer")["data"]

        assert officer["caller"] == NUMBER
        assert "accept" in officer["actions"]
        assert lawyer["caller"] == MASKED
        assert lawyer["actions"] == []
        assert heard(news, ids["wang"], "lawyer") is None

    def test_tell__what_no_page_shows_is_told_nobody(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        with house.database.session() as session:
            house.record(session, EventType.HANG_UP_REQUESTED, call_id=talk.call_id, by="x")

        assert tell(house, [newest(house, EventType.HANG_UP_REQUESTED)]) == []

    @pytest.mark.parametrize("type_", list(EventType))
    def test_tell__what_is_no_longer_there_tells_nothing_of_it(
        self, house: House, type_: EventType
    ) -> None:
        with house.database.session() as session:
            house.record(session, type_)

        news = tell(house, [newest(house, type_)])

        assert NUMBER not in str([one.texts for one in news])

    def test_tell__no_event_carries_a_number_for_lawyers(
        self, house: House, ids: dict[str, str]
    ) -> None:
        talk = add_talk(house, ids["li"])
        hand_over_ticket(house, talk.ticket_id, ids["li"])
        end_call(house, talk.call_id)

        for news in tell(house, events_after(house)):
            assert NUMBER not in (news.text_for(ids["li"], frozenset({"lawyer"})) or "")

    def test_tell__many_together_say_what_each_says_alone(
        self, house: House, ids: dict[str, str]
    ) -> None:
        add_offer(house, ids["wang"], number="13900001111")
        talk = add_talk(house, ids["li"])
        listen(house, talk.call_id, ids["supervisor"])
        hand_over_ticket(house, talk.ticket_id, ids["li"])
        events = events_after(house)

        alone = [told for event in events for told in tell(house, [event])]

        assert [one.seq for one in alone]
        assert tell(house, events) == alone

    def test_tell__who_listens_unheard_is_shown_to_supervisors_only(
        self, house: House, ids: dict[str, str]
    ) -> None:
        settings = house.settings.model_copy(update={"tell_listening": False})
        house = replace(house, settings=settings)
        talk = add_talk(house, ids["li"])
        listen(house, talk.call_id, ids["supervisor"])

        news = told(house, EventType.CALL_CHANGED)

        assert heard(news, ids["li"], "lawyer")["data"]["parties"] == []
        (party,) = heard(news, ids["supervisor"], "supervisor")["data"]["parties"]
        assert party["purpose"] == "listen"

    def test_tell__one_that_cannot_be_told_does_not_keep_the_others(
        self, house: House, ids: dict[str, str]
    ) -> None:
        add_waiting(house)
        with house.database.session() as session:
            # A key that no column takes.
            house.record(session, EventType.CALLBACK_CHANGED, callback_id="x")
            house.record(session, EventType.SEGMENT_STORED, call_id="x", segment_id=2**70)

        news = tell(house, events_after(house))

        assert any("queue.changed" in text for one in news for _, text in one.texts)


class TestAudience:
    def test_includes__by_id_or_role(self) -> None:
        audience = Audience(frozenset({"supervisor"}), frozenset({"user_1"}))

        assert audience.includes("user_1", frozenset())
        assert audience.includes("user_2", frozenset({"supervisor"}))
        assert not audience.includes("user_2", frozenset({"lawyer"}))
