"""Call control on the page: hold, hand on, call in, pause, supervise; and what is said of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from hotline.calls import parties, pauses, service as calls
from hotline.calls.rules import Purpose
from hotline.events import EventType, last_seq, read_after
from hotline.tables import CallParty, Leg, Recording, RecordingPause
from tests.integration.faces.desk import Desk, sign_in
from tests.integration.faces.stage import Stage, eventually
from tests.integration.faces.waiting import NO_DIALOG_MOVES, until

Faults = Callable[[Page], list[str]]


@pytest.fixture
def talk(desk: Desk) -> str:
    """lawyer1 talks with a caller, and the talk is recorded; the call's id."""
    desk.go_on_duty()
    call_id = desk.take("13812342001")
    with desk.stage.house.database.session() as session:
        session.add(
            Recording(
                id=f"rec_{call_id}",
                call_id=call_id,
                path="none.wav",
                started_at=desk.stage.house.clock.now(),
            )
        )
        pauses.tell_call(session, desk.stage.house, calls.find(session, call_id))
    expect(desk.at("recording-state")).to_have_attribute("data-state", "running")
    return call_id


class Ear:
    """What the telephone's side is asked to do from now on."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        with stage.house.database.reading() as session:
            self._after = last_seq(session)

    def hears(self, action: str) -> dict[str, object]:
        """Waits until it is asked for this; returns the event's data."""
        found: list[dict[str, object]] = []

        def look() -> bool:
            with self._stage.house.database.reading() as session:
                found.extend(
                    event.data
                    for event in read_after(session, self._after)
                    if event.type == EventType.CALL_CONTROL_REQUESTED
                    and event.data["action"] == action
                )
            return bool(found)

        eventually(look)
        return found[0]


def set_state(stage: Stage, call_id: str, state: str) -> None:
    """The telephone's side has done it."""
    with stage.house.database.session() as session:
        calls.change(session, stage.house, calls.find(session, call_id), state=state)


def set_muted(stage: Stage, call_id: str, *muted: str, lawyer: bool = False) -> None:
    """The telephone's side has done it."""
    with stage.house.database.session() as session:
        call = calls.find(session, call_id)
        parties.mute(session, stage.house, call, lawyer=lawyer, muted=muted)


def party_of(stage: Stage, call_id: str) -> CallParty:
    """The call's newest party."""
    with stage.house.database.reading() as session:
        query = select(CallParty).where(col(CallParty.call_id) == call_id)
        return session.exec(query.order_by(col(CallParty.id).desc())).first() or pytest.fail("none")


def is_seated(stage: Stage, call_id: str) -> bool:
    """Whether the call's newest party has taken the place in the call."""
    party = party_of(stage, call_id)
    with stage.house.database.reading() as session:
        return session.get(Leg, party.id) is not None


def test_hold__by_key_and_back_by_button(desk: Desk, talk: str) -> None:
    ear = Ear(desk.stage)
    desk.page.keyboard.press("Alt+h")
    ear.hears("hold")
    set_state(desk.stage, talk, "on_hold")
    expect(desk.at("control-hold")).to_have_attribute("aria-pressed", "true")
    expect(desk.at("call-panel")).to_contain_text("保持")
    desk.at("control-hold").click()
    ear.hears("resume")


def test_transfer__to_other_lawyers_by_topic(
    desk: Desk, talk: str, faults_of_access: Faults
) -> None:
    ear = Ear(desk.stage)
    desk.page.keyboard.press("Alt+t")
    desk.at("reach-search").fill("婚姻")
    desk.at("reach-topic-family").check()
    until(desk.page, NO_DIALOG_MOVES)
    assert faults_of_access(desk.page) == []
    desk.at("reach-queue").click()
    assert ear.hears("queue")["topic"] == "family"
    expect(desk.at("reach-search")).not_to_be_visible()


def test_transfer__that_cannot_be_dialled_says_why(desk: Desk, talk: str) -> None:
    desk.at("control-reach").click()
    desk.at("reach-search").fill("报警")
    expect(desk.page.get_by_text("110 公安报警")).to_be_visible()
    desk.page.get_by_text("110 公安报警").click()
    desk.at("reach-transfer").click()
    expect(desk.page.get_by_role("alert").last).to_contain_text("No trunk")


def test_colleague__is_invited_joins_and_leaves(
    desk: Desk, talk: str, open_page: Callable[..., Page]
) -> None:
    other = open_page()
    sign_in(other, "lawyer2")
    other.get_by_test_id("duty-toggle").click()
    other.get_by_test_id("microphone-confirm").click()
    Desk(other, desk.stage).expect_state("available")
    desk.at("control-reach").click()
    desk.at("reach-search").fill("扎西")
    desk.page.locator('input[name="reach"]:not([disabled])').first.check()
    desk.at("reach-add").click()
    expect(desk.at("party")).to_have_attribute("data-state", "ringing")
    expect(other.get_by_test_id("invitation-card")).to_contain_text("陈晓岚")
    other.get_by_test_id("invitation-accept").click()
    # The click only asks; before the seat stands, no audio could have come.
    eventually(lambda: is_seated(desk.stage, talk))
    with desk.stage.house.database.session() as session:
        row = parties.find(session, party_of(desk.stage, talk).id)
        parties.answered(session, desk.stage.house, row)
    expect(desk.at("party")).to_have_attribute("data-state", "talking")
    expect(other.get_by_test_id("control-leave")).to_be_visible()
    ear = Ear(desk.stage)
    other.get_by_test_id("control-leave").click()
    assert ear.hears("drop")["party_id"] == row.id


