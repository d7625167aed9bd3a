"""Asking the gateway of this machine: where its socket is, and what its refusals mean for the exit code."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edge.api.client import Client, Declined, NotRunning
from edge.cli.speech import CannotError, NotDoneError, Speech

SOCKET = "/run/linli/api.sock"
DATA = "/var/lib/linli"
"""As `edge.config_shape` has them."""

_PLAIN = re.compile(r"^(gateway|api):[ \t]*(?:#.*)?\n((?:[ \t]+.*\n|[ \t]*(?:#.*)?\n)*)", re.MULTILINE)
_VALUE = r"^[ \t]+{}:[ \t]+(?:\"([^\"\\]*)\"|'([^']*)'|([^\s\"'#{{\[&*!|>][^#\n]*?))[ \t]*(?:#.*)?$"


@dataclass(frozen=True, slots=True)
class Peeked:
    """What a command needs of a configuration: no more is looked at, and nothing checked."""

    socket: Path
    data: Path
    language: str | None
    profiles: Path | None = None


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway of this machine and the language it is asked in."""

    client: Client
    speech: Speech
    peeked: Peeked


def peek(path: Path) -> Peeked:
    """Read the few values. Loading YAML costs a tenth of a second, so plain lines are read plainly."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return Peeked(Path(SOCKET), Path(DATA), None)
    found = _plainly(text) if not text.lstrip().startswith("{") else _json(text)
    gateway, api = found.get("gateway", {}), found.get("api", {})
    profiles = gateway.get("profiles")
    return Peeked(
        Path(api.get("socket", SOCKET)),
        Path(gateway.get("data", DATA)),
        gateway.get("language"),
        Path(profiles) if profiles else None,
    )


def gateway(args: argparse.Namespace, speech: Speech) -> Gateway:
    """Where `--socket` or `--config` says; in the configuration's language when nobody chose another."""
    peeked = peek(args.config)
    if not speech.chosen and peeked.language in {"zh", "en"}:
        speech = Speech(peeked.language, chosen=True)
    return Gateway(Client(args.socket or peeked.socket, language=speech.language), speech, peeked)


@contextmanager
def asking(speech: Speech) -> Iterator[None]:
    """No gateway: exit 2. Refused: exit 1, with the reason and what to do."""
    try:
        yield
    except NotRunning as error:
        zh = f"网关没有响应，是否正在运行？（{error}）"
        raise CannotError(speech(str(error), zh)) from None
    except Declined as error:
        details = [f"  {one.get('field')}: {one.get('message')}" for one in error.fields]
        hint = [f"({error.hint})"] if error.hint else []
        raise NotDoneError("\n".join([str(error), *details, *hint])) from None


def _plainly(text: str) -> dict[str, dict[str, str]]:
    """`gateway:` and `api:` with one plain value on each line; anything else is left to the YAML reader."""
    sections = dict(_PLAIN.findall(text + "\n"))
    if any(re.search(rf"^[\"']?{name}\b", text, re.MULTILINE) and name not in sections for name in ("gateway", "api")):
        return _thoroughly(text)
    found: dict[str, dict[str, str]] = {}
    for name, keys in (("gateway", ("data", "language", "profiles")), ("api", ("socket",))):
        for key in keys:
            body = sections.get(name, "")
            value = re.search(_VALUE.format(key), body, re.MULTILINE)
            if value is not None:
                found.setdefault(name, {})[key] = next(part for part in value.groups() if part is not None)
            elif re.search(rf"^[ \t]+[\"']?{key}\b", body, re.MULTILINE):
                return _thoroughly(text)
    return found


def _json(text: str) -> dict[str, dict[str, str]]:
    try:
        return _sections(json.loads(text))
    except ValueError:
        return _thoroughly(text)


def _thoroughly(text: str) -> dict[str, dict[str, str]]:
    from firmware_profiles.documents import parse  # noqa: PLC0415 - slow

    document, _ = parse(text, "")
    return _sections(document.data if document else None)


def _sections(data: object) -> dict[str, dict[str, str]]:
    if not isinstance(data, dict):
        return {}
    return {
        name: {key: value for key, value in data[name].items() if isinstance(value, str)}
        for name in ("gateway", "api")
        if isinstance(data.get(name), dict)
    }
