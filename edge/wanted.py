"""Wanted configuration: what the centre may change from afar, and what a change means for a running gateway.

A wanted document is laid over the configuration of the file, whole or not at all. It can reach neither the store nor
the way to the centre nor what the centre is allowed to ask: a mistake made far away must never cost an alarm or the
line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from edge.config import config_of, examine_document
from edge.config_parts import Known
from edge.config_shape import Config
from firmware_profiles.documents import shipped_schema, validate
from firmware_profiles.finding import Finding, in_order
from firmware_profiles.tree import Document
from sync.contract.envelope import encode

FROM_AFAR = ("alarms", "supervision", "intervals", "night_check", "outputs")
"""Sections the centre may change; of `gateway` only `language`."""

LIVE = frozenset(("alarms", "supervision", "intervals", "night_check", "allow"))
"""Sections whose owners take new values while they run; everything else needs a restart of the gateway."""

NAME = "wanted configuration"


def wanted(base: Config, document: object, known: Known) -> Config | list[Finding]:
    """The file's configuration with the wanted values over it, or every reason why not.

    `base` is what the file says, not what a former wish made of it: a value that is no longer wished falls
    back to the file.
    """
    found = validate(Document(NAME, document), wanted_schema())
    if found:
        return found
    assert isinstance(document, Mapping)
    whole = overlay(base, document)
    found = examine_document(Document(NAME, whole), known, machine=False)
    return in_order(found) or config_of(whole)


def overlay(base: Config, document: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the file with the wanted ones over them, key by key."""
    plain: dict[str, Any] = _without_none(json.loads(encode(base)))
    return _over(plain, document)


def wanted_schema() -> dict[str, Any]:
    """The part of the configuration's schema that may be wished for."""
    schema = shipped_schema("edge", "config.schema.json")
    properties: dict[str, Any] = {name: schema["properties"][name] for name in FROM_AFAR}
    language = schema["properties"]["gateway"]["properties"]["language"]
    properties["gateway"] = {"type": "object", "additionalProperties": False, "properties": {"language": language}}
    return {"type": "object", "additionalProperties": False, "properties": properties, "$defs": schema["$defs"]}


def changes(old: Config, new: Config) -> tuple[set[str], bool]:
    """The sections that differ, and whether the gateway must start anew for them."""
    names = {name for name in Config.__struct_fields__ if getattr(old, name) != getattr(new, name)}
    return names, bool(names - LIVE)


def _without_none(value: Any) -> Any:
    """None stands for a key that is not in the file."""
    if isinstance(value, dict):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    return [_without_none(inner) for inner in value] if isinstance(value, list) else value


def _over(base: dict[str, Any], wish: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in wish.items():
        below = result.get(key)
        result[key] = _over(below, value) if isinstance(below, dict) and isinstance(value, Mapping) else value
    return result
