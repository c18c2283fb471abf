"""The rota in the faces: planned by the week, swapped by lawyers; duty with breaks and orders."""

from collections.abc import Callable, Iterator
from datetime import time, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import delete, select

from hotline.rota import service
from hotline.rota.service import NewSeat
from hotline.tables import RotaSeat, RotaShift, RotaSwap, User
from tests.integration.faces.desk import Desk, sign_in
from tests.integration.faces.stage import Stage

Faults = Callable[[Page], list[str]]


@pytest.fixture(autouse=True)
def blank(stage: Stage) -> Iterator[None]:
    """No rota before and after."""
    _clear(stage)
    yield
    _clear(stage)


def _clear(stage: Stage) -> None:
    with stage.house.database.session() as session:
        for table in (RotaSwap, RotaSeat, RotaShift):
            session.exec(delete(table))


def _shift_of(stage: Stage, username: str, *, in_days: int) -> None:
    """A shift for somebody, from eight to noon."""
    house = stage.house
    with house.database.session() as session:
        users = {user.username: user for user in session.exec(select(User))}
        today = house.clock.now().astimezone(house.settings.zone).date()
        service.plan(
            session,
            house,
            day=today + timedelta(days=in_days),
            begins=time(8),
            ends=time(12),
            label="早班",
            seats=[NewSeat("zh", None, users[username].id)],
            by=users["supervisor1"],
        )


def _section(page: Page, username: str) -> Page:
    sign_in(page, username)
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-rota").click()
    return page


def test_rota__a_week_is_planned_and_seats_are_given(
    open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    page = _section(open_page(), "supervisor1")
    expect(page.get_by_text("这一周还没有班次。")).to_be_visible()
    # Next week, all of whose days are still to come.
    page.get_by_test_id("rota-next").click()
    page.get_by_test_id("rota-add").click()
    form = page.get_by_test_id("new-shift")
    form.get_by_test_id("new-shift-label").fill("白班")
    form.get_by_test_id("new-shift-count").fill("2")
    form.get_by_test_id("new-shift-save").click()
    expect(page.get_by_test_id("shift")).to_have_count(7)
    expect(page.get_by_test_id("rota-open")).to_have_text("空缺 14")

    first = page.get_by_test_id("seat").first
    first.get_by_role("combobox").select_option(label="陈晓岚")
    expect(first).to_have_attribute("data-open", "false")
    # The second seat of the same shift would be at the same time.
    second = page.get_by_test_id("seat").nth(1)
    second.get_by_role("combobox").select_option(label="陈晓岚")
    expect(page.get_by_test_id("rota-trouble")).to_contain_text("已有别的班")
    expect(second).to_have_attribute("data-open", "true")
    expect(second.get_by_role("combobox")).to_have_value("")
    assert faults_of_access(page) == []


def test_rota__a_swap_is_asked_accepted_and_approved(
    stage: Stage, open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    _shift_of(stage, "lawyer1", in_days=2)
    asker, colleague = open_page(), open_page()
    sign_in(asker, "lawyer1")
    asker.get_by_test_id("my-rota").click()
    asker.get_by_test_id("swap-begin").click()
    asker.get_by_test_id("swap-colleague").select_option(label="扎西平措")
    asker.get_by_test_id("swap-ask").click()
    expect(asker.get_by_test_id("my-swap")).to_have_attribute("data-state", "asked")
    assert faults_of_access(asker) == []

    sign_in(colleague, "lawyer2")
    colleague.get_by_test_id("my-rota").click()
    colleague.get_by_test_id("swap-accept").click()
    expect(colleague.get_by_test_id("my-swap")).to_have_attribute("data-state", "accepted")

    supervisor = _section(open_page(), "supervisor1")
    supervisor.get_by_test_id("swap-approve").click()
    expect(supervisor.get_by_test_id("swap")).to_have_count(0)
    expect(colleague.get_by_test_id("my-shift")).to_have_count(1)
    expect(asker.get_by_test_id("my-shift")).to_have_count(0)


def test_duty__break_has_a_reason_and_a_supervisor_ends_it(
    desk: Desk, open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    desk.go_on_duty()
    desk.at("duty-break").click()
    assert faults_of_access(desk.page) == []
    desk.at("break-meal").click()
    desk.expect_state("break")
    expect(desk.at("why")).to_contain_text("用餐")

    page = open_page()
    sign_in(page, "supervisor1")
    page.get_by_test_id("tab-wallboard").click()
    row = page.locator('[data-testid="lawyer-row"][data-state="break"]')
    expect(row).to_contain_text("用餐")
    row.get_by_test_id("force-state").click()
    page.get_by_test_id("force-to").select_option("available")
    page.get_by_test_id("force-reason").fill("高峰，请回来")
    page.get_by_test_id("force-do").click()

    desk.expect_state("available")
    expect(desk.at("why")).to_contain_text("高峰，请回来")


def test_duty__wrap_up_is_extended_once(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.take("13800138000")
    desk.stage.caller_hangs_up(call_id)
    desk.at("wrap-up-extend").click()
    expect(desk.at("wrap-up-extend")).to_be_disabled()
    desk.expect_state("wrap_up")
