"""My grid warden: who she is, by this box's own place or by the number of a pole, and one tap to reach her office."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk_ui.box import RECEPTION
from kiosk_ui.call_offices import Offices
from kiosk_ui.content import told
from kiosk_ui.reading import action, block, entries, gone, reading
from kiosk_ui.scene import Scene
from kiosk_ui.view import Row, View
from sync.contract.services import Warden

LEAST_DIGITS = 3
"""Of a pole's number; fewer fit too many."""


def digits(number: str) -> str:
    """What of a pole's number is typed on a pad: its plate has letters before them."""
    return "".join(letter for letter in number if letter.isdecimal())


def of_pole(wardens: Sequence[Warden], typed: str) -> Warden | None:
    """Whose pole that is. Several wardens: it is nobody's, as a wrong one would be worse."""
    if len(digits(typed)) < LEAST_DIGITS:
        return None
    wanted = digits(typed).lstrip("0")
    found = [one for one in wardens if any(digits(pole).lstrip("0") == wanted for pole in one.poles)]
    return found[0] if len(found) == 1 else None


def wardens(scene: Scene) -> View:
    """The one of this place first, then the search by a pole, then all areas."""
    say, language = scene.words.say, scene.words.language
    listed = list(scene.services.wardens)
    here = of_pole(listed, scene.box.settings.pole)
    ordered: list[Warden | None] = [
        *([here] if here is not None else []),
        None,
        *(one for one in listed if one is not here),
    ]

    def row(one: Warden | None) -> Row:
        if one is None:
            return Row("warden-pole", "", say("nearby.by_pole"), say("nearby.by_pole_detail"))
        said = say("nearby.here") if one is here else ""
        return Row("warden", one.area, told(one.area_name, language), told(one.called, language), said, tone="good")

    found = ordered if listed else []
    return entries(scene, say("nearby.wardens"), found, row, empty=say("nearby.no_wardens"))


def warden(scene: Scene) -> View:
    """One of them."""
    found = next((one for one in scene.services.wardens if one.area == scene.subject), None)
    if found is None:
        return gone(scene)
    say, language = scene.words.say, scene.words.language
    picture = scene.services.hash_of(found.picture)
    blocks = [block("", "", picture=picture)] if picture else []
    called = told(found.called, language) or say("nearby.warden_unnamed")
    blocks.append(block(say("nearby.warden"), called))
    if found.phone:
        blocks.append(block(say("nearby.phone"), found.phone, tone="number"))
    blocks.append(block(say("nearby.warden_for"), say("nearby.warden_for_detail")))
    department = found.department if scene.box.department(found.department) is not None else RECEPTION
    blocks.append(block(say("nearby.warden_by"), Offices(scene.box).name(department, scene.words)))
    actions = [action("warden-call", department, say("nearby.warden_call"), art="departments", tone="good")]
    if "warden-apply" in scene.flow.deeds:
        actions.append(action("warden-apply", found.area, say("nearby.warden_apply"), art="report"))
    return reading(scene, told(found.area_name, language), blocks, actions)


def by_pole(scene: Scene) -> View:
    """The pad."""
    session = scene.flow.session
    said = session.said if session.said and not session.typed else "nearby.pole_ask"
    return View(scene.words.say("nearby.by_pole"), {"typed": session.typed, "said": scene.words.say(said)})


def hotlines(scene: Scene) -> View:
    """Numbers for one's own telephone."""
    say = scene.words.say
    blocks = [
        block(told(line.name, scene.words.language), line.number, tone="number") for line in scene.box.settings.hotlines
    ]
    return reading(scene, say("nearby.hotlines"), blocks or [block("", say("nearby.no_hotlines"))])
