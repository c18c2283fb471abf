"""That the recording notice was heard is noted, and only then."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlmodel import col, select

from hotline.events import EventType
from hotline.house import House
from hotline.tables import EventRow
from ivr.catalogue import PromptCatalogue, PromptMissing
from ivr.desk import Desk
from ivr.flow.inputs import Input, PromptFinished, TimerFired
from ivr.flow.states import CallContext, State, incoming_call
from ivr.notice import is_given
from recordings import refusal
from tests.unit.api.factories import add_people
from tests.unit.hotline.factories import create_call
from tests.unit.ivr.exchange import Exchange
from tests.unit.ivr.flow.definitions import make_flow

FLOW = make_flow()
NOTICE = replace(incoming_call("zh"), state=State.NOTICE)
CALLBACK_NOTICE = replace(NOTICE, state=State.CALLBACK_NOTICE)
MENU = replace(NOTICE, state=State.LANGUAGE_MENU)
SAID = PromptFinished(play=1)


class TestIsGiven:
    @pytest.mark.parametrize(
        ("before", "after", "event", "unsaid", "expected"),
        [
            (NOTICE, MENU, SAID, (), True),
            (CALLBACK_NOTICE, replace(MENU, state=State.TALKING), SAID, (), True),
            (NOTICE, MENU, SAID, ("hint", "callback_notice"), True),
            (NOTICE, MENU, SAID, ("notice",), False),
            (CALLBACK_NOTICE, MENU, SAID, ("callback_notice",), False),
            (NOTICE, MENU, replace(SAID, interrupted=True), (), False),
            (NOTICE, MENU, TimerFired(1), (), False),
            (NOTICE, NOTICE, SAID, (), False),
            (MENU, replace(MENU, state=State.HOLDING), SAID, (), False),
            (replace(NOTICE, emergency=True), MENU, SAID, ("notice",), True),
            (replace(NOTICE, emergency=True), MENU, SAID, ("recording_brief",), False),
        ],
    )
    def test_is_given__once_its_audio_was_heard_to_the_end(
        self,
        before: CallContext,
        after: CallContext,
        event: Input,
        unsaid: tuple[str, ...],
        expected: bool,
    ) -> None:
        assert is_given(FLOW, before, after, event, unsaid=unsaid) is expected

    def test_is_given__flow_without_a_notice(self) -> None:
        flow = replace(FLOW, prompts=replace(FLOW.prompts, notice=()))

        assert not is_given(flow, NOTICE, MENU, SAID, unsaid=())


class WithoutNotice:
    """Has every prompt but the notice."""

    def path(self, key: str, _language: str, **_: object) -> Path:
        if key == "notice":
            raise PromptMissing(key)
        return Path(f"{key}.wav")


def notices(house: House) -> list[object]:
    with house.database.reading() as session:
        query = select(EventRow).where(EventRow.type == EventType.NOTICE_GIVEN.value)
        return [row.data["call_id"] for row in session.exec(query)]


async def test_caller_who_hears_it__is_noted_once(house: House) -> None:
    lawyer_id = add_people(house)["li"]
    exchange = Exchange(house)

    await exchange.talk(lawyer_id)

    assert notices(house) == [exchange.call.id]
    await exchange.board.end_all(timeout_seconds=60)


class TestNoted:
    """Noted with the next deed, whatever becomes of that one."""

    @pytest.fixture
    def desk(self, house: House) -> Desk:
        with house.database.session() as session:
            desk = Desk(house, create_call(session, house).id)
        desk.note_notice()
        return desk

    def test_begin_recording__is_noted_once_and_before_it(self, house: House, desk: Desk) -> None:
        assert desk.begin_recording() is not None
        desk.change(language="en")

        assert notices(house) == [desk.call_id]
        with house.database.reading() as session:
            types = list(session.exec(select(EventRow.type).order_by(col(EventRow.seq))))
        given = types.index(EventType.NOTICE_GIVEN.value)
        assert given < types.index(EventType.RECORDING_CHANGED.value)

    def test_begin_recording__refused_is_noted_all_the_same(self, house: House, desk: Desk) -> None:
        with house.database.session() as session:
            refusal.refuse(session, house, desk.call_id, by=None)

        assert desk.begin_recording() is None
        assert notices(house) == [desk.call_id]

    def test_deed_that_fails__the_next_one_notes_it(self, house: House, desk: Desk) -> None:
        with pytest.raises(AttributeError):
            desk.change(no_such_column="x")
        assert notices(house) == []

        desk.end("caller_hung_up")

        assert notices(house) == [desk.call_id]


async def test_prompt_is_missing__the_call_goes_on_and_nothing_is_noted(house: House) -> None:
    lawyer_id = add_people(house)["li"]
    exchange = Exchange(house)
    exchange.board.catalogue = cast("PromptCatalogue", WithoutNotice())

    await exchange.talk(lawyer_id)

    assert notices(house) == []
    await exchange.board.end_all(timeout_seconds=60)
