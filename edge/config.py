"""Reading the configuration of a gateway: every mistake at once, or a `Config`; never half of one.

`check` and `load` read the file; `edge.wanted` adds what the centre wants on top of it. Parsing and schema are
`firmware_profiles.documents`' (imported here, loaded only when used); rules between values are in `edge.config_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from edge.config_files import check_files, handed, handed_secret
from edge.config_parts import Known, Parts
from edge.config_rules import cross_check
from edge.config_shape import (
    Centre,
    Config,
    Gateway,
    Outputs,
    PortConfig,
    Storage,
    SupervisionConfig,
    WebhookConfig,
)
from firmware_profiles.documents import Document, read, shipped_schema, validate
from firmware_profiles.finding import Finding, in_order
from firmware_profiles.loader import Profile, SettingsSchema, examine_profiles
from sync.contract.envelope import ContractError, convert, replaced

__all__ = ["DEFAULT_PATH", "Config", "ConfigError", "check", "examine", "files_in_order", "load", "profile_folders"]

DEFAULT_PATH = Path("/etc/linli/linli.yaml")
TEXT_KEYS = frozenset(("name", "line", "profile", "devices", "username", "at", "code", "codes", "address"))
"""Text even when it looks like a number: a port called 12, a device called 0123."""

Profiles = Mapping[str, Profile]
T = TypeVar("T")


class ConfigError(ValueError):
    """A configuration that cannot be used; `findings` has every reason."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


def check(path: Path, profiles: Profiles | None = None, settings_schema: SettingsSchema | None = None) -> list[Finding]:
    """Every mistake in the file, in its order. Without `profiles`: the shipped ones and those of `gateway.profiles`."""
    return examine(path, profiles, settings_schema)[1]


def load(
    path: Path,
    profiles: Profiles | None = None,
    settings_schema: SettingsSchema | None = None,
    *,
    machine: bool = True,
) -> Config:
    """The configuration in that file. Raises ConfigError with every mistake."""
    document, findings = examine(path, profiles, settings_schema, machine=machine)
    if findings or document is None:
        raise ConfigError(findings)
    return config_of(document.data)


def examine(
    path: Path,
    profiles: Profiles | None = None,
    settings_schema: SettingsSchema | None = None,
    *,
    machine: bool = True,
) -> tuple[Document | None, list[Finding]]:
    """The document of that file and every mistake in it; `machine` as in `examine_document`."""
    document, findings = read(path, TEXT_KEYS)
    if document is None:
        return None, findings
    known = Known({} if profiles is None else profiles, settings_schema)
    if profiles is None:
        examined = examine_profiles(settings_schema, profile_folders(document.data))
        findings += examined.findings
        known = Known(examined.profiles, settings_schema, examined.broken)
    return document, in_order([*findings, *examine_document(document, known, machine=machine)])


def examine_document(document: Document, known: Known, *, machine: bool = True) -> list[Finding]:
    """Every mistake against the schema, between the values and (with `machine`) against this machine's files."""
    found = validate(document, shipped_schema("edge", "config.schema.json"))
    parts = parts_of(document.data)
    found += cross_check(document, parts, known)
    return in_order([*found, *check_files(document, parts)] if machine else found)


def profile_folders(data: Any) -> list[Path]:
    """Where profiles of the site are, if the configuration names such a folder and it is there."""
    gateway = _part(data.get("gateway") if isinstance(data, dict) else None, Gateway)
    folder = Path(gateway.profiles) if gateway and gateway.profiles else None
    return [folder] if folder and folder.is_dir() else []


def config_of(data: Mapping[str, Any]) -> Config:
    """The configuration from values that have passed all checks."""
    config = convert(data, Config)
    second = config.second_path and handed_secret(config.second_path)
    return replaced(config, centre=handed(config.centre), second_path=second)


def files_in_order(config: Config, file: str) -> list[Finding]:
    """What has become wrong with the machine since the file was last checked whole."""
    parts = Parts(
        config.gateway,
        config.centre,
        tuple(enumerate(config.ports)),
        config.outputs,
        config.supervision,
        config.storage,
        config.second_path,
    )
    return in_order(check_files(Document(file, None), parts))


def parts_of(data: Any) -> Parts:
    """Whatever is well-formed; what is not has its findings already."""
    data = data if isinstance(data, dict) else {}
    ports = data.get("ports")
    numbered = enumerate(ports if isinstance(ports, list) else [])
    centre = _part(data.get("centre"), Centre)
    second = _part(data.get("second_path"), WebhookConfig)
    return Parts(
        gateway=_part(data.get("gateway"), Gateway),
        centre=centre and handed(centre),
        ports=tuple((index, port) for index, raw in numbered if (port := _port(raw)) is not None),
        outputs=_part(data.get("outputs"), Outputs) or Outputs(),
        supervision=_part(data.get("supervision"), SupervisionConfig) or SupervisionConfig(),
        storage=_part(data.get("storage"), Storage) or Storage(),
        second_path=second and handed_secret(second),
    )


def _part(raw: Any, shape: type[T]) -> T | None:
    try:
        return convert(raw, shape)
    except ContractError:
        return None


def _port(raw: Any) -> PortConfig | None:
    return _part(raw, PortConfig)  # type: ignore[arg-type]  # a union is a shape to msgspec, not a type to mypy
