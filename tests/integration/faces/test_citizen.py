"""The citizen's page on a telephone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from hotline.tables import Callback
from tests.integration.faces.stage import Stage

_PHONE = {"width": 360, "height": 780}


def test_request__by_a_double_tap_is_one_and_can_be_cancelled(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    page = open_page("/callback", viewport=_PHONE)
    before = _count(stage)
    page.get_by_test_id("callback-number").fill("138 0013 8001")
    page.get_by_test_id("callback-consent").check()
    page.get_by_test_id("callback-submit").dblclick()
    status = page.get_by_test_id("callback-status")
    expect(status).to_have_attribute("data-state", "waiting")
    expect(status).to_contain_text("138****8001")
    assert _count(stage) == before + 1
    page.reload()
    expect(status).to_have_attribute("data-state", "waiting")
    page.get_by_test_id("callback-cancel").click()
    page.get_by_test_id("callback-cancel-sure").click()
    expect(status).to_have_attribute("data-state", "cancelled")


def test_request__without_consent_sends_nothing(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    page = open_page("/callback", viewport=_PHONE)
    before = _count(stage)
    page.get_by_test_id("callback-number").fill("13800138002")
    page.get_by_test_id("callback-submit").click()
    expect(page.get_by_role("alert")).to_contain_text("同意")
    assert _count(stage) == before


@pytest.mark.parametrize("width", [320, 360, 390, 430])
@pytest.mark.parametrize("is_care", [False, True])
def test_page__fits_and_can_be_touched(
    open_page: Callable[..., Page], width: int, is_care: bool
) -> None:
    page = open_page("/callback", viewport={"width": width, "height": 780})
    page.get_by_test_id("callback-form").wait_for()
    if is_care:
        page.get_by_test_id("care-toggle").click()
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    controls = page.locator("button, select, input[type=tel], .dial")
    heights = [box["height"] for one in controls.all() if (box := one.bounding_box())]
    smallest = page.evaluate(
        """Math.min(...[...document.querySelectorAll('main *')]
            .filter((element) => element.childElementCount === 0 && element.textContent.trim())
            .map((element) => parseFloat(getComputedStyle(element).fontSize)))"""
    )
    assert overflow <= 0
    assert min(heights) >= (60 if is_care else 44)
    assert smallest >= (18 if is_care else 16)


def test_page__is_light(open_page: Callable[..., Page]) -> None:
    page = open_page("/callback", viewport=_PHONE)
    page.get_by_test_id("callback-form").wait_for()
    sizes: list[int] = page.evaluate(
        "performance.getEntriesByType('resource').map((entry) => entry.decodedBodySize)"
    )
    # Uncompressed; the promise is 100 kB compressed.
    assert sum(sizes) < 200_000


def _count(stage: Stage) -> int:
    with stage.house.database.reading() as session:
        return len(session.exec(select(Callback)).all())
