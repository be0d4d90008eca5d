"""Dates and numbers as the reader's language writes them (CLDR, through Babel)."""

from __future__ import annotations

import datetime
import functools

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent, get_plus_sign_symbol
from django import template
from django.conf import settings
from django.utils.translation import get_language

register = template.Library()


@functools.lru_cache(maxsize=32)
def cldr_locale(language: str) -> Locale:
    """The CLDR locale of a language code of the site; English is British, as it is written here."""
    return Locale.parse("en-GB" if language == "en" else language, sep="-")


def _reader(language: str = "") -> str:
    return language or get_language() or settings.LANGUAGE_CODE


@register.filter
def local_date(value: datetime.date | str | None, style: str = "long") -> str:
    """A date, or an ISO 8601 date as text, in the active language; "" for none.

    ``style`` is CLDR's: short, medium, long or full.
    """
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.date.fromisoformat(value[:10])
    return _date(value, style, _reader())


@functools.lru_cache(maxsize=2000)
def _date(value: datetime.date, style: str, language: str) -> str:
    return format_date(value, format=style, locale=cldr_locale(language))


@register.filter
def with_full_stop(text: str) -> str:
    """A part of a citation with its full stop, which an abbreviation has already ("2026 г.")."""
    return text if text.endswith(".") else f"{text}."


@register.filter
def local_number(value: int | float | None) -> str:
    """A number in the active language; "" for none."""
    return "" if value is None else number_in(value, _reader())


def local_addition(value: int) -> str:
    """A number that is added, with the plus sign of the active language: "+12". In Arabic the sign
    has a mark before it that keeps it at the side where it belongs."""
    return f"{get_plus_sign_symbol(cldr_locale(_reader()))}{local_number(value)}"


@functools.lru_cache(maxsize=2000)
def number_in(value: int | float, language: str) -> str:
    """A number as a language writes it."""
    return str(format_decimal(value, locale=cldr_locale(language)))


@register.filter
def local_percent(value: float | None) -> str:
    """Per cent with one decimal place, as the active language writes it; "" for none."""
    return "" if value is None else _percent(value, _reader())


@functools.lru_cache(maxsize=2000)
def _percent(value: float, language: str) -> str:
    locale = cldr_locale(language)
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "0.0")
    return str(format_percent(value / 100, format=pattern, locale=locale))


@register.filter
def language_name(code: str, reader: str = "") -> str:
    """The name of a language in the reader's own (the active one by default), as it stands
    inside a sentence; a code that is no language of the site comes back as it is."""
    return _language_name(code, _reader(reader))


@functools.lru_cache(maxsize=500)
def _language_name(code: str, reader: str) -> str:
    known = dict(settings.LANGUAGES)
    if code not in known:
        return code
    return str(cldr_locale(reader).languages.get(code) or known[code])
