"""Every screen of a call and of the emergency."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PySide6.QtTest import QTest

from kiosk_ui.call_deeds import CallDeeds
from kiosk_ui.engine import Seen
from kiosk_ui.flow import Place, Screen
from kiosk_ui.sos import AlarmNow
from kiosk_ui.sos_deeds import SosDeeds
from sync.contract.call import Reason, State
from sync.contract.call_screen import CallSeen, Good, Still
from sync.contract.call_signals import Ways
from sync.contract.departments import Said
from sync.contract.envelope import encode
from sync.contract.kiosk_box import Hotline, KioskBox
from sync.unix_http import Answer
from tests.kiosk.fake_engine import Film
from tests.kiosk.pictures import Stage, scene

CALL, NUMBER = "k3q8d2m1x7b9c4t6", "12345"
CIRCLE = [(0.62 + 0.14 * x, 0.7 + 0.1 * y) for x, y in ((-1, 0), (-0.7, 0.7), (0, 1), (0.7, 0.7), (1, 0))] + [
    (0.62 + 0.14 * x, 0.7 + 0.1 * y) for x, y in ((0.7, -0.7), (0, -1), (-0.7, -0.7), (-1, 0))
]


class Calls:
    """The screen's calls on a stage, with an engine that is only said."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.folder = tempfile.TemporaryDirectory(prefix="linli-pictures-")
        self.deeds = CallDeeds(stage.kiosk, lambda _wish: True, lambda *_: None)
        self.sos = SosDeeds(stage.kiosk, self.deeds, lambda *_: None)
        stage.hear("settings", KioskBox(hotlines=(Hotline(name=Said("热线"), number=NUMBER),)))
        self.see()

    def see(self, **seen: object) -> None:
        """The engine says this."""
        self.stage.hear("call", Seen(there=True, call=CallSeen(n=1, **seen), at=self.stage.hand.at))  # type: ignore[arg-type]

    def film(self, name: str, planes: bytes, width: int = 640, height: int = 480) -> str:
        film = Film(Path(self.folder.name) / name, width, height)
        film.frame(planes)
        return str(film.path)

    def call(self, department: str = "civil") -> None:
        self.stage.kiosk.flow.at = self.stage.hand.at
        self.stage.kiosk.flow.show(Place(Screen.CALL, department))
        self.stage.hand.later(0.1)

    def talk(self, **more: object) -> None:
        """Connected, with pictures."""
        self.call()
        self.see(**self.talking() | more)
        self.pictures()

    def pictures(self) -> None:
        """Until every picture is there."""
        hand = self.stage.hand
        waiting = [item for item in hand.items() if item.property("path") and item.property("shows") is not None]
        hand.until(lambda: all(item.property("shows") for item in waiting), "pictures")
        hand.settle()

    def talking(self) -> dict[str, object]:
        english = self.stage.how.language == "en"
        return {
            "call": CALL,
            "state": State.CONNECTED,
            "department": "civil",
            "by": "Civil affairs, desk 2" if english else "民政科 2号台",
            "camera": True,
            "microphone": True,
            "remote_frames": self.film("remote", person(640, 480, 96, 150, 118)),
            "own_frames": self.film("own", person(640, 480, 150, 118, 140)),
        }

    def end(self, reason: Reason, ways: Ways | None = None, *, talked: bool = False) -> None:
        if talked:
            self.talk()
        else:
            self.call()
        self.see(call=CALL, state=State.ENDED, reason=reason, department="civil", ways=ways)
        if talked:
            self.stage.hand.later(0.1)


def person(width: int, height: int, ground: int, blue: int, red: int) -> bytes:
    """Head and shoulders, as far as a few ellipses make one."""
    y, x = np.mgrid[0:height, 0:width]
    dx, dy = (x - width / 2) / width, (y - height / 2) / height
    luma = ground + 20 * dy
    luma[(dx / 0.32) ** 2 + ((dy - 0.5) / 0.36) ** 2 < 1] = 60
    luma[(dx / 0.12) ** 2 + ((dy + 0.12) / 0.19) ** 2 < 1] = 200
    quarter = width * height // 4
    return bytes(luma.astype(np.uint8).tobytes()) + bytes([blue]) * quarter + bytes([red]) * quarter


