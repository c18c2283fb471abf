"""Whole talks at the switchboard, with an engine and a line that only remember."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from callback import service as callbacks
from hotline.agents import telephones
from hotline.agents.telephones import Medium
from hotline.calls import control, service as calls
from hotline.calls.legs import voice_source
from hotline.calls.parties import Whom
from hotline.calls.rules import Control, Purpose
from hotline.events import EventType
from hotline.house import House
from hotline.queueing.offers import accept, make_offer
from hotline.settings import Settings, load_settings
from hotline.tables import (
    Call,
    Callback,
    Lawyer,
    QueueEntry,
    RecordingPause,
    SpeechStream,
    User,
)
from ivr.media.telling import Digit, LegHeard
from ivr.sip.line import EndReason
from tests.unit.api.factories import add_people
from tests.unit.ivr.exchange import Exchange, until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(tmp_path / "data", trunk_outbound="127.0.0.1:5999")


@pytest.fixture
def ids(house: House) -> dict[str, str]:
    return add_people(house)


@pytest.fixture
async def exchange(house: House, ids: dict[str, str]) -> AsyncIterator[Exchange]:
    exchange = Exchange(house)
    yield exchange
    await exchange.board.end_all(timeout_seconds=60)
    assert exchange.engine.legs == set()


async def ask(exchange: Exchange, by: str, action: Control, **data: object) -> None:
    """What the API does when the call's lawyer asks for something."""
    with exchange.house.database.session() as session:
        call = session.exec(select(Call)).one()
        user = session.get_one(User, by)
        control.ask(session, exchange.house, call, action, by=user, **data)
    await exchange.tell_events()


async def reach(exchange: Exchange, by: str, purpose: Purpose, *, lawyer: str | None = None) -> str:
    """The same for somebody who is called in; returns the party's id."""
    with exchange.house.database.session() as session:
        call = session.exec(select(Call)).one()
        colleague = session.get_one(User, lawyer) if lawyer is not None else None
        whom = Whom(lawyer=colleague) if colleague else Whom(number="110")
        user = session.get_one(User, by)
        party = control.reach(session, exchange.house, call, whom, purpose=purpose, by=user)
        party_id = party.id
    await exchange.tell_events()
    return party_id


