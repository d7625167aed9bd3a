"""Call signalling of the kiosk's call engine: up by POST, down by a stream. Never in the live ring, never logged."""

from __future__ import annotations

from edge.api.listening import heard_from
from edge.api.parts import Parts
from edge.api.refusal import Refused, Words, wrong
from edge.api.web import Ask, Reply
from edge.calls import MAX_SIGNAL, SignalError
from sync.mqtt import NotConnected

MAX_LISTENERS = 8


class CallingApi:
    """Handlers."""

    def __init__(self, parts: Parts) -> None:
        self._calls = parts.gateway.down.calls

    async def send(self, ask: Ask) -> Reply:
        """One signal to the office: 202 when it is on the line, 503 `offline` at once when there is no line."""
        payload = await ask.content(MAX_SIGNAL)
        try:
            self._calls.send(ask.names["id"], payload)
        except NotConnected:
            said = Words("there is no line to the office", "与街道办的线路中断")
            raise Refused(503, "offline", said) from None
        except SignalError as error:
            raise wrong(str(error), "信令不符合要求") from None
        return Reply(202)

    async def listen(self, _: Ask) -> Reply:
        """Signals from the office, a JSON line `{"call", "signal"}` each; it ends for who is too slow."""
        return heard_from(self._calls.down, MAX_LISTENERS, "信令连接数已满")
