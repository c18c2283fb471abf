"""What is on record of a lawyer: for themselves their scores, for supervisors their states."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from hotline.quality import service as quality
from hotline.tables import Call
from tests.integration.faces.desk import Desk, sign_in

Faults = Callable[[Page], list[str]]


def test_record__break_after_the_call_own_score_and_history(
    desk: Desk, open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812345678")
    desk.at("call-next").select_option("break:meal")
    desk.at("ticket-summary").fill("咨询工资")
    desk.choose_disposition("当场解答")
    desk.expect_saved()
    desk.stage.caller_hangs_up(call_id)
    desk.at("ticket-finish").click()
    desk.expect_state("break")
    expect(desk.at("why")).to_contain_text("用餐")

    with desk.stage.house.database.session() as session:
        quality.check(session, desk.stage.house, session.get_one(Call, call_id))
    desk.at("my-quality").click()
    desk.at("my-quality-list").get_by_role("button").first.click()
    expect(desk.at("quality-item")).to_have_count(8)
    assert faults_of_access(desk.page) == []

    supervisor = open_page()
    sign_in(supervisor, "supervisor1")
    supervisor.get_by_test_id("tab-admin").click()
    supervisor.get_by_test_id("section-lawyers").click()
    row = supervisor.locator('[data-testid="skills-row"][data-username="lawyer1"]')
    row.get_by_test_id("lawyer-history").click()
    newest = supervisor.get_by_test_id("state-history").locator("tbody tr").first
    expect(newest).to_contain_text("小休")
    expect(newest).to_contain_text("用餐")
    expect(newest).to_contain_text("本人")
    assert faults_of_access(supervisor) == []
