"""Whom a request came from, when a proxy stands before the desk: X-Forwarded-For, from right to left.

Anybody can write that header, so it is read only when the connection comes from the declared proxy, and of it only
what that proxy added: the rightmost hop that is not the proxy itself.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def came_from(remote: str, headers: Mapping[str, str], proxy: str) -> str:
    """The address that wrong passwords and too many requests are counted for."""
    trusted = _address(proxy)
    if trusted is None or _address(remote) != trusted:
        return remote
    said = ",".join(text for name, text in headers.items() if name.lower() == "x-forwarded-for")  # a line for each hop
    for hop in reversed(said.split(",")):
        address = _address(hop)
        if address is None:  # not of the proxy's making: nothing left of it can be believed
            return remote
        if address != trusted:
            return str(address)
    return remote


def _address(text: str) -> Address | None:
    """Some proxies add a port."""
    text = text.strip().partition("%")[0]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address
