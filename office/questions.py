"""Questions of a kiosk to the centre, each with whoever answers it. The desk adds `my-case` and `free-slots`.

An answerer is read-only and quick: the same question may come twice. What it must not answer it refuses with a reason
a resident understands.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from office import views
from office.store import Store
from sync.contract.messages import Answer, Outcome, Question, Scalar


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and who asks it."""

    gateway: str
    query: str
    question: Question


Answerer = Callable[[Asked], Awaitable[Answer]]


def shipped(store: Store) -> dict[str, Answerer]:
    """The questions every centre answers."""

    async def who_is_there(asked: Asked) -> Answer:
        """`<department>.there` and `.waiting` of all, or of the `department` that was named."""
        wanted = asked.question.arguments.get("department")
        seen = [p for p in await store.look(views.presence) if wanted is None or p.department == wanted]
        if wanted is not None and not seen:
            return Answer(id=asked.question.id, outcome=Outcome.REFUSED, reason="no such department")
        result: dict[str, Scalar] = {}
        for p in seen:
            result[f"{p.department}.there"] = p.there
            result[f"{p.department}.waiting"] = p.waiting
        return Answer(id=asked.question.id, outcome=Outcome.DONE, result=result)

    return {"who-is-there": who_is_there}
