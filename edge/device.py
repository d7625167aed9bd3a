"""One registered device, and what each of its fields may hold.

Fields come as text from a CSV, a command line or a request, so they are checked as text; every mistake is told at once,
in words an installer understands, in Chinese and English. Pure: knows no database and no driver.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo

from firmware_profiles.finding import listed, meant

DATUMS = ("WGS-84", "GCJ-02", "BD-09")
MAX_CHECK_IN_S = 31 * 24 * 3600
MAX_ADDRESS = 200
LIMITS = {"building": 60, "room": 60, "pole": 60, "note": 300}

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RESIDENT = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_YES = ("1", "true", "yes", "y", "是", "启用", "on")
_NO = ("0", "false", "no", "n", "否", "停用", "off")

Normal = Callable[[str, str], str]
"""(driver, address as a person wrote it) -> the spelling the driver uses. Raises AddressError."""


class AddressError(ValueError):
    """Not an address a device of this driver can have; in English and in Chinese."""

    def __init__(self, message: str, zh: str) -> None:
        super().__init__(message)
        self.zh = zh


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field."""

    field: str
    message: str
    zh: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class DeviceError(ValueError):
    """A device that cannot be registered as given; `problems` has every reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device as registered.

    `address`    what the device itself says it is, in the driver's spelling: IMEI, phone digits, RF code, line, topic.
    `resident`   opaque reference into the office's register; never a name.
    `pole`       pole or post number (一号定位).
    `check_in_s` seconds between two signs of life, instead of the profile's; 0: not supervised; None: as the profile.
    `away_until` silence is expected until then. `test_until`: what it raises until then is a test.
    """

    id: str
    profile: str
    address: str
    resident: str | None = None
    building: str = ""
    room: str = ""
    pole: str = ""
    lat: float | None = None
    lon: float | None = None
    datum: str = "WGS-84"
    check_in_s: float | None = None
    away_until: datetime | None = None
    test_until: datetime | None = None
    note: str = ""
    added_at: datetime | None = None
    enabled: bool = True

    def away(self, now: datetime) -> bool:
        """Nobody expects this device to speak now."""
        return self.away_until is not None and now < self.away_until

    def testing(self, now: datetime) -> bool:
        """What it raises now was announced as a test."""
        return self.test_until is not None and now < self.test_until


FIELDS = (
    *("id", "profile", "address", "resident", "building", "room", "pole", "lat", "lon", "datum"),
    *("check_in_s", "away_until", "note", "enabled"),
)
"""What a person may set; `test_until` and `added_at` belong to the gateway."""


def _any_address(_driver: str, address: str) -> str:
    return address


@dataclass(frozen=True, slots=True)
class Rules:
    """What a device is held against: the driver of each profile, the spelling of addresses, the zone of plain dates."""

    driver_of: Mapping[str, str]
    normal: Normal = field(default=_any_address)
    zone: tzinfo = UTC

    def driver(self, profile: str) -> str:
        """The driver of a profile; of a profile that is gone, its own name, so that nothing else takes the address."""
        return self.driver_of.get(profile, f"?{profile}")


def device_from(values: Mapping[str, str], rules: Rules, before: Device | None = None) -> Device:
    """A device from text fields; a field that is not given stays as it was. Raises DeviceError with every problem."""
    problems: list[Problem] = []
    if before is None:
        problems += [
            Problem(name, "must be given", "必须填写") for name in ("id", "profile", "address") if not values.get(name)
        ]
    parsed: dict[str, object] = {}
    for name, text in values.items():
        try:
            parsed[name] = _parse(name, text.strip(), rules)
        except _FieldError as error:
            problems.append(Problem(name, str(error), error.zh))
    address = str(parsed.get("address") or (before.address if before else ""))
    profile = str(parsed.get("profile") or (before.profile if before else ""))
    if profile in rules.driver_of and address:
        problems += _spell(parsed, profile, address, rules)
    problems += _pair(parsed, before)
    if problems:
        raise DeviceError(_once(problems))
    base = {name: getattr(before, name) for name in Device.__dataclass_fields__} if before else {}
    return Device(**{**base, **parsed})


def as_text(device: Device) -> dict[str, str]:
    """The fields a person may set, as text that `device_from` reads back."""
    return {name: _show(getattr(device, name)) for name in FIELDS}


class _FieldError(ValueError):
    def __init__(self, message: str, zh: str) -> None:
        super().__init__(message)
        self.zh = zh


def _spell(parsed: dict[str, object], profile: str, address: str, rules: Rules) -> Iterator[Problem]:
    try:
        parsed["address"] = rules.normal(rules.driver_of[profile], address)
    except AddressError as error:
        yield Problem("address", str(error), error.zh)


def _pair(parsed: Mapping[str, object], before: Device | None) -> Iterator[Problem]:
    lat, lon = (parsed.get(name, getattr(before, name, None)) for name in ("lat", "lon"))
    if (lat is None) != (lon is None):
        missing = "lat" if lat is None else "lon"
        yield Problem(missing, "latitude and longitude belong together", "经度和纬度必须同时填写")


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """The first problem of each field: the rest follow from it."""
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.field, problem)
    return list(first.values())


