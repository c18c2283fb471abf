"""The administrators' page: rules are changed, refused and kept."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import delete

from hotline.tables import ConfigurationVersion
from tests.integration.faces.desk import sign_in
from tests.integration.faces.stage import Stage

Faults = Callable[[Page], list[str]]


def _rules(page: Page, username: str, *, kind: str = "queue") -> Locator:
    """One kind of rules, opened."""
    sign_in(page, username)
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-rules").click()
    editor = page.get_by_test_id(f"rules-{kind}")
    editor.locator("h3 button").click()
    editor.get_by_test_id("rules-as-text").wait_for()
    return editor


@pytest.fixture(autouse=True)
def defaults(stage: Stage) -> Iterator[None]:
    """The defaults hold before and after."""
    _forget(stage)
    yield
    _forget(stage)
    stage.be_patient()


def _forget(stage: Stage) -> None:
    with stage.house.database.session() as session:
        session.exec(delete(ConfigurationVersion))


def test_rules__are_changed_in_the_form_and_taken_up_again(
    open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    page = open_page()
    editor = _rules(page, "admin1")
    seconds = editor.get_by_label("多久后可再派同一人")
    save = editor.get_by_role("button", name="保存并生效")

    seconds.fill("-1")
    save.click()
    wrong = editor.locator('[data-field="avoid_seconds"]').get_by_role("alert")
    expect(wrong).to_be_visible()
    expect(seconds).to_have_value("-1")

    seconds.fill("25")
    save.click()
    expect(editor.get_by_text("第 1 版")).to_be_visible()
    expect(wrong).to_have_count(0)
    expect(seconds).to_have_value("25")

    seconds.fill("30")
    save.click()
    expect(editor.get_by_text("第 2 版")).to_be_visible()
    editor.get_by_test_id("rules-history").click()
    expect(editor.get_by_test_id("rules-versions")).to_contain_text("系统管理员")
    assert faults_of_access(page) == []
    editor.get_by_test_id("rules-again").click()
    expect(seconds).to_have_value("25")
    save.click()
    expect(editor.get_by_text("第 3 版")).to_be_visible()


def test_rules__lists_grow_and_shrink_in_the_form(
    open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    page = open_page()
    editor = _rules(page, "admin1", kind="agents")
    breaks = editor.locator('[data-field="breaks"]')

    breaks.get_by_role("button", name="添加 小休事由").click()
    added = editor.locator('[data-field="breaks.4"]')
    added.get_by_label("标识").fill("prayer")
    added.get_by_label("中文名称").fill("礼拜")
    added.get_by_label("英文名称").fill("Prayer")
    added.get_by_label("限时").fill("20")
    breaks.get_by_role("button", name="删除 小休事由 1").click()
    editor.get_by_role("button", name="保存并生效").click()
    expect(editor.get_by_text("第 1 版")).to_be_visible()
    assert faults_of_access(page) == []

    editor.get_by_test_id("rules-as-text").click()
    values = json.loads(editor.get_by_role("textbox").input_value())
    assert [each["key"] for each in values["breaks"]] == ["meal", "meeting", "other_work", "prayer"]


def test_rules__are_changed_as_text_and_what_is_wrong_is_said_without_losing_it(
    open_page: Callable[..., Page],
) -> None:
    editor = _rules(open_page(), "admin1")
    editor.get_by_test_id("rules-as-text").click()
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


def test_rules__are_read_only_for_supervisors(open_page: Callable[..., Page]) -> None:
    editor = _rules(open_page(), "supervisor1")

    expect(editor.get_by_text("只有管理员可以修改。")).to_be_visible()
    expect(editor.get_by_label("多久后可再派同一人")).not_to_be_editable()
    expect(editor.get_by_role("button", name="保存并生效")).to_have_count(0)


def test_lawyers__levels_are_set(open_page: Callable[..., Page], faults_of_access: Faults) -> None:
    page = open_page()
    sign_in(page, "admin1")
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-lawyers").click()
    row = page.locator('[data-testid="skills-row"][data-username="lawyer3"]')

    row.get_by_test_id("skills-edit").click()
    form = page.get_by_test_id("skills-form")
    form.get_by_test_id("level-ko").select_option("1")
    form.get_by_test_id("level-labour").select_option("3")
    form.get_by_test_id("skills-save").click()

    expect(row).to_contain_text("朝鲜语 1")
    expect(row).to_contain_text("劳动争议 3")
    expect(form).to_be_hidden()
    assert faults_of_access(page) == []
