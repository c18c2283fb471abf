"""How calls end: the rating, and whatever else ends them."""

import pytest

from ivr.flow.reasons import EndReason
from tests.unit.ivr.flow.scenario import PlayTable
from tests.unit.ivr.flow.ways import TO_HOLDING, TO_TALK


class TestRating:
    def test_step__silence_means_no_rating(self, play: PlayTable) -> None:
        call = play(f"""{TO_TALK}
            lawyer hangs up | rating_menu
            prompt ends     | rating_menu | wait 5
            silence         | rating_menu | ask zh: rate_again; wait 60
            prompt ends     | rating_menu | wait 5
            silence         | farewell    | say zh: goodbye; wait 60
            key 1           | farewell    |
            prompt ends     | ended       | hang up (lawyer_hung_up)
            """)
        assert call.rating is None

    def test_step__other_keys_ask_again(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            lawyer hangs up | rating_menu
            key *           | rating_menu | ask zh: rate; wait 60
            key 9           | rating_menu | ask zh: rate_again; wait 60
            key 4           | farewell    | rating 4; say zh: thanks; wait 60
            """)

    def test_step__hang_up_instead_of_a_rating(self, play: PlayTable) -> None:
        call = play(f"""{TO_TALK}
            lawyer hangs up | rating_menu
            caller hangs up | ended |
            """)
        assert call.end_reason is EndReason.LAWYER_HUNG_UP


class TestEnd:
    def test_step__caller_leaves_the_queue(self, play: PlayTable) -> None:
        play(f"{TO_HOLDING}\n caller hangs up | ended | leave queue (caller_hung_up)")

    def test_step__supervisor_ends_a_talk(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            supervisor ends | ended | unbridge;
            | stop recording; release lawyer (supervisor); hang up (supervisor)
            """)

    def test_step__dead_engine_ends_the_call(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            engine fails | ended | keep caller zh labour;
            | leave queue (engine_failed); hang up (engine_failed)
            """)

    def test_step__system_cuts_a_talk_off_and_calls_back(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            system ends | ended | keep caller zh labour; unbridge;
            | stop recording; release lawyer (system); hang up (system)
            """)

    def test_step__line_that_dies_in_mid_talk_is_called_back(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            caller falls silent | ended | keep caller zh labour; unbridge;
            | stop recording; release lawyer (caller_lost); hang up (caller_lost)
            """)

    def test_step__line_that_dies_in_the_queue_is_for_the_queue_to_keep(
        self, play: PlayTable
    ) -> None:
        play(f"""{TO_HOLDING}
            caller falls silent | ended | leave queue (caller_lost); hang up (caller_lost)
            """)

    def test_step__caller_who_was_served_is_not_called_back(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            lawyer hangs up | rating_menu
            system ends | ended | hang up (lawyer_hung_up)
            """)

    def test_step__withheld_number_cannot_be_called_back(self, play: PlayTable) -> None:
        play("""arrives anonymous | answering
            answered | notice
            engine fails | ended | hang up (engine_failed)
            """)

    @pytest.mark.parametrize("happens", ["engine fails", "supervisor ends"])
    def test_step__call_not_yet_answered_is_rejected(self, play: PlayTable, happens: str) -> None:
        play(f"{happens} | ended | reject 503")
