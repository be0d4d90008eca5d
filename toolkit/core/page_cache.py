"""Public pages, made once for a state of the site and handed to everybody who asks after that.

``PageCacheMiddleware`` stands before all other middleware: what it keeps is a whole answer with
every header that they set. It keeps answers to GET alone, of 200, that hold nothing of a reader
(no cookie set, neither private nor no-store), for readers who brought no session and no message.
The key is the state of what the public sees, the address and the language asked for; the body is
kept compressed. docs/decisions/0011-page-cache.md says why, and what was left.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request

from toolkit.core import compression
from toolkit.core.public_state import State, another_state, one_state

#: Whoever brings one of these is a person to somebody, not the public.
_PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")
#: Where nothing is for the public, or where files are handed out.
_LEFT_ALONE = ("/admin/", "/documents/", "/media/", "/static/", "/_util/")
#: Parameters by which others follow a reader: no page of ours reads them.
_TRACKING = frozenset(
    ("dclid", "fbclid", "gbraid", "gclid", "igshid", "mc_cid", "mc_eid", "msclkid", "wbraid")
)
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_")
_LONGEST_ADDRESS = 1_000  # characters
_LARGEST_PAGE = 512_000  # bytes, compressed
_KEPT_FOR = 3600  # seconds, in case something changes that no signal tells
#: Headers that a 304 leaves out (RFC 9110, 15.4.5).
_OF_THE_BODY = frozenset({"content-type", "content-length", "content-encoding"})


class BoundedMemoryCache(LocMemCache):
    """Django's cache in the memory of a process, bounded by bytes: ``OPTIONS["MAX_BYTES"]``. What
    was not asked for longest goes first."""

    _cache: OrderedDict[str, bytes]
    _expire_info: dict[str, float | None]

    def __init__(self, name: str, params: dict[str, object]) -> None:
        options = dict(params.get("OPTIONS", {}))  # type: ignore[call-overload]
        self._max_bytes = int(options.pop("MAX_BYTES", 32_000_000))
        super().__init__(name, {**params, "OPTIONS": {"MAX_ENTRIES": 100_000, **options}})

    def _set(self, key: str, value: bytes, timeout: float | None = None) -> None:
        self._cache.pop(key, None)
        room = self._max_bytes - len(value)
        size = sum(map(len, self._cache.values()))
        while self._cache and size > room:
            oldest, dropped = self._cache.popitem()
            self._expire_info.pop(oldest, None)
            size -= len(dropped)
        if room >= 0:
            super()._set(key, value, timeout)  # type: ignore[misc]


@dataclass(frozen=True)
class KeptPage:
    """An answer as it goes out, its text by encoding.

    ``settled`` is False for one made right after a change, which is good for a moment only.
    """

    headers: tuple[tuple[str, str], ...]
    etag: str
    bodies: dict[str, bytes]
    settled: bool

    @classmethod
    def of(cls, response: HttpResponseBase, state: State) -> KeptPage | None:
        """What is kept of an answer, None where it is not for everybody."""
        if not _is_for_everybody(response):
            return None
        content: bytes = response.content  # type: ignore[attr-defined]
        body = compression.compress(content, compression.BROTLI)
        if len(body) > _LARGEST_PAGE:
            return None
        if not response.has_header("ETag"):
            response.headers["ETag"] = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
        if not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "no-cache"  # kept by browsers, asked about anew
        compression.weaken_etag(response)
        patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
        del response.headers["Content-Length"]
        return cls(
            headers=tuple(response.headers.items()),
            etag=response.headers["ETag"],
            bodies={compression.BROTLI: body},
            settled=state.has_settled,
        )

    def holds(self, state: State) -> bool:
        return self.settled or not state.has_settled

    def has(self, encoding: str) -> bool:
        return encoding in self.bodies or encoding == compression.PLAIN

    def also_in(self, encoding: str) -> KeptPage:
        """The same with its text in another encoding as well."""
        return replace(
            self, bodies={**self.bodies, encoding: compression.compress(self._plain, encoding)}
        )

    @property
    def _plain(self) -> bytes:
        return compression.decompress(self.bodies[compression.BROTLI], compression.BROTLI)

    def answer(self, request: HttpRequest, encoding: str) -> HttpResponse:
        """The answer to a request: 304 where the reader has it already."""
        wanted = request.META.get("HTTP_IF_NONE_MATCH")
        if wanted and _matches(wanted, self.etag):
            return _response(304, b"", self.headers)
        body = self.bodies[encoding] if encoding else self._plain
        response = _response(200, b"" if request.method == "HEAD" else body, self.headers)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(body))
        return response


class PageCacheMiddleware:
    """Answers from the page cache where it can, and compresses what it cannot."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(_LEFT_ALONE):
            return compression.compressed(request, self.get_response(request))
        with one_state() as state:
            return self._answer(request, state)

    def _answer(self, request: HttpRequest, state: State | None) -> HttpResponseBase:
        if state is None or not settings.TOOLKIT_PAGE_CACHE or not _is_public(request):
            return compression.compressed(request, self.get_response(request))
        query = _without_tracking(request)
        if query != request.META.get("QUERY_STRING", ""):
            request.META["QUERY_STRING"] = query  # what is kept must not name one reader's trail
        # A flood of searches must not push the pages out
        cache = caches["searches" if query else "pages"]
        key = _key(request, state, query)
        encoding = compression.encodings_taken(request.META.get("HTTP_ACCEPT_ENCODING", ""))[0]
        page: KeptPage | None = cache.get(key)
        if page is None or not page.holds(state):
            response = self._made(request)
            page = KeptPage.of(response, state)
            if page is None:
                return compression.compressed(request, response)
            cache.set(key, page, _KEPT_FOR)
        if not page.has(encoding):
            page = page.also_in(encoding)
            cache.set(key, page, _KEPT_FOR)
        return page.answer(request, encoding)

    def _made(self, request: HttpRequest) -> HttpResponseBase:
        """The whole page, also for a reader who asks for its head or whether it has changed."""
        asked = request.method, request.META.pop("HTTP_IF_NONE_MATCH", None)
        request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
        request.method = "GET"
        try:
            return self.get_response(request)
        finally:
            request.method = asked[0]
            if asked[1] is not None:
                request.META["HTTP_IF_NONE_MATCH"] = asked[1]