def test_party__that_was_not_reached_is_named_with_the_reason(desk: Desk, talk: str) -> None:
    with desk.stage.house.database.session() as session:
        call = calls.find(session, talk)
        whom = parties.Whom(number="13900002222")
        row = parties.add(
            session,
            desk.stage.house,
            call,
            whom,
            purpose=Purpose.JOIN,
            by=call.lawyer_id or "",
        )
        party_id = row.id
    expect(desk.at("party")).to_contain_text("139****2222")
    with desk.stage.house.database.session() as session:
        parties.close(session, desk.stage.house, parties.find(session, party_id), reason="busy")
    expect(desk.at("party-failed")).to_contain_text("占线")


def test_party__is_muted_and_unmuted(desk: Desk, talk: str, faults_of_access: Faults) -> None:
    with desk.stage.house.database.session() as session:
        call = calls.find(session, talk)
        whom = parties.Whom(number="13900002222")
        by = call.lawyer_id or ""
        row = parties.add(session, desk.stage.house, call, whom, purpose=Purpose.JOIN, by=by)
        parties.answered(session, desk.stage.house, row)
        party_id = row.id
    ear = Ear(desk.stage)
    desk.at("party-mute").click()
    assert ear.hears("mute")["party_id"] == party_id
    set_muted(desk.stage, talk, party_id)
    expect(desk.at("party-mute")).to_have_attribute("aria-pressed", "true")
    expect(desk.at("party")).to_contain_text("已静音")
    assert faults_of_access(desk.page) == []
    desk.at("party-mute").click()
    assert ear.hears("unmute")["party_id"] == party_id
    set_muted(desk.stage, talk)
    expect(desk.at("party-mute")).to_have_attribute("aria-pressed", "false")


def test_mute__of_a_lawyer_at_a_telephone_is_done_by_the_server(desk: Desk) -> None:
    desk.at("telephone-medium").select_option("number")
    desk.at("telephone-number").fill("13900003333")
    desk.at("telephone-save").click()
    expect(desk.at("telephone-medium")).to_contain_text("139****3333")
    desk.at("duty-toggle").click()
    desk.expect_state("available")
    call_id = desk.take("13812342009")
    expect(desk.at("voice")).to_have_attribute("data-phase", "telephone")
    # Until the page knows of the talk there is nobody to be muted.
    expect(desk.at("call-mute")).to_be_enabled()
    ear = Ear(desk.stage)
    desk.page.keyboard.press("Alt+m")
    ear.hears("mute")
    expect(desk.at("call-mute")).to_have_attribute("aria-pressed", "false")
    set_muted(desk.stage, call_id, lawyer=True)
    expect(desk.at("call-mute")).to_have_attribute("aria-pressed", "true")
    desk.at("call-mute").click()
    ear.hears("unmute")
    set_muted(desk.stage, call_id)
    expect(desk.at("call-mute")).to_have_attribute("aria-pressed", "false")


def test_mute__done_by_another_program_is_shown_and_ended_here(desk: Desk, talk: str) -> None:
    set_muted(desk.stage, talk, lawyer=True)
    expect(desk.at("call-mute")).to_have_attribute("aria-pressed", "true")
    ear = Ear(desk.stage)
    desk.at("call-mute").click()
    ear.hears("unmute")
    set_muted(desk.stage, talk)
    expect(desk.at("call-mute")).to_have_attribute("aria-pressed", "false")


def test_recording__is_paused_for_a_reason_and_shows_it(desk: Desk, talk: str) -> None:
    ear = Ear(desk.stage)
    desk.at("control-pause").select_option("identity")
    assert ear.hears("pause_recording")["reason"] == "identity"
    with desk.stage.house.database.session() as session:
        call = calls.find(session, talk)
        pauses.begin(session, desk.stage.house, call, by=call.lawyer_id or "", reason="identity")
    expect(desk.at("recording-state")).to_contain_text("暂停")
    desk.at("control-record").click()
    ear.hears("resume_recording")
    with desk.stage.house.database.reading() as session:
        assert session.exec(select(RecordingPause)).first() is not None


def test_supervisor__listens_and_the_lawyer_is_told(
    desk: Desk, talk: str, open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    page = open_page()
    sign_in(page, "supervisor1")
    page.get_by_test_id("tab-wallboard").click()
    ear = Ear(desk.stage)
    page.get_by_test_id("supervise-listen").click()
    assert ear.hears("reach")["purpose"] == "listen"
    expect(page.get_by_test_id("supervise-listen")).to_have_attribute("aria-pressed", "true")
    expect(desk.at("supervised")).to_contain_text("监听")
    assert faults_of_access(desk.page) == []
    assert faults_of_access(page) == []
    page.reload()
    page.get_by_test_id("supervise-whisper").click()
    assert ear.hears("purpose")["purpose"] == "whisper"
    page.get_by_test_id("supervise-end").click()
    ear.hears("drop")


def test_telephone__is_chosen_and_shown_masked(desk: Desk) -> None:
    desk.at("telephone-medium").select_option("number")
    desk.at("telephone-number").fill("13900003333")
    desk.at("telephone-save").click()
    expect(desk.at("telephone-medium")).to_contain_text("139****3333")
    desk.at("telephone-medium").select_option("browser")
    expect(desk.at("telephone-number")).to_have_count(0)
