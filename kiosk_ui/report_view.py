"""What each screen of a report shows: one question on each."""

from __future__ import annotations

from base64 import b64encode
from unicodedata import east_asian_width

from kiosk_ui.choices import choices, own_phone, pad
from kiosk_ui.content import Contents, told
from kiosk_ui.outgoing import State
from kiosk_ui.recorder import LONGEST_S, RecorderSeen
from kiosk_ui.report_poles import Pole, Poles
from kiosk_ui.report_visit import ReportVisit
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View
from sync.contract import case_number
from sync.contract.departments import Said
from sync.contract.services import ReportKind

SHIPPED = ("lamp", "rubbish", "road", "blocked", "noise", "other")
"""What a box offers that has no content yet; the desk knows these kinds."""
DRAWN = frozenset((*SHIPPED, "safety", "elder", "hazard"))
WORDS, PLACE = "report-words", "report-place"
"""What is written, by its name in `keys`."""
ORDER = ("kind", "place", "words", "voice", "photo", "phone")
OF_SHOP = ORDER[2:]
"""Of a complaint: which shop it is about is settled."""


def kinds(scene: Scene) -> View:
    """What is wrong."""
    rows = [
        Row(
            "report-kind",
            kind.id,
            told(kind.title, scene.words.language),
            art=_art(kind),
            picture=_picture(scene, kind),
        )
        for kind in offered(scene).values()
    ]
    return choices(scene, scene.words.say("report.kinds"), rows, lines=0 if scene.theme.roomy else 3)


def offered(scene: Scene) -> dict[str, ReportKind]:
    """The office's kinds; without content those that ship."""
    if scene.services.reports:
        return dict(scene.services.reports)
    say = scene.words.say
    return {name: ReportKind(id=name, title=Said(say(f"report.{name}")), icon=name) for name in SHIPPED}


def _art(kind: ReportKind) -> str:
    return next((name for name in (kind.icon, kind.id) if name in DRAWN), "other")


def _picture(scene: Scene, kind: ReportKind) -> str:
    return scene.services.hash_of(kind.picture)


def pole(scene: Scene, visit: ReportVisit, known: Poles) -> View:
    """The number on the plate, and the place it means."""
    say = scene.words.say
    found = known.typed(visit.typed)
    line, tone = say("report.pole_ask"), ""
    if len(found) == 1:
        line, tone = place_of(scene, found[0]), "good"
    elif len(found) > 1:
        line, tone = say("report.pole_several", n=len(found)), "good"
    elif visit.said:
        line, tone = say(visit.said), "warn"
    return pad(
        say("report.pole"),
        visit.typed,
        say("report.pole_enter" if len(found) < 2 else "report.pole_which"),
        line=line,
        tone=tone,
        enterable=bool(visit.typed),
        other=Row("report-near", "", say("report.no_plate")),
    )


def place_of(scene: Scene, found: Pole) -> str:
    """A pole in words, so that people hear whether it is theirs."""
    parts = [part for part in (found.words, found.nearby) if part]
    return scene.words.say("report.pole_is", place="，".join(parts) or found.number)


def near(scene: Scene, known: Poles) -> View:
    """Poles with those digits, or around the shop; or it is said in words."""
    say = scene.words.say
    if scene.subject:
        rows = [_near(scene, one, say("report.pole_number", number=one.number)) for one in known.typed(scene.subject)]
    else:
        around = known.near(scene.box.settings.pole)
        rows = [
            _near(scene, one, say("report.metres", n=metres) if metres else say("report.here"))
            for one, metres in around
        ]
    rows += [
        Row("report-say-place", "", say("report.say_place"), say("report.say_place_detail"), art="write"),
        Row("report-no-place", "", say("report.no_place"), say("report.no_place_detail"), art="place"),
    ]
    return choices(scene, say("report.near"), rows)


def _near(_scene: Scene, found: Pole, said: str) -> Row:
    return Row("report-near-pole", found.number, found.words or found.number, found.nearby, said)


def tell(scene: Scene, visit: ReportVisit, recorder: RecorderSeen, words: str) -> View:
    """Say it, show it or write it; all of it may be left out."""
    say = scene.words.say
    rows = (
        _way(scene, "voice", _seconds(scene, visit) if visit.has_voice else "", live=recorder.voice),
        _way(scene, "photo", say("report.photo_taken") if visit.photo else "", live=recorder.photo),
        Row(
            "report-words",
            "",
            say("report.words"),
            words or say("report.words_detail"),
            _kept(scene, words),
            art="write",
        ),
    )
    told_something = bool(visit.has_voice or visit.photo or words)
    button = Row(
        "report-next",
        "",
        say("report.next" if told_something else "report.nothing"),
        tone="good" if told_something else "",
    )
    title = say("report.tell_shop") if visit.merchant else say("report.tell")
    return choices(scene, title, rows, button=button, columns=1, lines=3)


def _way(scene: Scene, name: str, said: str, *, live: bool) -> Row:
    say = scene.words.say
    detail = say(f"report.{name}_detail") if live else say("report.not_now")
    return Row(f"report-{name}", "", say(f"report.{name}"), detail, said, name, "good" if said else "", live)


def _kept(scene: Scene, words: str) -> str:
    return scene.words.say("report.written", n=len(words)) if words else ""


def _seconds(scene: Scene, visit: ReportVisit) -> str:
    return scene.words.say("report.seconds", n=max(1, round(visit.voice_s)))