def _is_public(request: HttpRequest) -> bool:
    """Whether a request may be answered with what everybody gets."""
    if "HTTP_AUTHORIZATION" in request.META or "HTTP_RANGE" in request.META:
        return False
    if len(request.path_info) + len(request.META.get("QUERY_STRING", "")) > _LONGEST_ADDRESS:
        return False
    cookies = request.META.get("HTTP_COOKIE")
    return not cookies or not any(name in request.COOKIES for name in _PERSONAL_COOKIES)


def _is_for_everybody(response: HttpResponseBase) -> bool:
    control = response.get("Cache-Control", "")
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not response.has_header("Content-Encoding")
        and "private" not in control
        and "no-store" not in control
        and "*" not in response.get("Vary", "")
        and compression.is_text(response.get("Content-Type", ""))
    )


def _without_tracking(request: HttpRequest) -> str:
    query: str = request.META.get("QUERY_STRING", "")
    if not query or not any(mark in query for mark in ("clid", "_", "braid", "igsh")):
        return query
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [
        (name, value)
        for name, value in pairs
        if name not in _TRACKING and not name.startswith(_TRACKING_PREFIXES)
    ]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _key(request: HttpRequest, state: State, query: str) -> str:
    first = request.path_info.split("/", 2)[1]
    in_address = first in dict(settings.LANGUAGES)
    parts = (
        state.text,
        request.scheme or "",
        # Addresses in a page follow the host that was asked where the operator named none
        request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", ""),
        "" if in_address else get_language_from_request(request),
        request.META.get("SCRIPT_NAME", ""),
        request.path_info,
        query,
    )
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=20).hexdigest()


def _matches(wanted: str, etag: str) -> bool:
    plain = etag.removeprefix("W/")
    return any(tag == "*" or tag.removeprefix("W/") == plain for tag in parse_etags(wanted))


def _response(status: int, body: bytes, headers: tuple[tuple[str, str], ...]) -> HttpResponse:
    response = HttpResponse(body, status=status)
    del response.headers["Content-Type"]
    for name, value in headers:
        if status != 304 or name.lower() not in _OF_THE_BODY:
            response.headers[name] = value
    return response


def _drop_all(**_kwargs: object) -> None:
    for name in ("pages", "searches", "parts"):
        caches[name].clear()


another_state.connect(_drop_all, dispatch_uid="core.page_cache")
