"""A gateway for the screen's tests: takes what is asked, and answers when it is told to, as the local API does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Failed
from sync.contract.envelope import encode
from sync.contract.messages import Answer as Told
from sync.contract.messages import Outcome
from sync.unix_http import Answer

Question = Callable[[Mapping[str, Any]], Told]


@dataclass
class Asked:
    """One request of the screen."""

    name: str
    method: str
    target: str
    message: Any
    key: str


@dataclass
class FakeGateway:
    """`there` False: its socket does not answer. `kept` is what it has on disk, by Idempotency-Key."""

    kiosk: Kiosk
    there: bool = True
    disk: bool = True
    printer: str = ""
    """Why it does not print; empty: it does."""
    waiting: list[Asked] = field(default_factory=list)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    slips: list[Any] = field(default_factory=list)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)

    def ask(self, name: str, method: str, target: str, message: object = None, key: str = "") -> None:
        """`Local.ask`."""
        self.waiting.append(Asked(name, method, target, message, key))

    def answer(self, at: float) -> int:
        """Everything that was asked until now, in order; how many there were."""
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            self.kiosk.heard(one.name, self._answer(one), at)
        return len(waiting)

    def settle(self, at: float) -> None:
        """Until nothing more is asked."""
        while self.answer(at):
            pass

    def _answer(self, one: Asked) -> Answer | Failed:
        if not self.there:
            return Failed("nobody")
        if one.target == "blob":
            return self._blob(one.message)
        if one.target == "events":
            return self._event(one)
        if one.target == "print":
            return self._print(one.message)
        query = one.target.removeprefix("questions/")
        if query in self.questions and self.kiosk.box.online:
            self.asked.append((query, one.message["arguments"]))
            return said(200, self.questions[query](one.message["arguments"]))
        return said(503, {"error": "offline"})

    def _blob(self, content: bytes) -> Answer:
        if not self.disk:
            return said(503, {"error": "no-room"})
        name = hashlib.sha256(content).hexdigest()
        self.files[name] = content
        return said(201, {"sha256": name, "size": len(content)})

    def _event(self, one: Asked) -> Answer:
        wish = json.loads(encode(one.message))
        known = self.kept.get(one.key)
        if known is not None and known["wish"] != wish:
            return said(409, {"error": "key-reused"})
        self.kept.setdefault(one.key, {"wish": wish, "id": f"event-{len(self.kept) + 1}"})
        return said(201, {"id": self.kept[one.key]["id"], "at": "2026-11-23T09:00:00+08:00"})

    def _print(self, message: object) -> Answer:
        if self.printer:
            return said(503, {"error": self.printer})
        self.slips.append(message)
        return Answer(204, b"")

    def forms(self, kind: str) -> list[dict[str, Any]]:
        """What is on disk of that kind."""
        return [one["wish"]["form"] for one in self.kept.values() if one["wish"]["kind"] == kind]


def said(status: int, body: object) -> Answer:
    return Answer(status, encode(body))


def done(**result: Any) -> Told:
    return Told(id="q", outcome=Outcome.DONE, result=result)


def refused(why: str, reason: str = "") -> Told:
    return Told(id="q", outcome=Outcome.REFUSED, reason=reason, result={"why": why} if why else {})
