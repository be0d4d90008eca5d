"""What a server on the internet cannot do without. Every refusal says what to write instead.

Read while the settings load, so a site never starts with a secret that can be guessed or with
links that lead to the operator's own machine.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SECRET_LENGTH = 50  # what Django's own ``check --deploy`` asks for (security.W009)
SECRET_CHARACTERS = 5
MAKE_A_SECRET = "python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"  # noqa: S105

_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)


def secret_key(value: str) -> str:
    """The secret that signs sessions and links. Raises ``ImproperlyConfigured`` for one that is
    missing or can be guessed."""
    value = value.strip()
    if len(value) < SECRET_LENGTH or len(set(value)) < SECRET_CHARACTERS:
        what = "is too easy to guess" if value else "is not set"
        raise ImproperlyConfigured(
            f"SECRET_KEY {what}: make one of at least {SECRET_LENGTH} characters with\n"
            f"    {MAKE_A_SECRET}\n"
            "and keep it: with another one everybody is signed out and has to ask for a new link."
        )
    return value


def site_address(value: str) -> str:
    """``BASE_URL`` without a slash at its end: scheme and host that all links outside begin with.

    Raises ``ImproperlyConfigured`` where it is missing, is no address or is one that only the
    server itself understands.
    """
    address = value.strip().rstrip("/").lower()
    example = "write the address that readers type, like BASE_URL=https://toolkit.example.org"
    if not address:
        raise ImproperlyConfigured(
            f"BASE_URL is not set, and e-mails and documents must lead somewhere: {example}"
        )
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in {"http", "https"} or not _is_host(host) or "@" in parts.netloc:
        raise ImproperlyConfigured(f"BASE_URL is “{value}”, which is no address: {example}")
    if parts.path or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"BASE_URL is “{value}”, but the site stands at the top of its host: {example}"
        )
    if is_this_machine(host):
        raise ImproperlyConfigured(
            f"BASE_URL is “{value}”, which leads every reader to a machine of her own: {example}"
        )
    return address


def allowed_hosts(value: list[str], address: str) -> list[str]:
    """The names that the site answers to: those given, else that of ``BASE_URL``.

    Raises ``ImproperlyConfigured`` for "*", which would let anybody write the address that a
    page links to.
    """
    named = [host.strip() for host in value if host.strip()]
    if "*" in named:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is “*”, which lets anybody put words into your pages' addresses: name "
            "the hosts, with commas between them, or leave it out to allow that of BASE_URL alone."
        )
    return named or [urlsplit(address).hostname or ""]


def is_this_machine(host: str) -> bool:
    """Whether a host's name means the machine on which it is said."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_HOST.fullmatch(host))
    return True
