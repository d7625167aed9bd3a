"""One cell or form field of the register: its names, how it is read, and what is said when it cannot be. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from office.desk.register.datum import DATUMS, WGS84

Value = str | int | float | None
Image = dict[str, Value]
"""A row as people write it: field by field, places as words."""

EMPTY = ("清空", "clear")
"""A cell that empties its field; a cell without anything leaves it as it was."""

_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_NUMBER = re.compile(r"\w[\w.:-]{0,39}")
_PHONE = re.compile(r"\+?\d{5,15}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_YEAR = re.compile(r"(\d{4})(?:[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?月?|年)?")
_TAG = re.compile(r"[、,，;；/|\s]+")


class Wrong(ValueError):  # noqa: N818 - reads as what it is
    """This cannot be taken; said in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Field:
    """`also` are other headers people write. `must`: a new row needs it. `sealed`: kept only with the vault."""

    name: str
    zh: str
    read: Callable[[str], Value]
    empty: Value = ""
    also: tuple[str, ...] = ()
    must: bool = False
    sealed: bool = False


def read_all(fields: Mapping[str, Field], cells: Mapping[str, str]) -> tuple[Image, list[tuple[str, Wrong]]]:
    """The given cells as values, and every field that is wrong. Empty cells are left out."""
    image: Image = {}
    wrong: list[tuple[str, Wrong]] = []
    for name, cell in cells.items():
        text = cell.strip()
        if not text:
            continue
        if text in EMPTY:
            image[name] = fields[name].empty
            continue
        try:
            image[name] = fields[name].read(text)
        except Wrong as error:
            wrong.append((name, error))
    return image, wrong


def words(most: int) -> Callable[[str], Value]:
    """A line of text."""

    def read(text: str) -> Value:
        if len(text) > most:
            raise Wrong(f"最多 {most} 个字", f"at most {most} characters")
        if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text):
            raise Wrong("含有控制字符", "holds control characters")
        return text

    return read


def level(text: str) -> Value:
    """A name of a place's level."""
    if "/" in text:
        raise Wrong("地点名称中不能有“/”", "a place's name has no slash")
    return words(60)(text)


def reference(text: str) -> Value:
    """An opaque reference as gateways carry it."""
    if not _REF.fullmatch(text):
        raise Wrong(
            f"“{text[:30]}”不是编号,应为字母、数字和 . _ : -,最多 64 位",
            f"{text[:30]!r} is no reference: letters, digits and . _ : -, at most 64",
        )
    return text


def pole_number(text: str) -> Value:
    """As it stands on the plate."""
    if not _NUMBER.fullmatch(text):
        raise Wrong(
            f"“{text[:30]}”不是杆号,应为文字、数字和 . _ : -,最多 40 位",
            f"{text[:30]!r} is no pole number: letters, digits and . _ : -, at most 40",
        )
    return text


def phone(text: str) -> Value:
    """A number to call; blanks and dashes are taken out."""
    if _SCIENTIFIC.fullmatch(text):
        raise Wrong(
            "已被表格软件改成科学计数法,请把该列设为文本后重填",
            "a spreadsheet changed it into scientific notation; make the column text",
        )
    digits = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text))
    if not _PHONE.fullmatch(digits):
        raise Wrong(
            f"“{text[:30]}”不是电话号码,应为 5 到 15 位数字", f"{text[:30]!r} is no phone number: 5 to 15 digits"
        )
    return digits


def year(text: str) -> Value:
    """A year of birth; a whole date is cut to its year."""
    found = _YEAR.fullmatch(text)
    if not found or not 1890 <= int(found[1]) <= 2100:
        raise Wrong(f"“{text[:30]}”不是出生年,例如 1941", f"{text[:30]!r} is no year of birth, such as 1941")
    return int(found[1])


def tags(text: str) -> Value:
    """Words with any separator, kept with 、 between."""
    parts = [part for part in _TAG.split(text) if part]
    if len(parts) > 12 or any(len(part) > 20 for part in parts):
        raise Wrong("标签最多 12 个,每个最多 20 字", "at most 12 tags of 20 characters")
    return "、".join(dict.fromkeys(parts))


def degrees(limit: float) -> Callable[[str], Value]:
    """A coordinate."""

    def read(text: str) -> Value:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not -limit <= number <= limit:
            raise Wrong(
                f"“{text[:30]}”应为 -{limit:g} 到 {limit:g} 之间的度数",
                f"{text[:30]!r} is not degrees from -{limit:g} to {limit:g}",
            )
        return round(number, 7)

    return read


def datum(text: str) -> Value:
    """Which coordinates they are."""
    letters = re.sub(r"\W", "", text).upper()
    for each in DATUMS:
        if letters == each.replace("-", ""):
            return each
    raise Wrong(f"坐标系应为 {' 或 '.join(DATUMS)}", f"the datum is {' or '.join(DATUMS)}")


def choice(names: Mapping[str, str]) -> Callable[[str], Value]:
    """One of these, by its English or Chinese name: `{name: zh}`."""
    by = {**{name: name for name in names}, **{zh: name for name, zh in names.items()}}

    def read(text: str) -> Value:
        value = by.get(text.lower(), by.get(text))
        if value is None:
            raise Wrong(f"应为 {'、'.join(names.values())} 之一", f"is one of {', '.join(names)}")
        return value

    return read


LEVELS = ("community", "building", "unit", "room")
PLACE = (
    Field("community", "社区", level, also=("小区", "居委会")),
    Field("building", "楼", level, also=("楼栋", "楼号", "栋")),
    Field("unit", "单元", level, also=("门",)),
    Field("room", "房间", level, also=("房号", "室", "户室")),
)
SPOT = (
    Field("lat", "纬度", degrees(90), None, ("latitude",)),
    Field("lon", "经度", degrees(180), None, ("longitude", "lng")),
    Field("datum", "坐标系", datum, WGS84),
)
