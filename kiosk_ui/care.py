"""Care for this screen from afar: it says how it is, and does what it is asked, unless somebody is here.

    care = Care(kiosk, local.ask, busy=..., memory=...)
    care.picture = lambda: png bytes            # of the glass as it is drawn
    care.restart = lambda: app.exit(0)          # the service manager starts it anew

A picture is refused as `personal` whenever somebody is in a session, whatever the page shows, and as `call` in a call.
Pages are counted by their names: never what they were about, never by whom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.leads import Place, Screen
from kiosk_ui.sending import KEPT, kept_name
from sync.contract.envelope import ContractError, decode
from sync.contract.screen_care import ScreenAnswer, ScreenAsked, ScreenState
from sync.unix_http import Answer

NEWS, TOLD, SHOT, ANSWERED = "screen", "screen-told", "screen-shot", "screen-answered"
EVERY_S = 30.0
RESTART_S = 2.0
"""So long a restart waits for its answer to be taken."""


class Care:
    """Registers what it counts and what it hears."""

    def __init__(
        self,
        kiosk: Kiosk,
        ask: Callable[[str, str, str, object, str], None],
        busy: Callable[[], bool],
        memory: Callable[[], int] = lambda: 0,
    ) -> None:
        self.picture: Callable[[], bytes] = bytes
        self.restart: Callable[[], None] = lambda: None
        self.opened: Counter[str] = Counter()
        """Stays when a session ends: there is nobody in it."""
        self._kiosk, self._flow, self._ask = kiosk, kiosk.flow, ask
        self._busy, self._memory = busy, memory
        self._began: float | None = None
        self._next = 0.0
        self._shot_for = ""
        self._restart_at: float | None = None
        self._flow.on_show.append(self._shown)
        kiosk.ticks.append(self.tick)
        kiosk.hears |= {NEWS: self._asked, SHOT: self._shot, ANSWERED: self._answered}

    def _shown(self, place: Place, _at: float) -> None:
        if place.screen is not Screen.NIGHT:
            self.opened[place.screen.value] += 1

    def tick(self, at: float) -> None:
        """Say how it is, every 30 s."""
        self._began = at if self._began is None else self._began
        if self._kiosk.box.gateway and at >= self._next:
            self._next = at + EVERY_S
            self._ask(TOLD, "PUT", "screen", self.state(at), "")
        if self._restart_at is not None and at >= self._restart_at:
            self._restart_now()

    def state(self, at: float) -> ScreenState:
        """How it is now."""
        status = self._kiosk.box.status
        return ScreenState(
            page=self._flow.place.screen.value,
            busy=self._flow.begun,
            content=self._kiosk.box.contents.newest.version,
            version=status.versions.linli if status is not None else "",
            memory_mb=self._memory(),
            up_s=int(at - (at if self._began is None else self._began)),
            opened=dict(self.opened),
        )

    # --- what is asked

    @property
    def refusal(self) -> str:
        """Why nobody may look now; empty: they may."""
        return "call" if self._busy() else "personal" if self._flow.begun else ""

    def _asked(self, news: object, at: float) -> None:
        try:
            asked = decode(news if isinstance(news, bytes) else b"", ScreenAsked)
        except ContractError:
            return
        match asked.do:
            case "screenshot":
                self._screenshot(asked.id)
            case "home" | "restart" if self._busy():
                self._say(asked.id, ScreenAnswer(refused="call"))
            case "home":
                self._flow.end()
                self._say(asked.id, ScreenAnswer())
            case "restart":
                self._restart_at = at + RESTART_S
                self._say(asked.id, ScreenAnswer())

    def _screenshot(self, asked: str) -> None:
        if refused := self.refusal:
            self._say(asked, ScreenAnswer(refused=refused))
        elif content := self.picture():
            self._shot_for = asked
            self._ask(SHOT, "PUT", "blob", content, "")
        else:
            self._say(asked, ScreenAnswer(refused="nothing is drawn"))

    def _shot(self, news: object, _at: float) -> None:
        asked, self._shot_for = self._shot_for, ""
        found = kept_name(news.content) if isinstance(news, Answer) and news.status == KEPT else ""
        if asked:
            self._say(asked, ScreenAnswer(picture=found) if found else ScreenAnswer(refused="not kept"))

    def _say(self, asked: str, answer: ScreenAnswer) -> None:
        self._ask(ANSWERED, "POST", f"screen/{quote(asked, safe='')}", answer, "")

    def _answered(self, _news: object, _at: float) -> None:
        if self._restart_at is not None:
            self._restart_now()

    def _restart_now(self) -> None:
        self._restart_at = None
        if not self._busy():
            self.restart()


def memory_mb(statm: str = "/proc/self/statm", page: int = 4096) -> int:
    """What this process holds; 0 where nobody says."""
    try:
        return int(Path(statm).read_text("ascii").split()[1]) * page >> 20
    except (OSError, IndexError, ValueError):
        return 0
