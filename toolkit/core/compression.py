"""Which encoding a reader's program takes, and text in that encoding."""

from __future__ import annotations

import re

import brotli
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.text import compress_string

BROTLI, GZIP, PLAIN = "br", "gzip", ""
#: Better than gzip's best, in less time than gzip's usual (docs/decisions/0011-page-cache.md).
_BROTLI_QUALITY = 5
_AT_LEAST = 200  # bytes: below that the headers weigh more
_AT_MOST = 4_000_000  # bytes of a file that is compressed while it is sent
#: GZip's name field takes some random bytes, so that the size tells nothing of a secret (BREACH).
_RANDOM_BYTES = 100

#: Images, documents and archives are compressed already.
_TEXT = re.compile(
    r"(text/|application/(json|xml|javascript|manifest\+json|x-bibtex|x-research-info-systems"
    r"|[\w.-]+\+(json|xml))|image/svg\+xml)"
)
_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")


def encodings_taken(accepted: str) -> tuple[str, ...]:
    """The encodings that an Accept-Encoding header allows, the best first, "" for none last."""
    names = {
        part.split(";")[0].strip().lower()
        for part in accepted.split(",")
        if not _REFUSED.search(part)
    }
    return (*(name for name in (BROTLI, GZIP) if name in names), PLAIN)


def is_text(content_type: str) -> bool:
    return _TEXT.match(content_type) is not None


def compress(content: bytes, encoding: str) -> bytes:
    """The content in ``BROTLI``, ``GZIP`` or ``PLAIN``."""
    if encoding == BROTLI:
        return brotli.compress(content, quality=_BROTLI_QUALITY)
    if encoding == GZIP:
        return compress_string(content, max_random_bytes=_RANDOM_BYTES)
    return content


def decompress(content: bytes, encoding: str) -> bytes:
    """The content that ``compress`` was given; no reader needs gzip undone."""
    return bytes(brotli.decompress(content)) if encoding == BROTLI else content


def compressed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A response as its reader takes it. A page made for one reader is never in Brotli, which
    leaves no room for the random bytes that hide a secret's size."""
    if response.has_header("Content-Encoding") or not is_text(response.get("Content-Type", "")):
        return response
    if response.streaming:
        if not 0 < int(response.get("Content-Length") or 0) <= _AT_MOST:
            return response
        if request.method == "HEAD" or response.status_code == 206:
            return response
    elif len(response.content) < _AT_LEAST:  # type: ignore[attr-defined]
        return response
    patch_vary_headers(response, ["Accept-Encoding"])
    if GZIP not in encodings_taken(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        return response
    if response.streaming:
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        response.streaming_content = [content]  # type: ignore[attr-defined]
    else:
        content = response.content  # type: ignore[attr-defined]
    shorter = compress(content, GZIP)
    if len(shorter) >= len(content):
        return response
    if response.streaming:
        response.streaming_content = [shorter]  # type: ignore[attr-defined]
    else:
        response.content = shorter  # type: ignore[attr-defined]
    response.headers["Content-Length"] = str(len(shorter))
    response.headers["Content-Encoding"] = GZIP
    weaken_etag(response)
    return response


def weaken_etag(response: HttpResponseBase) -> None:
    """An ETag that stands for the same text in every encoding (RFC 9110, 8.8.1)."""
    etag = response.headers.get("ETag", "")
    if etag.startswith('"'):
        response.headers["ETag"] = f"W/{etag}"
