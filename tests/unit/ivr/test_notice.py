"""That the recording notice was heard is noted, and only then."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from sqlmodel import select

from hotline.events import EventType
from hotline.house import House
from hotline.tables import EventRow
from ivr.catalogue import PromptCatalogue, PromptMissing
from ivr.flow.inputs import Input, PromptFinished, TimerFired
from ivr.flow.states import CallContext, State, incoming_call
from ivr.notice import is_given
from tests.unit.api.factories import add_people
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


async def test_prompt_is_missing__the_call_goes_on_and_nothing_is_noted(house: House) -> None:
    lawyer_id = add_people(house)["li"]
    exchange = Exchange(house)
    exchange.board.catalogue = cast("PromptCatalogue", WithoutNotice())

    await exchange.talk(lawyer_id)

    assert notices(house) == []
    await exchange.board.end_all(timeout_seconds=60)
