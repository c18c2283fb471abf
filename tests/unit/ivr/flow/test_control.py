"""Call control as text tables: what happens | where the call is then | what is done about it."""

from ivr.flow.definition import FlowDefinition
from ivr.flow.flow import step
from ivr.flow.inputs_control import MuteRequested, PartyAnswered, PartyWanted
from ivr.flow.mixing import CALLER, hearing
from ivr.flow.parties import Purpose
from ivr.flow.reasons import EndReason
from tests.unit.ivr.flow.scenario import PlayTable
from tests.unit.ivr.flow.ways import TO_HOLDING, TO_TALK


class TestHold:
    def test_step__hold_and_back(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            hold   | on_hold | unbridge; loop zh: hold
            hold   | on_hold |
            resume | talking | lawyer hears None; stop playing; bridge; open ticket
            """)

    def test_step__lawyer_who_vanishes_while_holding_loses_the_caller_to_the_queue(
        self, play: PlayTable
    ) -> None:
        play(f"""{TO_TALK}
            hold         | on_hold
            lawyer lost  | on_hold | wait 20
            lawyer heard | on_hold |
            silence      | on_hold |
            lawyer lost  | on_hold | wait 20
            resume       | on_hold |
            silence      | enqueueing |
            | release lawyer (lawyer_lost); enqueue zh labour at head; loop zh: hold; wait 10
            """)


class TestTransfer:
    def test_step__answered_transfer_lets_the_lawyer_go_and_stops_recording(
        self, play: PlayTable
    ) -> None:
        call = play(f"""{TO_TALK}
            transfer to p1  | transferring |
            | unbridge; loop zh: ringback; wait 60; reach p1 to transfer
            answers p1      | transferred |
            | stop playing; stop recording; release lawyer (transferred); mix
            key 5           | transferred |
            caller hangs up | ended | drop p1 (transferred)
            """)
        assert call.end_reason is EndReason.TRANSFERRED

    def test_step__unanswered_transfer_goes_back_to_the_lawyer(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            transfer to p1  | transferring
            leaves p1       | talking | stop playing; bridge; open ticket
            """)

    def test_step__unanswered_transfer_goes_to_the_queue_when_the_lawyer_has_left(
        self, play: PlayTable
    ) -> None:
        play(f"""{TO_TALK}
            transfer to p1  | transferring
            lawyer hangs up | transferring |
            leaves p1       | enqueueing | enqueue zh labour at head; loop zh: hold; wait 10
            """)

    def test_step__transfer_that_never_ends_is_given_up(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            transfer to p1 | transferring
            silence        | talking |
            | drop p1 (callee_no_answer); stop playing; bridge; open ticket
            """)

    def test_step__transfer_to_a_colleague_goes_on_as_a_talk(self, play: PlayTable) -> None:
        call = play(f"""{TO_TALK}
            transfer to lawyer p1 | transferring
            answers p1            | talking |
            | stop playing; hand over to user_p1; bridge; open ticket
            lawyer hangs up       | rating_menu
            """)
        assert call.end_reason is EndReason.LAWYER_HUNG_UP

    def test_step__transfer_to_the_queue_keeps_the_caller_first(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            queue family | enqueueing |
            | unbridge; release lawyer (handed_on); topic family;
            | enqueue zh family at head; loop zh: hold; wait 10
            enqueued 1   | announcing | ask zh: moved_on next hint; wait 60
            """)

    def test_step__third_party_hangs_up_first(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            transfer to p1 | transferring
            answers p1     | transferred
            leaves p1      | rating_menu | ask zh: rate; wait 60
            """)


class TestPartyHold:
    def test_step__caller_who_hears_nobody_else_hears_hold_audio(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            transfer to p1 | transferring
            answers p1     | transferred
            holds p1       | transferred | loop zh: hold; mix
            holds p1       | transferred |
            is back p1     | transferred | stop playing; mix
            holds p1       | transferred | loop zh: hold; mix
            leaves p1      | rating_menu | ask zh: rate; wait 60
            """)

    def test_step__caller_who_hears_others_goes_on(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            add p1     | talking
            answers p1 | talking
            holds p1   | talking | mix
            is back p1 | talking | mix
            """)

    def test_step__the_other_third_party_leaves_the_caller_to_hold_audio(
        self, play: PlayTable
    ) -> None:
        play(f"""{TO_TALK}
            add p2         | talking
            answers p2     | talking
            transfer to p1 | transferring
            answers p1     | transferred
            holds p1       | transferred | mix
            leaves p2      | transferred | loop zh: hold; mix
            """)

    def test_step__given_away_to_one_who_holds(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            consult p1 | on_hold
            answers p1 | on_hold
            holds p1   | on_hold | mix
            complete   | transferred |
            | stop playing; stop recording; release lawyer (transferred); loop zh: hold; mix
            is back p1 | transferred | stop playing; mix
            """)

    def test_step__hold_before_the_answer_counts_from_the_answer(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            transfer to p1 | transferring
            holds p1       | transferring |
            answers p1     | transferred |
            | stop playing; stop recording; release lawyer (transferred); loop zh: hold; mix
            """)

    def test_step__whoever_was_muted_is_heard_by_the_caller_after_a_transfer(
        self, flow: FlowDefinition, play: PlayTable
    ) -> None:
        call = play(f"""{TO_TALK}
            add p1         | talking
            answers p1     | talking
            """)
        call, _ = step(flow, call, MuteRequested(muted=True, party="p1"))
        call, _ = step(flow, call, PartyWanted("p2", Purpose.TRANSFER))
        call, _ = step(flow, call, PartyAnswered("p2"))

        assert {("p1", CALLER), ("p2", CALLER)} <= hearing(call)


class TestConsultation:
    def test_step__consult_then_complete(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            consult p1 | on_hold |
            | unbridge; loop zh: hold; lawyer hears ringback; reach p1 to consult
            answers p1 | on_hold | lawyer hears None; mix
            complete   | transferred |
            | stop playing; stop recording; release lawyer (transferred); mix
            """)

    def test_step__consult_then_back_to_the_caller(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            consult p1 | on_hold
            answers p1 | on_hold
            resume     | talking |
            | lawyer hears None; drop p1 (lawyer_hung_up); stop playing; bridge; open ticket
            """)

    def test_step__consult_then_all_together(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            consult p1      | on_hold
            answers p1      | on_hold
            join            | talking |
            | lawyer hears None; p1 is to join; stop playing; bridge; open ticket
            press to p1 12  | talking | press 12 to p1
            leaves p1       | talking | mix
            """)

    def test_step__whom_nobody_reaches_gives_the_caller_back(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            consult p1 | on_hold
            leaves p1  | talking | lawyer hears None; stop playing; bridge; open ticket
            consult p2 | on_hold
            answers p2 | on_hold
            leaves p2  | on_hold | lawyer hears None; mix
            """)

    def test_step__lawyer_hangs_up_while_consulting_completes(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            consult p1      | on_hold
            answers p1      | on_hold
            lawyer hangs up | transferred | stop playing; stop recording; mix
            """)

    def test_step__complete_before_the_answer_waits_for_it(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            consult p1 | on_hold
            complete   | transferring | lawyer hears None; mix; loop zh: ringback; wait 60
            leaves p1  | talking      | stop playing; bridge; open ticket
            """)


class TestThreeWay:
    def test_step__interpreter_comes_and_goes(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            add p1          | talking     | reach p1 to join
            answers p1      | talking     | mix
            drop p1         | talking     | drop p1 (lawyer_hung_up); mix
            """)

    def test_step__second_lawyer_stays_when_the_first_leaves(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            add lawyer p1   | talking | reach p1 to join
            answers p1      | talking | mix
            lawyer hangs up | talking |
            | unbridge; stop playing; hand over to user_p1; bridge; open ticket
            """)

    def test_step__second_lawyer_goes_on_when_the_first_is_lost(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            add lawyer p1 | talking
            answers p1    | talking
            lawyer lost   | lawyer_lost
            silence       | talking |
            | stop playing; hand over to user_p1; bridge; open ticket
            """)

    def test_step__parties_leave_with_a_caller_who_goes_back_to_the_queue(
        self, play: PlayTable
    ) -> None:
        play(f"""{TO_TALK}
            add p1      | talking
            answers p1  | talking
            lawyer lost | lawyer_lost
            silence     | enqueueing |
            | release lawyer (lawyer_lost); drop p1 (lawyer_lost); enqueue zh labour at head;
            | loop zh: hold; wait 10
            """)


