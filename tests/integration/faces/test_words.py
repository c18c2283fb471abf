"""What the words are for: proposals beside the transcript, dangers, searching, judged calls."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from hotline.quality import service as quality
from hotline.tables import Call
from hotline.transcripts.search import Wanted, search
from tests.integration.faces.desk import Desk, sign_in
from tests.integration.faces.stage import Stage, eventually

Faults = Callable[[Page], list[str]]


def test_proposals__are_used_or_ignored_and_fill_what_is_empty(
    stage: Stage, desk: Desk, faults_of_access: Faults
) -> None:
    desk.go_on_duty()
    call_id = desk.take("13911110001", topic="family")
    stage.says(call_id, "caller", "我想跟我老公离婚，房子值三十万元", at_ms=1000)
    topic = desk.page.locator('[data-testid="insight"][data-kind="topic"]')
    amount = desk.page.locator('[data-testid="insight"][data-key="amount"]')

    expect(topic).to_contain_text("离婚")
    expect(topic.locator("q")).to_have_text("我想跟我老公离婚")
    expect(amount).to_contain_text("300000")
    assert faults_of_access(desk.page) == []
    desk.page.keyboard.press("Alt+y")
    expect(topic).to_have_count(0)
    amount.get_by_test_id("insight-confirm").click()
    expect(amount).to_have_count(0)

    expect(desk.at("ticket-summary")).to_have_value("金额（元）: 300000")
    desk.expect_saved()


def test_danger__shows_a_script_and_stays_on_the_wallboard_until_noted(
    stage: Stage, desk: Desk, open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    desk.go_on_duty()
    call_id = desk.take("13911110002")
    board = open_page()
    sign_in(board, "supervisor1")
    board.get_by_test_id("tab-wallboard").click()
    stage.says(call_id, "caller", "我真的不想活了", at_ms=2000)
    alert = board.locator(f'[data-testid="risk-alert"][data-call="{call_id}"]')

    expect(desk.page.locator('[data-testid="insight"][data-kind="risk"]')).to_contain_text("12356")
    expect(alert).to_contain_text("可能有自杀危险")
    assert faults_of_access(board) == []
    alert.get_by_test_id("risk-acknowledge").click()

    expect(alert).to_have_count(0)


def test_words__are_found_from_the_page_of_calls(
    stage: Stage, open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    call_id = stage.caller_waits("13911110003")
    stage.says(call_id, "caller", "邻居的樱桃树挡住了我的窗户", at_ms=61_000)
    eventually(lambda: _is_in_the_index(stage, "樱桃"))
    page = open_page()
    sign_in(page, "supervisor1")
    page.get_by_test_id("tab-calls").click()
    hit = page.locator(f'[data-testid="search-hit"][data-call="{call_id}"]')

    page.get_by_test_id("search-words").fill("樱桃 窗户")
    page.get_by_test_id("search-go").click()
    expect(hit).to_contain_text("01:01")
    assert faults_of_access(page) == []
    hit.click()

    expect(page.locator(".line.is-now")).to_contain_text("樱桃树")
    address = f"/api/v1/calls/{call_id}/transcript.srt"
    expect(page.get_by_test_id("export-srt")).to_have_attribute("href", address)


def _is_in_the_index(stage: Stage, words: str) -> bool:
    with stage.house.database.reading() as session:
        return bool(search(session, Wanted(words), may_see=None, limit=1))


def test_judged_call__is_reviewed_with_an_own_score(
    stage: Stage, open_page: Callable[..., Page], faults_of_access: Faults
) -> None:
    call_id = stage.caller_waits("13911110004")
    stage.says(call_id, "lawyer", "你加我微信吧", at_ms=1000)
    stage.caller_hangs_up(call_id)
    with stage.house.database.session() as session:
        quality.check(session, stage.house, session.get_one(Call, call_id))
    page = open_page()
    sign_in(page, "supervisor1")
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-quality").click()

    page.locator(f'[data-testid="quality-row"][data-call="{call_id}"]').click()
    forbidden = page.locator('[data-item="forbidden_words"]')
    expect(forbidden).to_contain_text("你加我微信吧")
    assert faults_of_access(page) == []
    page.get_by_test_id("quality-score").fill("40")
    page.get_by_test_id("quality-save").click()

    expect(page.get_by_test_id("quality-detail").get_by_text("已保存")).to_be_visible()
    with stage.house.database.reading() as session:
        assert quality.find(session, call_id).human_score == 40
