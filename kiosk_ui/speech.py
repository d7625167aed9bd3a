"""Reading aloud: what is spoken is what is shown. No Qt, no sound card.

    speech = Speech(kiosk, speaker, busy)
    speech.glass = lambda: [Piece(...), ...]    # the words on the glass as they are drawn now
    speech.announce("...")                      # said by itself: the countdown, an emergency notice
    speech.urgent("...")                        # likewise, also while a call is only being set up: an SOS

One thing is said at a time, the newest. A touch silences at once; what the finger meant then decides whether it goes on
(louder) or is over (everything else). What is typed on a pad is never said: somebody else may hear it. Words that were
spoken at the centre are played as they were spoken there, if exactly those words are on the glass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.words import Words

NEWS = "speaking"
HOLD = "reading"
STEP_DB, MOST_DB = 6.0, 18.0
MEANT_S = 1.5
"""So long after a touch it may still turn out that the finger wanted it louder."""
SAME_LINE = 0.6
"""Of a text's height: what stands so near to each other's top is read from left to right."""
UNSAID = frozenset({"digit", "erase", "enter", "key", "keys-back", "keys-put", "keys-choose", "keys-more", "turn"})
"""Keys of pads and keyboards, and the pager."""
JOINER = "\u2060"
PAUSES = "，。\n "


@dataclass(frozen=True, slots=True)
class Piece:
    """A text on the glass. Texts of one `owner` (a control) are said together; 0: it stands alone."""

    text: str
    x: float
    y: float
    high: float
    owner: int = 0
    control: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """To be said. `sounds`: words of `text` that were spoken at the centre, with the hash of the sound."""

    text: str
    language: str
    sounds: tuple[tuple[str, str], ...] = ()

    def parts(self) -> Iterator[tuple[str, str]]:
        """In the order of the text, the whole of it once: words, and their sound or nothing."""
        rest = self.text
        for _, words, sound in sorted((rest.find(words), words, sound) for words, sound in self.sounds):
            before, found, after = rest.partition(words)
            if found:
                if between := before.strip(PAUSES):
                    yield between, ""
                yield words, sound
                rest = after
        if rest := rest.strip(PAUSES):
            yield rest, ""


class Speaking(Protocol):
    """Who says it, on a thread of their own. Tells `hears["speaking"]` True or False as it begins and ends."""

    def say(self, utterance: Utterance, gain_db: float) -> None:
        """Instead of what is said now."""

    def hush(self) -> None:
        """Silent within 200 ms; `go_on` is still possible."""

    def go_on(self, gain_db: float) -> None:
        """From where it was hushed."""

    def stop(self) -> None:
        """Silent, and forget it."""


class Mute:
    """A box without a loudspeaker."""

    def say(self, utterance: Utterance, gain_db: float) -> None:
        """See `Speaking`."""

    def hush(self) -> None:
        """See `Speaking`."""

    def go_on(self, gain_db: float) -> None:
        """See `Speaking`."""

    def stop(self) -> None:
        """See `Speaking`."""


def spoken(pieces: Iterable[Piece], unsaid: Iterable[str] = ()) -> str:
    """In the order of reading: from the top, each control whole, left to right within a line."""
    hidden = {text for text in unsaid if text}
    said = [one for one in pieces if one.control not in UNSAID and one.text.strip() and one.text not in hidden]
    owners = sorted({one.owner for one in said if one.owner})
    alone = [[one] for one in said if not one.owner]
    groups = [*alone, *([one for one in said if one.owner == owner] for owner in owners)]
    sentences = ["，".join(_clean(one.text) for one in _ordered(group)) for group in _lines(groups)]
    return "。\n".join(sentence for sentence, _ in groupby(sentences))


def _lines(groups: list[list[Piece]]) -> list[list[Piece]]:
    """Groups whose tops are level stand beside each other."""
    left = sorted(groups, key=lambda group: (_top(group), _left(group)))
    found: list[list[Piece]] = []
    while left:
        first = left[0]
        level = [one for one in left if _top(one) - _top(first) <= SAME_LINE * first[0].high]
        found += sorted(level, key=_left)
        left = [one for one in left if one not in level]
    return found


def _ordered(group: list[Piece]) -> list[Piece]:
    return sorted(group, key=lambda one: (one.y, one.x))


def _top(group: Sequence[Piece]) -> float:
    return min(one.y for one in group)


def _left(group: Sequence[Piece]) -> float:
    return min(one.x for one in group)


def _clean(text: str) -> str:
    """Lines become pauses; what only helps to break lines is not said."""
    return "，".join(part.strip(" 。，") for part in text.replace(JOINER, "").splitlines() if part.strip(" 。，"))


class Speech:
    """Registers `read`, `read-card` and `read-louder` at a kiosk. `talks`: over whoever speaks nothing is said."""

    def __init__(
        self, kiosk: Kiosk, speaker: Speaking, busy: Callable[[], bool], talks: Callable[[], bool] | None = None
    ) -> None:
        self.held: Callable[[], bool] = lambda: False
        """A finger is on something that it shall stay on: it does not silence what tells it so."""
        self.glass: Callable[[], Sequence[Piece]] = list
        self.able = True
        """There is a voice and something to play it on."""
        self._kiosk, self._flow, self._speaker = kiosk, kiosk.flow, speaker
        self._busy, self._talks = busy, talks or busy
        self._said_of: int | None = None
        """The visit whose words are read; None: nothing is, or something that no screen ends."""
        self._hushed_at: float | None = None
        self._counting = False
        self._sounds = self._urgent = False
        self._card = ""
        """Which block alone is read; empty: none."""
        self._flow.deeds |= {"read": self._read, "read-card": self._read_card, "read-louder": self._louder}
        self._flow.on_touch.append(self._touched)
        self._flow.on_end.append(self._ended)
        kiosk.hears[NEWS] = self._heard
        kiosk.ticks.append(self.tick)
        self._show()

    @property
    def sounds(self) -> bool:
        """Something is being said."""
        return self._sounds

    def announce(self, text: str | None) -> None:
        """Say it without having been asked; None: be silent."""
        self._stop()
        if text is not None and self._can:
            self._begin(Utterance(text, self._flow.session.language))

    def urgent(self, text: str) -> None:
        """Say it although a call is being set up; not over somebody who speaks."""
        if self.able and not self._talks():
            self._stop()
            self._urgent = True
            self._begin(Utterance(text, self._flow.session.language))

    def tick(self, at: float) -> None:
        """Nothing is read that is no longer shown; the countdown is said once."""
        hushed_long = self._hushed_at is not None and at - self._hushed_at > MEANT_S
        gone = self._said_of is not None and self._said_of != self._flow.visit
        busy = self._talks() if self._urgent else self._busy()
        if self._sounds and (hushed_long or gone or busy):
            self._stop()
        counts = self._flow.countdown(at)
        if counts is not None and not self._counting:
            say = Words(self._flow.session.language).say
            self.announce(f"{say('bar.still_here')}。{say('bar.ends_in', n=counts)}")
        self._counting = counts is not None
        self._show()

    # --- deeds

    def _read(self, _argument: str, _at: float) -> None:
        if self._sounds:
            self._stop()
            return
        if not self._can:
            return
        typed = str(self._kiosk.texts_shown().get("typed", ""))
        text = spoken(self.glass(), (self._flow.session.typed, typed))
        if text:
            self._read_out(text)

    def _read_card(self, number: str, _at: float) -> None:
        """One block of what is to be read; a second tap on the same ends it."""
        again = self._sounds and number == self._card
        if self._sounds:
            self._stop()
        rows = [row for row in self._kiosk.view_shown().rows if not row.control]
        found = next((row for row in rows if row.argument == number), None)
        if found is not None and not again and self._can:
            parts = (_clean(part) for part in (found.title, found.detail))
            self._read_out("。\n".join(part for part in parts if part))
            self._card = number

    def _read_out(self, text: str) -> None:
        """Of the screen in front, and over with it."""
        spoken_there = ((_clean(words), sound) for words, sound in self._kiosk.view_shown().sounds.items())
        sounds = tuple((words, sound) for words, sound in spoken_there if words and sound and words in text)
        self._said_of = self._flow.visit
        self._flow.holds.add(HOLD)
        self._begin(Utterance(text, self._flow.session.language, sounds))

    def _louder(self, _argument: str, _at: float) -> None:
        """Up to the loudest, then back to normal."""
        session = self._flow.session
        session.gain_db = session.gain_db + STEP_DB if session.gain_db + STEP_DB <= MOST_DB else 0.0
        if self._sounds:
            self._hushed_at = None
            self._speaker.go_on(session.gain_db)

    def _touched(self, at: float) -> None:
        if self._sounds and self._hushed_at is None and not self.held():
            self._hushed_at = at
            self._speaker.hush()

    # --- beginning and end

    @property
    def _can(self) -> bool:
        return self.able and not self._busy()

    def _begin(self, utterance: Utterance) -> None:
        self._sounds, self._hushed_at = True, None
        self._speaker.say(utterance, self._flow.session.gain_db)
        self._show()

    def _stop(self) -> None:
        self._speaker.stop()
        self._over()

    def _over(self) -> None:
        self._sounds, self._said_of, self._hushed_at = False, None, None
        self._urgent, self._card = False, ""
        self._flow.holds.discard(HOLD)
        self._show()

    def _ended(self) -> None:
        self._counting = False
        self._stop()

    def _heard(self, news: object, _at: float) -> None:
        if news is False and self._sounds:
            self._over()

    def _show(self) -> None:
        self._kiosk.speech = "sounds" if self._sounds else "silent" if self._can else "never"
