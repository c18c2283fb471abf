"""Whole calls as text tables: what happens | where the call is then | what is done about it."""

from ivr.flow.definition import FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs import CallerHungUp, DigitPressed
from ivr.flow.reasons import EndReason
from ivr.flow.states import CallContext, State
from tests.unit.ivr.flow.definitions import LANGUAGE_QUESTION, TOPIC_QUESTION
from tests.unit.ivr.flow.scenario import PlayTable, play_scenario
from tests.unit.ivr.flow.ways import TO_QUEUE


def test_step__consultation_from_first_ring_to_rating(play: PlayTable) -> None:
    call = play(f"""
        arrives         | answering       | answer
        answered        | notice          | say zh: notice; wait 60
        prompt ends     | language_menu   | ask zh: {LANGUAGE_QUESTION}; wait 60
        prompt ends     | language_menu   | wait 4
        key 3           | topic_menu      | language en; ask en: {TOPIC_QUESTION}; wait 60
        key 1           | enqueueing      | topic labour; enqueue en labour; loop en: hold; wait 10
        enqueued 3      | announcing      | ask en: ahead_2 hint; wait 60
        position 2      | announcing      |
        prompt ends     | holding         | loop en: hold; wait 30
        silence         | announcing      | ask en: ahead_1; wait 60
        prompt ends     | holding         | loop en: hold; wait 30
        accepted        | connecting      | say en: connecting; wait 10
        prompt ends     | awaiting_lawyer | loop en: ringback; wait 10
        lawyer heard    | talking         | stop playing; record; bridge; open ticket
        key 5           | talking         |
        lawyer hangs up | rating_menu     | unbridge; stop recording; ask en: rate; wait 60
        prompt ends     | rating_menu     | wait 5
        key 1           | farewell        | rating 1; say en: thanks; wait 60
        prompt ends     | ended           | hang up (lawyer_hung_up)
        """)
    assert call.rating == 1
    assert call.end_reason is EndReason.LAWYER_HUNG_UP


class TestStale:
    def test_step__timer_of_an_earlier_wait_falls_flat(
        self, flow: FlowDefinition, play: PlayTable
    ) -> None:
        call = play(TO_QUEUE)
        play_scenario(flow, call, f"stale timer {call.visit - 1} | enqueueing |")

    def test_step__end_of_an_earlier_prompt_falls_flat(
        self, flow: FlowDefinition, play: PlayTable
    ) -> None:
        call = play(f"{TO_QUEUE}\n enqueued 1 | announcing")
        play_scenario(flow, call, f"stale prompt {call.play - 1} | announcing |")

    def test_step__nothing_happens_after_the_end(self, flow: FlowDefinition) -> None:
        ended = CallContext(state=State.ENDED)
        for event in (CallerHungUp(), DigitPressed("1")):
            assert step(flow, ended, event) == (ended, ())