def paper(width: int, height: int) -> bytes:
    """A form: a sheet with lines of writing, and a line to sign on."""
    luma = np.full((height, width), 70, np.uint8)
    luma[height // 25 : -height // 25, width // 7 : -width // 7] = 225
    for line in range(9):
        at = height * (10 + 6 * line) // 100
        luma[at : at + height // 60, width // 5 : width * (8 - line % 3) // 10] = 60
    luma[height * 78 // 100 : height * 78 // 100 + 4, width // 2 : width * 8 // 10] = 60
    return luma.tobytes() + b"\x80" * (width * height // 2)


# --- the way to a call


@scene("call-calling")
def calling(stage: Stage) -> None:
    Calls(stage).call()


@scene("call-queued")
def queued(stage: Stage) -> None:
    calls = Calls(stage)
    calls.call()
    calls.see(call=CALL, state=State.QUEUED, department="civil", place=3, wait_s=400.0)


@scene("call-ringing")
def ringing(stage: Stage) -> None:
    calls = Calls(stage)
    calls.call()
    own = calls.film("own", person(640, 480, 150, 118, 140))
    calls.see(call=CALL, state=State.RINGING, department="civil", camera=True, own_frames=own)
    calls.pictures()


@scene("call-connecting")
def connecting(stage: Stage) -> None:
    calls = Calls(stage)
    calls.talk(state=State.CONNECTING, remote_frames="")


# --- in a call


@scene("call-connected")
def connected(stage: Stage) -> None:
    Calls(stage).talk()


@scene("call-text")
def text(stage: Stage) -> None:
    english = stage.how.language == "en"
    words = "Please bring your card and the blue form." if english else "请带身份证和蓝色的表，下午也可以来。"
    Calls(stage).talk(texts=[words], camera=False, own_frames="", good=Good.POOR, volume_db=12.0)


@scene("call-still")
def still(stage: Stage) -> None:
    calls = Calls(stage)
    frames = calls.film("still", paper(1280, 960), 1280, 960)
    calls.talk(still=Still(frames, 1280, 960, [CIRCLE]))


@scene("call-guide")
def guide(stage: Stage) -> None:
    english = stage.how.language == "en"
    Calls(stage).talk(guide="Old age allowance" if english else "高龄津贴", card=1)


@scene("call-sound-only")
def sound_only(stage: Stage) -> None:
    Calls(stage).talk(sound_only=True, remote_frames="", good=Good.POOR)


@scene("call-hold")
def hold(stage: Stage) -> None:
    Calls(stage).talk(state=State.ON_HOLD)


@scene("call-transferred")
def transferred(stage: Stage) -> None:
    calls = Calls(stage)
    calls.talk()
    calls.see(call=CALL, state=State.TRANSFERRED, department="labour")


@scene("call-reconnecting")
def reconnecting(stage: Stage) -> None:
    Calls(stage).talk(state=State.CONNECTING, away_s=12.0, good=Good.AWAY)


@scene("call-leaving")
def leaving(stage: Stage) -> None:
    Calls(stage).talk()
    stage.hand.tap("home")


@scene("call-incoming")
def incoming(stage: Stage) -> None:
    calls = Calls(stage)
    by = "Civil affairs, desk 2" if stage.how.language == "en" else "民政科 2号台"
    calls.see(call=CALL, state=State.RINGING, incoming=True, department="civil", by=by)


@scene("call-no-engine")
def no_engine(stage: Stage) -> None:
    calls = Calls(stage)
    calls.talk()
    stage.hear("call", Seen(at=stage.hand.at))


# --- after it


@scene("call-absent")
def absent(stage: Stage) -> None:
    ways = Ways(callback=True, hotline="021-5555 0123", others=["labour", "housing"])
    Calls(stage).end(Reason.ABSENT, ways)


@scene("call-closed")
def closed(stage: Stage) -> None:
    opens = datetime(2026, 11, 23, 1, 0, tzinfo=UTC).isoformat()
    Calls(stage).end(Reason.CLOSED, Ways(callback=True, hotline="021-5555 0123", opens_at=opens))


@scene("call-offline")
def offline(stage: Stage) -> None:
    Calls(stage).end(Reason.OFFLINE)


@scene("call-lost")
def lost(stage: Stage) -> None:
    Calls(stage).end(Reason.LOST, talked=True)


@scene("call-callback")
def callback(stage: Stage) -> None:
    absent(stage)
    stage.hand.tap("callback")
    for digit in "1390000":
        stage.hand.tap("digit", digit)


@scene("call-callback-kept")
def callback_kept(stage: Stage) -> None:
    callback(stage)
    for digit in "1234":
        stage.hand.tap("digit", digit)
    stage.hand.tap("enter")
    stage.hear("call-callback", Answer(201, b"{}"))


@scene("call-judge")
def judge(stage: Stage) -> None:
    Calls(stage).end(Reason.OFFICE, talked=True)


@scene("call-judge-why")
def judge_why(stage: Stage) -> None:
    judge(stage)
    stage.hand.tap("call-face", "bad")


# --- the emergency


def alarm(**more: object) -> AlarmNow:
    return AlarmNow(**{"id": "0198", "device": "kiosk", "stage": "raised", **more})  # type: ignore[arg-type]


def pressed(at: Stage, **more: object) -> Calls:
    calls, stage = Calls(at), at
    stage.hand.press("sos-hold")
    stage.hand.later(1.6)
    stage.hand.release("sos-hold")
    stage.hear("sos-pressed", Answer(201, encode(alarm())))
    stage.hear("alarm", alarm(**more))
    return calls


@scene("sos-ready")
def sos_ready(stage: Stage) -> None:
    Calls(stage)
    stage.hand.press("sos-hold")
    stage.hand.later(0.2)
    stage.hand.release("sos-hold")


@scene("sos-holding")
def sos_holding(stage: Stage) -> None:
    sos_ready(stage)
    stage.hand.later(1.0)
    stage.hand.press("sos-hold")
    stage.hand.later(0.7)
    QTest.qWait(500)


@scene("sos-raised")
def sos_raised(stage: Stage) -> None:
    pressed(stage)


@scene("sos-held-up")
def sos_held_up(stage: Stage) -> None:
    calls = pressed(stage)
    calls.see(call=CALL, state=State.ENDED, reason=Reason.OFFLINE, alarm="0198", department="duty")
    stage.hand.later(6.0)


@scene("sos-unkept")
def sos_unkept(stage: Stage) -> None:
    pressed(stage)
    stage.kiosk.flow.at = stage.hand.at
    stage.hear("alarm", alarm(stage="closed"))
    stage.hand.later(1.0)
    stage.hand.press("sos-hold")
    stage.hand.later(1.6)
    stage.hand.release("sos-hold")
    stage.hear("sos-pressed", Answer(503, b"{}"))


@scene("sos-at-office")
def sos_at_office(stage: Stage) -> None:
    calls = pressed(stage, stage="received")
    calls.see(call=CALL, state=State.RINGING, alarm="0198", department="duty")


@scene("sos-coming")
def sos_coming(stage: Stage) -> None:
    said = "A warden comes, five minutes." if stage.how.language == "en" else "网格员五分钟到，请坐下等。"
    when = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    calls = pressed(stage, stage="acknowledged", acknowledged_by="duty", on_the_way_at=when, text=said)
    calls.see(call=CALL, state=State.CONNECTED, alarm="0198", department="duty", microphone=True)


@scene("sos-fine")
def sos_fine(stage: Stage) -> None:
    when = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    calls = pressed(stage, stage="acknowledged", acknowledged_by="duty", fine_at=when, count=2)
    calls.see(call=CALL, state=State.CONNECTED, alarm="0198", department="duty", microphone=True)


@scene("sos-closed")
def sos_closed(stage: Stage) -> None:
    calls = pressed(stage, stage="acknowledged", acknowledged_by="duty")
    calls.see(call=CALL, state=State.ENDED, reason=Reason.OFFICE, alarm="0198", department="duty")
    stage.hear("alarm", alarm(stage="closed", acknowledged_by="duty"))
