"""What the screens of one's own case show. Of persons the centre says nothing here, so nothing can be shown."""

from __future__ import annotations

from datetime import date, datetime

from kiosk_ui.asked import Reply
from kiosk_ui.choices import choices, pad
from kiosk_ui.departments import zone_of
from kiosk_ui.my_case_visit import CaseVisit
from kiosk_ui.outgoing import State
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View
from kiosk_ui.words import Words
from sync.contract import case_number

STEPS = ("dispatch", "handle", "verify", "reply", "close")
FACES = {"good": 5, "fair": 3, "bad": 1}
WHY = {"good": ("fast", "kind", "clear"), "fair": ("slow", "unclear", "partly"), "bad": ("slow", "unclear", "unsolved")}


def ask(scene: Scene, visit: CaseVisit, locked_s: float) -> View:
    """The number of the slip."""
    say = scene.words.say
    line, tone = say("case.ask"), ""
    if locked_s > 0:
        line, tone = say("case.locked", n=int(locked_s // 60) + 1), "warn"
    elif visit.asking:
        line = say("case.asking")
    elif visit.said:
        line, tone = visit.reason or say(visit.said), "warn"
    elif not scene.box.online:
        line, tone = say("case.offline"), "warn"
    return pad(
        say("case.title"),
        grouped(visit.typed),
        say("case.enter"),
        line=line,
        tone=tone,
        enterable=bool(visit.typed) and not visit.asking and locked_s <= 0,
    )


def grouped(digits: str) -> str:
    """4-4-1, as far as it is typed."""
    return "-".join(part for part in (digits[:4], digits[4:8], digits[8:]) if part)


def found(scene: Scene, visit: CaseVisit) -> View:
    """Five steps as a line."""
    case = visit.found or Reply()
    say, language = scene.words.say, scene.words.language
    line = sentence(scene, case)
    texts: dict[str, Value] = {
        "head": " · ".join(part for part in (case.text("number"), case.said("kind", language)) if part),
        "line": line if scene.theme.tall else "",
        "detail": _detail(scene, visit, case) if scene.theme.tall else "",
        "steps": [case.said(step, language) or say(f"case.{step}") for step in STEPS],
        "states": [case.text(f"{step}.state") or "open" for step in STEPS],
        "days": [_day(scene, case, step) for step in STEPS],
        "slip": say(scene.flow.session.slip.said) if scene.flow.session.slip.said else "",
    }
    rows = [Row("case-call", "", say("case.call"), art="departments", tone="good")]
    if case.result.get("evaluate") and visit.letter is None:
        rows.insert(0, Row("case-judge", "", say("case.judge"), art="face-good", tone="good"))
    if len(rows) < 2 or scene.theme.roomy:
        rows.append(Row("slip-print", "", say("slip.print"), art="print"))
    return View(say("case.where") if scene.theme.tall else line, texts, tuple(rows))


def _detail(scene: Scene, visit: CaseVisit, case: Reply) -> str:
    if visit.letter is not None:
        return scene.words.say("case.judged")
    return scene.words.say("case.answer_where") if case.result.get("answered") else ""


def sentence(scene: Scene, case: Reply) -> str:
    """Where it stands, to be read and to be heard."""
    say, language = scene.words.say, scene.words.language
    who = case.said("department", language)
    step = case.text("step")
    key = "held" if case.result.get("held") else step if step in (*STEPS, "received", "ended") else "handle"
    return say(f"case.now_{key}", who=who or say("case.office"))


def which(scene: Scene, visit: CaseVisit) -> View:
    """Two boxes minted one number: the day tells them apart."""
    say, case = scene.words.say, visit.found or Reply()
    count = case.result.get("cases")
    rows = [
        Row(
            "case-which",
            str(n),
            case.text(f"{n}.kind.zh"),
            case.text(f"{n}.kiosk"),
            _date(scene.words, case.text(f"{n}.day")),
        )
        for n in range(1, (count if isinstance(count, int) else 0) + 1)
    ]
    return choices(scene, say("case.which"), rows, columns=1)


def _date(words: Words, day: str) -> str:
    """As people say it; what is no day stays as it is."""
    try:
        at = date.fromisoformat(day)
    except ValueError:
        return day
    return words.say("case.day", month=at.month, day=at.day)


def _day(scene: Scene, case: Reply, step: str) -> str:
    say, state = scene.words.say, case.text(f"{step}.state")
    try:
        at = datetime.fromisoformat(case.text(f"{step}.at")).astimezone(zone_of(scene.box.departments))
    except ValueError:
        return say("case.now") if state == "now" else say("case.done") if state == "done" else ""
    day = say("case.day", month=at.month, day=at.day)
    return say("case.since", day=day) if state == "now" else day


def judge(scene: Scene, visit: CaseVisit) -> View:
    """How it was, whether it is solved, and why; one question after the other."""
    say = scene.words.say
    if visit.letter is not None:
        said = {State.KEPT: "case.judge_kept", State.SENDING: "report.sent_sending"}.get(visit.letter.state)
        button = Row("done", "", say("slip.done"), tone="good")
        return choices(scene, say("case.thanks"), (), empty=say(said or "case.judge_failed"), button=button)
    if not visit.stars:
        rows = [Row("case-face", name, say(f"case.face_{name}"), art=f"face-{name}") for name in FACES]
        return choices(scene, say("case.judge_how"), rows, columns=1, lines=3)
    if visit.solved is None:
        rows = [
            Row("case-solved", "yes", say("case.solved_yes")),
            Row("case-solved", "no", say("case.solved_no"), say("case.solved_no_detail")),
        ]
        return choices(scene, say("case.solved"), rows, columns=1)
    face = next(name for name, stars in FACES.items() if stars == visit.stars)
    rows = [Row("case-why", name, say(f"case.why_{name}")) for name in WHY[face]]
    button = Row("case-why", "", say("case.why_skip"))
    return choices(scene, say("case.why"), rows, button=button, columns=1, lines=3)


def code(visit: CaseVisit) -> str:
    """For the slip."""
    return case_number.shown(visit.number) if visit.number else ""
