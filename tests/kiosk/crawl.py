"""Touches every control of every screen and measures what is shown: `python -m tests.kiosk.crawl [folder]`.

From home, breadth first: each state is reached by the shortest way there is, looked at in every look and language,
and each of its controls is seen pressed and then tapped. Lists are tried with no entry, one, the example's and 500.
Then every scene of the documentation, which stands for what no finger brings about: a queue, a lost line, a stage of
the emergency. Findings are printed, and a picture of each is written to the folder (build/crawl).
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from kiosk_ui.leads import Screen
from kiosk_ui.qt import art
from kiosk_ui.qt.app import application
from kiosk_ui.theme import Glass, Look
from kiosk_ui.words import LANGUAGES
from tests.kiosk.crawl_checks import Check, Finding, pressed
from tests.kiosk.crawl_world import FULL, How, Step, World, hows
from tests.kiosk.hand import Hand
from tests.kiosk.pictures_residents import NUMBER

TALL, SHORT = Glass(), Glass(800, 1280, 136.0, 217.0, 450.0, 1000.0)
LOG = logging.getLogger("crawl")
COUNTS = (FULL, 0, 1, 500)
DEEPEST = 13
TAPS, UNREACHED = 3, 99
"""Within so many, whoever comes is where they wanted to be, on the first page of its list: a longer list is turned."""
ALIKE = 12
"""Of controls of one name on one page so many are tapped, the first and the last among them: more than any page has of
what leads to different places, such as tiles, digits and entries. Only the letters of a keyboard are more."""
PICTURES_OF_A_SCREEN = 12
"""So many pictures of one screen with different words are measured of each amount of content."""
BARS = frozenset({"home", "end", "read", "large", "contrast", "low", "looks", "language", "help"})
"""Below every page and the same there."""
ALWAYS = BARS | {"digit", "key", "erase"}
"""Whatever the content, these do the same: tapped on every screen, but with one amount of content only."""
BAR = "bar"
HELD = frozenset({"sos-hold", "voice-hold"})
"""To have a finger on these is already to mean it; a scene shows them held."""
INNER = re.compile(
    r"report-(tell|voice|photo|phone|check|sent)|write|case-(found|which|judge)|booking-(phone|sent)|guide-(take|form)"
    r"|join-people|neighbour-(phone|sent)|warden-(phone|sent)|service.*|code"
)
"""Steps of a form, behind what somebody came for: the kind of report, the guide, the activity, the day. And the menu of
who maintains the box."""
BY_ITSELF = frozenset({Screen.INCOMING, Screen.EMERGENCY, Screen.LATER, Screen.SOS, Screen.NIGHT})
"""Nobody goes there by tapping: they come by themselves or are held for. LATER stands in for a service that is not
there yet, of which there is none."""
TOLD: tuple[Step, ...] = (("report", ""), ("report-kind", "lamp"), *(("digit", d) for d in "0007"), ("enter", ""))
WRITING: tuple[Step, ...] = (("report-words", ""), ("keys-phrase", "0"))
METHODS = ("pinyin", "strokes", "digits", "letters")
SEEDS: tuple[tuple[Step, ...], ...] = (
    (),
    TOLD,
    (*TOLD, *WRITING),
    *((*TOLD, *WRITING, ("keys-method", method)) for method in METHODS),
    (*TOLD, *WRITING, ("keys-done", ""), ("report-next", ""), ("report-no-phone", "")),
    (("case", ""), *(("digit", d) for d in NUMBER), ("enter", "")),
)
"""Where a finger that tapped blindly would not come: whole numbers, and words that are written."""

Ways = Callable[[Glass], list[How]]


@dataclass
class Report:
    """What was found, each once, and what was looked at."""

    folder: Path | None
    findings: dict[tuple[str, str, str], tuple[str, Finding]] = field(default_factory=dict)
    looked: Counter[str] = field(default_factory=Counter)
    tapped: int = 0
    pictures: set[object] = field(default_factory=set)
    """What was measured already, in every look: a glass, a screen and its words."""
    pressed: set[object] = field(default_factory=set)
    """What had a finger on it: a glass, a screen, a control and a look."""
    depth: dict[str, int] = field(default_factory=dict)

    def add(self, found: list[Finding], hand: Hand, state: str) -> None:
        """Keep what is new, with a picture."""
        fresh = False
        for finding in found:
            key = (state, finding.check, finding.item)
            if key not in self.findings:
                fresh, self.findings[key] = True, (state, finding)
                LOG.warning("%s", line_of(state, finding))
        if fresh and self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            hand.photograph(self.folder / f"{re.sub(r'[^A-Za-z0-9-]+', '_', state)}.png")

    def lines(self) -> Iterator[str]:
        """One for each finding."""
        for state, finding in self.findings.values():
            yield line_of(state, finding)


def line_of(state: str, finding: Finding) -> str:
    return f"{state}: {finding.check}: {finding.item}: {finding.measured}, limit {finding.limit}"


class Crawl:
    """One glass, one amount of content."""

    def __init__(
        self,
        report: Report,
        glass: Glass,
        entries: int,
        ways: list[How],
        most: int = PICTURES_OF_A_SCREEN,
        deepest: int = DEEPEST,
    ) -> None:
        self.report, self.world, self.check = report, World(glass, entries), Check(glass)
        self.ways, self.most, self.deepest = ways, most, deepest
        self.name = f"{glass.width_px}-{'full' if entries == FULL else entries}"
        self.entries = entries
        self._states: set[object] = set()
        self._tapped: set[tuple[str, str, str]] = set()
        """Screen, control and what it stands for; a control does the same in every state of its screen."""
        self._pictures: Counter[str] = Counter()

    def run(self) -> None:
        """Until nothing new is reached."""
        # The shortest ways first, so that each screen is known by the fewest taps there are to it.
        ahead: list[tuple[int, int, tuple[Step, ...], str, list[Step]]] = []
        numbers = count()
        for steps in SEEDS if self.deepest == DEEPEST and self.entries == FULL else ((),):
            self.world.go(*steps)
            heappush(ahead, (len(steps), next(numbers), steps, self.world.hand.place, self._arrived(steps)))
        while ahead:
            _, _, steps, place, choices = heappop(ahead)
            for step in choices if len(steps) < self.deepest else ():
                if (place, *step) not in self._tapped and self._touch(steps, step):
                    beyond = (*steps, step)
                    place_beyond, choices_beyond = self.world.hand.place, self._arrived(beyond)
                    heappush(ahead, (len(beyond), next(numbers), beyond, place_beyond, choices_beyond))
        self._said(self.world.close())

    def _touch(self, steps: tuple[Step, ...], step: Step) -> bool:
        """Go there and touch that, if nobody did before. False: nothing came of it."""
        self.world.go(*steps)
        hand = self.world.hand
        here = (hand.place, *step)
        if here in self._tapped or not hand.shows(step[0]):
            return False
        LOG.info("%s %s %s", self.name, hand.place, step)
        self._tapped.add(here)
        self.report.tapped += 1
        self.world.tap(*step)
        return True

    def _arrived(self, steps: tuple[Step, ...]) -> list[Step]:
        """Look at what is shown; what can be touched, if it is another state than those before."""
        place, key = self.world.hand.place, self._key()
        if all(control not in ("digit", "key") for control, _ in steps):
            taps = sum(control != "turn" for control, _ in steps)
            self.report.depth[place] = min(taps, self.report.depth.get(place, UNREACHED))
        choices = [step for step in spread(self.world.hand) if (place, *step) not in self._tapped]
        if self.entries != FULL:
            choices = [step for step in choices if step[0] not in ALWAYS]
        self._measure(steps)
        fresh = key not in self._states
        self._states.add(key)
        return choices if fresh else []

    def _key(self) -> object:
        """What makes this another state: what can be done here, not what is said."""
        hand = self.world.hand
        return hand.place, frozenset((str(c.property("control")), c.isEnabled()) for c in hand.controls())

    def _measure(self, steps: tuple[Step, ...]) -> None:
        place = self.world.hand.place
        texts = tuple(re.sub(r"\d", "#", text) for text in self.world.hand.texts())
        words = (self.check.glass, place, texts)
        if words in self.report.pictures or self._pictures[place] >= self.most:
            return
        self.report.pictures.add(words)
        self._pictures[place] += 1
        for how in self.ways:
            self.world.look(how)
            state = f"{place} {self.name} {how} after {'.'.join(control for control, _ in steps) or 'nothing'}"
            self.report.looked[place] += 1
            self.report.add(self.check.findings(self.world.hand) + self._foreign(), self.world.hand, state)
            self._press_all(state, how)

    def _foreign(self) -> list[Finding]:
        found = ((text, self.world.foreign(text)) for text in self.world.hand.texts())
        return [Finding("language", repr(text[:24]), other, "words of the table") for text, other in found if other]

    def _press_all(self, state: str, how: How) -> None:
        """Each control of the screen once with a finger on it, in every look and language."""
        hand = self.world.hand
        for control, argument in spread(hand, 1):
            here = (self.check.glass, BAR if control in BARS else hand.place, control, how)
            # A finger on the glass ends what is read aloud, and the control of its loudness goes.
            if control in HELD or here in self.report.pressed or not hand.shows(control):
                continue
            self.report.pressed.add(here)
            self.report.add(pressed(hand, control, argument), hand, f"{state} pressing {control}")

    def _said(self, said: list[str]) -> None:
        for line in said:
            self.report.findings[(self.name, "warning", line)] = (self.name, Finding("warning", "", line, "none"))


def spread(hand: Hand, most: int = ALIKE) -> Iterator[Step]:
    """What can be tapped: of each name the first, the last and some between."""
    by_name: dict[str, list[Step]] = {}
    for control in hand.controls():
        if control.isEnabled():
            name = str(control.property("control"))
            by_name.setdefault(name, []).append((name, str(control.property("argument") or "")))
    for steps in by_name.values():
        last = len(steps) - 1
        chosen = {0} if most == 1 else {round(last * n / (most - 1)) for n in range(most)}
        yield from (steps[n] for n in sorted(chosen))


def far(report: Report, absent: frozenset[Screen] = frozenset()) -> Iterator[str]:
    """Screens that take too many taps, or to which nothing leads. `absent`: a tall glass has its looks on the bar."""
    for screen in Screen:
        if screen in absent or INNER.fullmatch(screen) or screen in BY_ITSELF:
            continue
        depth = report.depth.get(screen, UNREACHED)
        if depth > TAPS:
            yield f"{screen}: {'not reached' if depth == UNREACHED else f'{depth} taps'}, limit {TAPS}"


def every_way(glass: Glass) -> list[How]:
    """Every look in every language; 低位 is nothing where the whole glass hangs low."""
    return [how for how in hows() if glass.tall or not how.look.low]


def brief(glass: Glass) -> list[How]:
    """Where places differ; high contrast changes colours only, so once is enough to see them."""
    return [how for how in every_way(glass) if not how.look.contrast or str(how) == "zh-contrast"]


def first(_glass: Glass) -> list[How]:
    """As it is met."""
    return [How(Look(), "zh")]


WAYS: dict[str, Ways] = {"every": every_way, "brief": brief, "first": first}


def spoken(ways: Ways, language: str) -> Ways:
    """Of these, what is in one language."""
    return lambda glass: [how for how in ways(glass) if how.language == language]


def scenes(report: Report, names: list[str], glasses: tuple[Glass, ...], ways: Ways) -> None:
    """Every scene of the documentation."""
    from tests.kiosk import pictures  # noqa: PLC0415 - the scenes know that module by this name

    pictures.load()
    for name in names or sorted(pictures.SCENES):
        for glass in glasses:
            for language in ("zh", "en"):
                if chosen := [how for how in ways(glass) if how.language == language]:
                    _scene(report, name, pictures.Drawn("", chosen[0].look, glass, language), chosen)


def _scene(report: Report, name: str, drawn: object, ways: list[How]) -> None:
    from tests.kiosk import pictures  # noqa: PLC0415

    stage = pictures.Stage(drawn)  # type: ignore[arg-type]
    try:
        pictures.SCENES[name](stage)
        check, glass = Check(stage.how.glass), stage.how.glass
        for how in ways:
            stage.kiosk.flow.session.look = how.look
            stage.hand.screen.bridge.refresh()
            stage.hand.settle()
            report.looked[stage.hand.place] += 1
            report.add(check.findings(stage.hand), stage.hand, f"scene {name} {glass.width_px} {how}")
    finally:
        said = stage.hand.close()
    for line in said:
        report.findings[(name, "warning", line)] = (f"scene {name}", Finding("warning", "", line, "none"))


def crawl(report: Report, glasses: tuple[Glass, ...], counts: tuple[int, ...], ways: Ways) -> None:
    """Every glass with every amount of content."""
    for glass in glasses:
        for entries in counts:
            one = Crawl(report, glass, entries, ways(glass))
            gc.freeze()  # each person who goes is swept up after, through all that a crawl remembers
            one.run()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ways", choices=tuple(WAYS), default="every", help="looks and languages")
    parser.add_argument("--glass", choices=("tall", "short"))
    parser.add_argument("--language", choices=LANGUAGES)
    parser.add_argument("--count", type=int, action="append")
    parser.add_argument("--scenes", nargs="*", help="only these scenes, and no crawling")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/crawl"))
    parser.add_argument("--say", action="store_true", help="each step as it is taken")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO if given.say else logging.WARNING, format="%(relativeCreated)d %(message)s")
    app = application(["crawl"])
    art.KEPT = 10_000  # sixteen looks one after another would draw everything anew each time
    glasses = {"tall": (TALL,), "short": (SHORT,)}.get(given.glass, (TALL, SHORT))
    ways, report = WAYS[given.ways], Report(given.folder)
    if given.language is not None:
        ways = spoken(ways, given.language)
    wrong: list[str] = []
    if given.scenes is None:
        crawl(report, glasses, tuple(given.count or COUNTS), ways)
        whole = FULL in (given.count or COUNTS)  # with other amounts of content the bar is not tapped
        wrong = list(far(report, frozenset() if SHORT in glasses else frozenset({Screen.LOOKS}))) if whole else []
    if given.scenes is not None or not given.count:
        scenes(report, given.scenes or [], glasses, ways)
    sys.stdout.writelines(f"{line}\n" for line in [*report.lines(), *wrong])
    pictures = sum(report.looked.values())
    found = len(report.findings) + len(wrong)
    sys.stdout.write(
        f"{len(report.looked)} screens, {pictures} pictures, {len(report.pressed)} controls under a finger,"
        f" {report.tapped} taps, {found} findings\n"
    )
    del app
    return 1 if wrong or report.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
