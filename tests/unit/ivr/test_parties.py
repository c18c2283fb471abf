"""Third parties, colleagues and supervisors in a talk, at a switchboard without wires."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from hotline.calls import control
from hotline.calls.parties import Whom
from hotline.calls.rules import Control, Purpose
from hotline.events import EventType
from hotline.house import House
from hotline.settings import Settings, load_settings
from hotline.tables import Call, SpeechStream, User
from ivr.media.telling import LegHeard
from ivr.sip.line import EndReason
from tests.unit.ivr.exchange import Exchange, ask, reach, until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


class TestThirdParty:
    async def test_join__three_hear_each_other_until_one_hangs_up(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.JOIN)
        telephone = await exchange.dialled()
        telephone.pick_up()
        await exchange.hear_each_other(exchange.caller_leg, leg, party)
        telephone.end()
        await exchange.hear_each_other(exchange.caller_leg, leg)
        # The leg closes first; the row follows.
        await until(
            lambda: [row.end_reason for row in exchange.parties()] == ["hung_up"], "the row's end"
        )
        assert party not in exchange.engine.legs

    async def test_consult__lawyer_hears_ringing_then_the_third_party_alone(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.CONSULT)
        telephone = await exchange.dialled()
        await until(lambda: exchange.engine.playing.get(leg) == ("ringback",), "the ringing")
        telephone.pick_up()
        await exchange.hear_each_other(leg, party)
        await until(lambda: leg not in exchange.engine.playing, "the end of the ringing")
        await exchange.records()
        await ask(exchange, ids["li"], Control.COMPLETE)
        await exchange.state("transferred")
        await exchange.hear_each_other(exchange.caller_leg, party)
        await until(lambda: leg not in exchange.engine.legs, "the end of the lawyer's leg")
        await until(lambda: exchange.engine.recordings == {}, "the recording's end")
        exchange.caller.end()
        await exchange.state("ended")
        await until(lambda: telephone.is_hung_up, "the telephone's end")

    async def test_consult__what_is_said_in_private_goes_to_no_speech_recognition(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.understands(exchange.caller_leg, leg)
        party = await reach(exchange, ids["li"], Purpose.CONSULT)
        (await exchange.dialled()).pick_up()
        await exchange.hear_each_other(leg, party)
        await exchange.understands()
        await ask(exchange, ids["li"], Control.JOIN)
        await exchange.understands(exchange.caller_leg, leg)

        with house.database.reading() as session:
            streams = session.exec(select(SpeechStream).order_by(col(SpeechStream.id))).all()
        assert [(row.speaker, row.closed_at is None) for row in streams] == [
            ("caller", False),
            ("lawyer", False),
            ("caller", True),
            ("lawyer", True),
        ]

    async def test_hold__what_is_said_to_nobody_is_kept_nowhere(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.records_caller()
        await ask(exchange, ids["li"], Control.HOLD)
        await exchange.understands()
        await exchange.records()
        await exchange.records_caller(False)
        await exchange.state("on_hold")
        await ask(exchange, ids["li"], Control.RESUME)
        await exchange.understands(exchange.caller_leg, leg)
        await exchange.records(leg)
        await exchange.records_caller()

    async def test_consult__lawyer_hears_what_the_network_says_before_the_answer(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.CONSULT)
        telephone = await exchange.dialled()
        await until(lambda: exchange.engine.playing.get(leg) == ("ringback",), "the ringing")
        telephone.announce()
        exchange.engine.on_event(LegHeard(party))

        await until(lambda: exchange.engine.gains == {(party, leg)}, "the network's words")
        await until(lambda: leg not in exchange.engine.playing, "the end of our ringing")
        telephone.pick_up()
        await exchange.hear_each_other(leg, party)

    async def test_transfer__caller_hears_the_networks_ringing(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.TRANSFER)
        telephone = await exchange.dialled()
        await exchange.state("transferring")
        exchange.engine.on_event(LegHeard(party))
        telephone.announce()
        await until(lambda: exchange.engine.gains == {(party, exchange.caller_leg)}, "the ringing")
        telephone.end(EndReason.BUSY)
        await exchange.hear_each_other(exchange.caller_leg, leg)

    async def test_join__whom_the_caller_hears_is_in_the_recording(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.records(leg)
        party = await reach(exchange, ids["li"], Purpose.CONSULT)
        (await exchange.dialled()).pick_up()
        await exchange.hear_each_other(leg, party)
        await exchange.records()

        await ask(exchange, ids["li"], Control.JOIN)

        await exchange.hear_each_other(exchange.caller_leg, leg, party)
        await exchange.records(leg, party)

    async def test_transfer__whose_telephone_holds_leaves_the_caller_to_hold_audio(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.TRANSFER)
        telephone = await exchange.dialled()
        telephone.pick_up()
        caller = exchange.caller_leg
        await exchange.hear_each_other(caller, party)

        telephone.hold()
        await until(lambda: exchange.engine.playing.get(caller) == ("hold",), "the hold audio")
        await until(lambda: exchange.engine.gains == {(caller, party)}, "the silence")
        telephone.resume()
        await exchange.hear_each_other(caller, party)

        assert caller not in exchange.engine.playing

    async def test_transfer__busy_gives_the_caller_back(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await reach(exchange, ids["li"], Purpose.TRANSFER)
        telephone = await exchange.dialled()
        await exchange.state("transferring")
        telephone.end(EndReason.BUSY)
        await exchange.state("talking")
        await exchange.hear_each_other(exchange.caller_leg, leg)
        await until(
            lambda: [row.end_reason for row in exchange.parties()] == ["busy"], "the row's end"
        )

    async def test_reach__party_that_comes_too_late_is_not_left_ringing(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        await exchange.talk(ids["li"])
        with exchange.house.database.session() as session:
            call = session.exec(select(Call)).one()
            user = session.get_one(User, ids["li"])
            whom = Whom(number="110")
            control.reach(session, exchange.house, call, whom, purpose=Purpose.JOIN, by=user)
            exchange.house.record(
                session, EventType.HANG_UP_REQUESTED, call_id=call.id, by=ids["supervisor"]
            )
        exchange.caller.end()
        await exchange.tell_events()
        await exchange.state("ended")
        await until(lambda: exchange.parties()[0].state == "closed", "the party's end")
        await until(lambda: all(call.is_hung_up for call in exchange.line.dialled), "silence")

    async def test_digits__go_to_the_party(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        leg = await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.JOIN)
        (await exchange.dialled()).pick_up()
        await exchange.hear_each_other(exchange.caller_leg, leg, party)
        with house.database.session() as session:
            call = session.exec(select(Call)).one()
            user = session.get_one(User, ids["li"])
            row = exchange.parties()[0]
            control.press(session, house, call, "12#", party=row, by=user)
        await exchange.tell_events()
        await until(lambda: exchange.engine.digits == [(party, "12#")], "the keys")

    async def test_mute__the_party_is_heard_by_nobody_and_shown_so(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.JOIN)
        (await exchange.dialled()).pick_up()
        await exchange.hear_each_other(exchange.caller_leg, leg, party)

        await ask(exchange, ids["li"], Control.MUTE, party_id=party)
        await until(lambda: [row.is_muted for row in exchange.parties()] == [True], "the row")
        assert party not in {speaker for speaker, _ in exchange.engine.gains}

        await ask(exchange, ids["li"], Control.UNMUTE, party_id=party)
        await until(lambda: [row.is_muted for row in exchange.parties()] == [False], "the row")
        await exchange.hear_each_other(exchange.caller_leg, leg, party)


class TestColleague:
    async def test_transfer__colleague_becomes_the_calls_lawyer(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        leg = await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.TRANSFER, lawyer=ids["wang"])
        await exchange.state("transferring")
        with house.database.session() as session:
            control.join(session, house, party, session.get_one(User, ids["wang"]))
        await exchange.tell_events()
        await until(lambda: party in exchange.engine.legs, "the colleague's leg")
        exchange.board.hear(LegHeard(party))
        await exchange.state("talking")
        await exchange.hear_each_other(exchange.caller_leg, party)
        await until(lambda: leg not in exchange.engine.legs, "the end of the first lawyer's leg")
        await until(lambda: exchange.call.lawyer_id == ids["wang"], "the other lawyer")

    async def test_transfer__refused_invitation_gives_the_caller_back(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.talk(ids["li"])
        party = await reach(exchange, ids["li"], Purpose.TRANSFER, lawyer=ids["wang"])
        await exchange.state("transferring")
        with house.database.session() as session:
            control.refuse(session, house, party, session.get_one(User, ids["wang"]))
        await exchange.tell_events()
        await exchange.state("talking")
        await until(lambda: exchange.parties()[0].end_reason == "declined", "the row's end")


class TestSupervision:
    async def test_supervise__listens_then_whispers_then_leaves(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        leg = await exchange.talk(ids["li"])
        caller = exchange.caller_leg
        with house.database.session() as session:
            call = session.exec(select(Call)).one()
            boss = session.get_one(User, ids["supervisor"])
            seat = control.supervise(session, house, call, boss, purpose=Purpose.LISTEN)
            ear = seat.party.id
        await exchange.tell_events()
        await until(lambda: ear in exchange.engine.legs, "the supervisor's leg")
        exchange.board.hear(LegHeard(ear))
        talk = {(caller, leg), (leg, caller)}
        heard = talk | {(caller, ear), (leg, ear)}
        await until(lambda: exchange.engine.gains == heard, "listening")
        with house.database.session() as session:
            call = session.exec(select(Call)).one()
            boss = session.get_one(User, ids["supervisor"])
            control.change_supervision(session, house, call, boss, purpose=Purpose.WHISPER)
        await exchange.tell_events()
        await until(lambda: exchange.engine.gains == heard | {(ear, leg)}, "whispering")
        with house.database.session() as session:
            call = session.exec(select(Call)).one()
            boss = session.get_one(User, ids["supervisor"])
            control.drop(session, house, call, exchange.parties()[0], by=boss)
        await exchange.tell_events()
        await until(lambda: exchange.engine.gains == talk, "the end of it")
