"""Headings of a page can be linked to: each has an id of its own."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template

from tests.factories.pages import ResourcePageFactory, make_site
from tests.search.engines.collection import index


@pytest.mark.django_db
def test_two_headings_of_one_text_have_two_ids_and_the_contents_lead_to_both(client) -> None:
    home = make_site()
    page = ResourcePageFactory(parent=home, slug="t", use_when="<h3>Step</h3><p>a</p>")
    names = ("Step", "Step", "Main", "Step 2", "Step")
    page.body = [
        (kind, value) for name in names for kind, value in (("heading", name), ("text", "<p>b</p>"))
    ]
    page.save_revision().publish()
    index()
    html = client.get(page.url).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert re.search(r'<main id="main"', html)
    assert {"step", "step-3", "main-2"} <= set(ids)


def test_what_is_no_heading_keeps_its_id() -> None:
    text = '<h2 id="a"></h2><p id="a"></p><h3 id="a"></h3>'
    tags = "{% load page_parts %}{% unique_ids %}", "{% endunique_ids %}"
    html = Template(text.join(tags)).render(Context())
    assert html == '<h2 id="a"></h2><p id="a"></p><h3 id="a-2"></h3>'