def _parse(name: str, text: str, rules: Rules) -> object:
    if (bad := _CONTROL.search(text)) is not None:
        raise _FieldError(f"holds the character U+{ord(bad[0]):04X}", f"含有不可见字符 U+{ord(bad[0]):04X}")
    if name in LIMITS:
        return _limited(text, LIMITS[name])
    parser = _PARSERS.get(name)
    if parser is None:
        en, zh = meant(name, FIELDS)
        raise _FieldError(f"there is no such field{en}", f"没有这个字段{zh}")
    return parser(text, rules)


def _limited(text: str, limit: int) -> str:
    if len(text) > limit:
        raise _FieldError(f"has {len(text)} characters, at most {limit}", f"有 {len(text)} 个字符，最多 {limit} 个")
    return text


def _id(text: str, _rules: Rules) -> str:
    if not _ID.fullmatch(text):
        raise _FieldError(
            f"`{text[:40]}` is no id; use 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit",
            f"`{text[:40]}` 不能作编号；请用 1 到 64 个 a-z 0-9 . _ -，以字母或数字开头",
        )
    return text


def _profile(text: str, rules: Rules) -> str:
    if text not in rules.driver_of:
        en, zh = meant(text, rules.driver_of)
        known = listed(sorted(rules.driver_of))
        raise _FieldError(
            f"there is no profile `{text[:40]}`{en} (known: {known})",
            f"没有设备类型 `{text[:40]}`{zh}（已有：{known}）",
        )
    return text


def _address(text: str, _rules: Rules) -> str:
    if not text:
        raise _FieldError("must be given", "必须填写")
    if _SCIENTIFIC.fullmatch(text):
        raise _FieldError(
            f"`{text}` was changed by the spreadsheet; make the column text and type the number again",
            f"`{text}` 已被表格软件改成科学计数法；请把该列设为文本后重新输入",
        )
    return _limited(text, MAX_ADDRESS)


def _resident(text: str, _rules: Rules) -> str | None:
    if text and not _RESIDENT.fullmatch(text):
        raise _FieldError(
            "is the reference of the office's register (A-Z a-z 0-9 . _ : -), never a name",
            "应为街道登记系统中的编号（A-Z a-z 0-9 . _ : -），不能写姓名",
        )
    return text or None


def _degrees(limit: float) -> Callable[[str, Rules], float | None]:
    def parse(text: str, _rules: Rules) -> float | None:
        return _number(text, -limit, limit, "degrees", "度") if text else None

    return parse


def _check_in(text: str, _rules: Rules) -> float | None:
    return _number(text, 0, MAX_CHECK_IN_S, "seconds (0 = not supervised)", "秒（0 表示不监护）") if text else None


def _number(text: str, low: float, high: float, unit: str, unit_zh: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        bounds = f"{low:g} - {high:g}"
        raise _FieldError(f"`{text[:40]}` is not {bounds} {unit}", f"`{text[:40]}` 应为 {bounds} {unit_zh}")
    return number


def _datum(text: str, _rules: Rules) -> str:
    by_letters = {re.sub(r"\W", "", datum).upper(): datum for datum in DATUMS}
    letters = re.sub(r"\W", "", text).upper()
    if not text:
        return DATUMS[0]
    if letters not in by_letters:
        raise _FieldError(f"`{text[:40]}` is no datum; use {listed(DATUMS)}", f"坐标系应为 {listed(DATUMS)}")
    return by_letters[letters]


def _until(text: str, rules: Rules) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
        if len(text) <= len("2026-01-31"):  # a day alone means to its end
            moment = datetime.combine(moment.date(), time.max.replace(microsecond=0))
        return (moment if moment.tzinfo else moment.replace(tzinfo=rules.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _FieldError(
            f"`{text[:40]}` is no time; write 2026-01-31 or 2026-01-31 18:00",
            f"`{text[:40]}` 不是时间；请写 2026-01-31 或 2026-01-31 18:00",
        ) from None


def _enabled(text: str, _rules: Rules) -> bool:
    if text.lower() in _NO:
        return False
    if text == "" or text.lower() in _YES:
        return True
    raise _FieldError(f"`{text[:40]}` is neither yes nor no", f"`{text[:40]}` 应为 是 或 否")


def _show(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"{value:.10g}" if isinstance(value, float) else str(value)


_PARSERS: dict[str, Callable[[str, Rules], object]] = {
    "id": _id,
    "profile": _profile,
    "address": _address,
    "resident": _resident,
    "lat": _degrees(90),
    "lon": _degrees(180),
    "datum": _datum,
    "check_in_s": _check_in,
    "away_until": _until,
    "enabled": _enabled,
}

MAX_TEST = timedelta(hours=24)
"""A device that stays announced as a test for longer would be a device whose alarms nobody takes for real."""
