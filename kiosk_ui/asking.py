"""Questions to the centre: one at a time each, answered, refused, or nobody could be asked.

    asking = Asking(kiosk, local.ask)
    asking.ask("my-case", {"number": "482109376"}, then)   # then(Reply(...), at)

Whoever asked may have gone when the answer comes: then it is nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk_ui.asked import Reply
from kiosk_ui.kiosk import Kiosk
from kiosk_ui.local import Failed
from sync.contract import messages
from sync.contract.envelope import ContractError, decode
from sync.contract.messages import Outcome, Scalar
from sync.unix_http import Answer

Ask = Callable[[str, str, str, object, str], None]
TIMEOUT_S = 5.0
"""The gateway waits so long for the centre; a person at the glass not longer."""


Then = Callable[[Reply, float], None]


class Asking:
    """Everything of one kiosk that is being asked."""

    def __init__(self, kiosk: Kiosk, ask: Ask) -> None:
        self._kiosk, self._ask = kiosk, ask
        self._count = 0
        self._open: set[str] = set()
        kiosk.flow.on_end.append(self._forget)

    def ask(self, query: str, arguments: Mapping[str, Scalar], then: Then) -> None:
        """Once; `then` is called unless the session ends before."""
        self._count += 1
        name = f"asked-{query}-{self._count}"

        def heard(news: object, at: float) -> None:
            if isinstance(news, Answer | Failed):
                self._kiosk.hears.pop(name, None)
                self._open.discard(name)
                then(reply(news), at)

        self._open.add(name)
        self._kiosk.hears[name] = heard
        self._ask(name, "POST", f"questions/{query}", {"arguments": dict(arguments), "timeout_s": TIMEOUT_S}, "")

    def _forget(self) -> None:
        for name in self._open:
            self._kiosk.hears.pop(name, None)
        self._open.clear()


def reply(news: Answer | Failed) -> Reply:
    """What the gateway's answer means. Anything unexpected is nobody."""
    if isinstance(news, Failed) or news.status != 200:
        return Reply(away=True)
    try:
        answer = decode(news.content, messages.Answer)
    except ContractError:
        return Reply(away=True)
    why = answer.result.get("why")
    return Reply(
        done=answer.outcome is Outcome.DONE,
        result=answer.result,
        why=why if isinstance(why, str) else "",
        reason=answer.reason,
    )
