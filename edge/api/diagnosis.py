"""The bundle for support: everything that helps to find a fault, and nothing that says who lives where.

Left out: residents, buildings, rooms, poles, places, notes, what was said. Shortened: device addresses, long numbers in
the log. The configuration holds no secrets (they are named by file); credentials in a URL are taken out.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from edge.api import shapes
from edge.config_shape import Config
from edge.log_ring import LogRing, redacted, shortened
from sync.contract.envelope import decode, encode
from sync.contract.messages import Scalar

if TYPE_CHECKING:
    from edge.gateway import Gateway

LIBRARIES = ("aiohttp", "gpiozero", "jsonschema", "msgspec", "paho-mqtt", "pyserial", "ruamel.yaml", "sqlite-utils")
REACH_S = 3.0
MAX_NOTES = 200
_PLACES = frozenset({"line", "devices", "username", "topics"})
"""Values of the configuration that name devices or people."""
_SECRETS = frozenset({"installer_code"})
"""Salted and hashed, and still short enough to be guessed by who has the hash."""


class Diagnosis:
    """Makes bundles of one gateway."""

    def __init__(self, gateway: Gateway, ring: LogRing) -> None:
        self._gateway, self._ring = gateway, ring

    async def make(self, status: shapes.Status) -> shapes.Diagnosis:
        """The bundle; takes up to three seconds for the network."""
        gateway = self._gateway
        network = await asyncio.gather(*(_reach(what, host, port) for what, host, port in _addresses(gateway.config)))
        made_at: datetime = gateway.clock().utc
        return shapes.Diagnosis(
            made_at=made_at,
            status=_without_devices(status),
            ports=self._ports(),
            devices=dict(Counter(device.profile for device in gateway.registry)),
            notes=self._notes(),
            store=self._store(),
            window=_numbers(gateway.link.window),
            process=_process(),
            libraries={name: _version(name) for name in LIBRARIES},
            network=list(network),
            config=_config(gateway.config),
            log=self._ring.lines(),
        )

    def _ports(self) -> list[shapes.PortSeen]:
        kinds = {port.name: port for port in self._gateway.config.ports}
        talks = Counter(talk.port for talk in self._gateway.intake.talks)
        return [
            shapes.PortSeen(
                name=door.port.name,
                kind=type(kinds[door.port.name]).__name__.removesuffix("Config").lower(),
                profile=getattr(kinds[door.port.name], "profile", None),
                fault=door.fault,
                refusals=dict(door.refusals),
                connections=talks[door.port.name],
            )
            for door in self._gateway.doors
        ]

    def _notes(self) -> list[dict[str, Scalar]]:
        most = self._gateway.intake.notes.most_common(MAX_NOTES)
        return [{"who": shortened(who), "reason": redacted(reason), "count": n} for (who, reason), n in most]

    def _store(self) -> dict[str, Scalar]:
        store = self._gateway.store
        waiting = {f"waiting_{lane.label}": count for lane, (count, _) in store.waiting.items()}
        newest = {f"newest_{lane.label}": n for lane, n in store.newest.items()}
        return {"era": store.era, "pending": store.pending, "salvaged": store.salvage is not None, **waiting, **newest}


def _without_devices(status: shapes.Status) -> shapes.Status:
    """The status with the names of devices shortened: an installer may have named them after people."""
    plain = json.loads(encode(status))
    for silent in plain["silent"]:
        silent["device"] = shortened(silent["device"])
    for fault in plain["faults"]:
        fault["devices"] = [shortened(device) for device in fault.get("devices", ())]
        fault["reason"] = redacted(fault.get("reason", ""))
        fault["fault"] = _fault_name(fault["fault"])
    for reason in plain["reasons"]:
        reason["text"], reason["code"] = redacted(reason["text"]), _fault_name(reason["code"])
    return decode(encode(plain), shapes.Status)


def _fault_name(name: str) -> str:
    head, mark, device = name.rpartition("silent-")
    return f"{head}{mark}{shortened(device)}" if mark else name


def _config(config: Config) -> dict[str, object]:
    plain: dict[str, object] = json.loads(encode(config))
    return {name: _clean(value) for name, value in plain.items()}


def _clean(value: object, key: str = "") -> object:
    if isinstance(value, dict):
        return {name: _clean(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner, key) for inner in value]
    if isinstance(value, str):
        if key in _SECRETS:
            return "set" if value else ""
        return shortened(value) if key in _PLACES else redacted(value) if "://" in value else value
    return value


def _addresses(config: Config) -> list[tuple[str, str, int]]:
    found = [("centre", config.centre.host, config.centre.port)]
    if config.centre.blob_url:
        url = urlsplit(config.centre.blob_url)
        found.append(("blob door", url.hostname or "", url.port or 443))
    for port in config.ports:
        broker = getattr(port, "broker", None)
        if broker is not None:
            found.append((f"broker of {port.name}", broker.host, broker.port))
    return found


async def _reach(what: str, host: str, port: int) -> shapes.Reached:
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(REACH_S):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return shapes.Reached(what, f"{host}:{port}", ok=False, error=f"no answer within {REACH_S:g} s")
    except OSError as error:
        return shapes.Reached(what, f"{host}:{port}", ok=False, error=str(error))
    writer.close()
    return shapes.Reached(what, f"{host}:{port}", ok=True, ms=round((loop.time() - began) * 1000, 1))


def _process() -> dict[str, Scalar]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    descriptors = Path("/proc/self/fd")
    return {
        "python": sys.version.split()[0],
        "system": " ".join(os.uname()[:3:2]),
        "machine": os.uname().machine,
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "largest_mb": used.ru_maxrss // 1024,
        "load": round(os.getloadavg()[0], 2),
        "open_files": len(list(descriptors.iterdir())) if descriptors.is_dir() else None,
    }


def _numbers(thing: object) -> dict[str, Scalar]:
    names: Callable[[object], list[str]] = dir
    found = {name: getattr(thing, name) for name in names(thing) if not name.startswith("_")}
    return {name: value for name, value in found.items() if isinstance(value, int | float)}


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - memory only this answer needs

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
