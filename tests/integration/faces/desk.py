"""A lawyer's page, in the words of the work."""

from playwright.sync_api import Locator, Page, expect

from hotline.demo import PASSWORD
from tests.integration.faces.stage import Stage


def sign_in(page: Page, username: str) -> None:
    """Signs in on the page's sign-in form and waits until it is gone."""
    page.get_by_test_id("sign-in-username").fill(username)
    page.get_by_test_id("sign-in-password").fill(PASSWORD)
    page.get_by_test_id("sign-in-submit").click()
    page.get_by_test_id("sign-in-submit").wait_for(state="detached")


class Desk:
    """What a lawyer does at the console."""

    def __init__(self, page: Page, stage: Stage) -> None:
        self.page = page
        self.stage = stage

    def at(self, test_id: str) -> Locator:
        """The part of the page with this test id."""
        return self.page.get_by_test_id(test_id)

    def expect_state(self, state: str) -> None:
        """Waits until the band shows this state."""
        label = self.page.locator(f'[data-testid="state-label"][data-state="{state}"]')
        expect(label.first).to_be_visible()

    def go_on_duty(self) -> None:
        """Tries the microphone and goes on duty."""
        self.at("duty-toggle").click()
        self.at("microphone-confirm").click()
        self.expect_state("available")

    def take(self, number: str, *, topic: str = "labour") -> str:
        """A caller comes, is answered and bridged; returns the call's id."""
        call_id = self.stage.caller_waits(number, topic=topic)
        self.at("offer-accept").click()
        expect(self.at("call-panel")).to_be_visible()
        self.stage.bridge(call_id)
        expect(self.at("ticket-summary")).to_be_visible()
        return call_id

    def expect_saved(self) -> None:
        """Waits until the ticket says that it is saved."""
        expect(self.at("ticket-saved")).to_have_attribute("data-saved", "true")

    def choose_disposition(self, name: str) -> None:
        """Chooses the outcome in the ticket."""
        self.page.locator("#ticket-disposition").press("Enter")
        self.page.get_by_role("option", name=name).click()
