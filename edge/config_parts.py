"""What the rules of a configuration work on: its well-formed parts, and what these are held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edge.config_shape import Centre, Gateway, Outputs, PortConfig, Storage, SupervisionConfig, WebhookConfig
from firmware_profiles.finding import Finding
from firmware_profiles.loader import Profile, SettingsSchema
from firmware_profiles.tree import Document, Path


@dataclass(frozen=True, slots=True)
class Parts:
    """The well-formed parts of a configuration, ports with their index in the file."""

    gateway: Gateway | None
    centre: Centre | None
    ports: tuple[tuple[int, PortConfig], ...]
    outputs: Outputs
    supervision: SupervisionConfig
    storage: Storage
    second_path: WebhookConfig | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the configuration is held against. `broken`: profiles whose own mistakes are told already."""

    profiles: Mapping[str, Profile]
    settings_schema: SettingsSchema | None = None
    broken: frozenset[str] = frozenset()


class Once:
    """Notes values that must not stand twice."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._seen: dict[object, Path] = {}

    def see(self, at: Path, value: object, what: str, what_zh: str, key: object = None) -> Iterator[Finding]:
        """Note a value (or its key, where two equal ones may be different things); a finding if it was there before."""
        key = value if key is None else key
        if key in self._seen:
            line = self._document.place(self._seen[key])[0]
            yield self._document.finding(
                at,
                f"{what} `{value}` is taken by line {line}",
                f"{what_zh} `{value}` 已在第 {line} 行使用",
                "each once",
            )
        else:
            self._seen[key] = at


@dataclass(frozen=True, slots=True)
class Use:
    """A profile put to use: its name and where that stands, and where settings may stand over the profile's."""

    name: str
    at: Path
    settings_at: Path
