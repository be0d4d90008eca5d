"""Which characters and addresses may stand in a document file."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

# XML 1.0, section 2.2 (https://www.w3.org/TR/xml/#charsets): what `Char` does not allow. DOCX and
# ODT are XML; the PDF writer keeps to the same text, so that the three files say the same.
# Left out besides: DEL and the C1 controls, which XML allows but no font can show.
_NOT_XML = re.compile("[^\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")

_SCHEMES = ("http", "https", "mailto")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?", re.IGNORECASE)
# What Excel and Word take for a link; PDF has a limit of its own not far above.
_LONGEST_ADDRESS = 2048
_ADDRESS_SAFE = "%/:=&?~#+!$,;'@()*-._"


def printable(text: str) -> str:
    """`text` on one line, without what an XML file refuses.

    Control characters vanish, a lone surrogate becomes U+FFFD, line ends and tabs become a space.
    """
    text = _LINE_ENDS.sub(" ", text).replace("\t", " ")
    return _NOT_XML.sub("", _SURROGATE.sub("\ufffd", text))


def lines(text: str) -> list[str]:
    """The lines of `text`, each `printable`."""
    return [printable(line) for line in _LINE_ENDS.split(text)]


def safe_address(url: str, *, base: str = "") -> str:
    """`url` as an absolute address that Word, LibreOffice and PDF readers take, or "".

    Only http, https and mailto pass. A relative address is resolved against `base`; without a base
    it cannot be followed from a file, so the answer is "". Word calls a file corrupt whose link is
    not a valid URI, hence the percent-encoding and the check of the host.
    """
    try:
        parts = urlsplit(urljoin(base, printable(url).strip()))
        scheme = parts.scheme.lower()
        if scheme not in _SCHEMES:
            return ""
        host = parts.netloc
        if scheme == "mailto":
            if host or "@" not in parts.path:
                return ""
        else:
            host = host.rpartition("@")[2].encode("idna").decode("ascii")
            if not _HOST.fullmatch(host):
                return ""
        rest = [quote(part, safe=_ADDRESS_SAFE) for part in (parts.path, parts.query)]
        fragment = quote(parts.fragment, safe=_ADDRESS_SAFE.replace("#", ""))
        address = urlunsplit((scheme, host, *rest, fragment))
    except (ValueError, UnicodeError):
        return ""
    address = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", address)
    return address if len(address) <= _LONGEST_ADDRESS else ""
