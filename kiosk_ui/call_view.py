"""The call's screen as plain values: what is said in each phase, which pictures, which buttons. No Qt.

`texts` always has every key of `EMPTY`, so that QML never asks for what is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from kiosk_ui.call import Calls, Phase
from kiosk_ui.call_ends import End, number, said, ways_out
from kiosk_ui.call_letters import pages
from kiosk_ui.call_offices import Offices, when
from kiosk_ui.call_visit import CallVisit
from kiosk_ui.content import told
from kiosk_ui.guides import CARDS
from kiosk_ui.view import Row, Value, View
from kiosk_ui.words import Words
from sync.contract.call import KEEP_S, RING_BACK_S, RING_S, State
from sync.contract.call_screen import Good, Still
from sync.contract.services import Guide

JUDGE_S = 20.0
"""So long one is asked how it was."""
LONG_S = 15.0
"""After so long a ringing that nobody answers is spoken of."""

PHRASES = ("unclear", "slowly", "write", "good", "wait")
FACES = ("good", "fair", "bad")
WHY = {
    "good": ("clear", "kind", "solved"),
    "fair": ("unsolved", "unclear", "waited"),
    "bad": ("unsolved", "unclear", "waited"),
}

EMPTY: dict[str, Value] = {
    "phase": Phase.NONE.value,
    "detail": "",
    "remote": "",
    "own": "",
    "behind": "",
    "quality": "",
    "camera": False,
    "camera_said": "",
    "microphone": True,
    "microphone_said": "",
    "trouble": "",
    "volume": "",
    "loudest": False,
    "normal": True,
    "clerk": "",
    "clerk_page": "",
    "clerk_more": False,
    "phrase": "",
    "phrases": False,
    "still": "",
    "still_wide": 4,
    "still_high": 3,
    "marks": [],
    "guide": "",
    "number": "",
    "leaving": "",
    "judge": "",
    "judge_detail": "",
    "waits": False,
    "talks": False,
}


@dataclass(frozen=True, slots=True)
class Looking:
    """Everything a look at the call needs."""

    calls: Calls
    offices: Offices
    words: Words
    visit: CallVisit
    now: datetime
    at: float
    ems: float = 30.0
    """What one page of huge letters holds."""
    compact: bool = False
    guides: Mapping[str, Guide] = field(default_factory=dict)
    """Those that the office has published."""

    def say(self, key: str, **values: object) -> str:
        """A text of the subject `call`."""
        return self.words.say(f"call.{key}", **values)

    @property
    def name(self) -> str:
        """The department."""
        return self.offices.name(self.calls.department, self.words)

    @property
    def by(self) -> str:
        """Who has it."""
        by = self.calls.call.by
        return self.offices.by(by, self.words) if by else self.name


Said = tuple[str, str]
"""The large line and the one under it."""


def call_view(look: Looking) -> View:
    """The whole screen."""
    phase = look.calls.phase(look.at)
    title, detail = SAYS[phase](look)
    texts = EMPTY | {"phase": phase.value, "detail": detail, "leaving": _leaving(look)}
    texts |= {"waits": phase in WAITING, "talks": phase in SPEAKING}
    rows: tuple[Row, ...] = ()
    if phase in SPEAKING:
        texts |= _media(look, phase) | _shown(look)
        rows = _phrases(look)
    elif phase in WAITING:
        texts |= _preview(look)
    elif phase is Phase.ENDED:
        judged, rows = _judging(look)
        texts |= judged
        if not judged:
            end = end_of(look.calls)
            texts["number"] = number(end, look.offices)
            rows = ways_out(end, look.offices, look.words, look.now, few=look.compact)
    elif phase is Phase.NO_ENGINE:
        texts["number"] = look.offices.hotline(look.calls.department)
    return View(title, texts, rows)


WAITING = frozenset({Phase.CALLING, Phase.QUEUED, Phase.RINGING, Phase.TRANSFERRED})
SPEAKING = frozenset({Phase.CONNECTING, Phase.CONNECTED, Phase.ON_HOLD, Phase.RECONNECTING})


def end_of(calls: Calls) -> End:
    """How the last call ended."""
    return End(calls.reason(), calls.department, None if calls.broke else calls.call.ways)


# --- what is said


def _calling(look: Looking) -> Said:
    return look.say("calling", name=look.name), look.say("calling_detail")


def _queued(look: Looking) -> Said:
    place, wait_s = look.calls.call.place, look.calls.call.wait_s
    title = look.say("queued_next") if place <= 1 else look.say("queued", n=place - 1)
    if wait_s is None:
        return title, look.say("queued_unknown")
    left_s = wait_s - look.calls.since_s(look.at)
    return title, look.say("queued_soon") if left_s <= 60 else look.say("queued_wait", minutes=ceil(left_s / 60))


def _ringing(look: Looking) -> Said:
    since_s = look.calls.since_s(look.at)
    long = look.say("ringing_long", n=max(1, ceil(RING_S - since_s)))
    return look.say("ringing", name=look.name), long if since_s > LONG_S else look.say("ringing_detail")


def _incoming(look: Looking) -> Said:
    return look.say("incoming", by=look.by), look.say("incoming_detail")


def _connecting(look: Looking) -> Said:
    return look.say("connecting", by=look.by), look.say("connecting_detail")


def _connected(look: Looking) -> Said:
    call = look.calls.call
    if call.sound_only:
        return look.say("connected", by=look.by), look.say("sound_only")
    good = {Good.FAIR: "fair", Good.POOR: "poor"}.get(call.good)
    return look.say("connected", by=look.by), look.say(good) if good else ""


def _on_hold(look: Looking) -> Said:
    return look.say("on_hold"), look.say("on_hold_detail")


def _transferred(look: Looking) -> Said:
    return look.say("transferred", name=look.name), look.say("transferred_detail")


def _reconnecting(look: Looking) -> Said:
    away_s = look.calls.away_s(look.at)
    left = max(0, ceil(KEEP_S - away_s))
    return look.say("reconnecting"), look.say("reconnecting_detail", n=int(away_s), left=left)


def _ended(look: Looking) -> Said:
    end = end_of(look.calls)
    opens = when(end.ways.opens_at, look.now, look.offices.zone, look.words) if end.ways is not None else ""
    return said(end, look.offices, look.words), look.say("opens_at", when=opens) if opens else ""


def _no_engine(look: Looking) -> Said:
    return look.say("no_engine"), look.say("no_engine_detail")


def _none(look: Looking) -> Said:
    return look.say("title"), ""


SAYS: dict[Phase, Callable[[Looking], Said]] = {
    Phase.NONE: _none,
    Phase.NO_ENGINE: _no_engine,
    Phase.CALLING: _calling,
    Phase.QUEUED: _queued,
    Phase.RINGING: _ringing,
    Phase.INCOMING: _incoming,
    Phase.CONNECTING: _connecting,
    Phase.CONNECTED: _connected,
    Phase.ON_HOLD: _on_hold,
    Phase.TRANSFERRED: _transferred,
    Phase.RECONNECTING: _reconnecting,
    Phase.ENDED: _ended,
}


# --- what is seen


def _media(look: Looking, phase: Phase) -> dict[str, Value]:
    call = look.calls.call
    flows = phase is Phase.CONNECTED and not call.sound_only
    steps = round(call.volume_db / 6.0)
    camera_off = look.say("camera_on") if call.camera else look.say("camera_off")
    return {
        "remote": call.remote_frames if flows else "",
        "own": call.own_frames if call.camera else "",
        "behind": "" if flows and call.remote_frames else _behind(look, phase),
        "camera": call.camera,
        "camera_said": look.say("camera_trouble") if call.trouble == "camera" else camera_off,
        "microphone": call.microphone,
        "microphone_said": "" if call.microphone or call.trouble == "microphone" else look.say("microphone_off"),
        "trouble": look.say(f"{call.trouble}_trouble") if call.trouble in ("microphone", "speaker") else "",
        "volume": look.say("volume", n=f"+{steps}") if steps else look.say("volume_normal"),
        "loudest": call.volume_db >= 18.0,
        "normal": call.volume_db <= 0.0,
    }


def _preview(look: Looking) -> dict[str, Value]:
    """Who calls sees that the camera is open, and can close it before anybody looks."""
    call = look.calls.call
    if look.calls.asked is not None or call.state is State.QUEUED:
        return {}
    said = look.say("camera_on") if call.camera else look.say("camera_off")
    return {"own": call.own_frames if call.camera else "", "camera": call.camera, "camera_said": said}


def _behind(look: Looking, phase: Phase) -> str:
    """What stands where the picture would be."""
    if phase is Phase.CONNECTED:
        return look.say("sound_only") if look.calls.call.sound_only else look.say("no_picture")
    return look.say("picture_comes") if phase is Phase.CONNECTING else ""


def _shown(look: Looking) -> dict[str, Value]:
    call = look.calls.call
    texts: dict[str, Value] = {
        "clerk": "",
        "phrase": look.say("phrase_said", text=look.visit.phrase) if look.visit.phrase else "",
        "phrases": look.visit.phrases,
    }
    if call.guide:
        texts |= _guide(look, call.guide, call.card)
    if call.texts:
        texts |= _written(look, call.texts[-1])
    if call.still is not None:
        texts |= _still(call.still)
    return texts


def _guide(look: Looking, name: str, card: int) -> dict[str, Value]:
    """By its title, with the card's words as large as what a clerk writes; one that is not here by what was said."""
    found, language = look.guides.get(name), look.words.language
    if found is None or card >= len(CARDS):
        return {"guide": f"{told(found.title, language) if found else name} · {look.say('guide_card', n=card + 1)}"}
    text = told(getattr(found, CARDS[card]).text, language)
    return {"guide": f"{told(found.title, language)} · {look.words.say(f'guides.{CARDS[card]}')}"} | _written(
        look, text
    )


