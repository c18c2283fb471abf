"""From the words to the ticket and back: quotations with their moments, and what was missed."""

from playwright.sync_api import expect

from tests.integration.faces.desk import Desk
from tests.integration.faces.waiting import until

_END_IS_IN_VIEW = """() => {
    const log = document.querySelector('[role=log]')
    return log.scrollHeight - log.scrollTop - log.clientHeight < 2
}"""

_MARK = """line => {
    const range = document.createRange()
    range.selectNodeContents(line.querySelector('.said'))
    getSelection().removeAllRanges()
    getSelection().addRange(range)
}"""


def test_quotation__names_its_moment_and_leads_back_to_it(desk: Desk) -> None:
    # In a narrow window what comes after the call is chosen all the same.
    desk.page.set_viewport_size({"width": 1024, "height": 768})
    desk.go_on_duty()
    call_id = desk.take("13812340020")
    expect(desk.at("call-next")).to_be_visible()
    desk.stage.says(call_id, "caller", "老板欠我工资。", at_ms=65_000)
    for second in range(70, 140, 5):
        desk.stage.says(call_id, "lawyer", "请讲。", at_ms=1000 * second)
    # Hints take their room from the transcript, whose end stays in view.
    desk.stage.says(call_id, "caller", "老板说要打死我。", at_ms=140_000)
    expect(desk.at("insight").first).to_be_visible()
    until(desk.page, _END_IS_IN_VIEW)

    lines = desk.at("transcript-line")
    lines.first.evaluate(_MARK)
    desk.page.keyboard.press("Alt+k")
    expect(desk.at("ticket-summary")).to_have_value("[01:05]「老板欠我工资。」")
    expect(lines.first).not_to_be_in_viewport()
    desk.at("moments").get_by_role("button").click()
    expect(lines.first).to_be_in_viewport()


def test_finished_call__shows_what_was_not_transcribed(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812340021")
    desk.stage.says(call_id, "caller", "喂。", at_ms=1000)
    desk.stage.misses(call_id, "caller", start_ms=4000, end_ms=65_000)
    desk.stage.says(call_id, "caller", "后来他走了。", at_ms=70_000)
    expect(desk.at("transcript-line")).to_have_count(2)
    desk.stage.caller_hangs_up(call_id)
    expect(desk.at("wrap-up")).to_be_visible()
    desk.at("tab-calls").click()
    desk.page.locator(f'[data-testid="calls-row"][data-call="{call_id}"]').click()
    rows = desk.at("call-detail").locator("li")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("01:05")
    expect(rows.nth(1).get_by_test_id("transcript-text-gap")).to_be_visible()
