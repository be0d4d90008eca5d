"""One running site and one Chromium for all journeys."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.factories.starter_site import starter_site
from tests.journeys.addresses import Addresses
from tests.journeys.server import Site, running_site
from tests.servers import require_chromium

OpenPage = Callable[..., Page]
#: Milliseconds. A test machine may be busy with other things.
PATIENCE = 30_000


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with the starter collection, and every page type in English and Arabic."""
    folder = tmp_path_factory.mktemp("journeys") / "site"
    shutil.copytree(starter_site(tmp_path_factory).data, folder)
    with running_site(folder) as site:
        site.run("-m", "tests.journeys.content", "complete")
        yield site


@pytest.fixture(scope="session")
def addresses(site: Site) -> Addresses:
    return Addresses(site)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Not for longer than this folder's tests: Playwright keeps an event loop in this thread,
    # and as long as it is there Django refuses every query of other tests.
    path = require_chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """``open_page(path, width=1280, scripts=True, **context)`` → the page, opened."""
    contexts: list[BrowserContext] = []

    def open_page(path: str = "", *, width: int = 1280, scripts: bool = True, **more: Any) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
            **more,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if path:
            page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
