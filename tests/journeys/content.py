"""What the journeys need on the site beside the starter collection.

Run with the site's settings: ``python -m tests.journeys.content complete``, ``… remove TITLE``,
``… pages``, ``… plant NUMBER``, ``… attach WORD``.
"""

from __future__ import annotations

import json
import sys

import django


def complete() -> None:
    """A case study in Arabic, as long as the collection has none; an editor."""
    from django.contrib.auth.models import Group, User
    from wagtail.models import Locale

    from casestudies.models import CaseStudyPage

    editor = User.objects.create_user("editor", password="an editor's password")
    editor.groups.add(Group.objects.get(name="Editors"))

    arabic = Locale.objects.get(language_code="ar")
    if not CaseStudyPage.objects.live().filter(locale=arabic).exists():
        original = CaseStudyPage.objects.live().filter(locale__language_code="en").first()
        copy = original.copy_for_translation(arabic, copy_parents=True)
        copy.title = "دراسة حالة: ائتلاف المكتبات"
        copy.summary = "ما جرّبه الآخرون، ومع من، وما أسفر عنه."
        copy.successes = "<p>وقّعت مكتبتان اتفاقًا.</p>"
        copy.challenges = "<p>استغرق ذلك عامًا.</p>"
        copy.save_revision().publish()


def remove(title: str) -> None:
    """The pages of this title go."""
    from wagtail.models import Page

    for page in Page.objects.filter(title=title):
        page.specific.delete()


def pages() -> None:
    """Page type → language → the number of a live page, as JSON."""
    from wagtail.models import Page

    found: dict[str, dict[str, int]] = {}
    for page in Page.objects.live().filter(depth__gt=1).select_related("locale").order_by("-pk"):
        numbers = found.setdefault(page.specific_class.__name__, {})
        numbers[page.locale.language_code] = page.pk
    print(json.dumps(found))


def plant(number: str) -> None:
    """A draft of a page that begins with a paragraph in the place of a heading."""
    from wagtail.models import Page
    from wagtail.rich_text import RichText

    page = Page.objects.get(pk=number).specific
    heading = "<p><b><i>Only bold, and no heading</i></b></p>"
    page.body = [("text", RichText(f"{heading}<p>{'What follows it as its text. ' * 5}</p>"))]
    page.save_revision()


def attach(word: str) -> None:
    """An entry in English and Arabic gets a file in each, a DOCX with a word that stands nowhere
    else; and one that nobody can read. The worker's turn comes after that."""
    from casestudies.models import CaseStudyPage
    from tests.attached import files
    from toolkit.taxonomy.works import Attachment

    arabic = CaseStudyPage.objects.live().filter(locale__language_code="ar").first()
    english = arabic.get_translations().get(locale__language_code="en").specific
    for page, title, text in (
        (english, "Budget <1>", f"What we paid for: the {word} and its ink, in the second year."),
        (arabic, "الميزانية", f"ما دفعناه ثمنًا له: {word} وحبره، في السنة الثانية."),
    ):
        language = page.locale.language_code
        content = files.composed("docx", text, language=language)
        document = files.attach(content, f"budget-{language}.docx", title=title)
        page.attachments = [Attachment(document=document)]
        page.save_revision().publish()
    files.attach(files.encrypted_pdf(), "closed.pdf", title="Closed")


if __name__ == "__main__":
    django.setup()
    command, *arguments = sys.argv[1:]
    known = (complete, remove, pages, plant, attach)
    {act.__name__: act for act in known}[command](*arguments)
