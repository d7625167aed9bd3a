"""The emergency's screen as plain values: how far help is, who has it, the voice, and what works without a line."""

from __future__ import annotations

from kiosk_ui.call import Calls, Phase
from kiosk_ui.sos import AlarmNow, Sos, Stage
from kiosk_ui.view import Row, Value, View
from kiosk_ui.words import Words

_STEPS = ("raised", "office", "taken", "coming", "closed")
_REACHED = {
    Stage.RAISED: 1,
    Stage.HELD_UP: 1,
    Stage.AT_OFFICE: 2,
    Stage.TAKEN: 3,
    Stage.COMING: 4,
    Stage.CLOSED: 5,
}
_ALONE = frozenset({Stage.UNKEPT, Stage.HELD_UP})
VOICE = {
    Phase.CALLING: "calling",
    Phase.QUEUED: "waits",
    Phase.RINGING: "waits",
    Phase.CONNECTING: "calling",
    Phase.CONNECTED: "on",
    Phase.ON_HOLD: "waits",
    Phase.TRANSFERRED: "calling",
    Phase.RECONNECTING: "away",
}


def sos_view(sos: Sos, calls: Calls, words: Words, number: str, at: float, *, fine_failed: bool) -> View:
    """The whole screen. `number` helps where nothing here does."""
    stage, alarm = sos.stage(at), sos.alarm
    asked = stage in (Stage.READY, Stage.SHORT)
    open_alarm = alarm if alarm is not None and alarm.open and not asked else None
    title = words.say(f"sos.title_{stage.value}", by=by(alarm, words))
    voice = "" if open_alarm is None or open_alarm.test else voice_of(calls, open_alarm, at)
    texts: dict[str, Value] = {
        "stage": stage.value,
        "detail": _detail(stage, alarm, words),
        "number": number if stage in _ALONE or _alone(open_alarm) else "",
        "hold": words.say("sos.hold" if asked else "sos.hold_again"),
        "holding": words.say("sos.holding", n=sos.left(at)) if sos.left(at) else "",
        "fine": open_alarm is not None and open_alarm.fine_at is None,
        "fine_said": _fine(open_alarm, words, failed=fine_failed),
        "voice": words.say(f"sos.voice_{voice}") if voice else "",
        "voice_again": voice == "ended",
        "speaks": voice == "on",
        "presses": _presses(open_alarm, words),
        "test": words.say("sos.test") if open_alarm is not None and open_alarm.test else "",
        "open": open_alarm is not None,
    }
    return View(title, texts, _steps(stage, alarm, words))


def voice_of(calls: Calls, alarm: AlarmNow, at: float) -> str:
    """How the voice stands: none, calling, waits, on, away, ended."""
    if calls.alarm != alarm.id:
        return ""
    return VOICE.get(calls.phase(at), "ended")


def by(alarm: AlarmNow | None, words: Words) -> str:
    """Who has it: a role, never a name."""
    role = (alarm.acknowledged_by or "") if alarm is not None else ""
    return words.say("sos.by_duty" if role == "duty" else "sos.by_somebody")


def _detail(stage: Stage, alarm: AlarmNow | None, words: Words) -> str:
    if alarm is not None and stage in (Stage.TAKEN, Stage.COMING) and alarm.text:
        return words.say("sos.said", text=alarm.text)
    if alarm is not None and stage is Stage.HELD_UP and alarm.second_path_at is not None:
        return words.say("sos.detail_second")
    if _alone(alarm) and stage in (Stage.HELD_UP, Stage.AT_OFFICE):
        return words.say("sos.detail_buzzer")
    return words.say(f"sos.detail_{stage.value}")


def _alone(alarm: AlarmNow | None) -> bool:
    """Nobody has taken it in time."""
    return alarm is not None and alarm.open and alarm.escalated_at is not None and alarm.stage != "acknowledged"


def _presses(alarm: AlarmNow | None, words: Words) -> str:
    return words.say("sos.presses", n=alarm.count) if alarm is not None and alarm.count > 1 else ""


def _fine(alarm: AlarmNow | None, words: Words, *, failed: bool) -> str:
    if alarm is None:
        return ""
    if alarm.fine_at is not None:
        return words.say("sos.fine_said")
    return words.say("sos.fine_failed") if failed else ""


def _steps(stage: Stage, alarm: AlarmNow | None, words: Words) -> tuple[Row, ...]:
    """How far it is, as a list one reads from above; said in words, not by colour alone."""
    reached = _REACHED.get(stage)
    if reached is None:
        return ()
    rows = []
    for n, name in enumerate(_STEPS, 1):
        taken = name == "taken" and reached >= n and alarm is not None
        title = words.say("sos.stage_taken_by", by=by(alarm, words)) if taken else words.say(f"sos.stage_{name}")
        how = "done" if n <= reached else "now" if n == reached + 1 else "later"
        rows.append(Row("", name, title, said=words.say(f"sos.{how}"), tone=how, live=False))
    return tuple(rows)
