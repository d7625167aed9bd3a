"""Something a resident sends off: first its files, then itself, again and again until the gateway has it on disk.

    sending = Sending(kiosk, local.ask)
    sending.send(letter, at, then)              # `then(letter, at)` once it is kept or refused

A letter belongs to the session: when that ends, nothing of it stays here, and an answer that comes later is nobody's.
Its key is made with it, so that the gateway keeps it once however often it is sent, also over a restart of its own.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Failed
from kiosk_ui.outgoing import Letter, State
from sync.contract.envelope import ContractError, Struct, decode
from sync.unix_http import Answer

Ask = Callable[[str, str, str, object, str], None]
"""name of the answer, method, target, message, key: `kiosk_ui.local.Local.ask`."""

AGAIN_S = 2.0
KEPT, KEY_REUSED = 201, 409
REFUSALS = frozenset({400, 404, 413, 415, 422})


class _Submitted(Struct, frozen=True):
    id: str


class _FileKept(Struct, frozen=True):
    sha256: str


Then = Callable[[Letter, float], None]


class Sending:
    """Everything of one kiosk that is under way."""

    def __init__(self, kiosk: Kiosk, ask: Ask) -> None:
        self._kiosk, self._ask = kiosk, ask
        self._under_way: dict[str, tuple[Letter, Then]] = {}
        kiosk.ticks.append(self._tick)
        kiosk.flow.on_end.append(self._forget)

    def send(self, letter: Letter, at: float, then: Then) -> None:
        """Until it is kept. One that is under way or kept is not sent twice."""
        if letter.key in self._under_way or letter.state is State.KEPT:
            return
        self._under_way[letter.key] = letter, then
        self._kiosk.hears[letter.name] = lambda news, at: self._answered(letter, news, at)
        letter.state = State.SENDING
        self._next(letter, at)

    def without_files(self, letter: Letter, at: float) -> None:
        """The gateway has no room for them: what was said goes alone."""
        letter.left_out += len(letter.files)
        letter.files.clear()
        if letter.state is State.FAILED and letter.key in self._under_way:
            self._next(letter, at)

    def _next(self, letter: Letter, _at: float) -> None:
        letter.again_at = None
        if letter.files:
            self._ask(letter.name, "PUT", "blob", letter.files[0], "")
            return
        message = {"kind": letter.kind, "form": letter.form, "blobs": letter.hashes}
        self._ask(letter.name, "POST", "events", message, letter.key)

    def _answered(self, letter: Letter, news: object, at: float) -> None:
        status = news.status if isinstance(news, Answer) else 0
        content = news.content if isinstance(news, Answer) else b""
        if not isinstance(news, Answer | Failed) or letter.state is State.KEPT:
            return
        if letter.files:
            self._file_answered(letter, status, content, at)
        elif status in (KEPT, KEY_REUSED):  # the key was used: an answer that did not arrive had said that it is kept
            letter.id = _id(content) if status == KEPT else ""
            self._end(letter, State.KEPT, at)
        elif status in REFUSALS:
            self._end(letter, State.REFUSED, at)
        else:
            letter.state, letter.again_at = State.FAILED, at + AGAIN_S

    def _file_answered(self, letter: Letter, status: int, content: bytes, at: float) -> None:
        if status == KEPT and (name := kept_name(content)):
            letter.hashes.append(name)
            del letter.files[0]
        elif status in REFUSALS:
            del letter.files[0]
            letter.left_out += 1
        else:
            letter.state, letter.again_at = State.FAILED, at + AGAIN_S
            return
        self._next(letter, at)

    def _end(self, letter: Letter, state: State, at: float) -> None:
        letter.state = state
        letter.form, letter.files = {}, []
        _, then = self._under_way.pop(letter.key)
        self._kiosk.hears.pop(letter.name, None)
        then(letter, at)

    def _tick(self, at: float) -> None:
        for letter, _ in list(self._under_way.values()):
            if letter.again_at is not None and at >= letter.again_at:
                self._next(letter, at)

    def _forget(self) -> None:
        for letter, _ in self._under_way.values():
            self._kiosk.hears.pop(letter.name, None)
        self._under_way.clear()


def _id(content: bytes) -> str:
    try:
        return decode(content, _Submitted).id
    except ContractError:
        return ""


def kept_name(content: bytes) -> str:
    """The name under which the gateway says that it keeps a file; empty: it does not say."""
    try:
        return decode(content, _FileKept).sha256
    except ContractError:
        return ""
