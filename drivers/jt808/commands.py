"""Commands on their way down, and what a terminal's answers to them say."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.jt808 import messages
from drivers.jt808.dialect import CONFIRMABLE
from drivers.jt808.header import MAX_BODY
from drivers.jt808.messages import Down, Result
from drivers.jt808.peer import Peer
from drivers.model import Command, Refused, Scalar, Verb

Order = tuple[int, bytes]
"""Message id and body."""

MAX_INTERVAL_S = 7 * 24 * 3600

VERBS = {
    Down.LOCATE: Verb.LOCATE,
    Down.TEXT: Verb.SAY,
    Down.PARAMETERS: Verb.INTERVAL,
    Down.CONFIRM: Verb.CONFIRM,
}

OUTCOMES: Mapping[int, str] = {
    Result.OK: "ok",
    Result.FAILED: "failed",
    Result.WRONG: "wrong",
    Result.UNSUPPORTED: "unsupported",
}


def put(command: Command, peer: Peer) -> Order | Refused:
    """The message that puts this command to this terminal."""
    match command.verb:
        case Verb.LOCATE:
            return Down.LOCATE, b""
        case Verb.SAY:
            return _say(command, peer)
        case Verb.INTERVAL:
            if not 1 <= command.seconds <= MAX_INTERVAL_S:
                return Refused(f"an interval of {command.seconds} s is not possible: 1 to {MAX_INTERVAL_S} s")
            return Down.PARAMETERS, messages.report_interval(command.seconds)
        case Verb.CONFIRM:
            return _confirm(command, peer)
        case _:
            return Refused("JT/T 808 devices have no output that could be switched")


def results(serial: int, msg_id: int, result: int) -> dict[str, Scalar] | None:
    """What a RESULT event carries; None when the message answered was no command."""
    try:
        verb = VERBS[Down(msg_id)]
    except (KeyError, ValueError):
        return None
    return {
        "verb": verb.value,
        "command": f"0x{msg_id:04x}",
        "ackSerial": serial,
        "result": result,
        "outcome": OUTCOMES.get(result, "failed"),
    }


def _say(command: Command, peer: Peer) -> Order | Refused:
    if not command.text.strip():
        return Refused("there is no text to say")
    body = messages.spoken_text(command.text, peer.address.version)
    if len(body) > MAX_BODY:
        return Refused(f"the text is too long: {len(body)} bytes in GBK, at most {MAX_BODY - 2}")
    return Down.TEXT, body


def _confirm(command: Command, peer: Peer) -> Order | Refused:
    """By the serial of the message that raised it; 0 ("all") when it was raised on an earlier connection."""
    bits = CONFIRMABLE.get(command.alarm)
    if bits is None:
        names = ", ".join(name for name in CONFIRMABLE if name)
        return Refused(f"JT/T 808 cannot tell a device that {command.alarm} was seen to; only {names}")
    emergency = peer.emergency if bits == CONFIRMABLE[""] else None
    if emergency is None:
        return Down.CONFIRM, messages.confirm(0, bits)
    emergency.confirmed = True
    return Down.CONFIRM, messages.confirm(emergency.serial, bits)
