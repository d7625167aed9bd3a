"""Watches of the "3G"/SeTracker family over TCP: `[3G*<id>*<length>*<keyword>,<fields>]` (`protocols.md` 4).

    LK[,steps,tumbles,battery]   keep-alive; without an answer the watch reconnects
    UD... WT                     position, answered by nothing; UD2: kept while it was offline
    AL...                        alarm with the fields of UD; repeated until it is answered with AL
    TKQ TKQ2 INIT                want an answer, mean nothing
    heart bphrt temp ...         health values

Framing is in `watch_frames`, the fields of reports in `watch_report`.

What is an alarm: `AL` always, even cut short or without a cause (then "general"), and one for each cause that is set.
A bit in any other report is a state that is held: new when the report before did not have it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Literal, cast

from drivers.decoder import Decoder, Driver, Known
from drivers.model import (
    EARLIEST,
    AlarmName,
    Command,
    Event,
    Heard,
    Instant,
    Kind,
    Note,
    Refused,
    Scalar,
    Struct,
    Verb,
)
from drivers.watch_frames import Frame, Frames, Head, write_frame
from drivers.watch_health import read_health
from drivers.watch_report import Report, read_report, whole

PATIENCE_S = 5.0
"""An alarm whose end does not come for so long is raised as far as it came: the line is probably gone."""

SAME_PRESS_S = 120.0
"""Watches repeat an unanswered AL within a minute; it tells a repeat from a press when their clock is unset."""

SAME_REPORT_S = 1.0
"""Equal words without a clock within this time are one frame that came twice: no watch measures so often."""

KEYWORDS = {Verb.LOCATE: "CR", Verb.INTERVAL: "UPLOAD", Verb.SAY: "MESSAGE"}
ANSWERS = {"TKQ": b"TKQ", "TKQ2": b"TKQ2", "INIT": b"INIT,1"}
NOT_KEPT = dict.fromkeys(("TK", "JXTK", "IMG"), "voice or picture not kept")
INTERVAL_S = range(10, 86_401)


class WatchSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`text`: how MESSAGE carries its words, `utf-16-hex` on nearly all watches, `utf-8` on some."""

    text: Literal["utf-16-hex", "utf-8"] = "utf-16-hex"


