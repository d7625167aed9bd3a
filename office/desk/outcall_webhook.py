"""Phoning out by a webhook: a signed POST (see `webhook`) to a service that sends messages or calls people.

The body is `{"id", "reason", "text", "numbers"}`.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from office.desk.outcall import OutcallError
from office.desk.webhook import NotTakenError, RefusedError, Webhook

PAUSES_S = (1.0, 3.0, 8.0)


class WebhookOutcall:
    """One address. `pauses_s` between tries; `context` None: the system's certificates."""

    def __init__(
        self,
        url: str,
        secret: bytes,
        *,
        context: ssl.SSLContext | None = None,
        pauses_s: Sequence[float] = PAUSES_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._webhook = Webhook(url, secret, context, clock)
        self.name = f"webhook to {self._webhook.host}"
        self._pauses_s = pauses_s

    async def ring(self, reason: str, text: str, numbers: Sequence[str]) -> None:
        """Outcall: a first try and one after each pause."""
        call = str(uuid4())
        body = json.dumps(
            {"id": call, "reason": reason, "text": text, "numbers": list(numbers)}, ensure_ascii=False
        ).encode()
        last = "not tried"
        for pause_s in (0.0, *self._pauses_s):
            await asyncio.sleep(pause_s)
            try:
                await self._webhook.post(call, body)
            except RefusedError as error:
                raise OutcallError(f"{self.name}: {error}") from None
            except NotTakenError as error:
                last = str(error)
            else:
                return
        raise OutcallError(f"{self.name}: {last}")
