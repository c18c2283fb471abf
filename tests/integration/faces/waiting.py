"""Waiting for what only a script in the page can see."""

from time import monotonic

from playwright.sync_api import Page

NO_DIALOG_MOVES = """document.getAnimations().every(
    (one) => !one.effect.target?.closest('.el-overlay')
)"""

NOTHING_MOVES = """document.getAnimations().every(
    (one) => one.playState !== 'running' || one.effect.getTiming().iterations === Infinity
)"""

_LIMIT_SECONDS = 30.0
_PAUSE_MS = 50


def until(page: Page, condition: str) -> None:
    """Waits until a condition of the page's is true.

    Playwright's own wait asks again with `eval`, which the Content-Security-Policy of our pages
    forbids: it fails when the first answer is no.

    Args:
        page: The page.
        condition: An expression, or a function without arguments.
    """
    deadline = monotonic() + _LIMIT_SECONDS
    while not page.evaluate(condition):
        assert monotonic() < deadline, f"never true: {condition}"
        page.wait_for_timeout(_PAUSE_MS)
