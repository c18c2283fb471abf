"""Everybody can use the faces: axe-core finds nothing in any state, by day and by night."""

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.integration.faces.desk import Desk, sign_in
from tests.integration.faces.stage import Stage
from tests.integration.faces.waiting import NO_DIALOG_MOVES, until

Faults = Callable[[Page], list[str]]
Scheme = Literal["light", "dark"]


def _microphone(desk: Desk) -> None:
    desk.at("duty-toggle").click()
    desk.at("microphone-heard").wait_for()
    until(desk.page, NO_DIALOG_MOVES)


def _available(desk: Desk) -> None:
    desk.at("microphone-confirm").click()
    desk.expect_state("available")
    expect(desk.page.locator(".el-overlay:visible")).to_have_count(0)


def _offer(desk: Desk) -> None:
    desk.stage.caller_waits("13812341001")
    desk.at("offer-card").wait_for()


def _call(desk: Desk) -> None:
    desk.at("offer-accept").click()
    desk.at("call-panel").wait_for()
    call_id = desk.at("call-panel").get_attribute("data-call") or ""
    desk.stage.bridge(call_id)
    desk.stage.says(call_id, "caller", "您好。", at_ms=500)
    desk.stage.says(call_id, "lawyer", "您好，请讲。", at_ms=1500)
    expect(desk.at("transcript-line")).to_have_count(2)
    desk.at("ticket-summary").fill("问工资。")
    desk.expect_saved()


def _legal_aid(desk: Desk) -> None:
    desk.at("intake-open").click()
    desk.at("intake-finding").wait_for()
    for group in desk.page.locator("[data-group] summary").all():
        group.click()


def _wrap_up(desk: Desk) -> None:
    desk.at("intake-submit").click()
    expect(desk.at("intake-open")).to_contain_text("已转交")
    desk.at("call-hangup").click()
    desk.at("wrap-up").wait_for()


# Each leads to the next.
_STATES: dict[str, Callable[[Desk], None]] = {
    "offline": lambda desk: desk.expect_state("offline"),
    "microphone": _microphone,
    "available": _available,
    "offer": _offer,
    "call": _call,
    "legal aid": _legal_aid,
    "wrap-up": _wrap_up,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_desk__has_no_fault_in_any_state(
    stage: Stage, open_page: Callable[..., Page], faults_of_access: Faults, scheme: Scheme
) -> None:
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    page.get_by_test_id("sign-in-submit").wait_for()
    faults = {"sign-in": faults_of_access(page)}
    sign_in(page, "lawyer1")
    desk = Desk(page, stage)
    for name, come_to in _STATES.items():
        come_to(desk)
        faults[name] = faults_of_access(page)
    assert {state: found for state, found in faults.items() if found} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_other_pages__have_no_fault(
    desk: Desk, open_page: Callable[..., Page], faults_of_access: Faults, scheme: Scheme
) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812341002")
    desk.stage.says(call_id, "caller", "您好。", at_ms=500)
    desk.at("intake-open").click()
    desk.at("intake-submit").click()
    expect(desk.at("intake-open")).to_contain_text("已转交")
    desk.stage.caller_waits("13812341003", language="ko")
    faults = {}
    watcher = open_page(color_scheme=scheme, viewport={"width": 1920, "height": 1080})
    sign_in(watcher, "supervisor1")
    watcher.get_by_test_id("figure-waiting").wait_for()
    watcher.get_by_test_id("queue-row").first.wait_for()
    faults["wallboard"] = faults_of_access(watcher)
    watcher.get_by_test_id("tab-calls").click()
    watcher.locator(f'[data-call="{call_id}"]').click()
    watcher.get_by_test_id("transcript-text-line").wait_for()
    faults["calls"] = faults_of_access(watcher)
    officer = open_page(color_scheme=scheme)
    sign_in(officer, "intake1")
    officer.get_by_test_id("intake-row").first.click()
    officer.get_by_test_id("intake-decide-against").click()
    faults["intake"] = faults_of_access(officer)
    citizen = open_page("/callback", color_scheme=scheme, viewport={"width": 360, "height": 780})
    citizen.get_by_test_id("callback-submit").click()
    faults["citizen"] = faults_of_access(citizen)
    assert {state: found for state, found in faults.items() if found} == {}


def test_english__leaves_no_chinese_in_the_page_itself(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.get_by_test_id("language-toggle").click()
    sign_in(page, "lawyer5")
    page.get_by_test_id("duty-toggle").wait_for()
    for name in ("duty-toggle", "queue-list", "state-label", "connection-state"):
        assert page.get_by_test_id(name).inner_text().isascii(), name
