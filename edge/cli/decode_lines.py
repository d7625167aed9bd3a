"""One line of `linli decode`: a connection of its own, from the bytes to what they mean and what they are owed.

Pure but for the time that is passed in. A line is a JSON object:

    id            given back
    wire_hex      the bytes, or
    chunks        [hex, ...] as they arrived, or
    topic payload one MQTT message (payload: text, or JSON that is encoded), or
    json          one JSON object, sent as a line of text, or
    timeline      [{at_ms, line, level | ratio}, ...] for pins
    login_hex     fed first on the same connection; what it leads to is not printed
    needs_login   the test vectors' word: a device of `device_id` has logged in
    model         as --model, for this line; also `needs_model`, the test vectors' word
    registered    [id, ...] are registered, and only these
    key           for encrypted protocols

Repeats are told as by the gateway (`edge.repeats`), fresh for each line. After the last byte the decoder's timers run
out, so that what a device never finished is seen too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta, tzinfo
from typing import Any, cast

from drivers.decoder import Decoder, Driver
from drivers.model import Heard, Instant, Level, Message, Sample, decode_json, encode_json
from edge.cli.decode_events import told, zone_of
from edge.cli.resolve import Chosen, Resolver
from edge.cli.speech import CannotError
from edge.repeats import Repeats

PIECE = 64 * 1024
"""A port reads at most so much at once."""

RUN_OUT_S = 60.0
RUN_OUT_TIMELINE_S = 2.0
MAX_TICKS = 256
KEY_IGNORED = "key ignored: this driver decrypts nothing"

MAX_MODELS = 256

Started = tuple[Chosen, tzinfo | None]
"""What a decoder is made of, and the zone of the device's clock."""

Step = tuple[float, Any]
"""Seconds from the beginning, and what a port delivers then."""


class LineError(ValueError):
    """A line that cannot be read; the text says why."""


class Lines:
    """Turns lines into answers; the profile, its models and settings are looked up once."""

    def __init__(self, resolver: Resolver, model: str = "") -> None:
        self._resolver = resolver
        self._model = model
        self._known: dict[tuple[str, str], Started | CannotError] = {}
        self.remarks: set[str] = set()
        self._started(model, "")

    def answer(self, line: bytes, at: Instant) -> dict[str, Any]:
        """What is printed for a line; never raises on input."""
        name: Any = None
        try:
            given = _object(line)
            name = given.get("id")
            return self._decode(given, name, at)
        except (LineError, CannotError) as error:
            return failed(name, str(error))

    def _model_of(self, given: dict[str, Any]) -> str:
        """The test vectors' word for it does not break a line of a driver that tells no models apart."""
        model = _text(given, "model") or self._model
        needed = _text(given, "needs_model")
        if model or not needed:
            return model
        try:
            self._started(needed, "")
        except CannotError:
            return ""
        return needed

    def _started(self, model: str, key: str) -> Started:
        """Looked up once, also what cannot be found: it costs reading all profiles."""
        found = self._known.get((model, key))
        if found is None:
            if len(self._known) >= MAX_MODELS:
                self._known.clear()
            try:
                found = self._start(model, key)
            except CannotError as error:
                found = error
            self._known[model, key] = found
        if isinstance(found, CannotError):
            raise found
        return found

    def _start(self, model: str, key: str) -> Started:
        chosen = self._resolver.choose(model, equal_frames=1, **({"key": key} if key else {}))
        if chosen.remark:
            self.remarks.add(chosen.remark)
        return chosen, zone_of(chosen.settings)

    def _decode(self, given: dict[str, Any], name: Any, at: Instant) -> dict[str, Any]:
        key = _text(given, "key")
        chosen, zone = self._started(self._model_of(given), key)
        driver = chosen.driver
        decoder = driver.make(chosen.settings, _known(driver, given))
        repeats = Repeats()
        steps = _steps(given, driver)
        for heard in _login(given, driver, decoder, at):
            repeats.fresh(heard)
        events: list[dict[str, Any]] = []
        replies: list[str] = []
        notes = [KEY_IGNORED] if key and "key" not in chosen.settings.__struct_fields__ else []
        for when, heard in _play(decoder, steps, at, "timeline" in given or "timeline_ms_level" in given):
            events += [told(event, when, zone) for event, _ in repeats.fresh(heard)]
            replies += [frame.hex() for frame in frames_of(heard.reply)]
            if heard.note is not None and len(notes) < 16:
                notes.append(f"{heard.note.reason}: {heard.note.detail}" if heard.note.detail else heard.note.reason)
        result = {"id": name, "events": events, "reply_hex": replies, "error": None}
        return {**result, "notes": notes} if notes else result


def failed(name: Any, error: str) -> dict[str, Any]:
    """What is printed for a line that cannot be read."""
    return {"id": name, "events": [], "reply_hex": [], "error": error}


def frames_of(reply: bytes) -> Iterator[bytes]:
    """The frames of an answer. Only JT/T 808 owes several at once: one for each part of a sub-packaged message."""
    flag = reply[:1]
    if flag not in {b"\x7e", b"\xe7"} or reply.count(flag) <= 2:
        if reply:
            yield reply
        return
    yield from (flag + between + flag for between in reply.split(flag) if between)


