"""Neighbours: join an activity, propose one, ask for help or offer it, answer a poll. No Qt.

    neighbours = Neighbours(kiosk, keys, sending, printing)

Nothing of it is shown to others before somebody at the office has approved it, and the screens say so. A ballot has a
random number and no person.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from kiosk_ui import neighbours_view as view
from kiosk_ui.content import told
from kiosk_ui.keys import Keys
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Place, Screen
from kiosk_ui.neighbours_view import KINDS, MOST_PEOPLE, ended
from kiosk_ui.neighbours_visit import NeighboursVisit
from kiosk_ui.outgoing import Letter, State
from kiosk_ui.screens import Shows
from kiosk_ui.sending import Sending
from kiosk_ui.slip import Printing, slip
from kiosk_ui.words import Words
from sync.contract import case_number
from sync.contract.services import Activity
from sync.contract.slip import Slip

SIGNUP, PROPOSAL, VOTE = "signup", "proposal", "vote"
SHORTEST, LONGEST = 7, 12
MOST_TITLE, MOST_WORDS = 40, 300
PHRASES = 6


def purpose(kind: str) -> str:
    """Under which the words of a proposal are written."""
    return f"propose-{kind}"


class Neighbours:
    """Registers the screens and what their controls do."""

    def __init__(self, kiosk: Kiosk, keys: Keys, sending: Sending, printing: Printing) -> None:
        self.mint: Callable[[], str] = case_number.mint
        self.ballot: Callable[[], str] = lambda: os.urandom(16).hex()
        self._kiosk, self._flow = kiosk, kiosk.flow
        self._keys, self._sending = keys, sending
        kiosk.screens |= {
            Screen.ACTIVITIES: Shows("Entries", view.activities),
            Screen.ACTIVITY: Shows("Reading", view.activity),
            Screen.JOIN_PEOPLE: Shows("Choices", view.people),
            Screen.PROPOSE: Shows("Choices", view.propose),
            Screen.NEIGHBOUR_PHONE: Shows("KeysPad", lambda scene: view.phone(scene, self._visit)),
            Screen.NEIGHBOUR_SENT: Shows("SlipPage", lambda scene: view.sent(scene, self._visit)),
            Screen.POLLS: Shows("Entries", view.polls),
            Screen.POLL: Shows("Choices", lambda scene: view.poll(scene, self._visit)),
            Screen.POLL_RESULTS: Shows("PollResults", view.results),
        }
        self._flow.deeds |= {
            "join": self._join,
            "join-people": self._people,
            "propose-kind": self._propose,
            "neighbour-digit": self._digit,
            "neighbour-erase": self._erase,
            "neighbour-send": self._send,
            "poll-answer": self._answer,
        }
        for kind in KINDS:
            phrases = partial(_phrases, kind)
            title = f"neighbours.write_{kind.replace('-', '_')}"
            keys.purpose(purpose(kind), title, self._written, most=MOST_WORDS, phrases=phrases)
        printing.offer(Screen.NEIGHBOUR_SENT, self._slip)

    @property
    def _visit(self) -> NeighboursVisit:
        return self._flow.session.neighbours

    def _of(self, activity: str) -> Activity | None:
        return self._kiosk.box.contents.newest.activities.get(activity)

    # --- join

    def _join(self, activity: str, _at: float) -> None:
        found = self._of(activity)
        if found is None:
            return
        self._begin(activity=activity)
        screen = Screen.JOIN_PEOPLE if found.kind == KINDS[0] else Screen.NEIGHBOUR_PHONE
        self._flow.show(Place(screen))

    def _people(self, count: str, _at: float) -> None:
        if count.isascii() and count.isdecimal() and 1 <= int(count[:3]) <= MOST_PEOPLE:
            self._visit.people = int(count[:3])
            self._flow.show(Place(Screen.NEIGHBOUR_PHONE))

    # --- propose

    def _propose(self, kind: str, _at: float) -> None:
        if kind in KINDS:
            self._begin(kind=kind)
            self._flow.show(Place(Screen.WRITE, purpose(kind)))

    def _written(self, _at: float) -> None:
        if self._keys.text(purpose(self._visit.kind)):
            self._flow.show(Place(Screen.NEIGHBOUR_PHONE))

    def _begin(self, activity: str = "", kind: str = "") -> None:
        """Another wish; ballots and a telephone that was told already stay."""
        old = self._visit
        self._flow.session.neighbours = NeighboursVisit(activity=activity, kind=kind, phone=old.phone, votes=old.votes)
        self._flow.session.slip.said = ""

    # --- telephone, and off it goes

    def _digit(self, digit: str, _at: float) -> None:
        if len(digit) == 1 and digit.isascii() and digit.isdecimal():
            self._visit.phone = (self._visit.phone + digit)[:LONGEST]
            self._visit.said = ""

    def _erase(self, _argument: str, _at: float) -> None:
        self._visit.phone, self._visit.said = self._visit.phone[:-1], ""

    def _send(self, _argument: str, at: float) -> None:
        visit = self._visit
        if len(visit.phone) < SHORTEST:
            visit.said = "neighbours.phone_short"
            return
        if visit.letter is None or visit.letter.state is State.REFUSED:
            visit.number = self.mint()
            visit.letter = self._proposal(visit) if visit.kind else self._signup(visit)
        self._flow.show(Place(Screen.NEIGHBOUR_SENT))
        self._sending.send(visit.letter, at, self._kept)

    def _signup(self, visit: NeighboursVisit) -> Letter:
        form = {
            "number": visit.number,
            "activity": visit.activity,
            "phone": visit.phone,
            "people": visit.people,
        }
        return Letter(SIGNUP, dict(form))

    def _proposal(self, visit: NeighboursVisit) -> Letter:
        words = self._keys.text(purpose(visit.kind))
        title = words.replace("。", "，").split("，")[0][:MOST_TITLE]
        form = {
            "number": visit.number,
            "kind": visit.kind,
            "title": title,
            "words": words,
            "phone": visit.phone,
            "when": "",
        }
        return Letter(PROPOSAL, dict(form))

    def _kept(self, letter: Letter, _at: float) -> None:
        """What was written has gone with it."""
        visit = self._visit
        if visit.letter is letter and letter.state is State.KEPT and visit.kind:
            self._keys.forget(purpose(visit.kind))

    def _slip(self, words: Words) -> Slip | None:
        visit, found = self._visit, self._of(self._visit.activity)
        if visit.letter is None or visit.letter.state is not State.KEPT:
            return None
        head = words.say("neighbours.slip_proposal" if visit.kind else "neighbours.slip_signup")
        lines = [words.say("neighbours.moderated")] if visit.kind else []
        if found is not None:
            lines = [told(found.title, words.language), found.starts.replace("T", " ")[:16]]
            lines.append(told(found.place, words.language))
        number = case_number.shown(visit.number)
        return slip(head, number, [line.replace("\n", " ") for line in lines], number)

    # --- polls

    def _answer(self, answer: str, at: float) -> None:
        place, visit = self._flow.place, self._visit
        found = self._kiosk.box.contents.newest.polls.get(place.subject)
        if found is None or ended(found) or found.id in visit.votes:
            return
        if not (answer.isascii() and answer.isdecimal() and int(answer[:3]) < len(found.answers)):
            return
        chosen = int(answer[:3])
        letter = Letter(VOTE, {"poll": found.id, "answer": chosen, "ballot": self.ballot()})
        visit.votes[found.id] = (chosen, letter)
        self._sending.send(letter, at, lambda _letter, _at: None)


def _phrases(kind: str, words: Words) -> list[str]:
    name = kind.replace("-", "_")
    return [words.say(f"neighbours.{name}_{n}") for n in range(1, PHRASES + 1)]
