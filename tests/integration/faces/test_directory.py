"""The administrators' page: the directory of lines that calls can be transferred to."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.integration.faces.desk import sign_in

Faults = Callable[[Page], list[str]]


def test_directory__line_is_added_changed_and_removed(
    open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    page = open_page()
    sign_in(page, "admin1")
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-directory").click()
    form, row = page.get_by_test_id("directory-form"), page.get_by_role("row", name="藏语翻译")

    form.get_by_label("名称", exact=True).fill("藏语翻译")
    form.get_by_label("电话号码").fill("08916320000")
    form.get_by_label("类别").select_option("interpreter")
    form.get_by_role("button", name="添加").click()
    expect(row).to_contain_text("08916320000")
    expect(row).to_contain_text("在用")

    row.get_by_role("button", name="修改藏语翻译").click()
    form.get_by_label("在用").uncheck()
    form.get_by_role("button", name="保存").click()
    expect(row).to_contain_text("停用")
    assert faults_of_access(page) == []

    row.get_by_role("button", name="删除藏语翻译").click()
    row.get_by_role("button", name="确定删除藏语翻译").click()
    expect(row).to_have_count(0)
