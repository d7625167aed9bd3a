"""Questions of a kiosk to the centre: my case, free slots, who is there. In memory only; a person waits for the answer.

The centre answers by id. Whatever cannot be answered is said at once: the line is down, nobody listens, too much is
asked already. What was asked, and what was answered, is never logged.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sync.contract import topics
from sync.contract.envelope import encode
from sync.contract.messages import Answer, Question, Scalar
from sync.link import Link
from sync.mqtt import PUBACK_NOBODY, PUBACK_OK, NotConnected

TIMEOUT_S = 10.0
MAX_TIMEOUT_S = 60.0
MAX_PENDING = 100
MAX_QUESTION = 16 * 1024
"""Bytes of a question as it is sent."""

_QUERY = re.compile(r"[a-z][a-z0-9-]{0,40}")


class Why(StrEnum):
    """Why there is no answer."""

    OFFLINE = "offline"
    NOBODY = "nobody-listens"
    BUSY = "too-many-questions"
    TIMEOUT = "no-answer"
    WRONG = "not-a-question"


class NotAnsweredError(LookupError):
    """There is no answer; `why` says which words to show."""

    def __init__(self, why: Why, text: str) -> None:
        super().__init__(text)
        self.why = why


@dataclass(slots=True)
class _Pending:
    future: asyncio.Future[Answer]
    at_broker: bool = False


class Questions:
    """What is asked and not answered."""

    def __init__(self, gateway: str, link: Link, new_id: Callable[[float], str]) -> None:
        self._gateway, self._link, self._new_id = gateway, link, new_id
        self._pending: dict[str, _Pending] = {}

    @property
    def pending(self) -> int:
        """How many wait for an answer."""
        return len(self._pending)

    async def ask(self, query: str, arguments: Mapping[str, Scalar], timeout_s: float = TIMEOUT_S) -> Answer:
        """The centre's answer, also when it refuses. Raises NotAnsweredError."""
        if not _QUERY.fullmatch(query):
            raise NotAnsweredError(Why.WRONG, "a query is named by a word such as `free-slots`")
        if len(self._pending) >= MAX_PENDING:
            raise NotAnsweredError(Why.BUSY, f"{MAX_PENDING} questions wait for their answers already")
        question = Question(id=self._new_id(time.time()), arguments=dict(arguments))
        payload = encode(question)
        if len(payload) > MAX_QUESTION:
            raise NotAnsweredError(Why.WRONG, f"a question has at most {MAX_QUESTION} bytes, not {len(payload)}")
        pending = _Pending(asyncio.get_running_loop().create_future())
        self._pending[question.id] = pending
        try:
            timeout_s = min(max(timeout_s, 0.01), MAX_TIMEOUT_S)
            self._send(query, question.id, payload, pending, timeout_s)
            async with asyncio.timeout(timeout_s):
                return await pending.future
        except NotConnected:
            raise NotAnsweredError(Why.OFFLINE, "the line to the centre is down") from None
        except TimeoutError:
            raise NotAnsweredError(Why.TIMEOUT, f"the centre did not answer within {timeout_s:g} s") from None
        finally:
            del self._pending[question.id]

    def _send(self, query: str, question_id: str, payload: bytes, pending: _Pending, timeout_s: float) -> None:
        def done(code: int) -> None:
            if code == PUBACK_OK:
                pending.at_broker = True
            elif code == PUBACK_NOBODY:
                _fail(pending, Why.NOBODY, "nobody at the centre answers questions now")
            else:
                _fail(pending, Why.NOBODY, f"the broker does not take the question (0x{code:02x})")

        self._link.publish(
            topics.up_request(self._gateway, query),
            payload,
            done,
            expiry_s=math.ceil(timeout_s),
            response_topic=topics.down_answer(self._gateway, question_id),
            correlation=question_id.encode(),
        )

    def answered(self, answer: Answer) -> bool:
        """The centre's word; False when nobody waits for it (any more)."""
        pending = self._pending.get(answer.id)
        if pending is None or pending.future.done():
            return False
        pending.future.set_result(answer)
        return True

    def line_down(self) -> None:
        """What no broker has is gone with the line; the answer to the rest may come on the next one."""
        for pending in self._pending.values():
            if not pending.at_broker:
                _fail(pending, Why.OFFLINE, "the line to the centre was lost")


def _fail(pending: _Pending, why: Why, text: str) -> None:
    if not pending.future.done():
        pending.future.set_exception(NotAnsweredError(why, text))
