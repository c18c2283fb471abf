"""The administrators' page: opening hours, and what the line would do at a moment."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from hotline.hours.calendar import LAST_YEAR
from tests.integration.faces.desk import sign_in

Faults = Callable[[Page], list[str]]


def test_hours__say_what_the_line_does_at_a_moment(
    open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    page = open_page()
    sign_in(page, "supervisor1")
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-hours").click()
    form, found = page.get_by_test_id("hours-try"), page.get_by_test_id("hours-found")

    form.get_by_label("日期和时间").fill(f"{LAST_YEAR + 1}-10-01T10:00")
    form.get_by_role("button").click()

    expect(found).to_contain_text("会接听")
    expect(found).to_contain_text("还没有数据")
    expect(page.get_by_test_id("rules-hours").get_by_label("现行时间表")).to_be_visible()
    assert faults_of_access(page) == []
