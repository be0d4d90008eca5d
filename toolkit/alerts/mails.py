"""The mails, as plain text in the language of their reader.

They go to addresses that anybody may type. So nothing of what was typed into a search box stands
in them but letters and numbers: no address of a website, no markup, nothing that turns the
direction of writing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from search.entries import SearchEntry
from search.requests import SearchRequest, Sort
from search.views.descriptions import describe
from search.views.facets import address
from toolkit.alerts.models import UNCONFIRMED_GONE_AFTER, Alert
from toolkit.core.addresses import site_root
from toolkit.core.templatetags.localise import language_name, local_date, local_number
from toolkit.taxonomy.facets import FACETS
from toolkit.taxonomy.vocabularies import Vocabulary

#: Entries that one mail names; it says how many more there are.
SHOWN = 10
_SHOWN_OF_WORDS, _SHOWN_OF_SUBJECT = 80, 40
_SHOWN_UNKNOWN = 5

_KEPT_CATEGORIES = frozenset("LMN")
_KEPT_SIGNS = frozenset("-'’\"“”«»‐‑–")


@dataclass(frozen=True)
class Letter:
    """A mail without its addresses."""

    subject: str
    paragraphs: Sequence[str]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs) + "\n"


def harmless(text: str, limit: int = _SHOWN_OF_WORDS) -> str:
    """Letters, numbers and blanks of a stranger's text, in one line."""
    kept = (
        letter
        if unicodedata.category(letter)[0] in _KEPT_CATEGORIES or letter in _KEPT_SIGNS
        else " "
        for letter in text
    )
    return Truncator(" ".join("".join(kept).split())).chars(limit)


def in_words(asked: SearchRequest, terms: Mapping[str, Vocabulary]) -> str:
    """A search in the active language, in one line."""
    described = describe(asked, terms)
    parts = [f"{title}: {_one_line(label)}" for title, label in described.filters]
    if words := harmless(described.words):
        parts.insert(0, f"“{words}”")
    return " · ".join(parts) or _("everything")


def page_of(alert: Alert) -> str:
    """The whole address of the page on which an alert is confirmed."""
    return f"{site_root(None)}{reverse('alert', args=[alert.pk, alert.key])}"


def way_out_of(alert: Alert) -> str:
    """The whole address at which an alert is stopped (RFC 8058)."""
    return f"{site_root(None)}{reverse('alert-stop', args=[alert.pk, alert.key])}"


def results_of(asked: SearchRequest) -> str:
    """The whole address of the results, the newest first."""
    found = address(asked.sorted_by(Sort.NEWEST))
    return f"{site_root(None)}{reverse('search:results')}{found}"


def confirmation(alert: Alert, asked: SearchRequest, terms: Mapping[str, Vocabulary]) -> Letter:
    """Whether the owner of the address wants these mails."""
    return Letter(
        subject=_subject(_("do you want these mails?")),
        paragraphs=[
            _(
                "Someone, probably you, asked us to write to this address when something new is "
                "found for this search:"
            ),
            f"    {in_words(asked, terms)}",
            _("If it was you, open this page and press the button there:"),
            page_of(alert),
            _("You then get at most one mail a week, and each has a link that stops them."),
            _(
                "If it was not you, do nothing. No further mail is sent, and your address is "
                "deleted after %(days)s days."
            )
            % {"days": local_number(UNCONFIRMED_GONE_AFTER)},
        ],
    )


def reminder(alert: Alert, asked: SearchRequest, terms: Mapping[str, Vocabulary]) -> Letter:
    """For who asks for what she gets already."""
    return Letter(
        subject=_subject(_("you get these mails already")),
        paragraphs=[
            _("Someone, probably you, asked us once more to write to you about this search:"),
            f"    {in_words(asked, terms)}",
            _("There is nothing to do: we write as soon as something new is found."),
            *_foot(alert),
        ],
    )


def news(
    alert: Alert,
    asked: SearchRequest,
    entries: Sequence[SearchEntry],
    total: int,
    terms: Mapping[str, Vocabulary],
) -> Letter:
    """What is new; ``entries`` are the first of ``total``."""
    said = in_words(asked, terms)
    new = ngettext("%(number)s new entry", "%(number)s new entries", total) % {
        "number": local_number(total)
    }
    paragraphs = [_("New for your search:"), f"    {said}", *_left_out(asked)]
    paragraphs += [_entry(number, entry, alert, terms) for number, entry in enumerate(entries, 1)]
    if more := total - len(entries):
        paragraphs.append(
            ngettext("And %(number)s more.", "And %(number)s more.", more)
            % {"number": local_number(more)}
        )
    paragraphs += [_("All that is found, the newest first:"), results_of(asked), *_foot(alert)]
    title = Truncator(said).chars(_SHOWN_OF_SUBJECT)
    return Letter(_subject(f"{new} – {title}"), paragraphs)


def farewell(asked: SearchRequest) -> Letter:
    """That nothing is left of a search, and these mails end."""
    return Letter(
        subject=_subject(_("these mails end")),
        paragraphs=[
            *_left_out(asked),
            _(
                "Nothing is left of the search that you asked us to watch. So these mails end "
                "here, and your address is deleted."
            ),
            _("Here you can search anew, and ask again:"),
            f"{site_root(None)}{reverse('search:results')}",
        ],
    )


def message(letter: Letter, alert: Alert, *, can_be_stopped: bool = True) -> EmailMessage:
    """A mail as it goes out: said to be automatic (RFC 3834), with the header by which a mail
    program stops further ones with one click (RFC 8058)."""
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": alert.language}
    if can_be_stopped:
        headers["List-Unsubscribe"] = f"<{way_out_of(alert)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(letter.subject, letter.text, to=[alert.email], headers=headers)


def _subject(text: str) -> str:
    return f"{_('Collaboration Toolkit')}: {text}"


def _foot(alert: Alert) -> Iterator[str]:
    day = local_date(alert.created_at.date())
    yield _(
        "You get this mail, at most one a week, because you asked for it on %(day)s. This stops "
        "these mails and deletes your address:"
    ) % {"day": day}
    yield way_out_of(alert)


def _entry(number: int, entry: SearchEntry, alert: Alert, terms: Mapping[str, Vocabulary]) -> str:
    version = entry.version_for(alert.language)
    kind = terms["kind"].get(entry.kind)
    about = [kind.label(alert.language) if kind else entry.kind]
    if version.language != alert.language:
        about.append(language_name(version.language))
    url = version.url if "://" in version.url else f"{site_root(None)}{version.url}"
    lines = [
        f"{local_number(number)}. {_one_line(version.title)}",
        f"   {_one_line(' · '.join(about))}",
        *([f"   {summary}"] if (summary := _one_line(version.summary)) else []),
        f"   {url}",
    ]
    return "\n".join(lines)


def _left_out(asked: SearchRequest) -> Iterable[str]:
    """That filters do not exist any more."""
    text = _("There is no “%(value)s” under “%(facet)s” any more. It was left out of your search.")
    for facet, value in asked.unknown[:_SHOWN_UNKNOWN]:
        yield text % {"value": harmless(value), "facet": FACETS[facet].title}


def _one_line(text: str) -> str:
    return " ".join(text.split())
