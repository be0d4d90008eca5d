"""A reader without JavaScript asks to be told what is new, confirms, is told, and stops it."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.server import Site
from tests.journeys.test_page_types import sideways, violations

pytestmark = pytest.mark.browser

NEW = {"en": "A bus for the minister", "ar": "حافلة المكتبة إلى الوزير"}
#: A day later, and an entry more
A_DAY_LATER = """
from datetime import timedelta
from django.utils import timezone
from wagtail.models import Locale
from casestudies.models import CaseStudyPage
from toolkit.alerts.models import Alert

page = CaseStudyPage.objects.live().filter(locale__language_code={language!r}).first()
new = page.copy(update_attrs={{"title": {title!r}, "slug": "bus-{language}"}})
Alert.objects.update(look_due_at=timezone.now() - timedelta(seconds=1))
"""


def mails(site: Site, reader: str) -> list[EmailMessage]:
    """The mails to a reader that go out now: these settings print them."""
    printed = site.run("manage.py", "tell_readers")
    parts = re.split(r"^-{70,}$", printed, flags=re.MULTILINE)
    parser = BytesParser(_class=EmailMessage, policy=policy.default)
    printed_mails = [part.lstrip().encode() for part in parts if "List-Unsubscribe" in part]
    return [mail for mail in map(parser.parsebytes, printed_mails) if mail["To"] == reader]


def links(message: EmailMessage) -> list[str]:
    """Paths of the addresses in a mail: the settings know nothing of this test's port."""
    return re.findall(r"^\s*http://127\.0\.0\.1:8000(/\S+)$", message.get_content(), re.MULTILINE)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_reader_is_told_what_is_new(
    open_page: Callable[..., Page], site: Site, language: str
) -> None:
    reader = f"reader-{language}@example.org"
    with_scripts = open_page(scripts=True)

    def look(page: Page) -> None:
        """What is wrong with a page; axe is a script, which this reader's browser runs none of."""
        with_scripts.goto(page.url)
        for width in (320, 1280):
            with_scripts.set_viewport_size({"width": width, "height": 800})
            assert sideways(with_scripts) == [], page.url
        assert violations(with_scripts) == [], page.url

    page = open_page(f"/{language}/search/?kind=case-study", width=390, scripts=False)
    page.locator("#results a[href*='search/alert/']").click()
    look(page)
    page.locator("#id_email").fill(reader)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{language}/search/alert/sent/")
    look(page)

    (asked,) = mails(site, reader)
    (confirm,) = links(asked)
    page.goto(confirm)
    look(page)
    page.locator("main .button").first.click()
    expect(page.locator("main form")).to_have_count(1)  # nothing but stopping is left
    assert page.url.endswith(confirm)
    look(page)

    script = A_DAY_LATER.format(language=language, title=NEW[language])
    site.run("manage.py", "shell", "--verbosity", "0", "-c", script)
    (news,) = mails(site, reader)
    assert f"1. {NEW[language]}" in news.get_content()
    entry, results, stop = links(news)
    page.goto(entry)
    expect(page.locator("h1")).to_have_text(NEW[language])
    page.goto(results)
    expect(page.locator(".hit").first).to_be_visible()
    page.goto(stop)
    look(page)
    page.locator("main .button").click()
    expect(page.locator("main form")).to_have_count(0)
    assert site.get(stop).status == 410
    look(page)
    assert mails(site, reader) == []