class TestSupervision:
    def test_step__listen_whisper_barge_and_the_end_of_the_talk(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            listens s1      | talking     | reach s1 to listen
            answers s1      | talking     | mix
            whispers s1     | talking     | s1 is to whisper; mix
            barges s1       | talking     | s1 is to barge; mix
            lawyer hangs up | rating_menu |
            | unbridge; stop recording; drop s1 (lawyer_hung_up); ask zh: rate; wait 60
            """)

    def test_step__nobody_listens_to_a_caller_who_waits(self, play: PlayTable) -> None:
        play(f"{TO_HOLDING}\nlistens s1 | holding |")


class TestMute:
    def test_step__mute_counts_once_and_ends_with_the_talk(self, play: PlayTable) -> None:
        call = play(f"""{TO_TALK}
            mute    | talking | mix
            mute    | talking |
            unmute  | talking | mix
            mute    | talking | mix
            hold    | on_hold | unbridge; loop zh: hold
            resume  | talking | lawyer hears None; stop playing; bridge; open ticket
            """)
        assert call.muted == frozenset()


class TestRecording:
    def test_step__pause_counts_once(self, play: PlayTable) -> None:
        play(f"""{TO_TALK}
            pause           | talking | pause recording
            pause           | talking |
            unpause         | talking | go on recording
            """)


class TestTelephone:
    def test_step__lawyers_telephone_that_nobody_answers(self, play: PlayTable) -> None:
        play(f"""{TO_HOLDING}
            accepted by phone | connecting
            prompt ends       | awaiting_lawyer | loop zh: ringback; wait 45
            lawyer unreached  | enqueueing |
            | release lawyer (lawyer_unreached); enqueue zh labour at head; loop zh: hold; wait 10
            """)
