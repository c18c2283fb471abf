"""The lawyer's path: duty, offer, talk, transcript, ticket, legal aid, wrap-up."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect
from sqlmodel import col, select

from hotline.tables import Offer, QueueEntry, Ticket
from tests.integration.faces.desk import Desk, sign_in
from tests.integration.faces.stage import Stage, eventually


def test_sign_in__with_a_wrong_password_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.get_by_test_id("sign-in-username").fill("lawyer5")
    page.get_by_test_id("sign-in-password").fill("not this one")
    page.get_by_test_id("sign-in-submit").click()
    expect(page.get_by_test_id("sign-in-problem")).to_contain_text("密码")


def test_offer__is_acknowledged_shown_and_answered_with_a_key(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.stage.caller_waits("13812340001", topic="family")
    expect(desk.at("offer-card")).to_contain_text("婚姻家庭")
    expect(desk.at("offer-card")).to_contain_text("138****0001")
    eventually(lambda: _is_acknowledged(desk.stage, call_id))
    desk.page.keyboard.press("Alt+a")
    expect(desk.at("call-panel")).to_have_attribute("data-call", call_id)


def test_offer__that_the_caller_abandons_goes_away_and_says_why(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.stage.caller_waits("13812340002")
    expect(desk.at("offer-card")).to_be_visible()
    desk.stage.caller_hangs_up(call_id)
    expect(desk.at("offer-card")).to_have_count(0)
    expect(desk.at("why")).to_contain_text("挂断")
    desk.page.reload()
    desk.expect_state("available")
    expect(desk.at("offer-card")).to_have_count(0)


def test_offer__passed_on_goes_to_the_next_lawyer(
    desk: Desk, open_page: Callable[..., Page]
) -> None:
    desk.go_on_duty()
    other = open_page()
    sign_in(other, "lawyer2")
    desk.stage.caller_waits("13812340003")
    desk.at("offer-decline").click()
    other.get_by_test_id("duty-toggle").click()
    other.get_by_test_id("microphone-confirm").click()
    expect(other.get_by_test_id("offer-card")).to_be_visible()
    expect(desk.at("offer-card")).to_have_count(0)


def test_transcript__replaces_partial_words_by_final_ones(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812340004")

    def is_heard() -> bool:
        desk.stage.is_saying(call_id, "caller", "老板不给", at_ms=2000)
        return partial.count() == 1

    partial = desk.page.locator('[data-testid="transcript-line"][data-final="false"]')
    eventually(is_heard)
    desk.stage.says(call_id, "caller", "老板不给工钱。", at_ms=2000)
    line = desk.page.locator('[data-testid="transcript-line"][data-final="true"]')
    expect(line.locator(".said")).to_have_text("老板不给工钱。")
    expect(line).to_have_attribute("data-speaker", "caller")
    expect(partial).to_have_count(0)

    # What was missed has its place before what was said later.
    desk.stage.misses(call_id, "caller", start_ms=4000, end_ms=65_000)
    desk.stage.says(call_id, "caller", "后来他走了。", at_ms=70_000)
    expect(line).to_have_count(2)
    expect(desk.at("transcript-gap")).to_contain_text("1:05")
    expect(desk.page.locator(".lines .said")).to_have_text(
        ["老板不给工钱。", re.compile("没有转写"), "后来他走了。"]
    )


def test_ticket__is_prefilled_and_saved_while_it_is_written(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812340005", topic="injury")
    desk.at("ticket-summary").fill("骑车被撞，对方全责。")
    desk.at("ticket-informed").check()
    desk.expect_saved()
    eventually(lambda: _ticket_of(desk.stage, call_id).summary == "骑车被撞，对方全责。")
    ticket = _ticket_of(desk.stage, call_id)
    assert (ticket.topic, ticket.language, ticket.legal_aid_informed) == ("injury", "zh", True)


def test_legal_aid__asks_finds_and_is_handed_over(
    desk: Desk, open_page: Callable[..., Page]
) -> None:
    desk.go_on_duty()
    desk.take("13812340006")
    desk.at("ticket-summary").fill("工地欠薪三个月。")
    desk.at("intake-open").click()
    finding = desk.at("intake-finding")
    expect(finding).to_have_attribute("data-track", "ask")
    desk.page.locator('[data-group="means"] summary').click()
    desk.page.locator('[data-fact="migrant_worker"] [data-answer="yes"]').check(force=True)
    desk.at("intake-submit").click()
    expect(desk.at("intake-open")).to_contain_text("已转交")
    officer = open_page()
    sign_in(officer, "intake1")
    officer.get_by_test_id("intake-row").first.click()
    expect(officer.get_by_test_id("intake-detail")).to_contain_text("工地欠薪三个月。")
    officer.get_by_test_id("intake-decide-against").click()
    expect(officer.get_by_test_id("intake-confirm")).to_be_disabled()
    officer.get_by_test_id("intake-accept").click()
    officer.get_by_test_id("intake-confirm").click()
    expect(officer.get_by_test_id("intake-detail")).to_have_attribute("data-state", "accepted")


def test_wrap_up__names_what_is_missing_and_ends_when_it_is_there(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812340007")
    desk.at("call-hangup").click()
    expect(desk.at("wrap-up-missing")).to_contain_text("咨询情况")
    desk.at("ticket-summary").fill("问离婚财产。")
    desk.choose_disposition("当场解答")
    desk.at("ticket-finish").click()
    desk.expect_state("available")
    assert _ticket_of(desk.stage, call_id).status == "done"


def test_reload__in_mid_call_brings_back_call_words_ticket_and_voice(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812340008")
    desk.stage.says(call_id, "caller", "喂，您好。", at_ms=1000)
    desk.at("ticket-summary").fill("写到一半")
    desk.expect_saved()
    frames = desk.stage.heard.frames
    desk.page.reload()
    expect(desk.at("call-panel")).to_have_attribute("data-call", call_id)
    expect(desk.at("ticket-summary")).to_have_value("写到一半")
    expect(desk.at("transcript-line")).to_have_count(1)
    expect(desk.at("voice")).to_have_attribute("data-phase", "live")
    eventually(lambda: desk.stage.heard.frames > frames + 20)


def test_web_process__that_crashes_costs_no_word(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812340012")
    desk.stage.says(call_id, "caller", "第一句。", at_ms=1000)
    expect(desk.at("transcript-line")).to_have_count(1)
    desk.stage.web.kill()
    expect(desk.at("connection-state")).to_have_attribute("data-state", "disconnected")
    desk.at("ticket-summary").fill("断线时写的")
    expect(desk.at("ticket-saved")).to_have_attribute("data-state", "offline")
    for number in range(2, 12):
        desk.stage.says(call_id, "caller", f"第{number}句。", at_ms=1000 * number)
    desk.stage.web.start()
    expect(desk.at("transcript-line")).to_have_count(11, timeout=120_000)
    expect(desk.at("ticket-saved")).to_have_attribute("data-saved", "true")
    assert _ticket_of(desk.stage, call_id).summary == "断线时写的"
    expect(desk.at("call-panel")).to_have_attribute("data-call", call_id)


def test_ticket__changed_elsewhere_asks_which_words_to_keep(desk: Desk) -> None:
    desk.go_on_duty()
    call_id = desk.take("13812340013")
    desk.page.route("**/api/v1/tickets/*", _too_late)
    desk.at("ticket-summary").fill("这边写的")
    expect(desk.at("ticket-saved")).to_have_attribute("data-state", "offline")
    with desk.stage.house.database.session() as session:
        ticket = session.exec(select(Ticket).where(col(Ticket.call_id) == call_id)).one()
        ticket.summary, ticket.version = "那边写的", ticket.version + 1
        session.add(ticket)
    desk.page.unroute("**/api/v1/tickets/*")
    expect(desk.at("ticket-saved")).to_have_attribute("data-state", "conflict")
    desk.page.get_by_role("button", name="保留我写的").click()
    desk.expect_saved()
    assert _ticket_of(desk.stage, call_id).summary == "这边写的"


def test_second_tab__only_shows_until_it_takes_the_call(desk: Desk) -> None:
    desk.go_on_duty()
    desk.take("13812340009")
    expect(desk.at("voice")).to_have_attribute("data-phase", "live")
    second = desk.page.context.new_page()
    second.goto("/")
    expect(second.get_by_test_id("viewer-banner")).to_be_visible()
    second.get_by_test_id("take-lead").click()
    expect(second.get_by_test_id("voice")).to_have_attribute("data-phase", "live")
    expect(desk.at("viewer-banner")).to_be_visible()


def test_microphone__that_is_refused_is_explained(open_page: Callable[..., Page]) -> None:
    page = open_page(permissions=[])
    page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    )
    sign_in(page, "lawyer1")
    page.get_by_test_id("duty-toggle").click()
    expect(page.get_by_test_id("microphone-trouble")).to_have_attribute("data-trouble", "denied")
    expect(page.get_by_test_id("microphone-confirm")).to_be_disabled()


def test_wallboard__shows_queue_lawyers_and_figures(
    desk: Desk, open_page: Callable[..., Page]
) -> None:
    desk.go_on_duty()
    page = open_page(viewport={"width": 1920, "height": 1080})
    sign_in(page, "supervisor1")
    desk.take("13812340010")
    desk.stage.caller_waits("13812340011", language="ko")
    row = page.locator('[data-testid="lawyer-row"][data-state="talking"]')
    expect(row).to_have_count(1)
    expect(page.get_by_test_id("queue-row")).to_have_count(1)
    expect(page.get_by_test_id("figure-waiting")).to_contain_text("1")
    size = page.locator('[data-testid="figure-waiting"] .value').evaluate(
        "element => parseFloat(getComputedStyle(element).fontSize)"
    )
    assert size >= 44


def _too_late(route: Route) -> None:
    route.abort("connectionrefused")


def _is_acknowledged(stage: Stage, call_id: str) -> bool:
    with stage.house.database.reading() as session:
        query = (
            select(Offer)
            .join(QueueEntry, col(QueueEntry.id) == col(Offer.entry_id))
            .where(col(QueueEntry.call_id) == call_id, col(Offer.acknowledged_at).is_not(None))
        )
        return session.exec(query).first() is not None


def _ticket_of(stage: Stage, call_id: str) -> Ticket:
    with stage.house.database.reading() as session:
        return session.exec(select(Ticket).where(col(Ticket.call_id) == call_id)).one()
