"""What the drivers behind a broker share. It knows topics and qualities of service, no device."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from drivers.model import Event, Kind, Message, Note

UNSAFE = "alarm published at QoS 0"
"""The reason of the note by which a program raises a lasting fault."""

MAX_PAYLOAD = 64 * 1024
"""The largest message that is read at all; devices send some hundred bytes."""


def matches(topic_filter: str, topic: str) -> bool:
    """Whether an MQTT topic filter (`+` one level, `#` the rest) covers a topic."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in {"+", "#"}:
        return False  # MQTT 5, 4.7.2: wildcards at the start do not reach $SYS
    for index, want in enumerate(wanted):
        if want == "#":
            return True
        if index >= len(levels) or want not in {"+", levels[index]}:
            return False
    return len(wanted) == len(levels)


def delivery(message: Message, part: int = 0) -> str | None:
    """What tells a redelivered message from a new one where nothing in it does.

    A broker that was not acknowledged sends it again with DUP, the same packet identifier and the same bytes (MQTT 5.0,
    4.4). Identifiers come round, so only a message with DUP may be held against what was before: see `Event.first`.
    """
    if not message.qos or message.retain or not message.mid:
        return None
    content = blake2b(message.topic.encode() + b"\0" + message.payload, digest_size=8).hexdigest()
    return f"packet {message.mid} {part} {content}"


def unsafe(events: Iterable[Event], message: Message, remedy: str) -> Note | None:
    """A publisher of alarms at QoS 0 loses them whenever a line breaks; the note names the setting to change."""
    if message.qos or message.retain or not any(event.kind is Kind.ALARM for event in events):
        return None
    return Note(UNSAFE, f"{message.topic[:128]}: {remedy}")