class WatchDecoder:
    """One connection of one watch."""

    def __init__(self, settings: WatchSettings) -> None:
        self._settings = settings
        self._frames = Frames()
        self._head: Head | None = None
        self._index = 0
        self._heard_s = 0.0
        self._stored: frozenset[str] = frozenset()
        self._clockless = (b"", "", 0.0)
        self._report = (b"", "", 0.0)
        self._asked: dict[str, Verb] = {}

    @property
    def held(self) -> int:
        """Bytes kept while waiting for the rest of a frame."""
        return self._frames.held

    def feed(self, data: bytes, at: Instant) -> list[Heard]:
        """Take bytes of any length."""
        self._heard_s = at.monotonic_s
        heard = [self._hear(frame, at) for frame in self._frames.push(data)]
        if skipped := self._frames.take_skipped():
            heard.append(Heard(note=Note("noise", f"{skipped} bytes")))
        return heard

    def tick(self, at: Instant) -> list[Heard]:
        """Raise an alarm whose end never came."""
        due = self.due()
        if due is None or at.monotonic_s < due:
            return []
        frame = self._frames.give_up()
        return [self._hear(frame, at)] if frame is not None else []

    def due(self) -> float | None:
        """Only an alarm that has begun sets a timer."""
        return self._heard_s + PATIENCE_S if self._frames.pending[:2].upper() == b"AL" else None

    def say(self, command: Command, at: Instant) -> bytes | Refused:  # noqa: ARG002 - nothing here depends on the time
        """`CR`, `UPLOAD,s` and `MESSAGE,text`; the watch echoes the keyword when it has obeyed."""
        if self._head is None or self._head.id != command.device:
            return Refused(f"watch {command.device} has not spoken on this connection")
        content = self._order(command)
        if isinstance(content, Refused):
            return content
        self._asked[KEYWORDS[command.verb]] = command.verb
        return write_frame(self._next_head(self._head), content)

    def _order(self, command: Command) -> bytes | Refused:
        match command.verb:
            case Verb.LOCATE:
                return b"CR"
            case Verb.INTERVAL if command.seconds in INTERVAL_S:
                return b"UPLOAD,%d" % command.seconds
            case Verb.INTERVAL:
                return Refused(
                    f"an interval of {command.seconds} s; {INTERVAL_S[0]} to {INTERVAL_S[-1]} s are possible"
                )
            case Verb.SAY if command.text:
                return b"MESSAGE," + self._text(command.text)
            case Verb.SAY:
                return Refused("there is nothing to say")
            case _:
                return Refused(f"a watch of this kind cannot {command.verb}")

    def _text(self, text: str) -> bytes:
        if self._settings.text == "utf-16-hex":
            return text.encode("utf-16-be", "replace").hex().upper().encode()
        plain = text.encode("utf-8", "replace")
        for mark, escape in ((b"\x7d", b"\x01"), (b"[", b"\x02"), (b"]", b"\x03"), (b",", b"\x04"), (b"*", b"\x05")):
            plain = plain.replace(mark, b"\x7d" + escape)
        return plain

    def _next_head(self, head: Head) -> Head:
        """Where a maker counts frames, ours are counted too."""
        if not head.index:
            return head
        self._index = self._index % 0xFFFF + 1
        return Head(head.maker, head.id, f"{self._index:04X}", 0)

    def _hear(self, frame: Frame, at: Instant) -> Heard:
        head = frame.head
        new = self._head is None or self._head.id != head.id
        if new:
            self._stored, self._asked = frozenset(), {}
            self._clockless = self._report = (b"", "", 0.0)
        self._head = head
        keyword, *fields = frame.fields()
        meaning = self._meaning(keyword.strip().upper(), fields, frame, at)
        return Heard(
            events=meaning.events,
            reply=meaning.reply and write_frame(head, meaning.reply),
            device=head.id,
            levels=meaning.levels,
            note=meaning.note,
            login=new,
        )

    def _meaning(self, keyword: str, fields: list[str], frame: Frame, at: Instant) -> Heard:
        """What the keyword stands for; `reply` is still without its frame."""
        if _is_alarm(keyword, fields):
            return self._alarm(fields, frame, at)
        if frame.cut:
            return Heard(note=Note("frame cut short", keyword[:16]))
        if keyword.startswith(("UD", "WT")):
            return self._position(frame, read_report(fields, at.utc), at, stored=keyword.startswith("UD2"))
        if keyword == "LK":
            values = _counters(fields)
            return Heard(events=_values(Kind.STATUS, frame.head.id, values, self._again(frame, at)), reply=b"LK")
        if keyword in ANSWERS:
            return Heard(reply=ANSWERS[keyword])
        return self._other(keyword, fields, frame, at)

    def _other(self, keyword: str, fields: list[str], frame: Frame, at: Instant) -> Heard:
        """What wants no answer: health values, the echo of an order of ours, and what we have no use for."""
        device = frame.head.id
        values = read_health(keyword, fields)
        if values is not None:
            return Heard(events=_values(Kind.READING, device, values, self._again(frame, at)))
        if keyword in self._asked:
            done: dict[str, Scalar] = {"command": str(self._asked.pop(keyword))}
            return Heard(events=(Event(kind=Kind.RESULT, device=device, attributes=done),))
        return Heard(note=Note(NOT_KEPT.get(keyword, "unsupported message"), keyword[:16]))

    def _alarm(self, fields: list[str], frame: Frame, at: Instant) -> Heard:
        """`AL` raises every cause of its own; where it names none, the states explain it, or it is a general alarm."""
        report = read_report(fields, at.utc)
        causes, states = report.causes, report.states
        if not causes:
            explained = states and not report.unexplained
            causes, states = (states, ()) if explained else ((AlarmName.GENERAL,), states)
        repeat = self._press(report, frame.content, at)
        device = frame.head.id
        events = [_event(device, report, alarm=cause, repeat=repeat) for cause in causes]
        events += [_event(device, report, alarm=state, held=True) for state in states]
        unreadable = frame.cut or report.levels is None
        return Heard(
            events=tuple(events),
            reply=b"AL",
            levels=None if frame.cut else report.levels,
            note=Note("alarm cut short") if unreadable else None,
        )

    def _press(self, report: Report, content: bytes, at: Instant) -> str:
        """What makes a repeated AL the same alarm: the watch's date, time and status.

        A watch whose clock never ran says the same in every alarm. Then equal content is a repeat only within
        `SAME_PRESS_S` on this connection: rather one alarm twice than a new press swallowed.
        """
        if report.clock is not None and report.clock >= EARLIEST:
            return report.stamp
        digest = _digest(content)
        last, key, heard_s = self._clockless
        if last != digest or at.monotonic_s - heard_s > SAME_PRESS_S:
            key = f"{digest.hex()}@{at.utc.isoformat()}"
        self._clockless = (digest, key, at.monotonic_s)
        return key

    def _again(self, frame: Frame, at: Instant) -> str:
        """What makes words without a clock the same frame once more: that it said them just now."""
        digest = _digest(frame.content)
        last, key, heard_s = self._report
        if last != digest or at.monotonic_s - heard_s > SAME_REPORT_S:
            key = f"{digest.hex()}@{at.utc.isoformat()}"
        self._report = (digest, key, at.monotonic_s)
        return key

    def _position(self, frame: Frame, report: Report, at: Instant, *, stored: bool) -> Heard:
        """The same words at the same time of the watch are the same report, however late it sends them again."""
        if report.empty:
            return Heard(note=Note("report cannot be read"))
        device = frame.head.id
        kind = Kind.STATUS if report.place is None else Kind.POSITION
        repeat = f"{report.stamp}:{_digest(frame.content).hex()}" if report.time else self._again(frame, at)
        events = [_event(device, report, kind=kind, stored=stored, repeat=repeat)]
        if stored:
            return Heard(events=(*events, *self._stored_alarms(device, report)))
        events += [_event(device, report, alarm=name, held=True) for name in report.causes + report.states]
        return Heard(events=tuple(events), levels=report.levels)

    def _stored_alarms(self, device: str, report: Report) -> list[Event]:
        """Kept reports never speak of now, so a bit that stays set in a run of them is one alarm, at its own time."""
        before, self._stored = self._stored, frozenset(report.causes + report.states)
        causes = [(name, False) for name in report.causes] + [(name, True) for name in report.states]
        return [
            _event(device, report, alarm=name, held=held, stored=True, repeat=report.stamp)
            for name, held in causes
            if name not in before
        ]


