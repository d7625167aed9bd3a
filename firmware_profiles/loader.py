"""Profiles: one YAML file per device type, and what they say as frozen values.

A profile is data, never code: it names a driver, fills its settings, says how often the device speaks, how bad its
alarms are, how an installer proves it, and carries the samples that the general tests play. The driver's own
settings are checked with the schema the caller passes in, because this package is the lowest layer and knows no driver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware_profiles.documents import Document, read, shipped_schema, validate
from firmware_profiles.finding import Finding, in_order, meant
from firmware_profiles.tree import Data
from firmware_profiles.tree import Path as Where

SHIPPED = Path(__file__).parent
"""Where the profiles that come with the product are."""

TEXT_KEYS = frozenset(
    (
        "hex",
        "chunks",
        "login",
        "login_hex",
        "reply",
        "reply_hex",
        "text",
        "topic",
        "payload",
        "device",
        "address",
        "code",
    )
)
"""Codes and numbers under these keys are text: `0123` keeps its zero, `7E10` is no power of ten."""

SAMPLE_KEYS = (
    *("name", "origin", "device", "login", "login_hex", "hex", "chunks", "text", "topic", "payload", "timeline"),
    *("events", "reply", "reply_hex"),
)
"""What samples usually carry. A driver's tests may use more; only what looks like a slip of these is a mistake."""

HEX_KEYS = ("hex", "chunks", "login", "login_hex", "reply_hex")
DEFAULT_MARGIN = 0.5

SettingsSchema = Callable[[str], dict[str, Any] | None]
"""The JSON Schema of a driver's settings by the driver's name; None when there is no such driver."""


class ProfileError(ValueError):
    """Profiles that cannot be used; `findings` has every reason."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Supervision:
    """A device silent for longer than `check_in_s * (1 + margin)` is a fault; 0 = not supervised."""

    check_in_s: float = 0.0
    margin: float = DEFAULT_MARGIN

    @property
    def silent_after_s(self) -> float | None:
        """Seconds of silence that make a fault, None when the device is not supervised."""
        return self.check_in_s * (1 + self.margin) if self.check_in_s else None


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What an installer does to prove the device, and the alarm or event that must follow."""

    how: Text
    expect: tuple[str, ...]
    within_s: float = 60.0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Profile:
    """One device type. `alarms` overrides severities (`emergency`, `trouble`, `ignore`) by alarm name."""

    id: str
    title: Text
    driver: str
    ports: tuple[str, ...]
    settings: dict[str, Data] = field(default_factory=dict)
    supervision: Supervision = Supervision()
    alarms: dict[str, str] = field(default_factory=dict)
    self_test: SelfTest | None = None
    samples: tuple[dict[str, Data], ...] = field(default=(), repr=False)
    file: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """The good profiles by id, the ids of those with mistakes, and every mistake in order of file and line."""

    profiles: dict[str, Profile]
    broken: frozenset[str]
    findings: list[Finding]


def load_profiles(extra_dirs: Iterable[Path] = ()) -> dict[str, Profile]:
    """All profiles by id; one in a later folder replaces one of the same id. Raises ProfileError with every mistake."""
    examined = examine_profiles(None, extra_dirs)
    if examined.findings:
        raise ProfileError(examined.findings)
    return examined.profiles


def check_profiles(settings_schema: SettingsSchema, extra_dirs: Iterable[Path] = ()) -> list[Finding]:
    """Every mistake in every profile, in order of file and line."""
    return examine_profiles(settings_schema, extra_dirs).findings


def examine_profiles(settings_schema: SettingsSchema | None, extra_dirs: Iterable[Path] = ()) -> Examined:
    """Read every profile once; without `settings_schema` the drivers' settings are taken as they are."""
    profiles: dict[str, Profile] = {}
    broken: set[str] = set()
    found: list[Finding] = []
    for folder in (SHIPPED, *extra_dirs):
        if not folder.is_dir():
            found.append(
                Finding(str(folder), 0, 0, "there is no such folder of profiles", "", "没有这个设备类型文件夹")
            )
        for path in sorted(folder.glob("*.yaml")):
            document, wrong = read(path, TEXT_KEYS)
            if document is not None:
                wrong += _check_shape(document) or _check_settings(document, settings_schema)
            if wrong or document is None:
                broken.add(path.stem)
                found += wrong
            else:
                profiles[path.stem] = profile_of(document.data, document.file)
    return Examined(profiles, frozenset(broken), in_order(found))


