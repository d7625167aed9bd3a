"""What each screen of the neighbours shows: what is on, one of it, how many come, a telephone, a poll and its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from kiosk_ui.booking_view import moment, when_said
from kiosk_ui.choices import choices, own_phone
from kiosk_ui.content import told
from kiosk_ui.departments import zone_of
from kiosk_ui.neighbours_visit import NeighboursVisit
from kiosk_ui.outgoing import State
from kiosk_ui.reading import action, block, entries, gone, reading, spoken_there
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, Value, View
from sync.contract import case_number
from sync.contract.services import Activity, Poll

KINDS = ("activity", "help-wanted", "help-offered")
ART = {"activity": "neighbours", "help-wanted": "elder", "help-offered": "repair"}
MOST_PEOPLE = 6


def activities(scene: Scene) -> View:
    """What is still to come, soonest first; what has no date stands behind."""
    words, here = scene.words, _here(scene)
    found = [one for one in scene.services.activities.values() if one.kind in KINDS and not _past(one, here)]
    found.sort(key=lambda one: one.starts or "9")

    def row(one: Activity) -> Row:
        title, place = told(one.title, words.language), told(one.place, words.language)
        when = " · ".join(part for part in (when_said(scene, one.starts), place) if part)
        kind = words.say(f"neighbours.kind_{_name(one.kind)}")
        said = f"{kind} · {_room(scene, one)}" if one.room_for else kind
        picture = scene.services.hash_of(one.picture)
        return Row("activity", one.id, title, when, said, art=ART[one.kind], picture=picture)

    strip = words.say("neighbours.moderated_all")
    return entries(
        scene, words.say("neighbours.activities"), found, row, empty=words.say("neighbours.none"), strip=strip
    )


def activity(scene: Scene) -> View:
    """One of them, and how to join."""
    found = scene.services.activities.get(scene.subject)
    if found is None or found.kind not in KINDS:
        return gone(scene)
    say, language = scene.words.say, scene.words.language
    picture = scene.services.hash_of(found.picture)
    blocks = [block("", "", picture=picture)] if picture else []
    if found.starts:
        until = f"–{found.ends[11:16]}" if found.ends[:10] == found.starts[:10] else ""
        blocks.append(block(say("neighbours.when"), when_said(scene, found.starts) + until))
    if place := told(found.place, language):
        blocks.append(block(say("neighbours.where"), place))
    blocks.append(block(say(f"neighbours.kind_{_name(found.kind)}"), told(found.text, language)))
    if found.room_for:
        blocks.append(block(say("neighbours.places"), _room(scene, found)))
    full = found.room_for and found.taken >= found.room_for
    title = say("neighbours.join_waiting") if full else say(f"neighbours.join_{_name(found.kind)}")
    over = _past(found, _here(scene))
    actions = [] if over else [action("join", found.id, title, art="write", tone="good")]
    strip = say("neighbours.over") if over else ""
    sounds = spoken_there(scene, (found.text, found.spoken))
    return reading(scene, told(found.title, language), blocks, actions, strip=strip, sounds=sounds)


def people(scene: Scene) -> View:
    """How many come."""
    say = scene.words.say
    rows = [Row("join-people", str(n), say("neighbours.people", n=n)) for n in range(1, MOST_PEOPLE + 1)]
    return choices(scene, say("neighbours.how_many"), rows)


def propose(scene: Scene) -> View:
    """What kind of wish."""
    say = scene.words.say
    rows = [
        Row("propose-kind", kind, say(f"neighbours.wish_{_name(kind)}"), say(f"neighbours.wish_{_name(kind)}_detail"))
        for kind in KINDS
    ]
    return choices(scene, say("neighbours.propose"), rows, strip=say("neighbours.moderated"), columns=1)


def phone(scene: Scene, visit: NeighboursVisit) -> View:
    """Who organises calls this number; nobody else sees it."""
    say = scene.words.say
    trouble = say(visit.said) if visit.said else ""
    return own_phone(say("neighbours.phone"), visit.phone, say("neighbours.send"), say("neighbours.phone_ask"), trouble)


def sent(scene: Scene, visit: NeighboursVisit) -> View:
    """Kept, or not yet."""
    say = scene.words.say
    state = visit.letter.state if visit.letter is not None else State.SENDING
    kept = state is State.KEPT
    what = "proposal" if visit.kind else "signup"
    number = case_number.shown(visit.number) if kept else ""
    texts: dict[str, Value] = {
        "strip": "",
        "number": number,
        "line": say(f"neighbours.{what}_kept") if kept else say(f"neighbours.sent_{state}"),
        "detail": say(f"neighbours.{what}_detail") if kept else "",
        "code": number.encode().hex(),
        "codeSaid": say("slip.scan_number"),
        "slip": say(scene.flow.session.slip.said) if scene.flow.session.slip.said else "",
        "tone": "good" if kept else "" if state is State.SENDING else "warn",
    }
    rows = (
        Row("slip-print", "", say("slip.print"), art="print"),
        Row("done", "", say("slip.done"), art="home", tone="good"),
    )
    return View(_what(scene, visit), texts, rows if kept else ())


def _what(scene: Scene, visit: NeighboursVisit) -> str:
    if visit.kind:
        return scene.words.say(f"neighbours.wish_{_name(visit.kind)}")
    found = scene.services.activities.get(visit.activity)
    return told(found.title, scene.words.language) if found is not None else scene.words.say("neighbours.activities")


# --- polls


def polls(scene: Scene) -> View:
    """Those that go on first."""
    words = scene.words
    found = sorted(scene.services.polls.values(), key=lambda one: _closed(scene, one))

    def row(one: Poll) -> Row:
        over = _closed(scene, one)
        said = (
            words.say("neighbours.poll_results") if over else words.say("neighbours.poll_until", day=_day(scene, one))
        )
        control = "poll-results" if over else "poll"
        return Row(control, one.id, told(one.question, words.language), "", said, art="chart" if over else "case")

    return entries(scene, words.say("neighbours.polls"), found, row, empty=words.say("neighbours.no_polls"))


def poll(scene: Scene, visit: NeighboursVisit) -> View:
    """The question and its answers; after the answer, what becomes of it."""
    found = scene.services.polls.get(scene.subject)
    if found is None:
        return choices(scene, scene.words.say("content.gone"), [], empty=scene.words.say("content.gone_detail"))
    say, language = scene.words.say, scene.words.language
    chosen, letter = visit.votes.get(found.id, (-1, None))
    rows = [
        Row(
            "poll-answer",
            str(n),
            told(answer, language),
            said=say("neighbours.poll_yours") if n == chosen else "",
            live=letter is None and not _closed(scene, found),
        )
        for n, answer in enumerate(found.answers)
    ]
    strip = say("neighbours.poll_ask")
    sounds = spoken_there(scene, (found.question, found.spoken))
    if letter is not None:
        kept = letter.state is State.KEPT
        strip = say("neighbours.poll_kept", day=_day(scene, found)) if kept else say(f"neighbours.sent_{letter.state}")
    little = scene.theme.compact and not scene.theme.tall
    if little and letter is not None and chosen < len(rows):
        rows = [replace(rows[chosen], said="")]  # what stands above says the rest
    shown = choices(
        scene,
        told(found.question, language),
        rows,
        strip="" if little and letter is None else strip,
        columns=2 if little and letter is None else 1,
        lines=1 if little else 0,
    )
    return replace(shown, sounds=sounds)


def results(scene: Scene) -> View:
    """In words, and as bars that say the same."""
    found = scene.services.polls.get(scene.subject)
    if found is None or not _closed(scene, found):
        return View(scene.words.say("content.gone"), {"strip": "", "shares": [], "page": 0, "pages": 1, "pageSaid": ""})
    say, language = scene.words.say, scene.words.language
    counts = [*found.results, *[0] * len(found.answers)][: len(found.answers)]
    whole = sum(counts)
    rows, shares = [], []
    for n, (answer, count) in enumerate(zip(found.answers, counts, strict=True)):
        percent = round(100 * count / whole) if whole else 0
        said = say("neighbours.poll_count", n=count, percent=percent)
        best = count == max(counts) and count > 0
        rows.append(Row("", str(n), told(answer, language), said=said, tone="good" if best else ""))
        shares.append(str(percent))
    size = scene.theme.entries if scene.theme.tall or not scene.flow.session.look.large else 1
    pages = max(1, -(-len(rows) // size))
    page = min(scene.flow.session.page, pages - 1)
    here = slice(page * size, (page + 1) * size)
    texts: dict[str, Value] = {
        "strip": say("neighbours.poll_over", n=whole),
        "shares": shares[here],
        "page": page,
        "pages": pages,
        "pageSaid": say("bar.page", n=page + 1, of=pages) if pages > 1 else "",
    }
    return View(told(found.question, language), texts, tuple(rows[here]))


def ended(found: Poll) -> bool:
    """The office gives the results when it has ended, never before."""
    return bool(found.results)


def _closed(scene: Scene, found: Poll) -> bool:
    return ended(found) or found.ends[:10] < _here(scene).date().isoformat()


def _day(scene: Scene, found: Poll) -> str:
    try:
        at = date.fromisoformat(found.ends[:10])
    except ValueError:
        return found.ends
    weekday = scene.words.say(f"days.short_{at.isoweekday()}")
    return scene.words.say("days.date", month=at.month, day=at.day, weekday=weekday)


def _room(scene: Scene, one: Activity) -> str:
    say, left = scene.words.say, one.room_for - one.taken
    return say("neighbours.left", n=left, of=one.room_for) if left > 0 else say("neighbours.full", of=one.room_for)


def _past(one: Activity, here: datetime) -> bool:
    at = moment(one.ends or one.starts)
    return at is not None and at < here


def _here(scene: Scene) -> datetime:
    return scene.now.astimezone(zone_of(scene.box.departments)).replace(tzinfo=None)


def _name(kind: str) -> str:
    return kind.replace("-", "_")
