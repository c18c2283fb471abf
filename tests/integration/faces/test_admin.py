"""The administrators' page: rules are changed, refused and kept."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.integration.faces.desk import sign_in

Faults = Callable[[Page], list[str]]


def _queue_rules(page: Page, username: str) -> Page:
    sign_in(page, username)
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-rules").click()
    page.get_by_test_id("rules-queue").wait_for()
    return page


def test_rules__are_changed_and_what_is_wrong_is_said_without_losing_it(
    open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    page = _queue_rules(open_page(), "admin1")
    editor = page.get_by_test_id("rules-queue")
    text = editor.get_by_role("textbox")
    values = json.loads(text.input_value())

    text.fill(json.dumps({**values, "avoid_seconds": -1}))
    editor.get_by_role("button", name="保存并生效").click()
    expect(editor.get_by_role("alert")).to_contain_text("avoid_seconds")
    assert json.loads(text.input_value())["avoid_seconds"] == -1

    text.fill(json.dumps({**values, "avoid_seconds": 25}))
    editor.get_by_role("button", name="保存并生效").click()
    expect(editor.get_by_text("第 1 版")).to_be_visible()
    assert json.loads(text.input_value())["avoid_seconds"] == 25
    assert faults_of_access(page) == []


def test_rules__are_read_only_for_supervisors(open_page: Callable[..., Page]) -> None:
    page = _queue_rules(open_page(), "supervisor1")
    editor = page.get_by_test_id("rules-queue")

    expect(editor.get_by_text("只有管理员可以修改。")).to_be_visible()
    expect(editor.get_by_role("textbox")).not_to_be_editable()
    expect(editor.get_by_role("button")).to_have_count(0)
