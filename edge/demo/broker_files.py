"""The shipped broker configuration, made to run on loopback out of one directory: for demo, tests and benchmarks.

Only paths and listener addresses change; what is tried here is what is installed.
"""

from __future__ import annotations

import getpass
import random
import socket
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "systemd" / "mosquitto"
_INSTALLED = "/etc/mosquitto/linli/"
_DEBIANS_OWN = """\
# What Debian's own mosquitto.conf says, for this directory
user {user}
persistence_location {directory}/
log_dest stderr
"""


def write_broker_files(directory: Path, port: int, centre_port: int) -> Path:
    """Write `mosquitto.conf` and `linli.acl` beside `ca.crt`, `broker.crt` and `broker.key`; returns the former."""
    text = (SHIPPED / "linli.conf").read_text(encoding="utf-8")
    text = _replace(text, _INSTALLED, f"{directory}/")
    text = _replace(text, "\nlistener 8883\n", f"\nlistener {port} 127.0.0.1\n")
    text = _replace(text, "\nlistener 8884 127.0.0.1\n", f"\nlistener {centre_port} 127.0.0.1\n")
    acl = directory / "linli.acl"
    acl.write_bytes((SHIPPED / "linli.acl").read_bytes())
    acl.chmod(0o600)  # later versions of mosquitto refuse a list of rights that others can change
    conf = directory / "mosquitto.conf"
    # Started by root, mosquitto would become another user, who may not read the keys.
    conf.write_text(_DEBIANS_OWN.format(user=getpass.getuser(), directory=directory) + text, encoding="utf-8")
    return conf


def free_ports(count: int) -> list[int]:
    """Free loopback ports below the range from which the kernel serves outgoing connections.

    A port of that range is taken by a stranger while the broker is down, or by the reconnecting client itself, which on
    loopback can connect to its own socket.
    """
    dice, found = random.SystemRandom(), list[int]()
    while len(found) < count:
        port = dice.randrange(15000, 32000)
        with socket.socket() as probe:
            if port not in found and _binds(probe, port):
                found.append(port)
    return found


def _binds(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def _replace(text: str, old: str, new: str) -> str:
    if old not in text:
        raise ValueError(f"systemd/mosquitto/linli.conf no longer holds {old!r}")
    return text.replace(old, new)
