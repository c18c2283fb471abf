"""A duty lawyer at the console: a real page in a real browser."""

from pathlib import Path
from types import TracebackType

import numpy as np
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from tests.e2e.audio import Samples
from tests.e2e.client import PASSWORD
from tests.e2e.stack import Stack

_SLOW_MS = 60_000

# What the page plays is copied on its way to the loudspeaker. Echo cancellation and gain control
# would change what is compared, so the page is asked for the microphone as it is.
_TAP = """
localStorage.setItem('hotline.rawaudio', '1');
window.__heard = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  if (target instanceof AudioDestinationNode && !(this instanceof ScriptProcessorNode)) {
    const context = this.context;
    if (!context.__tap) {
      context.__tap = context.createScriptProcessor(4096, 1, 1);
      context.__tap.onaudioprocess = (event) => {
        window.__rate = context.sampleRate;
        window.__heard.push(Array.from(event.inputBuffer.getChannelData(0)));
      };
      connect.call(context.__tap, context.destination);
    }
    connect.call(this, context.__tap);
  }
  return connect.call(this, target, ...rest);
};
"""


class LawyerAtWork:
    """One signed-in person's page."""

    def __init__(self, browser: Browser, stack: Stack, username: str) -> None:
        self._context = browser.new_context(
            base_url=stack.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": 1366, "height": 768},
            permissions=["microphone", "notifications"],
            # As a lawyer who clicks the browser's warning away; `Stack.trust` checks it in full.
            ignore_https_errors=stack.trust is not None,
        )
        self._context.add_init_script(_TAP)
        self.page: Page = self._context.new_page()
        self.problems: list[str] = []
        self.page.on("console", self._note_problem)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.set_default_timeout(_SLOW_MS)
        self._sign_in(username)

    def __enter__(self) -> "LawyerAtWork":
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._context.close()

    def _note_problem(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def _sign_in(self, username: str) -> None:
        self.page.goto("/")
        self.at("sign-in-username").locator("input").or_(
            self.page.locator("input[data-testid=sign-in-username]")
        ).first.fill(username)
        self.at("sign-in-password").locator("input").or_(
            self.page.locator("input[data-testid=sign-in-password]")
        ).first.fill(PASSWORD)
        self.at("sign-in-submit").click()
        expect(self.at("sign-in-submit")).to_have_count(0, timeout=_SLOW_MS)

    def at(self, test_id: str) -> Locator:
        """The part of the page with this test id."""
        return self.page.get_by_test_id(test_id)

    def go_on_duty(self) -> None:
        """Checks the microphone and goes on duty."""
        self.at("duty-toggle").click()
        confirm = self.at("microphone-confirm")
        confirm.or_(
            self.page.locator('[data-testid="state-label"][data-state="available"]')
        ).first.wait_for()
        if confirm.count():
            expect(confirm).to_be_enabled(timeout=_SLOW_MS)
            confirm.click()
        self.wait_for_state("available")

    def wait_for_state(self, state: str, *, timeout_ms: int = _SLOW_MS) -> None:
        """Waits until the page shows this state of the lawyer."""
        label = self.page.locator(f'[data-testid="state-label"][data-state="{state}"]')
        expect(label.first).to_be_visible(timeout=timeout_ms)

    def answer(self) -> None:
        """Waits for the offer and takes it."""
        self.at("offer-accept").click()
        expect(self.at("call-panel")).to_be_visible()

    def heard(self) -> tuple[Samples, int]:
        """What the page has played since it was loaded, and its rate in Hz."""
        chunks = self.page.evaluate("window.__heard")
        rate = int(self.page.evaluate("window.__rate || 48000"))
        return np.concatenate([np.zeros(1), *(np.array(chunk) for chunk in chunks)]), rate

    def lines(self, speaker: str) -> list[str]:
        """The final lines of one speaker on the screen."""
        lines = self.page.locator(
            f'[data-testid="transcript-line"][data-speaker="{speaker}"][data-final="true"] .said'
        )
        return [text.strip() for text in lines.all_inner_texts()]

    def write(self, test_id: str, text: str) -> None:
        """Types into a field of the ticket."""
        field = self.at(test_id)
        box = field.locator("textarea, input").or_(
            self.page.locator(f'textarea[data-testid="{test_id}"], input[data-testid="{test_id}"]')
        )
        box.first.fill(text)

    def take_picture(self, path: Path) -> None:
        """Saves what is on the screen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