def _is_alarm(keyword: str, fields: list[str]) -> bool:
    """`AL`, `AL_LTE`, and any other AL... that carries a report or nothing; not the echo of, say, an alarm clock."""
    if not keyword.startswith("AL"):
        return False
    return (
        keyword == "AL" or keyword[2] in "_0123456789" or not fields or (len(fields[0]) == 6 and fields[0].isdecimal())
    )


def _event(
    device: str,
    report: Report,
    *,
    kind: Kind = Kind.ALARM,
    alarm: str | None = None,
    held: bool = False,
    stored: bool = False,
    repeat: str | None = None,
) -> Event:
    return Event(
        kind=kind,
        device=device,
        time=report.time,
        device_time=report.device_time,
        place=report.place,
        alarm=alarm,
        attributes=report.attributes,
        network=report.network,
        repeat=repeat,
        held=held,
        stored=stored,
    )


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=8).digest()


def _counters(fields: list[str]) -> dict[str, Scalar]:
    """`LK` with its three counters; a bare one only says that the watch lives."""
    if len(fields) < 3:
        return {}
    read = (("steps", whole(fields[0].strip())), ("batteryLevel", whole(fields[2].strip())))
    return {name: value for name, value in read if value is not None}


def _values(kind: Kind, device: str, values: dict[str, Scalar], repeat: str) -> tuple[Event, ...]:
    return (Event(kind=kind, device=device, attributes=values, repeat=repeat),) if values else ()


def _make(settings: Struct, known: Known) -> Decoder[object]:  # noqa: ARG001 - a watch is heard, registered or not
    assert isinstance(settings, WatchSettings)
    return cast("Decoder[object]", WatchDecoder(settings))


DRIVER = Driver("watch", ("tcp", "memory"), WatchSettings, _make)