def _written(look: Looking, text: str) -> dict[str, Value]:
    """One page of what the clerk wrote last; a new text begins with its first page."""
    found = pages(text, look.ems)
    page = min(look.visit.page, len(found) - 1) if look.visit.page_of == text else 0
    more = page < len(found) - 1
    said = look.say("clerk_page", n=page + 1, of=len(found)) if len(found) > 1 else ""
    return {"clerk": found[page], "clerk_page": said, "clerk_more": more}


def _still(still: Still) -> dict[str, Value]:
    """Marks as `x,y x,y ...`: shares of width and height, a line of text for each."""
    marks = [" ".join(f"{x:.4f},{y:.4f}" for x, y in mark) for mark in still.marks]
    return {"still": still.frames, "still_wide": still.width, "still_high": still.height, "marks": marks}


def _phrases(look: Looking) -> tuple[Row, ...]:
    return tuple(Row("call-say", phrase, look.say(f"phrase_{phrase}")) for phrase in PHRASES)


def _leaving(look: Looking) -> str:
    if not (look.visit.leaving and look.calls.lives):
        return ""
    return "queue" if look.calls.call.state in (State.QUEUED, State.RINGING, State.CALLING) else "call"


# --- how it was


def _judging(look: Looking) -> tuple[dict[str, Value], tuple[Row, ...]]:
    """Faces first, then why; nothing once it was said, skipped or is no call to judge."""
    visit, calls = look.visit, look.calls
    if not calls.can_be_judged or visit.judged == calls.call.call:
        return {}, ()
    left = max(0, ceil(JUDGE_S - (look.at - (look.at if visit.asked_at is None else visit.asked_at))))
    asked: dict[str, Value] = {"judge": look.say("judge"), "judge_detail": look.say("judge_detail", n=left)}
    if not visit.face:
        return asked, tuple(Row("call-face", face, look.say(f"face_{face}"), art=f"face-{face}") for face in FACES)
    asked["judge"] = look.say("judge_why")
    return asked, tuple(Row("call-word", word, look.say(f"word_{word}")) for word in WHY[visit.face])


def callback_view(look: Looking, typed: str) -> View:
    """The pad on which one leaves a number."""
    visit = look.visit
    name = look.offices.name(visit.callback_department, look.words)
    kept = visit.callback == "kept"
    line = {
        "sending": look.say("callback_sending"),
        "failed": look.say("callback_failed"),
        "short": look.say("callback_short"),
    }.get(visit.callback, look.say("callback_ask"))
    return View(
        look.say("callback_kept", name=name) if kept else look.say("callback_title"),
        {
            "typed": grouped(typed),
            "line": line,
            "who": look.say("callback_kept_detail") if kept else look.say("callback_for", name=name),
            "kept": kept,
            "number": look.offices.hotline(visit.callback_department) if visit.callback == "failed" else "",
        },
    )


def incoming_view(look: Looking) -> View:
    """The office rings."""
    title, detail = _incoming(look)
    left = max(0, ceil(RING_BACK_S - look.calls.since_s(look.at)))
    return View(title, {"detail": detail, "left": look.say("incoming_left", n=left)})


def grouped(digits: str) -> str:
    """As people say a mobile number: three, four, four."""
    return " ".join(filter(None, (digits[:3], digits[3:7], digits[7:11], digits[11:])))