class TestHold:
    async def test_hold__takes_caller_and_lawyer_apart_and_back(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.hear_each_other(exchange.caller_leg, leg)
        await ask(exchange, ids["li"], Control.HOLD)
        await exchange.state("on_hold")
        await exchange.hear_each_other()
        await until(
            lambda: exchange.engine.playing.get(exchange.caller_leg) == ("hold",), "the music"
        )
        assert list(exchange.engine.recordings.values()) == [False]
        await ask(exchange, ids["li"], Control.RESUME)
        await exchange.state("talking")
        await exchange.hear_each_other(exchange.caller_leg, leg)


class TestMute:
    async def test_mute__nobody_hears_the_lawyer_or_keeps_the_words(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.understands(exchange.caller_leg, leg)
        await ask(exchange, ids["li"], Control.MUTE)
        await until(lambda: exchange.engine.gains == {(exchange.caller_leg, leg)}, "silence")
        await exchange.understands(exchange.caller_leg)
        await exchange.records()
        await ask(exchange, ids["li"], Control.UNMUTE)
        await exchange.hear_each_other(exchange.caller_leg, leg)
        await exchange.understands(exchange.caller_leg, leg)
        await exchange.records(leg)


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


class TestRecording:
    async def test_pause__keeps_why_and_from_when_to_when(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.talk(ids["li"])
        await ask(exchange, ids["li"], Control.PAUSE_RECORDING, reason="identity")
        await until(lambda: list(exchange.engine.recordings.values()) == [True], "the pause")
        await until(lambda: self._pauses(house), "the row")
        await ask(exchange, ids["li"], Control.RESUME_RECORDING)
        await until(lambda: list(exchange.engine.recordings.values()) == [False], "voices")
        await until(lambda: self._pauses(house)[0].resumed_at is not None, "the row's end")
        assert self._pauses(house)[0].reason == "identity"

    async def test_pause__what_is_said_meanwhile_goes_to_no_speech_recognition(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.talk(ids["li"])
        await exchange.understands(exchange.caller_leg, leg)
        await ask(exchange, ids["li"], Control.PAUSE_RECORDING, reason="identity")
        await exchange.understands()
        await until(lambda: list(exchange.engine.recordings.values()) == [True], "the pause")
        await ask(exchange, ids["li"], Control.HOLD)
        await exchange.state("on_hold")
        await ask(exchange, ids["li"], Control.RESUME)
        await exchange.state("talking")
        assert exchange.engine.forked == set()
        await ask(exchange, ids["li"], Control.RESUME_RECORDING)
        await exchange.understands(exchange.caller_leg, leg)

    @staticmethod
    def _pauses(house: House) -> list[RecordingPause]:
        with house.database.reading() as session:
            return list(session.exec(select(RecordingPause)))


class TestTelephone:
    @pytest.fixture(autouse=True)
    def _by_telephone(self, house: House, ids: dict[str, str]) -> None:
        with house.database.session() as session:
            lawyer = session.get_one(User, ids["li"])
            telephones.choose(session, house, lawyer, Medium.NUMBER, number="13900003333")

    async def test_accept__only_the_key_connects(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        await exchange.caller_waits()
        leg = await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        assert telephone.called == "13900003333"
        telephone.pick_up()
        exchange.board.hear(LegHeard(leg))
        await until(lambda: exchange.engine.playing.get(leg) == ("press_one",), "the question")
        exchange.board.hear(Digit(leg, "5"))
        assert exchange.call.state == "connecting"
        exchange.board.hear(Digit(leg, "1"))
        await exchange.state("talking")
        await exchange.hear_each_other(exchange.caller_leg, leg)
        telephone.end()
        await exchange.state("rating")
        await until(lambda: leg not in exchange.engine.legs, "the end of the leg")

    async def test_accept__voicemail_sends_the_caller_back_to_the_head(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.caller_waits()
        await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        telephone.pick_up()
        telephone.end()
        await until(lambda: exchange.lawyer(ids["li"]).state == "busy", "the lawyer's state")
        await exchange.state("queued")
        assert exchange.lawyer(ids["li"]).state_reason == "phone_unanswered"
        await until(lambda: self._waits(house) == [exchange.call.id], "the place in the queue")

    @staticmethod
    def _waits(house: House) -> list[str | None]:
        with house.database.reading() as session:
            waiting = select(QueueEntry).where(QueueEntry.state == "waiting")
            return [entry.call_id for entry in session.exec(waiting)]

    async def test_hold__the_telephones_own_key_is_the_consoles(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        await exchange.caller_waits()
        leg = await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        telephone.pick_up()
        await until(lambda: exchange.engine.playing.get(leg) == ("press_one",), "the question")
        exchange.board.hear(Digit(leg, "1"))
        await exchange.state("talking")
        telephone.hold()
        await exchange.state("on_hold")
        telephone.resume()
        await exchange.state("talking")


class TestBrowserAudio:
    async def test_open_leg__hears_the_gateway_alone(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        lawyer = await exchange.talk(ids["li"])
        telephone = await reach(exchange, ids["li"], Purpose.JOIN)
        await exchange.dialled()
        with house.database.session() as session:
            call = session.exec(select(Call)).one()
            boss = session.get_one(User, ids["supervisor"])
            ear = control.supervise(session, house, call, boss, purpose=Purpose.LISTEN).party.id
        await exchange.tell_events()
        await until(lambda: ear in exchange.engine.legs, "the supervisor's leg")

        assert exchange.engine.sources == {
            exchange.caller_leg: None,
            lawyer: voice_source(house, lawyer),
            telephone: None,
            ear: voice_source(house, ear),
        }


class TestHangUpTooSoon:
    async def test_hang_up__before_the_call_has_come_gives_the_caller_the_place_back(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.caller_waits()
        with house.database.session() as session:
            entry = session.exec(select(QueueEntry)).one()
            lawyer = session.get_one(Lawyer, ids["li"])
            offer = make_offer(session, house, entry, lawyer, fence=1)
            accept(session, house, offer.id, lawyer.user_id)
            call = session.exec(select(Call)).one()
            calls.request_hang_up(session, house, call, by=ids["li"])
        await exchange.tell_events()
        await exchange.waits()
        assert exchange.call.state != "ended"


class TestCallbackByTelephone:
    @pytest.fixture(autouse=True)
    def _wish(self, house: House, ids: dict[str, str]) -> None:
        with house.database.session() as session:
            lawyer = session.get_one(User, ids["li"])
            telephones.choose(session, house, lawyer, Medium.NUMBER, number="13900003333")
            callbacks.request(
                session,
                house,
                number="13800005555",
                language="zh",
                topic=None,
                idempotency_key=None,
            )

    async def test_accept__lawyer_is_reached_before_the_citizen(
        self, exchange: Exchange, ids: dict[str, str]
    ) -> None:
        leg = await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        assert telephone.called == "13900003333"
        telephone.pick_up()
        await until(lambda: exchange.engine.playing.get(leg) == ("press_one",), "the question")
        assert exchange.line.dialled == []
        exchange.board.hear(Digit(leg, "1"))
        citizen = await exchange.dialled()
        assert citizen.called == "13800005555"
        citizen.announce()
        await until(
            lambda: exchange.engine.gains == {(exchange.caller_leg, leg)}, "the network's words"
        )
        citizen.pick_up()
        await exchange.state("talking")
        await exchange.hear_each_other(exchange.caller_leg, leg)

    async def test_hang_up__before_the_citizen_answers_ends_the_attempt(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        leg = await exchange.lawyer_accepts(ids["li"])
        (await exchange.dialled()).pick_up()
        await until(lambda: exchange.engine.playing.get(leg) == ("press_one",), "the question")
        exchange.board.hear(Digit(leg, "1"))
        await exchange.dialled()
        with house.database.session() as session:
            call = session.exec(select(Call)).one()
            calls.request_hang_up(session, house, call, by=ids["li"])
        await exchange.tell_events()
        await exchange.state("ended")
        await until(lambda: self._wish_state(house) == "waiting", "the wish to wait again")

    async def test_accept__citizen_is_not_rung_for_a_voicemail(
        self, exchange: Exchange, ids: dict[str, str], house: House
    ) -> None:
        await exchange.lawyer_accepts(ids["li"])
        telephone = await exchange.dialled()
        telephone.pick_up()
        telephone.end()
        await exchange.state("ended")
        assert exchange.line.dialled == []
        await until(lambda: self._wish_state(house) == "waiting", "the wish to wait again")
        await until(lambda: exchange.lawyer(ids["li"]).state == "busy", "the lawyer's state")

    @staticmethod
    def _wish_state(house: House) -> str:
        with house.database.reading() as session:
            return session.exec(select(Callback)).one().state
