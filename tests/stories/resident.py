"""What a resident does at the kiosk, touch by touch; and what can be found of them afterwards."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, cast

from PySide6.QtCore import QObject

from kiosk_ui.qt.app import MODULE
from tests.stories.corner import Corner, Unhurried, bare, written

POLE, OTHER_POLE = "YS-0017", "YS-0303"
PHONE = "13917206458"
SPOKEN_S = 0.8
STROKES, WRITTEN = "4524 1345", "社区"


async def by_strokes(here: Corner) -> str:
    """A word written with five keys, at a pole of which only two digits are typed, and a telephone."""
    kiosk = here.kiosk
    await kiosk.taps("report")
    await kiosk.taps("report-kind", "lamp")
    await kiosk.types(POLE[-2:])
    await kiosk.taps("enter")
    await kiosk.taps("report-words")
    await kiosk.taps("keys-method", "strokes")
    await kiosk.types(STROKES, "key")
    candidates = cast("list[str]", kiosk.kiosk.texts_shown()["candidates"])
    await kiosk.taps("keys-choose", str(candidates.index(WRITTEN)))
    await kiosk.taps("keys-done")
    await kiosk.taps("report-next")
    await kiosk.types(PHONE)
    await kiosk.taps("enter")
    return await sent_off(here)


async def by_voice_and_photo(here: Corner) -> str:
    """Who cannot say where it is speaks and shows."""
    kiosk = here.kiosk
    await kiosk.taps("report")
    await kiosk.taps("report-kind", "rubbish")
    await kiosk.taps("report-near")
    await kiosk.turns_to("report-no-place")
    await kiosk.taps("report-voice")
    await kiosk.rests_on("voice-hold", lambda: spoken_s(kiosk) > SPOKEN_S, "it hears")
    await kiosk.reads("录好了")
    await kiosk.taps("report-taken")
    await kiosk.taps("report-photo")
    await kiosk.taps("photo-snap")
    await kiosk.reads("这张可以吗")
    await kiosk.taps("report-taken")
    await kiosk.taps("report-next")
    await kiosk.taps("report-no-phone")
    return await sent_off(here)


async def by_pole_alone(here: Corner) -> str:
    """The kind and the plate say enough."""
    await filled_in(here)
    return await sent_off(here)


async def filled_in(here: Corner) -> None:
    """Up to the button that sends it."""
    kiosk = here.kiosk
    await kiosk.taps("report")
    await kiosk.taps("report-kind", "road")
    await kiosk.types(OTHER_POLE[-4:])
    await kiosk.taps("enter")
    await kiosk.taps("report-next")
    await kiosk.taps("report-no-phone")


async def sent_off(here: Corner) -> str:
    """The number on the glass, which is that of the slip."""
    kiosk = here.kiosk
    await kiosk.taps("report-send")
    await kiosk.sees(lambda: kiosk.ready("slip-print"), "it is kept")
    number = str(kiosk.kiosk.texts_shown()["number"])
    assert bare(number) in kiosk.glass()
    await kiosk.taps("slip-print")
    slip = await here.printed()
    assert bare(number) in written(slip)
    assert number.replace("-", "") in slip["qr"].replace("-", ""), "which is a link where there is a line"
    return number


async def booked(here: Corner, calendar: str, starts: str) -> None:
    """Service, day, time."""
    await here.kiosk.taps("booking")
    await here.kiosk.turns_to("booking-calendar", calendar)
    await here.kiosk.turns_to("booking-day", starts[:10])
    await here.kiosk.taps("booking-time", starts)


async def slip_of(here: Corner) -> dict[str, Any]:
    """As it comes out of the printer, with the number that stands on the glass."""
    await here.kiosk.taps("slip-print")
    slip = await here.printed()
    assert slip["qr"] == here.kiosk.kiosk.texts_shown()["number"]
    return slip


async def looks_up(kiosk: Unhurried, number: str) -> None:
    """Typed, and asked until somebody answers."""
    await kiosk.types(number.replace("-", ""))
    while True:
        await kiosk.taps("enter")
        if await answered(kiosk):
            return


async def holds_up(here: Corner, slip: dict[str, Any]) -> None:
    """Before the reader, until somebody answers."""
    kiosk = here.kiosk
    while True:
        before = kiosk.kiosk.flow.session.case
        here.scans(slip["qr"].encode())
        await kiosk.sees(lambda before=before: kiosk.kiosk.flow.session.case is not before, "it is read")  # type: ignore[misc]
        if await answered(kiosk):
            return


async def answered(kiosk: Unhurried) -> bool:
    """False: the centre took longer than anybody waits, and the glass says to try again."""
    await kiosk.sees(lambda: not kiosk.kiosk.flow.session.case.asking, "an answer")
    return kiosk.kiosk.flow.session.case.said != "case.away"


def spoken_s(kiosk: Unhurried) -> float:
    """So much of a voice note the engine has."""
    return kiosk.program.parts.calls.calls.seen.call.recording_s or 0.0


def left_in(kiosk: Unhurried, *secrets: str) -> list[str]:
    """Properties of anything that QML holds with one of these in them."""
    engine, found = kiosk.screen.engine, list[str]()
    face = cast("QObject", engine.singletonInstance(MODULE, "Kiosk"))
    for item in [face, *face.findChildren(QObject), kiosk.window, *kiosk.window.findChildren(QObject)]:
        meta = item.metaObject()
        for n in range(meta.propertyCount()):
            with suppress(RuntimeError):  # a list of QML's own has no words
                text = repr(meta.property(n).read(item))
                name = f"{meta.className()}.{meta.property(n).name()!s}"
                found += [name for one in secrets if one in text]
    return found


def source(item: Any) -> str:
    """Of a picture."""
    found = item.property("source")
    return str(found.toString()) if hasattr(found, "toString") else ""
