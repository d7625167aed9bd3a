"""What was heard becomes what is kept, and only then what is answered.

The one place where decoder, rule for repeats, registry, alarm book and store meet:

    heard -> new or repeat -> whose it is -> CloudEvent (and alarm row) -> store -> on disk -> answer

Knows no socket and no MQTT.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from drivers.model import Command, Event, Heard, Instant, Kind, Note, Refused
from drivers.ports.port import ExpiringLine
from edge.alarm_book import Alarm, AlarmBook, counter, inserter, level_writer
from edge.mapper import EMERGENCY, IGNORE, TROUBLE, Identity, Mapper, severity
from edge.repeats import Repeats
from edge.talk import Talk
from sync.contract.envelope import Struct, replaced
from sync.contract.lanes import Lane
from sync.failpoint import reach, reach_soon
from sync.store import Entry, Store, Write

log = logging.getLogger("linli.intake")

HIGH_WATER = 20_000
LOW_WATER = 5_000
HELD_BYTES = 64 * 1024
"""What one line may have waiting for the disk before it is read on: a flood must not pile up behind a slow card."""

NOTE_EVERY_S = 60.0
MAX_LINES = 20_000
"""Ids whose line is known. One connection can invent any number of them."""

MAX_STRANGERS = 500
"""Open alarms of devices nobody registered that are kept apart: whoever invents ids must not fill the memory."""

MAX_NOTES = 4_096
"""Reasons times lines that are counted apart; a scanner with ever new addresses is counted together."""

Place = tuple[str, str]
"""(driver, address): how a device is known before anybody registered it."""


class _Take(Struct):
    """What one delivery leads to, and what must be undone if it could not be stored."""

    entries: list[Entry] = []
    writes: list[Any] = []
    alarms: list[Alarm] = []
    pressed: list[Alarm] = []
    events: list[tuple[Event, Identity]] = []
    keys: list[tuple[int, bool]] = []
    levels: dict[Place, frozenset[str]] = {}
    places: set[Place] = set()
    repeated: set[Place] = set()
    follows: set[Place] = set()
    """Where it says nothing, or comes out of order, unless what is under way is stored."""

    reply: bytes = b""
    close: bool = False


class Intake:
    """Called on the loop only. `who(driver, address, profile)` says whose an address is."""

    def __init__(
        self,
        store: Store,
        mapper: Mapper,
        repeats: Repeats,
        book: AlarmBook,
        who: Callable[[str, str, str], Identity],
    ) -> None:
        self.talks: set[Talk] = set()
        self.lines: dict[Place, Talk] = {}
        self.last_heard: dict[Place, float] = {}
        self.heard_on: dict[Place, str] = {}
        self.notes: Counter[tuple[str, str]] = Counter()
        self.stored = 0
        self.on_alarm: Callable[[Alarm, Event], None] = lambda _a, _e: None
        self.on_press: Callable[[Alarm], None] = lambda _a: None
        self.on_event: Callable[[Event, Identity, Instant], None] | None = None
        self.on_unknown: Callable[[Place, str, Instant, bool], Write | None] = lambda *_: None
        self.on_note: Callable[[Talk, Note], None] = lambda _t, _n: None
        self.on_unstored: Callable[[list[Entry], list[Alarm], Callable[[], None]], bool] = lambda *_: False
        self.on_levels: Callable[[Place, frozenset[str], Instant], None] = lambda *_: None
        self.is_old_news: Callable[[str, Event, Instant], bool] = lambda *_: False
        self.is_test: Callable[[str, Instant], bool] = lambda _d, _at: False
        self.patience_s: Callable[[str, str], float | None] = lambda _p, _a: None
        self._store, self._mapper, self._repeats, self._book, self._who = store, mapper, repeats, book, who
        self._identities: dict[Place, Identity] = {}
        self._noted_at: dict[tuple[str, str], float] = {}
        self._under_way: Counter[Place] = Counter()
        self._in_memory: dict[Place, list[Callable[[], None]]] = {}
        self._unsure: set[Place] = set()
        """Whose held alarms on disk may be others than in memory, because a write failed."""
        self._paused = False

    def forget_identities(self) -> None:
        """The registry or a profile changed."""
        self._identities.clear()

    # --- from talks

    def take(self, talk: Talk, item: Any, heard: list[Heard], at: Instant) -> None:
        """Store what is new in it; answer and settle when that, and all before it, is on disk."""
        reach("heard")
        *first, last = _apart(heard)
        for group in first:
            self._take(talk, None, group, at)
        self._take(talk, item, last, at)

    def _take(self, talk: Talk, item: Any, heard: Sequence[Heard], at: Instant) -> None:
        take = _Take()
        for one in heard:
            if one.device is not None:
                self._at_the_line(talk, one, at)
            self._keep(talk, one, at, take)
            take.reply += one.reply
            take.close |= one.close
            if one.note is not None:
                self._note(talk, one.note.reason, at)
                self.on_note(talk, one.note)
        reach("mapped")
        if not take.entries and not take.writes and not self._store.pending:
            self._answer(talk, item, take)
            return

        size = len(item) if isinstance(item, bytes) else 0

        def done(error: BaseException | None) -> None:
            self._read_on(talk, size)
            for place in take.places:
                self._under_way[place] -= 1
                if not self._under_way[place]:
                    del self._under_way[place]
            if error is None:
                reach("before-answer")
                self._answer(talk, item, take)
                self._tell(take, at)
            else:
                self._undo(talk, item, take)
            self._ease()

        relies = any(place in self._under_way for place in take.repeated | take.follows)
        self._under_way.update(take.places)
        self._store.append(take.entries, done, take.writes, relies=relies)
        if talk.held < HELD_BYTES <= talk.held + size:
            talk.line.pause()
        talk.held += size
        self._press_back()

    def ended(self, talk: Talk) -> None:
        """Its line is gone; the device may come back on another."""
        self.talks.discard(talk)
        for address in talk.addresses:
            if self.lines.get((talk.driver, address)) is talk:
                del self.lines[talk.driver, address]

    def say(self, place: Place, command: Command, at: Instant) -> Refused | None:
        """Put a command to a device, over the line it is heard on."""
        talk = self.lines.get(place)
        if talk is None:
            return Refused(f"{command.device}: not connected now")
        return talk.say(command, at)

    # --- one heard value

    def _keep(self, talk: Talk, heard: Heard, at: Instant, take: _Take) -> None:
        if not heard.events and heard.levels is None:
            return
        driver = talk.driver
        if heard.levels is None and not any(event.alarm for event in heard.events):
            self._keep_fresh(talk, heard, at, take)
            return
        touched = {(driver, e.device) for e in heard.events if e.kind is Kind.ALARM}
        if heard.levels is not None and heard.device is not None:
            touched.add((driver, heard.device))
        before = {place: self._repeats.levels.get(place, frozenset()) for place in touched}
        if heard.levels is not None and heard.device is not None:
            self.on_levels((driver, heard.device), heard.levels, at)
        self._keep_fresh(talk, heard, at, take)
        for place, was in before.items():
            now = self._repeats.levels.get(place, frozenset())
            if now != was or place in self._unsure:
                self._unsure.discard(place)
                take.levels.setdefault(place, was)
                take.writes.append(level_writer(*place, now))

    def _keep_fresh(self, talk: Talk, heard: Heard, at: Instant, take: _Take) -> None:
        fresh = self._repeats.fresh(heard, talk.driver)
        if len(fresh) < len(heard.events):
            take.repeated.update((talk.driver, event.device) for event in heard.events)
        for event, key in fresh:
            self._keep_one(talk, event, key, at, take)

    def _keep_one(self, talk: Talk, event: Event, key: int | None, at: Instant, take: _Take) -> None:
        who = self.identity(talk.driver, event.device, talk.profile)
        if sign_of_life(event):
            self._alive((talk.driver, event.device), talk, at)
        if key is not None:
            take.keys.append((key, event.kind is Kind.ALARM))
        if not who.registered:
            write = self.on_unknown((talk.driver, event.device), talk.profile, at, event.kind is Kind.ALARM)
            if write is not None:
                take.writes.append(write)
        how_bad = severity(event.alarm, who) if event.alarm is not None else ""
        if how_bad == IGNORE or (how_bad == TROUBLE and self.is_old_news(talk.driver, event, at)):
            return
        take.events.append((event, who))
        take.places.add((talk.driver, event.device))
        if how_bad == EMERGENCY and event.kind is Kind.ALARM:
            take.entries.append(self._emergency(talk, event, who, key, at, take))
        else:
            lane, body = self._mapper.event(event, who, at)
            take.entries.append(Entry(lane, body, key, event.kind is Kind.ALARM))
            take.follows.add((talk.driver, event.device))

    def _emergency(self, talk: Talk, event: Event, who: Identity, key: int | None, at: Instant, take: _Take) -> Entry:
        """A new alarm, or another press of one that is open: counted and sent as an update."""
        cause = event.alarm
        assert cause is not None
        test = event.test or (who.registered and self.is_test(who.id, at))
        if test != event.test:
            event = _as_test(event)
        alarm = self._book.of(who.id, cause, test=test)
        if alarm is None and not who.registered and self._book.strangers >= MAX_STRANGERS:
            who, event = _in_the_crowd(talk, who, event)
            alarm = self._book.of(who.id, cause, test=test)
        if alarm is not None:
            alarm.count += 1
            take.pressed.append(alarm)
            take.follows.add((alarm.driver, alarm.address))
            body = self._mapper.alarm_update(alarm.id, alarm.count, event, who, at)
            update = counter(alarm, at.utc.isoformat())
            return Entry(Lane.ALARM, body, key, alarm=True, also=update)
        new, body = self._mapper.alarm(event, who, at)
        # Our own time: deadlines count from here, also for an alarm the device had stored; its clock is in the event.
        alarm = Alarm(new, who.id, event.device, talk.driver, cause, test=test, raised_at=at.utc.isoformat())
        alarm.stranger = not who.registered
        self._book.add(alarm)
        take.alarms.append(alarm)
        return Entry(Lane.ALARM, body, key, alarm=True, also=inserter(alarm, self._store.era))

    def identity(self, driver: str, address: str, profile: str) -> Identity:
        """Whose it is; asked of the registry once."""
        who = self._identities.get((driver, address))
        if who is None:
            if len(self._identities) > HIGH_WATER:
                self._identities.clear()
            who = self._identities[driver, address] = self._who(driver, address, profile)
        return who

    def _at_the_line(self, talk: Talk, heard: Heard, at: Instant) -> None:
        """The newest login of an id wins; others of that id are closed."""
        address = heard.device
        assert address is not None
        place = (talk.driver, address)
        if all(sign_of_life(event) for event in heard.events):
            self._alive(place, talk, at)
        other = self.lines.get(place)
        if other is talk:
            return
        if other is None and len(self.lines) >= MAX_LINES:
            self._let_go(next(iter(self.lines)))
        self.lines[place] = talk
        talk.addresses.add(address)
        if other is not None and heard.login:
            other.line.close(f"{address} logged in again on {talk.line.name}")
        patience = self.patience_s(talk.profile, address)
        if patience is not None and talk.patient and isinstance(talk.line, ExpiringLine):
            talk.line.idle_after(patience if patience > 0 else math.inf)

    def _let_go(self, place: Place) -> None:
        """Of ids that were heard, the first gives way; it is known again with its next word."""
        self.lines.pop(place).addresses.discard(place[1])

    def _alive(self, place: Place, talk: Talk, at: Instant) -> None:
        self.last_heard[place] = at.monotonic_s
        self.heard_on[place] = talk.port

    # --- after the store

    def _answer(self, talk: Talk, item: Any, take: _Take) -> None:
        """It is on disk; but what repeats an alarm in memory is answered with that, after the centre's receipt."""
        held = {id(w): w for place in take.repeated if (w := self._in_memory.get(place)) is not None}
        if held:
            take.repeated.clear()
            _after(list(held.values()), partial(self._answer, talk, item, take))
            return
        if take.reply and not talk.over:
            talk.line.write(take.reply)
            reach_soon("after-answer")
        if item is not None:
            talk.line.settle(item)
        if take.close:
            talk.line.close("closed by the protocol")

    def _tell(self, take: _Take, at: Instant) -> None:
        self.stored += len(take.entries)
        for alarm in take.alarms:
            event = next(e for e, _ in take.events if e.device == alarm.address and e.alarm == alarm.cause)
            self.on_alarm(alarm, event)
        for alarm in take.pressed:
            self.on_press(alarm)
        if self.on_event is not None:
            for event, who in take.events:
                self.on_event(event, who, at)

    def _undo(self, talk: Talk, item: Any, take: _Take) -> None:
        """It is not on disk: as if it had not been heard, and the device will send it again.

        An alarm is held in memory if there is room, and answered once the centre has it.
        """
        if (take.alarms or take.pressed) and self._hold(talk, item, take):
            return
        self._repeats.forget(take.keys)
        for place, was in take.levels.items():
            # What came before it may have failed as well: too little counted as set costs a repeat, too much an alarm.
            self._repeats.set_levels(place, self._repeats.levels.get(place, frozenset()) & was)
            self._unsure.add(place)
        for alarm in take.alarms:
            self._book.drop(alarm)
        for alarm in take.pressed:
            alarm.count -= 1
        talk.line.close("not stored: the disk does not take it")

    def _hold(self, talk: Talk, item: Any, take: _Take) -> bool:
        """Keep it in memory, if there is room, until the centre has it."""
        waiting: list[Callable[[], None]] = [partial(self._answer, talk, item, take)]

        def received() -> None:
            for place in [p for p in take.places if self._in_memory.get(p) is waiting]:
                del self._in_memory[place]
            for answer in waiting:
                answer()

        if not self.on_unstored(take.entries, take.alarms, received):
            return False
        self._in_memory.update(dict.fromkeys(take.places, waiting))
        return True

    def _press_back(self) -> None:
        if not self._paused and self._store.pending > HIGH_WATER:
            self._paused = True
            for talk in self.talks:
                talk.line.pause()

    def _read_on(self, talk: Talk, size: int) -> None:
        if talk.held - size < HELD_BYTES <= talk.held and not self._paused:
            talk.line.resume()
        talk.held -= size

    def _ease(self) -> None:
        if self._paused and self._store.pending < LOW_WATER:
            self._paused = False
            for talk in self.talks:
                if talk.held < HELD_BYTES:
                    talk.line.resume()

    def _note(self, talk: Talk, reason: str, at: Instant) -> None:
        """Counted always, logged once a minute for each line's device."""
        name = next(iter(talk.addresses), talk.port)
        key = (name, reason) if len(self.notes) < MAX_NOTES else (talk.port, reason)
        self.notes[key] += 1
        if at.monotonic_s - self._noted_at.get(key, -math.inf) > NOTE_EVERY_S:
            self._noted_at[key] = at.monotonic_s
            log.warning("%s on %s: %s (%d so far)", name, talk.port, reason, self.notes[key])


