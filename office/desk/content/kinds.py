"""Which kinds of content there are: file, shape, and what a shape alone does not say. Data and pure checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from office.desk.mistake import Mistake, missing
from sync.contract import services
from sync.contract.departments import Said
from sync.contract.envelope import ContractError, Struct, convert

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
MOST = 5000
"""Items of one kind."""
MOST_TITLE, MOST_TEXT = 60, 4000
GRADES = "ABCD"
TITLES = ("title", "name", "question", "called")
MUST_SAY = (services.Card, services.Notice)
"""Their text is what they are for."""

Check = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One of them. `titles` for people; `check` raises Mistake."""

    name: str
    file: str
    shape: type
    titles: Said
    check: Check | None = None


def kind_of(name: str) -> Kind:
    """By its name in a path. Raises Mistake."""
    try:
        return KINDS[name]
    except KeyError:
        raise missing("这种内容", "such content") from None


def read(kind: Kind, item_id: str, value: object) -> Any:
    """An item as its shape, every rule held. Raises Mistake with the field."""
    if not ID.fullmatch(item_id):
        raise Mistake("编号只能用小写字母、数字和短横线", "an id is lower case letters, digits and dashes", field="id")
    try:
        item: Any = convert(value, kind.shape)
    except ContractError as error:
        raise Mistake(f"填写的内容格式不对:{error}", f"not as expected: {error}") from None
    if item.id != item_id:
        raise Mistake("编号和地址不一致", "the id is not that of the address", field="id")
    _texts(item)
    if kind.check is not None:
        kind.check(item)
    return item


def media_of(item: object) -> Iterator[str]:
    """Every name of a media file in an item."""
    for name, value in _fields(item):
        if name in ("spoken", "picture", "media", "form") and isinstance(value, str) and value:
            yield value


def _texts(item: object) -> None:
    for name, value in _fields(item):
        if isinstance(value, Said):
            most = MOST_TITLE if name in TITLES else MOST_TEXT
            if not value.zh.strip() and (name in TITLES or isinstance(item, MUST_SAY)):
                raise Mistake("中文不能空", "the Chinese text is missing", field=name)
            if max(len(value.zh), len(value.en)) > most:
                raise Mistake(f"最多 {most} 个字", f"at most {most} characters", field=name)
        elif isinstance(value, str) and len(value) > MOST_TEXT:
            raise Mistake(f"最多 {MOST_TEXT} 个字", f"at most {MOST_TEXT} characters", field=name)


def _fields(item: object) -> Iterator[tuple[str, object]]:
    """Every field, those of parts and lists too."""
    if not isinstance(item, Struct):
        return
    for name in item.__struct_fields__:
        value = getattr(item, name)
        yield name, value
        for part in value if isinstance(value, list) else [value]:
            yield from _fields(part)


def _day(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Mistake("日期格式不对", "not a date (ISO 8601)", field=name) from None
    return moment.replace(tzinfo=None)


def _notice(item: services.Notice) -> None:
    if _day(item.ends, "ends") <= _day(item.starts, "starts"):
        raise Mistake("结束要在开始之后", "it ends before it starts", field="ends")


def _activity(item: services.Activity) -> None:
    if item.kind not in ("activity", "help-wanted", "help-offered"):
        raise Mistake("种类不对", "kind is activity, help-wanted or help-offered", field="kind")
    if item.starts and item.ends and _day(item.ends, "ends") < _day(item.starts, "starts"):
        raise Mistake("结束要在开始之后", "it ends before it starts", field="ends")
    if item.room_for < 0 or item.taken < 0:
        raise Mistake("人数不能是负数", "a number of people is not negative", field="room_for")


def _merchant(item: services.Merchant) -> None:
    for grade, name in ((item.grade, "grade"), *((change.grade, "history") for change in item.history)):
        if len(grade) != 1 or grade not in GRADES:
            raise Mistake("信用等级为 A、B、C、D", "a grade is A, B, C or D", field=name)
    for change in item.history:
        _day(change.day, "history")


def _poll(item: services.Poll) -> None:
    _day(item.ends, "ends")
    if not 2 <= len(item.answers) <= 6:
        raise Mistake("要有 2 到 6 个选项", "two to six answers", field="answers")
    if item.results and len(item.results) != len(item.answers):
        raise Mistake("结果和选项数目不一致", "as many results as answers", field="results")


def _calendar(item: services.Calendar) -> None:
    if not 5 <= item.minutes <= 480:
        raise Mistake("每次 5 到 480 分钟", "5 to 480 minutes", field="minutes")
    if len(item.slots) > 2000:
        raise Mistake("最多 2000 个时段", "at most 2000 slots", field="slots")
    starts = [_day(slot.starts, "slots") for slot in item.slots]
    if len(set(starts)) != len(starts) or any(slot.places < 0 or slot.places > 500 for slot in item.slots):
        raise Mistake("时段重复,或名额不在 0 到 500", "a slot twice, or not 0 to 500 places", field="slots")


def _lesson(item: services.Lesson) -> None:
    if not item.media or not item.type.startswith(("audio/", "video/")):
        raise Mistake("要有一段音频或视频", "a lesson has sound or video", field="media")


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("guides", services.GUIDES, services.Guide, Said("办事指南", "Guides")),
        Kind("notices", services.NOTICES, services.Notice, Said("信息播报", "Notices"), _notice),
        Kind("merchants", services.MERCHANTS, services.Merchant, Said("商户名录", "Merchants"), _merchant),
        Kind("activities", services.ACTIVITIES, services.Activity, Said("邻里互动", "Neighbours"), _activity),
        Kind("learning", services.LEARNING, services.Lesson, Said("学习园地", "Learning"), _lesson),
        Kind("polls", services.POLLS, services.Poll, Said("民意调查", "Polls"), _poll),
        Kind("calendars", services.CALENDARS, services.Calendar, Said("网上预约", "Bookings"), _calendar),
        Kind("reports", services.REPORTS, services.ReportKind, Said("反映问题的种类", "Kinds of reports")),
    )
}
