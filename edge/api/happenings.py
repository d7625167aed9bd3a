"""What happens: the live stream, alarms, submissions of residents, questions to the centre."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial
from uuid import uuid4

from edge import alarm_book
from edge.alarm_book import Alarm
from edge.api import asked, shapes
from edge.api.devices import place_of
from edge.api.parts import Parts, limit_of
from edge.api.refusal import Refused, Words, nothing, wrong
from edge.api.web import Ask, Reply, said
from edge.live import DROPPED, Happening, Watcher
from edge.questions import NotAnsweredError, Why
from edge.submissions import KeyReused
from sync.blobs import is_name
from sync.contract.envelope import decode, encode
from sync.contract.kiosk import Submission
from sync.contract.messages import Notice

BEAT_S = 15.0
"""A stream that has nothing to say says that it lives."""

MAX_WATCHERS = 64
MAX_KEY = 200
MAX_BLOBS = 20
_WORD = re.compile(r"[a-z][a-z0-9-]{0,40}")
_RESIDENT = re.compile(r"[A-Za-z0-9._:-]{1,64}")


MAX_FILE = 8 * 1024 * 1024
"""A photo, or a minute of sound as WAV."""
_FILES = ((0, b"\xff\xd8\xff"), (0, b"\x89PNG\r\n\x1a\n"), (8, b"WAVE"), (0, b"OggS"))


class HappeningsApi:
    """Handlers."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self._gateway = parts, parts.gateway

    # --- the live stream

    async def stream(self, ask: Ask) -> Reply:
        """Server-sent events; `kinds` (comma), `after` or Last-Event-ID to go on after an interruption."""
        live = self._parts.live
        if live.watchers >= MAX_WATCHERS:
            raise Refused(503, "too-many", Words(f"{MAX_WATCHERS} clients watch already", "实时连接数已满"))
        kinds = frozenset(filter(None, ask.query.get("kinds", "").split(",")))
        after = ask.query.get("after") or ask.headers.get("Last-Event-ID")
        return Reply(stream=self._flow(after, kinds), content_type="text/event-stream")

    async def _flow(self, after: str | None, kinds: frozenset[str]) -> AsyncGenerator[bytes, None]:
        watcher = self._parts.live.watch(after)
        try:
            yield b": linli\n\n"
            beat_s = time.monotonic() + BEAT_S
            while True:
                piece = self._news(watcher, kinds)
                if not piece and await watcher.wait(max(0.0, beat_s - time.monotonic())):
                    continue  # perhaps of a kind that nobody here asked for: the beat is due all the same
                yield piece or b": still here\n\n"
                beat_s = time.monotonic() + BEAT_S
        finally:
            watcher.close()

    def _news(self, watcher: Watcher, kinds: frozenset[str]) -> bytes:
        gone, news = watcher.take()
        pieces = [_sse("", DROPPED, shapes.Dropped(gone))] if gone else []
        pieces += [self._one(happening) for happening in news if not kinds or happening.kind in kinds]
        return b"".join(pieces)

    def _one(self, happening: Happening) -> bytes:
        data = happening.data
        if isinstance(data, Alarm):
            data = self.alarm_seen(data)
        elif isinstance(data, tuple):  # an event and whose it is: made into words only when somebody looks
            event, who = data
            data = shapes.EventSeen(
                device=who.id,
                registered=who.registered,
                kind=event.kind.value,
                alarm=event.alarm,
                open=event.open,
                place=place_of(event.place),
                time=event.time,
                stored=event.stored,
                test=event.test,
                attributes=dict(event.attributes),
            )
        return _sse(self._parts.live.id_of(happening.n), happening.kind, {"at": happening.at, "data": data})

    # --- alarms

    async def alarms(self, ask: Ask) -> Reply:
        """Newest first; `before` (an id), `limit`, `open=1`."""
        limit = limit_of(ask)
        if ask.flag("open"):
            found = sorted(self._gateway.book.open.values(), key=lambda alarm: alarm.id, reverse=True)
            found = [alarm for alarm in found if alarm.id < ask.query.get("before", "\x7f")][: limit + 1]
        else:
            before = ask.query.get("before", "\x7f")
            found = await self._parts.look(partial(alarm_book.list_alarms, limit=limit + 1, before=before))
        page = [self.alarm_seen(alarm) for alarm in found[:limit]]
        return said(shapes.Alarms(page, page[-1].id if len(found) > limit else None))

    async def alarm(self, ask: Ask) -> Reply:
        """One alarm, open or closed."""
        alarm_id = ask.names["id"]
        alarm = self._gateway.book.open.get(alarm_id) or await self._parts.look(
            partial(alarm_book.find, alarm_id=alarm_id)
        )
        if alarm is None:
            raise nothing("alarm", "报警")
        return said(self.alarm_seen(alarm))

    async def silence(self, ask: Ask) -> Reply:
        """End the gateway's own buzzer for this alarm. Acknowledging it is a person's at the centre."""
        if ask.names["id"] not in self._gateway.book.open:
            raise nothing("open alarm", "未关闭的报警")
        return said(shapes.Silenced(self._gateway.guard.watch.silence(ask.names["id"])))

    def alarm_seen(self, alarm: Alarm) -> shapes.AlarmSeen:
        """An alarm as this API shows it."""
        device = self._gateway.registry.get(alarm.device)
        return shapes.AlarmSeen(
            id=alarm.id,
            device=alarm.device,
            cause=alarm.cause,
            stage=alarm.stage.label,
            test=alarm.test,
            count=alarm.count,
            raised_at=alarm.raised(),
            broker_at=_moment(alarm.broker_at),
            received_at=_moment(alarm.received_at),
            acknowledged_at=_moment(alarm.acknowledged_at),
            on_the_way_at=_moment(alarm.on_the_way_at),
            closed_at=_moment(alarm.closed_at),
            acknowledged_by=alarm.acknowledged_by,
            closed_by=alarm.closed_by,
            reason=alarm.reason,
            text=alarm.text,
            escalated_at=_moment(alarm.escalated_at),
            escalation=alarm.escalation,
            building=device.building if device else "",
            room=device.room if device else "",
            pole=device.pole if device else "",
            fine_at=_moment(alarm.fine_at),
            second_path_at=_moment(alarm.second_path_at),
        )

    # --- notices

    async def notices(self, _: Ask) -> Reply:
        """Emergency notices to show now, newest first."""
        found = []
        for body, shown_at in self._gateway.down.current_notices():
            found.append(shapes.NoticeSeen(decode(body, Notice), _moment(shown_at)))
        return said(shapes.Notices(found))

    async def notice_shown(self, ask: Ask) -> Reply:
        """It was on the screen: the centre is told, the first time."""
        return said(shapes.NoticeShown(await self._gateway.down.notice_shown(ask.names["id"])))

    # --- up

    async def submit(self, ask: Ask) -> Reply:
        """201 once it is on disk. The same Idempotency-Key gets the same answer; without one each is new."""
        wish = await ask.message(asked.SubmitAsked)
        key = ask.headers.get("Idempotency-Key", "") or uuid4().hex
        if len(key) > MAX_KEY or not key.isprintable():
            raise wrong(f"a key has at most {MAX_KEY} characters", f"Idempotency-Key 最多 {MAX_KEY} 个字符")
        if not _WORD.fullmatch(wish.kind):
            raise wrong("kind is lower case letters, digits and dashes", "kind 应为小写字母、数字和短横线")
        if wish.resident is not None and not _RESIDENT.fullmatch(wish.resident):
            raise wrong("resident is an opaque reference, never a name", "resident 应为登记编号，不能写姓名")
        if len(wish.blobs) > MAX_BLOBS or not all(is_name(name) for name in wish.blobs):
            raise wrong(f"blobs are at most {MAX_BLOBS} SHA-256 names", f"blobs 最多 {MAX_BLOBS} 个 SHA-256")
        submission = Submission(kind=wish.kind, form=wish.form, resident=wish.resident, blobs=wish.blobs)
        try:
            return said(await self._parts.submissions.submit(submission, key), 201)
        except KeyReused:
            text = Words("this key was used for another submission", "该 Idempotency-Key 已用于其他提交")
            raise Refused(409, "key-reused", text) from None

    async def keep_file(self, ask: Ask) -> Reply:
        """A photo or voice note of a resident, on disk; a submission then names it, and only then it goes up."""
        content = await ask.content(MAX_FILE)
        if not any(content[at : at + len(mark)] == mark for at, mark in _FILES):
            raise wrong("a file is JPEG, PNG, WAV or Ogg", "只接受 JPEG、PNG、WAV 或 Ogg 文件")
        try:
            return said(shapes.FileKept(await self._parts.files.keep(content), len(content)), 201)
        except OSError as reason:
            full = Words(f"the file cannot be kept: {reason}", "照片或录音无法保存，请稍后再试")
            raise Refused(503, "no-room", full) from None

    async def drop_file(self, ask: Ask) -> Reply:
        """Whoever brought it wants it no more: gone now, or as soon as the centre has what names it."""
        if is_name(ask.names["sha256"]):
            self._parts.files.store.let_go(ask.names["sha256"])
        return Reply(204)

    async def question(self, ask: Ask) -> Reply:
        """The centre's answer, also when it refuses; 503 with the reason when there is none."""
        wish, query = await ask.message(asked.QuestionAsked), ask.names["query"]
        if not _WORD.fullmatch(query) or not 0 < wish.timeout_s <= 60:
            raise wrong("a query is a word, timeout_s at most 60", "query 应为小写单词，timeout_s 不超过 60")
        try:
            return said(await self._gateway.down.questions.ask(query, wish.arguments, wish.timeout_s))
        except NotAnsweredError as error:
            raise _unanswered(error.why, str(error)) from None


_UNANSWERED = {
    Why.OFFLINE: (503, "与中心的线路中断，暂时无法查询"),
    Why.NOBODY: (503, "中心目前没有查询服务"),
    Why.BUSY: (503, "查询太多，请稍后再试"),
    Why.TIMEOUT: (504, "中心没有及时答复，请稍后再试"),
    Why.WRONG: (400, "查询内容不符合要求"),
}


def _unanswered(why: Why, text: str) -> Refused:
    status, zh = _UNANSWERED[why]
    return Refused(status, why.value, Words(text, zh), Words("try again later", "请稍后再试"))


def _sse(id_: str, kind: str, data: object) -> bytes:
    """HTML standard, 9.2.6: one line each; JSON holds no line ends."""
    head = f"id: {id_}\n" if id_ else ""
    return f"{head}event: {kind}\ndata: ".encode() + encode(data) + b"\n\n"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
