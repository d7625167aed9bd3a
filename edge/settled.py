"""The configuration as a gateway starts with it: checked whole, at next to no cost when nothing changed.

A check reads every profile and holds ruamel.yaml, jsonschema and every driver in memory. So it is made in a child
process that ends, and its result is kept under a fingerprint of everything it depends on. Measured (Debian 12, x86-64,
Python 3.11, on top of aiohttp, ssl and paho at 41 MB):

    checked in the gateway itself   +6.8 MB resident for good   0.43 s
    checked in a child              +0.2 MB                     0.46 s
    nothing changed                 +0.2 MB, no child           0.01 s

What the machine itself may have changed (files, modes, key and certificate) is looked at every time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from edge import wanted as afar
from edge.config import TEXT_KEYS, ConfigError, config_of, examine_document, files_in_order, profile_folders
from edge.config_parts import Known
from edge.config_shape import Config
from edge.driver_settings import check_ports, settings_schema
from firmware_profiles.documents import MAX_BYTES, read
from firmware_profiles.finding import Finding, in_order
from firmware_profiles.loader import SHIPPED, Profile, examine_profiles, profile_of
from sync.credentials import DIRECTORY

ROOT = Path(__file__).parents[1]
CACHE = "checked-configuration.json"
CHILD_S = 120.0


@dataclass(frozen=True, slots=True)
class Settled:
    """`file` is what the file says, `config` the same with the wanted values over it.

    `refused`: every reason why the wish was not taken; `config` is then the file's. Profiles come without samples.
    """

    file: Config
    config: Config
    profiles: dict[str, Profile]
    refused: tuple[Finding, ...] = ()


def settle(path: Path, folder: Path | None = None, wish: object = None) -> Settled:
    """The configuration to run with. Raises ConfigError with every mistake in file and profiles.

    `folder` is where the outcome of the check is kept; None: it is not kept. Blocks for a second or so when
    something changed, so a running gateway calls it in a thread.
    """
    kept = _recall(folder / CACHE, path, wish) if folder else None
    if kept is not None and (settled := _settled(kept)) and not files_in_order(settled.file, str(path)):
        return settled
    before = fingerprint(path, wish, ())
    outcome = _in_child(path, wish)
    if outcome["findings"]:
        raise ConfigError([Finding(**finding) for finding in outcome["findings"]])
    settled = _settled(outcome)
    if settled is None:
        raise ConfigError([Finding(str(path), 0, 0, "changed while it was read; try again")])
    if folder and before is not None and before == fingerprint(path, wish, ()):
        _remember(folder / CACHE, {"mark": fingerprint(path, wish, outcome["folders"]), **outcome})
    return settled


def check_all(path: Path, wish: object = None) -> list[Finding]:
    """Every mistake in the configuration and in all profiles, in order: what `linli check` shows."""
    return [Finding(**finding) for finding in examine(path, wish)["findings"]]


def examine(path: Path, wish: object = None) -> dict[str, Any]:
    """Check everything in this process and say so in plain values, as the child does."""
    document, findings = read(path, TEXT_KEYS)
    folders = profile_folders(document.data) if document else []
    examined = examine_profiles(settings_schema, folders)
    findings = [*findings, *examined.findings, *check_ports(examined.profiles.values())]
    known = Known(examined.profiles, settings_schema, examined.broken)
    if document is not None:
        findings += examine_document(document, known)
    outcome: dict[str, Any] = {"findings": [finding.as_dict() for finding in in_order(findings)]}
    if findings or document is None:
        return outcome
    outcome["folders"] = [str(folder) for folder in folders]
    outcome |= {"data": document.data, "profiles": [_bare(profile) for profile in examined.profiles.values()]}
    if wish is not None:
        base = config_of(document.data)
        new = afar.wanted(base, wish, known)
        refused = new if isinstance(new, list) else []
        outcome["refused"] = [finding.as_dict() for finding in refused]
        outcome["whole"] = None if refused or not isinstance(wish, Mapping) else afar.overlay(base, wish)
    return outcome


def fingerprint(path: Path, wish: object, folders: Iterable[str]) -> str | None:
    """Of everything a check depends on, but not the machine's files; None when the file cannot be read."""
    digest = sha256(f"{sys.version}\0{os.environ.get(DIRECTORY, '')}".encode())
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            return None
        digest.update(b"%d:" % len(raw) + raw + json.dumps(wish, sort_keys=True).encode())
        for file in sorted(_depends_on(folders)):
            state = file.stat()
            digest.update(f"{file}\0{state.st_size}\0{state.st_mtime_ns}\0{state.st_ino}\0".encode())
    except (OSError, ValueError, TypeError):
        return None
    return digest.hexdigest()


def _depends_on(folders: Iterable[str]) -> Iterator[Path]:
    """Our own code that checks or is checked, and every profile, shipped and in `folders`."""
    for package in ("drivers", "firmware_profiles"):
        yield from (ROOT / package).rglob("*.py")
    yield from (ROOT / "edge").glob("*config*")
    yield from (ROOT / "edge" / name for name in ("settled.py", "wanted.py", "driver_settings.py"))
    yield from SHIPPED.glob("*.yaml")
    yield from SHIPPED.glob("*.json")
    for folder in folders:
        yield Path(folder)
        yield from Path(folder).glob("*.yaml")


def _bare(profile: Profile) -> dict[str, Any]:
    """A profile as its file says it, without the samples, which only tests and the simulator need."""
    plain = asdict(replace(profile, samples=()))
    return {**plain, "profile": plain.pop("id")}


def _settled(kept: Mapping[str, Any]) -> Settled | None:
    """Values from the outcome of a check; None when they are not what they should be."""
    try:
        file = config_of(kept["data"])
        whole = kept.get("whole")
        return Settled(
            file=file,
            config=file if whole is None else config_of(whole),
            profiles={data["profile"]: profile_of(data, data["file"]) for data in kept["profiles"]},
            refused=tuple(Finding(**finding) for finding in kept.get("refused", ())),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _in_child(path: Path, wish: object) -> dict[str, Any]:
    """Check in a process that ends; in this one if that is impossible, which costs memory and nothing else."""
    command = [sys.executable, "-P", "-m", "edge.settled", str(path.absolute())]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, input=json.dumps(wish).encode(), capture_output=True, timeout=CHILD_S, env=environment, check=True
        )
        outcome = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError, TypeError):
        return examine(path, wish)
    return outcome if isinstance(outcome, dict) and "findings" in outcome else examine(path, wish)


def _recall(cache: Path, path: Path, wish: object) -> dict[str, Any] | None:
    """The kept outcome if nothing it depends on has changed; anything wrong with it is as if it were not there."""
    try:
        kept = json.loads(cache.read_bytes())
        mark = fingerprint(path, wish, kept["folders"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return kept if mark is not None and kept.get("mark") == mark else None


def _remember(cache: Path, kept: Mapping[str, Any]) -> None:
    """Keep the outcome; a full or read-only disk only means that the next start takes longer."""
    with suppress(OSError):
        fresh = cache.with_suffix(".new")
        fresh.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
        fresh.replace(cache)


if __name__ == "__main__":
    json.dump(examine(Path(sys.argv[1]), json.load(sys.stdin)), sys.stdout)
