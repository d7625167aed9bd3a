"""Who is on duty, judged by what their pages prove. Pure: no clock, no socket, no database.

    off --test--> testing --heard, audible--> on --+-- sound blocked (audible: no)            -> off, silent
                                                   +-- hidden and no answer within 1 s        -> off, hidden
                                                   +-- no proof for 5 s                       -> off, stopped
                                                   +-- page or session gone                   -> off, closed
                                                   +-- the clerk says so                      -> off, left

A page proves that it rings by an answer to `prove n` that it may only give after its audio clock has moved; browsers
slow the timers of a hidden page, so it is always the desk that asks. Someone is on duty while one of their pages is.
A page whose line broke may take its place again within `RESUME_S` without another tone: it says the secret it was
given, and proves that it rings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

PROVE_EVERY_S = 2.0
HIDDEN_WITHIN_S = 1.0
STOPPED_S = 5.0
RESUME_S = 60.0
TONE_FOR_S = 60.0
"""A test tone that was played longer ago says nothing about the sound of now."""


class Why(StrEnum):
    """Why a page is no longer on duty."""

    SILENT = "silent"
    HIDDEN = "hidden"
    STOPPED = "stopped"
    CLOSED = "closed"
    LEFT = "left"


@dataclass(slots=True)
class Station:
    """One page on which somebody is on duty. `key` is the page's, as the caller knows it; times are monotonic."""

    key: int
    account: str
    since_s: float
    proved_s: float
    visible: bool = True
    asked: int = 0
    asked_s: float | None = None
    """When the question was put that nobody has answered yet."""


@dataclass(frozen=True, slots=True)
class Lost:
    """This page is no longer on duty."""

    key: int
    account: str
    why: Why


@dataclass(slots=True)
class Watch:
    """All pages on duty, and those that test their sound."""

    stations: dict[int, Station] = field(default_factory=dict)
    _tones: dict[int, tuple[int, float]] = field(default_factory=dict)
    _count: int = 0

    def test(self, key: int, at_s: float) -> int:
        """A page wants to play the tone; the number it must say when the clerk heard it."""
        self._count += 1
        self._tones[key] = (self._count, at_s)
        return self._count

    def heard(self, key: int, account: str, n: int, *, audible: bool, visible: bool, at_s: float) -> bool:
        """The clerk heard the tone with that number; whether they are on duty now."""
        played, when_s = self._tones.pop(key, (0, 0.0))
        if not audible or n != played or at_s - when_s > TONE_FOR_S:
            return False
        self.take(key, account, visible=visible, at_s=at_s)
        return True

    def take(self, key: int, account: str, *, visible: bool, at_s: float) -> None:
        """This page is on duty: its tone was heard, now or before its line broke."""
        self.stations[key] = Station(key, account, at_s, at_s, visible)

    def proof(self, key: int, n: int, *, audible: bool, visible: bool, at_s: float) -> Lost | None:
        """A page answers question `n`, or (0) says by itself that something changed."""
        station = self.stations.get(key)
        if station is None:
            return None
        if not audible:
            return self._end(station, Why.SILENT)
        if station.visible and not visible and station.asked_s is not None:
            station.asked_s = at_s  # the second within which it must ring begins when it is hidden
        station.visible = visible
        if n and n == station.asked:
            station.proved_s, station.asked_s = at_s, None
        return None

    def leave(self, key: int, why: Why = Why.LEFT) -> Lost | None:
        """The clerk goes off duty, or the page is gone."""
        self._tones.pop(key, None)
        station = self.stations.get(key)
        return self._end(station, why) if station is not None else None

    def stalled(self, seconds: float) -> None:
        """The desk itself stood still for so long: what pages answered meanwhile is only read now."""
        for station in self.stations.values():
            station.proved_s += seconds
            if station.asked_s is not None:
                station.asked_s += seconds

    def tick(self, at_s: float) -> list[Lost]:
        """Who did not prove in time."""
        return [lost for station in list(self.stations.values()) for lost in self._judge(station, at_s)]

    def questions(self, at_s: float) -> list[tuple[int, int]]:
        """(page, number) of the proofs to ask for now. A question that is open is not put again."""
        due = [
            station
            for station in self.stations.values()
            if station.asked_s is None and at_s - station.proved_s >= (PROVE_EVERY_S if station.asked else 0.0)
        ]
        for station in due:
            self._count += 1
            station.asked, station.asked_s = self._count, at_s
        return [(station.key, station.asked) for station in due]

    def accounts(self) -> list[tuple[str, float]]:
        """(account, on duty since), longest first."""
        since: dict[str, float] = {}
        for station in self.stations.values():
            since[station.account] = min(since.get(station.account, station.since_s), station.since_s)
        return sorted(since.items(), key=lambda item: item[1])

    def _judge(self, station: Station, at_s: float) -> Iterator[Lost]:
        open_s = at_s - station.asked_s if station.asked_s is not None else 0.0
        if not station.visible and open_s > HIDDEN_WITHIN_S:
            yield self._end(station, Why.HIDDEN)
        elif at_s - station.proved_s > STOPPED_S:
            yield self._end(station, Why.STOPPED)

    def _end(self, station: Station, why: Why) -> Lost:
        del self.stations[station.key]
        return Lost(station.key, station.account, why)