def _play(decoder: Decoder[Any], steps: list[Step], start: Instant, pins: bool) -> Iterator[tuple[Instant, Heard]]:  # noqa: FBT001
    at = start
    for after_s, item in steps:
        at = _later(start, after_s)
        if after_s:
            yield from _ticks(decoder, at.monotonic_s, start)
        for heard in decoder.feed(item, at):
            yield at, heard
    yield from _ticks(decoder, at.monotonic_s + (RUN_OUT_TIMELINE_S if pins else RUN_OUT_S), start)


def _ticks(decoder: Decoder[Any], until_s: float, start: Instant) -> Iterator[tuple[Instant, Heard]]:
    for _ in range(MAX_TICKS):
        due = decoder.due()
        if due is None or due > until_s:
            return
        at = _later(start, max(0.0, due - start.monotonic_s))
        for heard in decoder.tick(at):
            yield at, heard


def _later(start: Instant, after_s: float) -> Instant:
    if not after_s:
        return start
    return Instant(start.utc + timedelta(seconds=after_s), start.monotonic_s + after_s)


def _login(given: dict[str, Any], driver: Driver, decoder: Decoder[Any], at: Instant) -> list[Heard]:
    login = given.get("login_hex")
    if login is not None:
        return decoder.feed(_bytes(login, "login_hex"), at)
    if given.get("needs_login") is True and (make := LOGINS.get(driver.name)):
        ids = given.get("device_id")
        return decoder.feed(make(str(ids[0] if isinstance(ids, list) and ids else ids or "")), at)
    return []


def _gt06_login(device: str) -> bytes:
    from edge.neighbourhood.gt06 import Gt06Device  # noqa: PLC0415 - only for lines that ask for it

    return Gt06Device(device if device.isdecimal() and len(device) == 15 else "861234567890123").login()


LOGINS: dict[str, Callable[[str], bytes]] = {"gt06": _gt06_login}


def _known(driver: Driver, given: dict[str, Any]) -> Callable[[str], bool]:
    """Whether an id counts as registered: every one, but radio codes, whose meaning would change by it."""
    registered = given.get("registered")
    if isinstance(registered, list):
        return {str(one) for one in registered}.__contains__
    return _nobody if driver.name == "rf433" else _everybody


def _everybody(_: str) -> bool:
    return True


def _nobody(_: str) -> bool:
    return False


def _steps(given: dict[str, Any], driver: Driver) -> list[Step]:
    if "wire_hex" in given:
        return _pieces(_bytes(given["wire_hex"], "wire_hex"))
    if "chunks" in given:
        chunks = given["chunks"]
        if not isinstance(chunks, list):
            raise LineError("chunks: not a list of hex texts")
        return [step for chunk in chunks for step in _pieces(_bytes(chunk, "chunks"))]
    if "topic" in given or "payload" in given:
        payload = given.get("payload")
        body = payload.encode() if isinstance(payload, str) else encode_json(payload)
        return [(0.0, Message(_text(given, "topic"), body, retain=given.get("retain") is True))]
    if "json" in given:
        return [(0.0, encode_json(given["json"]) + b"\n")]
    if "timeline" in given or "timeline_ms_level" in given:
        return _timeline(given)
    wanted = "topic and payload" if "tcp" not in driver.ports and "mqtt" in driver.ports else "wire_hex or chunks"
    raise LineError(f"{wanted} is missing")


def _pieces(data: bytes) -> list[Step]:
    if len(data) <= PIECE:
        return [(0.0, data)]
    return [(0.0, data[start : start + PIECE]) for start in range(0, len(data), PIECE)]


def _timeline(given: dict[str, Any]) -> list[Step]:
    if "timeline_ms_level" in given:
        rows: Any = [{"at_ms": ms, "line": "pin", "level": high} for ms, high in _pairs(given["timeline_ms_level"])]
    else:
        rows = given["timeline"]
    try:
        return [(float(row["at_ms"]) / 1000, _level(row)) for row in rows if "line" in row]
    except (TypeError, KeyError, ValueError):
        raise LineError("timeline: each step has at_ms, line, and level or ratio") from None


def _pairs(value: Any) -> list[tuple[float, int]]:
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise LineError("timeline_ms_level: a list of [ms, level]")
    return cast("list[tuple[float, int]]", value)


def _level(row: dict[str, Any]) -> Level | Sample:
    line = str(row["line"])
    return Sample(line, float(row["ratio"])) if "ratio" in row else Level(line, bool(row["level"]))


def _object(line: bytes) -> dict[str, Any]:
    try:
        given = decode_json(line)
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON: {error}") from None
    if not isinstance(given, dict):
        raise LineError("not a JSON object")
    return given


def _bytes(value: Any, name: str) -> bytes:
    if not isinstance(value, str):
        raise LineError(f"{name}: not a text of hex digits")
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise LineError(f"{name}: {error}") from None


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LineError(f"{name}: not a text")
    return value
