"""Which addresses this machine has, from /proc (proc(5)): what was connected from one that is gone begins anew.

/proc/net/fib_trie      |-- 192.0.2.2 / `/32 host LOCAL`    addresses of IPv4
/proc/net/if_inet6      fd00...02 02 40 00 80 eth0          of IPv6; fe80 is of the link only
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv6Address, ip_address
from pathlib import Path

_HOST = re.compile(r"\|-- ([\d.]+)\n\s+/32 host LOCAL")


def addresses(proc: Path = Path("/proc/net")) -> frozenset[str]:
    """All but loopback's and the link's own. Never raises."""
    four = {one for one in _HOST.findall(_text(proc / "fib_trie")) if not one.startswith("127.")}
    six = {line.split()[0] for line in _text(proc / "if_inet6").splitlines() if line}
    return frozenset(four | {one for one in six if not one.startswith("fe80") and int(one, 16) != 1})


def is_from(sock: socket.socket, gone: frozenset[str]) -> bool:
    """Whether a socket is bound to one of these addresses."""
    try:
        name = ip_address(sock.getsockname()[0].partition("%")[0])
    except (OSError, ValueError, IndexError):
        return False
    if isinstance(name, IPv6Address):
        return (str(name.ipv4_mapped) if name.ipv4_mapped else name.packed.hex()) in gone
    return str(name) in gone


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