def check_settings(
    document: Document, at: Where, driver: str, settings_schema: SettingsSchema, *, name_at: Where
) -> list[Finding]:
    """Check driver settings that stand at `at` in a document; the driver's name stands at `name_at`."""
    schema = settings_schema(driver)
    if schema is None:
        return [
            document.finding(name_at, f"there is no driver `{driver}`", f"没有驱动 `{driver}`", "a module in drivers/")
        ]
    data: Data = document.data
    for step in at:
        data = data.get(step, {}) if isinstance(data, dict) else data[step]
    if data == {}:
        return []
    return validate(document, closed(schema), at)


def closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with unknown keys refused: a misspelt setting must not be silently without effect."""
    result = {key: closed(value) if isinstance(value, Mapping) else value for key, value in schema.items()}
    if result.get("type") == "object" and "properties" in result:
        result.setdefault("additionalProperties", False)
    return result


def profile_of(data: Mapping[str, Data], file: str = "") -> Profile:
    """A profile from values that have passed the schema."""
    test = data.get("self_test")
    supervision = data["supervision"]
    return Profile(
        id=data["profile"],
        title=Text(**data["title"]),
        driver=data["driver"],
        ports=tuple(data["ports"]),
        settings=data.get("settings", {}),
        supervision=Supervision(float(supervision["check_in_s"]), float(supervision.get("margin", DEFAULT_MARGIN))),
        alarms=data.get("alarms", {}),
        self_test=_self_test(test) if test else None,
        samples=tuple(data["samples"]),
        file=file,
    )


def _self_test(data: Mapping[str, Data]) -> SelfTest:
    expect = data["expect"]
    return SelfTest(
        how=Text(**data["how"]),
        expect=(expect,) if isinstance(expect, str) else tuple(expect),
        within_s=float(data.get("within_s", 60)),
        times=data.get("times", 1),
    )


def _check_shape(document: Document) -> list[Finding]:
    found = validate(document, shipped_schema("firmware_profiles", "profile.schema.json"))
    return found or [*_check_name(document), *_check_samples(document)]


def _check_name(document: Document) -> Iterator[Finding]:
    stem = Path(document.file).stem
    if document.data["profile"] != stem:
        yield document.finding(("profile",), "the id is not the file's name", "与文件名不一致", stem)


def _check_samples(document: Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, sample in enumerate(document.data["samples"]):
        at: Where = ("samples", index)
        if sample["name"] in seen:
            yield document.finding((*at, "name"), "two samples have this name", "样本名重复", "a name of its own")
        seen.add(sample["name"])
        for key in sample:
            en, zh = meant(key, SAMPLE_KEYS) if key not in SAMPLE_KEYS else ("", "")
            if en:
                yield document.finding((*at, key), f"unknown key `{key}`{en}", f"未知的键 `{key}`{zh}", key=True)
        for key in HEX_KEYS:
            yield from _check_hex(document, (*at, key), sample.get(key))


def _check_hex(document: Document, at: Where, value: Data) -> Iterator[Finding]:
    for index, text in enumerate(value) if isinstance(value, list) else [(None, value)]:
        try:
            bytes.fromhex(text if isinstance(text, str) else "")
        except ValueError:
            place = at if index is None else (*at, index)
            yield document.finding(place, f"`{at[-1]}` is no hex", f"`{at[-1]}` 不是十六进制", "pairs of 0-9 a-f")


def _check_settings(document: Document, settings_schema: SettingsSchema | None) -> list[Finding]:
    if settings_schema is None:
        return []
    return check_settings(document, ("settings",), document.data["driver"], settings_schema, name_at=("driver",))


def unknown_profile(name: str, profiles: Iterable[str]) -> tuple[str, str]:
    """The sentence for a profile that does not exist, in English and Chinese, with the one that was probably meant."""
    en, zh = meant(name, profiles)
    return f"there is no profile `{name[:60]}`{en}", f"没有设备类型 `{name[:60]}`{zh}"