def voice(scene: Scene, visit: ReportVisit, recorder: RecorderSeen) -> View:
    """Hold and speak."""
    say = scene.words.say
    records = visit.began_at is not None
    left = max(0, round(LONGEST_S - (scene.at - visit.began_at))) if visit.began_at is not None else 0
    if records:
        line = say("report.voice_tap_ends" if visit.latched else "report.voice_on", n=left)
    elif visit.has_voice:
        line = say("report.voice_kept", n=max(1, round(visit.voice_s)))
    else:
        line = say(visit.said or "report.voice_ask")
    texts: dict[str, Value] = {
        "line": line,
        "records": records,
        "level": recorder.level,
        "has": visit.has_voice,
        "plays": recorder.plays,
        "playing": recorder.playing,
        "hold": say(
            "report.voice_hold" if not records else "report.voice_tap_stop" if visit.latched else "report.voice_let_go"
        ),
        "left": left,
    }
    return View(say("report.voice"), texts)


def photo(scene: Scene, visit: ReportVisit, recorder: RecorderSeen) -> View:
    """Look, take it, look at it."""
    say = scene.words.say
    kind = "png" if visit.photo[1:4] == b"PNG" else "jpeg"
    texts: dict[str, Value] = {
        "frames": recorder.frames,
        "photo": f"data:image/{kind};base64,{b64encode(visit.photo).decode()}" if visit.photo else "",
        "line": say(visit.said or ("report.photo_kept" if visit.photo else "report.photo_ask")),
        "behind": say("report.photo_comes"),
    }
    return View(say("report.photo"), texts)


def phone(scene: Scene, visit: ReportVisit) -> View:
    """Whoever wants to be called leaves a number."""
    say = scene.words.say
    trouble = say(visit.said) if visit.said else ""
    none = Row("report-no-phone", "", say("report.no_phone"))
    return own_phone(
        say("report.phone"), visit.phone, say("report.phone_enter"), say("report.phone_ask"), trouble, none
    )


def check(scene: Scene, visit: ReportVisit, known: Poles, words: str) -> View:
    """Everything that goes; a tap changes it."""
    say = scene.words.say
    kind = offered(scene).get(visit.kind)
    strip = say("report.change") if scene.theme.tall else ""
    name = shop_name(scene, visit)
    title = say("report.about_shop", name=name) if name else say("report.check")
    shown = {
        "kind": told(kind.title, scene.words.language) if kind else "",
        "place": place(scene, visit, known),
        "words": words,
        "voice": _seconds(scene, visit) if visit.has_voice else "",
        "photo": say("report.photo_taken") if visit.photo else "",
        "phone": visit.phone,
    }
    rows = [
        Row("report-change", name, say(f"report.of_{name}"), said=_short(scene, shown[name]) or say("report.none"))
        for name in (OF_SHOP if visit.merchant else ORDER)
    ]
    button = Row("report-send", "", say("report.send"), tone="good")
    return choices(scene, title, rows, button=button, lines=3, strip=strip)


def shop_name(scene: Scene, visit: ReportVisit) -> str:
    """Of the shop somebody complains about; empty where it is about none."""
    found = scene.services.merchants.get(visit.merchant)
    return told(found.name, scene.words.language) if found is not None else ""


def shop(contents: Contents, visit: ReportVisit) -> str:
    """Its name and where it is, as the office wrote them."""
    found = contents.newest.merchants.get(visit.merchant)
    parts = (found.name.zh, found.place.zh) if found is not None else ()
    return "，".join(part.replace("\n", " ") for part in parts if part)


def _short(scene: Scene, text: str) -> str:
    """What has room in a tile: a Chinese character is as wide as two letters."""
    room = 40 if scene.theme.roomy else 12 if scene.theme.compact else 24
    for n, sign in enumerate(text):
        room -= 2 if east_asian_width(sign) in "WF" else 1
        if room < 0:
            return text[: n - 1] + "…"
    return text


def place(scene: Scene, visit: ReportVisit, known: Poles) -> str:
    """Where it is, in words."""
    if visit.pole:
        found = known.by_number.get(visit.pole)
        return found.words if found is not None and found.words else visit.pole
    if visit.place_words:
        return visit.place_words
    return scene.words.say("report.near_shop", place=scene.box.settings.place or scene.words.say("report.this_shop"))


def sent(scene: Scene, visit: ReportVisit) -> View:
    """The number, or what to do until there is one."""
    say, letter = scene.words.say, visit.letter
    state = letter.state if letter is not None else State.OPEN
    kept = state is State.KEPT
    line = say(f"report.sent_{state}")
    if kept and letter is not None and letter.left_out:
        line = say("report.sent_left_out")
    elif kept and not scene.box.online:
        line = say("report.sent_offline")
    texts: dict[str, Value] = {
        "kept": kept,
        "number": case_number.shown(visit.number) if kept else "",
        "line": line,
        "detail": say("report.sent_detail") if kept else waits(scene),
        "strip": "",
        "code": code(visit).encode().hex() if kept else "",
        "codeSaid": say("slip.scan_link" if visit.link else "slip.scan_number"),
        "slip": say(scene.flow.session.slip.said) if scene.flow.session.slip.said else "",
        "tone": "good" if kept else "warn" if state in (State.FAILED, State.REFUSED) else "",
    }
    rows = []
    if kept:
        rows.append(Row("slip-print", "", say("slip.print"), art="print"))
        rows.append(Row("done", "", say("slip.done"), art="home", tone="good"))
    elif state is State.FAILED and letter is not None and letter.files:
        rows.append(Row("report-without", "", say("report.without"), say("report.without_detail")))
    return View(say("report.sent" if kept else "report.sending"), texts, tuple(rows))


def waits(scene: Scene) -> str:
    """What one can do while it is not kept."""
    number = scene.box.hotline
    reach = scene.box.online or not number
    return scene.words.say("report.sent_wait") if reach else scene.words.say("report.sent_call", number=number)


def code(visit: ReportVisit) -> str:
    """What the code on the slip says: the resident's own link, else the number in plain text."""
    return visit.link or case_number.shown(visit.number)
