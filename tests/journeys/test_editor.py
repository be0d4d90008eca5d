"""An editor publishes a case study in the admin, and it is found at once."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, Response, TimeoutError, expect

from tests.journeys.server import WORKERS, Site

pytestmark = pytest.mark.browser

TITLE = "Quokka libraries and the ministry"
PATH = "/en/case-studies/quokka-libraries-and-the-ministry/"
# One second is promised; a test machine may be busy with other things.
WITHIN = 5
FIELDS = {
    "context": "Quokka Island had one library and no law about it.",
    "what_was_done": "Three librarians asked for a meeting every month.",
    "lessons": "Ask again.",
}


@pytest.fixture
def admin(open_page: Callable[..., Page], site: Site) -> Iterator[Page]:
    """The admin, signed in as an editor by the form."""
    page = open_page("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("an editor's password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin/")
    yield page
    site.run("-m", "tests.journeys.content", "remove", TITLE)


def section(page: Page) -> None:
    """The list of case studies, by the way that leads there."""
    page.goto("/admin/pages/")
    for title in ("Collaboration Toolkit", "Case studies"):
        page.get_by_role("link", name=f"Explore child pages of '{title}'", exact=True).click()


def new_case_study(page: Page) -> None:
    section(page)
    page.get_by_role("link", name="Add child page").first.click()
    page.locator("main").get_by_role("link", name="Case study", exact=True).click()
    page.wait_for_url("**/admin/pages/add/casestudies/casestudypage/**")


def more_actions(page: Page) -> None:
    page.locator("footer .w-dropdown-button [data-w-dropdown-target=toggle]").click()


def is_form_sent(response: Response) -> bool:
    """Whether this answers a form that was sent, and not a draft that the admin keeps itself."""
    request = response.request
    return request.method == "POST" and request.is_navigation_request()


def write(page: Page, field: str, text: str) -> None:
    """Type into a rich text field; the editor hands it to the form a quarter second later."""
    page.locator(f"[data-contentpath={field}] [role=textbox]").click()
    page.keyboard.type(text)
    expect(page.locator(f"#id_{field}")).to_have_value(re.compile(re.escape(text)))


def publish(page: Page) -> float:
    """Press Publish, once the admin has kept its draft; the moment of the server's answer."""
    with contextlib.suppress(TimeoutError):
        page.wait_for_event("requestfinished", lambda r: r.method == "POST", timeout=2_000)
    more_actions(page)
    with page.expect_response(is_form_sent):
        page.get_by_role("button", name="Publish", exact=True).click()
    return time.monotonic()


def totals(site: Site) -> dict[str, bool]:
    """Worker → whether its results page shows the case study."""
    with ThreadPoolExecutor(8) as asking:
        answers = list(
            asking.map(lambda _: site.get("/en/search/?q=quokka&kind=case-study"), range(16))
        )
    return {answer.worker: f'href="{PATH}"' in answer.text for answer in answers}


def seconds_until(site: Site, since: float, *, found: bool) -> float:
    """How long until every worker shows it, or none does any more."""
    seen: dict[str, bool] = {}
    while time.monotonic() < since + 10:
        asked = time.monotonic()
        seen = {**seen, **totals(site)}
        if len(seen) == WORKERS and set(seen.values()) == {found}:
            return asked - since
    raise AssertionError(f"after ten seconds the workers show: {seen}")


class TestEditor:
    def test_publishes_a_case_study_that_is_found_within_moments(
        self, admin: Page, site: Site
    ) -> None:
        new_case_study(admin)
        admin.get_by_placeholder("Page title").fill(TITLE)
        admin.get_by_role("textbox", name="Summary").fill("What happened on Quokka Island.")
        for field, text in FIELDS.items():
            write(admin, field, text)
        admin.get_by_role("textbox", name="Cost").fill("300 euros and a boat")

        # without its two halves it is refused, at the field, and nothing typed is lost
        publish(admin)
        for field in ("successes", "challenges"):
            error = admin.locator(
                f"[data-contentpath={field}] .error-message, "
                f"[data-contentpath={field}] .w-field__errors"
            )
            expect(error.first).to_contain_text("required")
        assert not any(totals(site).values())
        expect(admin.get_by_placeholder("Page title")).to_have_value(TITLE)
        expect(admin.get_by_role("textbox", name="Cost")).to_have_value("300 euros and a boat")
        for field, text in FIELDS.items():
            expect(admin.locator(f"[data-contentpath={field}] [role=textbox]")).to_contain_text(
                text
            )

        write(admin, "successes", "The ministry read the letter.")
        write(admin, "challenges", "It did not answer.")
        published = publish(admin)
        assert seconds_until(site, published, found=True) <= WITHIN

        # as a reader sees it
        admin.goto("/en/search/?q=quokka")
        admin.get_by_role("link", name=TITLE).click()
        assert admin.inner_text("h1") == TITLE
        expect(admin.locator(".balance")).to_contain_text("It did not answer.")
        assert admin.url == site.url + PATH

        section(admin)
        admin.get_by_role("link", name=TITLE, exact=True).first.click()
        more_actions(admin)
        admin.get_by_role("link", name="Unpublish").click()
        with admin.expect_response(is_form_sent):
            admin.get_by_role("button", name="Yes, unpublish").click()
        assert seconds_until(site, time.monotonic(), found=False) <= WITHIN
        assert site.get(PATH).status == 404

    def test_keeps_a_draft_of_what_is_not_complete(self, admin: Page, site: Site) -> None:
        new_case_study(admin)
        admin.get_by_placeholder("Page title").fill(TITLE)
        admin.get_by_role("button", name="Save draft").click()
        expect(admin.locator(".messages")).to_contain_text("created")
        assert not any(totals(site).values())
