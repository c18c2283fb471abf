"""The administrators' page: lines that calls can be transferred to, and institutions."""

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


def test_institutions__centre_with_its_limit_is_added_changed_and_removed(
    open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    page = open_page(viewport={"width": 1280, "height": 800})
    sign_in(page, "admin1")
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-institutions").click()
    form = page.get_by_test_id("institutions-form")
    row = page.get_by_role("row", name="成都市法律援助中心")

    form.get_by_label("名称", exact=True).fill("成都市法律援助中心")
    form.get_by_label("行政区划代码").fill("510100")
    form.get_by_label("电话号码").fill("028-1110，028-1111")
    form.get_by_label("每人每月（元）").fill("1020.50")
    form.get_by_label("标准年份").fill("2026")
    expect(form.get_by_role("button", name="添加")).to_be_disabled()
    form.get_by_label("来源").fill("省人民政府通告")
    form.get_by_role("button", name="添加").click()
    expect(row).to_contain_text("028-1110、028-1111")
    expect(row).to_contain_text("每人每月 1020.5 元")
    expect(row).to_contain_text("2026 年，省人民政府通告")

    row.get_by_role("button", name="修改成都市法律援助中心").click()
    expect(form.get_by_label("每人每月（元）")).to_have_value("1020.5")
    assert faults_of_access(page) == []
    is_wider = "() => document.documentElement.scrollWidth > window.innerWidth"
    assert not page.evaluate(is_wider)
    for label in ("每人每月（元）", "标准年份", "来源"):
        form.get_by_label(label).fill("")
    form.get_by_role("button", name="保存").click()
    expect(row).not_to_contain_text("每人每月")

    row.get_by_role("button", name="删除成都市法律援助中心").click()
    row.get_by_role("button", name="确定删除成都市法律援助中心").click()
    expect(row).to_have_count(0)
