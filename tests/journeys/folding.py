"""What is folded away on a page, as a reader opens it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def unfold(page: Page, box: Locator) -> None:
    """Open what a box is folded away in, from the outside in."""
    while not box.is_visible():
        page.locator("details:not([open])", has=box).first.locator("> summary").click()
