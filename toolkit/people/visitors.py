"""Where a request comes from, as far as that can be known."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def visitor_address(request: HttpRequest) -> str:
    """The address of the visitor's machine; of IPv6 the network of 64 bits, since one machine
    has all the addresses in it.

    A proxy of ``TRUSTED_PROXIES`` (addresses or networks) is believed about whom it speaks
    for: the last name of ``X-Forwarded-For`` that is not itself such a proxy. From anybody
    else the header is what a visitor likes to write, and is not read.
    """
    said = request.META.get("REMOTE_ADDR", "")
    passed_on = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    while _is_trusted(said) and passed_on and passed_on[-1]:
        said = passed_on.pop()
    return _network(said)


def _is_trusted(said: str) -> bool:
    """Whether this is a proxy of ours; "unix" trusts whoever speaks through the socket file."""
    proxies = settings.TRUSTED_PROXIES
    if not said:
        return "unix" in proxies
    try:
        address = ip_address(said)
    except ValueError:
        return False
    return any(address in ip_network(proxy, strict=False) for proxy in proxies if proxy != "unix")


def _network(said: str) -> str:
    try:
        address = ip_address(said)
    except ValueError:
        return said[:64]
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))
