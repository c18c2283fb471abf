"""The administrators' page: who may sign in."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import col, delete, select

from hotline.accounts.service import NewUser, create_user
from hotline.agents import service as agents
from hotline.agents.rules import LawyerState
from hotline.tables import Lawyer, SignIn, User
from tests.integration.faces.desk import sign_in
from tests.integration.faces.stage import Stage

Faults = Callable[[Page], list[str]]

PASSWORD = "Qing-Cheng-2026"
OTHER_PASSWORD = "Yulong-Xueshan-55"


@pytest.fixture(autouse=True)
def newcomers_go(stage: Stage) -> Iterator[None]:
    """Whoever a test adds is gone after it: the stage is everybody's."""
    yield
    with stage.house.database.session() as session:
        added = session.exec(select(User.id).where(col(User.is_demo).is_(False))).all()
        session.exec(delete(SignIn).where(col(SignIn.user_id).in_(added)))
        session.exec(delete(Lawyer).where(col(Lawyer.user_id).in_(added)))
        session.exec(delete(User).where(col(User.id).in_(added)))


@pytest.fixture
def accounts(open_page: Callable[..., Page]) -> Page:
    """The administrator's page, at the accounts."""
    page = open_page(viewport={"width": 1280, "height": 800})
    sign_in(page, "admin1")
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-accounts").click()
    _row(page, "admin1").wait_for()
    return page


def _row(page: Page, username: str) -> Locator:
    return page.locator(f'[data-testid="accounts"] [data-username="{username}"]')


def _fill(form: Locator, *, username: str, name: str, password: str, role: str) -> None:
    form.get_by_label("用户名", exact=True).fill(username)
    form.get_by_label("姓名").fill(name)
    form.get_by_label("密码", exact=True).fill(password)
    form.get_by_test_id(f"role-{role}").check()


def _add(stage: Stage, username: str, name: str, *, role: str = "intake") -> None:
    new = NewUser(username=username, display_name=name, password=PASSWORD, roles=(role,))
    with stage.house.database.session() as session:
        create_user(session, stage.house, new)


def _sign_in(stage: Stage, username: str, password: str) -> httpx.Response:
    typed = {"username": username, "password": password}
    return httpx.post(f"{stage.url}/api/v1/session", json=typed, timeout=60)


def _is_signed_in(stage: Stage, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{stage.url}/api/v1/me", headers=headers, timeout=60)
    return answer.status_code == 200


def test_accounts__person_is_added_signs_in_and_becomes_a_lawyer(
    stage: Stage, accounts: Page, faults_of_access: Faults
) -> None:
    assert faults_of_access(accounts) == []
    accounts.get_by_test_id("account-add").press("Enter")
    form = accounts.get_by_test_id("account-new")
    expect(form.get_by_label("用户名", exact=True)).to_be_focused()
    password = form.get_by_label("密码", exact=True)
    _fill(form, username="Wang.Fang", name="王芳", password=PASSWORD, role="lawyer")
    expect(password).to_have_attribute("type", "password")
    form.get_by_role("button", name="显示密码").click()
    expect(password).to_have_attribute("type", "text")
    expect(password).to_have_attribute("autocomplete", "new-password")
    assert faults_of_access(accounts) == []
    password.press("Enter")

    expect(form).to_have_count(0)
    row = _row(accounts, "wang.fang")
    expect(row).to_contain_text("王芳")
    expect(row).to_contain_text("律师")
    expect(row).to_contain_text("可登录")
    expect(row.get_by_text("演示")).to_have_count(0)
    expect(_row(accounts, "lawyer1").get_by_text("演示")).to_be_visible()
    assert _sign_in(stage, "wang.fang", PASSWORD).status_code == 200
    assert faults_of_access(accounts) == []

    accounts.get_by_test_id("account-lawyer-hint").get_by_role("link").click()
    lawyer = accounts.locator('[data-testid="skills-row"][data-username="wang.fang"]')
    expect(lawyer).to_contain_text("普通话")


def test_accounts__refusal_is_said_and_what_was_typed_stays_until_the_dialog_closes(
    accounts: Page,
) -> None:
    accounts.get_by_test_id("account-add").click()
    form = accounts.get_by_test_id("account-new")
    alert, add = form.get_by_role("alert"), form.get_by_role("button", name="添加", exact=True)
    username, password = (form.get_by_label(label, exact=True) for label in ("用户名", "密码"))

    _fill(form, username="lawyer1", name="王芳", password="lawyer1-2026", role="intake")
    add.click()
    expect(alert).to_contain_text("密码还不符合")
    password.fill(PASSWORD)
    add.click()
    expect(alert).to_contain_text("已经有人用了")
    expect(username).to_have_value("lawyer1")
    expect(form.get_by_label("姓名")).to_have_value("王芳")
    expect(password).to_have_value(PASSWORD)
    expect(form.get_by_test_id("role-intake")).to_be_checked()

    # The server folds letters further than browsers do: sharp s is ss.
    _fill(form, username="strasse", name="王芳", password="straße-12345", role="intake")
    add.click()
    expect(alert).to_contain_text("does not contain the user name")
    expect(password).to_have_value("straße-12345")

    password.press("Escape")
    expect(form).to_have_count(0)
    accounts.get_by_test_id("account-add").click()
    expect(username).to_have_value("")
    expect(password).to_have_value("")
    expect(form.get_by_test_id("role-intake")).not_to_be_checked()


def test_accounts__name_and_roles_are_changed_but_no_lawyer_on_duty_is_made_something_else(
    stage: Stage, accounts: Page, faults_of_access: Faults
) -> None:
    _add(stage, "zhao.lei", "赵磊")
    accounts.reload()
    row, form = _row(accounts, "zhao.lei"), accounts.get_by_test_id("account-edit-form")
    row.get_by_role("button", name="修改赵磊").click()
    form.get_by_label("姓名").fill("赵雷")
    form.get_by_test_id("role-supervisor").check()
    assert faults_of_access(accounts) == []
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    expect(row).to_contain_text("赵雷")
    expect(row).to_contain_text("班长、受理人员")

    with stage.house.database.session() as session:
        lawyer = session.exec(
            select(Lawyer)
            .join(User, col(User.id) == col(Lawyer.user_id))
            .where(User.username == "lawyer1")
        ).one()
        agents.change(session, stage.house, lawyer, LawyerState.BUSY, by="system")
    _row(accounts, "lawyer1").get_by_role("button", name="修改陈晓岚").click()
    form.get_by_test_id("role-lawyer").uncheck()
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("alert")).to_contain_text("至少要有一种角色")
    form.get_by_test_id("role-intake").check()
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("alert")).to_contain_text("正在值班")
    expect(form.get_by_test_id("role-intake")).to_be_checked()
    expect(form.get_by_test_id("role-lawyer")).not_to_be_checked()


