"""A whole kiosk to crawl over: content with so many entries, a gateway and a call engine that answer at once.

world = World(Glass(), count=500)
world.go(("departments", ""), ("department", "civil"))  # from home, by the logic alone
world.tap("call-hang-up")                               # a finger on the glass
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from kiosk_ui.engine import Seen
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.report_poles import Poles
from kiosk_ui.theme import Glass, Look
from kiosk_ui.words import LANGUAGES, Words
from office.desk import example_content
from sync.contract.call import Reason, State
from sync.contract.call_screen import Accept, CallSeen, HangUp, Start, Wish
from sync.contract.departments import Departments, Said
from sync.contract.envelope import replaced
from sync.contract.kiosk_box import Hotline, KioskBox
from sync.contract.messages import Answer as Told
from tests.kiosk.fake_gateway import done, refused
from tests.kiosk.hand import Hand
from tests.kiosk.pictures_residents import CLOSED, NUMBER
from tests.kiosk.services import PUBLICITY, WARDENS, example, version
from tests.kiosk.services_stage import NOW, POLES, Visit

Step = tuple[str, str]
FULL = -1
"""As many entries as the example has."""
OVER = {"id": "over", "ends": "2026-11-01", "results": [31, 12, 44, 9]}
NOBODY_THERE = "housing"
"""A department whose calls nobody takes."""
CALL = "k3q8d2m1x7b9c4t6"
BOX = KioskBox(
    place="永善里便民超市",
    pole="YS-0007",
    hotlines=(Hotline(name=Said("便民热线", "Citizens' hotline"), number="12345"),),
)
NAMES = ("中文", "大", "民政科", "号台")
"""What the language is called in itself, and what the fake engine says."""
CHINESE = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True)
class How:
    """One way to look at a screen."""

    look: Look
    language: str

    def __str__(self) -> str:
        marks = [name for name in ("large", "contrast", "low") if getattr(self.look, name)]
        return "-".join([self.language, *marks])


class World:
    """One glass, one amount of content. `at` moves with every step."""

    def __init__(self, glass: Glass, count: int = FULL) -> None:
        self.kiosk = Kiosk(glass)
        self.visit = Visit(self.kiosk)
        self.call = CallSeen(n=0)
        self._furnish(count)
        self.hand = Hand(self.kiosk)
        self.hand.screen.bridge.wall = lambda: NOW
        self.show()

    def _furnish(self, count: int) -> None:
        visit, parts = self.visit, self.visit.parts
        services, departments = content(count), self.kiosk.box.departments
        visit.heard("settings", BOX if count else replaced(BOX, hotlines=()))
        visit.heard("services", services)
        if count != FULL:
            listed = list(several(departments.departments, count))
            visit.heard("departments", Departments(listed, departments.zone))
        if not count:
            visit.heard("poles", Poles())
        visit.heard("call", Seen(there=True, call=self.call, at=visit.at))
        parts.report.mint = parts.booking.mint = lambda: NUMBER
        questions = visit.gateway.questions
        questions["my-case"] = lambda _asked: done(**CLOSED) if count else refused("unknown")
        questions["free-slots"] = lambda asked: self._free(str(asked.get("calendar", "")))
        read_to_clerk = [text for name, text in Words("zh").all["call"].items() if name.startswith("phrase_")]
        self.data = " ".join(map(repr, (services, departments, BOX, CLOSED, POLES, read_to_clerk)))
        """Whatever the office wrote, which may be in one language only, and what a clerk reads, in theirs."""

    def _free(self, calendar: str) -> Told:
        found = self.kiosk.box.contents.newest.calendars.get(calendar)
        return done(**{slot.starts: slot.places for slot in found.slots} if found else {})

    def close(self) -> list[str]:
        """Taken down; what Qt and QML complained about."""
        return self.hand.close()

    # --- moving

    def go(self, *steps: Step) -> None:
        """Forget whoever is here, and take these steps from home."""
        self.call = replaced(self.call, n=self.call.n + 1, state=State.IDLE, reason=None, call="")
        self.visit.heard("call", Seen(there=True, call=self.call, at=self.visit.at))
        self.kiosk.flow.end()
        for control, argument in steps:
            self.visit.press(control, argument)
            self._answer()
        self.show()

    def tap(self, control: str, argument: str = "") -> None:
        """A finger on the glass, a second after what was before."""
        self.hand.at = self.visit.at + 1.0
        self.hand.tap_at(self.hand.centre(self.hand.find(control, argument)))
        self.visit.at = self.hand.at
        self.visit.gateway.settle(self.hand.at)
        self._answer()
        self.show()

    def look(self, how: How) -> None:
        """As somebody else would see it."""
        self.kiosk.flow.session.look = how.look
        self.kiosk.flow.session.language = how.language
        self.hand.screen.bridge.refresh()
        self.hand.settle()

    def show(self) -> None:
        """What is so now is drawn."""
        self._together()
        self.hand.later(0.05)
        self.visit.at = self.hand.at

    def _together(self) -> None:
        self.hand.at = self.visit.at = max(self.hand.at, self.visit.at)

    def _answer(self) -> None:
        """The call engine does at once what the screen asked it."""
        wishes, self.visit.wishes[:] = [*self.visit.wishes], []
        for wish in wishes:
            self._wished(wish)

    def _wished(self, wish: Wish) -> None:
        if isinstance(wish, Start):
            self._see(call=CALL, state=State.CALLING, department=wish.department, incoming=False)
            if wish.department == NOBODY_THERE:
                self._see(state=State.ENDED, reason=Reason.ABSENT)
            else:
                self._see(state=State.CONNECTED, by="民政科 2号台")
        elif isinstance(wish, Accept):
            self._see(state=State.CONNECTED, incoming=False)
        elif isinstance(wish, HangUp) and self.call.state is not State.IDLE:
            self._see(state=State.ENDED, reason=Reason.RESIDENT, incoming=False)

    def _see(self, **changes: Any) -> None:
        self.call = replaced(self.call, n=self.call.n + 1, **changes)
        self.visit.heard("call", Seen(there=True, call=self.call, at=self.visit.at))

    # --- what words there may be

    def foreign(self, text: str) -> str:
        """The first words of `text` that are in the other language and are not data; empty: there are none."""
        if self.kiosk.flow.session.language == "zh" or self.hand.place == "write":
            return ""
        return next((found for found in CHINESE.findall(text) if found not in self.data and found not in NAMES), "")


def content(count: int) -> Any:
    """The example's content with so many entries of each kind."""
    media = {"beat": "m/b.wav", "breath": "m/c.wav", "smoke": "m/d.wav"}
    made: dict[str, Any] = dict(example_content.items(NOW.date(), media))
    made["polls"] = [{**made["polls"][0], **OVER}, *made["polls"]]
    if count == FULL:
        return example(NOW.date(), polls=made["polls"])
    made = {kind: list(renamed(entries, count)) for kind, entries in made.items()}
    cases = list(islice(round_and_round(PUBLICITY["cases"]), count))
    made["wardens"] = list(renamed(WARDENS, count, "area"))
    made["publicity"] = {**PUBLICITY, "closed": len(cases), "cases": cases}
    return version(made)


def round_and_round(entries: Any) -> Iterator[Any]:
    while entries:
        yield from entries


def renamed(entries: list[dict[str, Any]], count: int, key: str = "id") -> Iterator[dict[str, Any]]:
    """So many, each with an id of its own."""
    for n, entry in enumerate(islice(round_and_round(entries), count)):
        yield entry if n < len(entries) else {**entry, key: f"{entry[key]}-{n}"}


def several(entries: Any, count: int) -> Iterator[Any]:
    for n, entry in enumerate(islice(round_and_round(entries), count)):
        yield entry if n < len(entries) else replaced(entry, id=f"{entry.id}-{n}")


def hows(languages: tuple[str, ...] = LANGUAGES) -> list[How]:
    """Every look in every language."""
    return [
        How(Look(large, contrast, low), language)
        for language in languages
        for large, contrast, low in product((False, True), repeat=3)
    ]