def _apart(heard: list[Heard]) -> list[list[Heard]]:
    """Each alarm by itself: one that no disk takes is kept in memory, and must not take a position along."""
    if len(heard) < 2 or not any(event.kind is Kind.ALARM for one in heard for event in one.events):
        return [heard]
    groups: list[list[Heard]] = []
    alone = True
    for one in heard:
        alarm = any(event.kind is Kind.ALARM for event in one.events)
        if alarm or alone:
            groups.append([one])
        else:
            groups[-1].append(one)
        alone = alarm
    return groups


def _after(lists: list[list[Callable[[], None]]], answer: Callable[[], None]) -> None:
    """Call `answer` when all of these were called."""
    left = len(lists)

    def one() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            answer()

    for waiting in lists:
        waiting.append(one)


def sign_of_life(event: Event) -> bool:
    """Whether the device itself spoke: not what a broker had retained, nor its word that the device is gone."""
    if event.kind is Kind.AVAILABILITY and not event.attributes.get("online"):
        return False
    return not event.attributes.get("retained")


def _as_test(event: Event) -> Event:
    return replaced(event, test=True)


def _in_the_crowd(talk: Talk, who: Identity, event: Event) -> tuple[Identity, Event]:
    """Beyond the bound strangers share one alarm of their port; each press is counted and sent with its address."""
    crowd = Identity(f"unregistered-{talk.port}", who.profile, registered=False, severities=who.severities)
    return crowd, replaced(event, attributes={**event.attributes, "address": event.device})