def test_accounts__somebody_is_shut_out_and_let_in_again(
    stage: Stage, accounts: Page, faults_of_access: Faults
) -> None:
    _add(stage, "zhao.lei", "赵磊")
    token = _sign_in(stage, "zhao.lei", PASSWORD).json()["token"]
    accounts.reload()
    row = _row(accounts, "zhao.lei")

    row.get_by_role("button", name="停用赵磊").click()
    row.get_by_role("button", name="确认停用赵磊").click()
    expect(row).to_contain_text("已停用")
    assert _sign_in(stage, "zhao.lei", PASSWORD).status_code == 401
    assert not _is_signed_in(stage, token)
    assert faults_of_access(accounts) == []

    row.get_by_role("button", name="启用赵磊").click()
    expect(row).to_contain_text("可登录")
    assert _sign_in(stage, "zhao.lei", PASSWORD).status_code == 200
    own = _row(accounts, "admin1")
    expect(own).to_contain_text("本人")
    expect(own.get_by_role("button", name="停用")).to_have_count(0)


def test_accounts__new_password_ends_what_the_old_one_began(
    stage: Stage, accounts: Page, faults_of_access: Faults
) -> None:
    _add(stage, "zhao.lei", "赵磊")
    token = _sign_in(stage, "zhao.lei", PASSWORD).json()["token"]
    accounts.reload()
    give = _row(accounts, "zhao.lei").get_by_role("button", name="给赵磊设新密码")
    form = accounts.get_by_test_id("account-password-form")

    give.click()
    expect(form).to_contain_text("所有电脑上立即退出登录")
    form.get_by_label("密码", exact=True).fill(OTHER_PASSWORD)
    assert faults_of_access(accounts) == []
    form.get_by_role("button", name="设为新密码").click()
    expect(accounts.get_by_text("已给赵磊设新密码")).to_be_visible()
    assert not _is_signed_in(stage, token)
    assert _sign_in(stage, "zhao.lei", PASSWORD).status_code == 401
    assert _sign_in(stage, "zhao.lei", OTHER_PASSWORD).status_code == 200

    give.click()
    expect(form.get_by_label("密码", exact=True)).to_have_value("")


def test_accounts__own_password_signs_out_here_too_and_own_right_to_administer_stays(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    _add(stage, "zhao.lei", "赵磊", role="admin")
    page = open_page()
    page.get_by_test_id("sign-in-username").fill("zhao.lei")
    page.get_by_test_id("sign-in-password").fill(PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-accounts").click()
    own = _row(page, "zhao.lei")
    own.get_by_role("button", name="修改赵磊").click()
    form = page.get_by_test_id("account-edit-form")
    expect(form.get_by_test_id("role-admin")).to_be_disabled()
    form.get_by_label("姓名").fill("赵雷")
    form.get_by_role("button", name="保存").click()
    expect(page.locator("header .who")).to_have_text("赵雷")

    own.get_by_role("button", name="给赵雷设新密码").click()
    form = page.get_by_test_id("account-password-form")
    expect(form).to_contain_text("包括这一台")
    form.get_by_label("密码", exact=True).fill(OTHER_PASSWORD)
    form.get_by_role("button", name="设为新密码").click()
    page.get_by_test_id("sign-in-submit").wait_for()
    assert _sign_in(stage, "zhao.lei", OTHER_PASSWORD).status_code == 200


def test_accounts__are_not_for_supervisors(stage: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page("/#/admin/accounts")
    sign_in(page, "supervisor1")
    page.get_by_test_id("tab-admin").click()
    page.get_by_test_id("section-lawyers").wait_for()
    expect(page.get_by_test_id("section-accounts")).to_have_count(0)
    page.goto("/#/admin/accounts")
    expect(page.get_by_test_id("accounts")).to_have_count(0)
    assert page.request.get("/api/v1/users").status == 403


@pytest.mark.parametrize("width", [390, 1280])
def test_accounts__fit_the_window_and_have_no_fault_by_night(
    open_page: Callable[..., Page], faults_of_access: Faults, width: int
) -> None:
    page = open_page(color_scheme="dark", viewport={"width": width, "height": 800})
    sign_in(page, "admin1")
    page.goto("/#/admin/accounts")
    _row(page, "lawyer1").get_by_role("button", name="停用陈晓岚").click()
    faults = {"list": faults_of_access(page)}
    page.get_by_test_id("account-add").click()
    form = page.get_by_test_id("account-new")
    form.get_by_label("密码", exact=True).fill(PASSWORD)
    form.get_by_test_id("role-lawyer").check()
    faults["dialog"] = faults_of_access(page)

    assert {place: found for place, found in faults.items() if found} == {}
    assert not page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
