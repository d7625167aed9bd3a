"""The questions `my-case` and `slip-link` of a kiosk, answered in the receiver by looking into the desk's file.

Read-only, one short connection a question: the desk may be away, or its file not be there yet. Arguments: `number` as
typed, `which` when two cases have it. The result is flat, as the contract wants it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from office.desk.cases import slip_links
from office.desk.cases.track import Answered, Choice, Tracked, track
from office.desk.cases.tries import Tries
from office.questions import Answerer, Asked
from sync.contract import case_number
from sync.contract.messages import Answer, Outcome, Scalar

BUSY_S = 2.0


def my_case(
    desk: Path, monotonic: Callable[[], float] = time.monotonic, clock: Callable[[], float] = time.time
) -> Answerer:
    """The answerer; five numbers that are no case lock the kiosk for ten minutes."""
    tries = Tries(monotonic)

    async def answer(asked: Asked) -> Answer:
        id_, arguments = asked.question.id, asked.question.arguments
        if left := tries.locked_s(asked.gateway):
            return _refused(id_, f"查询次数过多,请 {int(left // 60) + 1} 分钟后再试", "locked")
        number = case_number.check(str(arguments.get("number", "")))
        if number is None:
            return _refused(id_, "编号不对,请核对九位数字", "misread")
        which = arguments.get("which")
        chosen = which if isinstance(which, int) else 0
        try:
            found = await asyncio.to_thread(_look, desk, number, chosen, int(clock() * 1000))
        except sqlite3.Error:
            return _refused(id_, "暂时查不到,请稍后再试或拨打服务热线", "away")
        if found is None:
            tries.wrong(asked.gateway)
            return _refused(id_, "没有这个编号的案件,请核对", "none")
        result = _case(found.case) if found.case else _choices(found.choices)
        return Answer(id=id_, outcome=Outcome.DONE, result=result)

    return answer


def slip_link(desk: Path, clock: Callable[[], float] = time.time) -> Answerer:
    """The answerer of `slip-link` {"id" of the submission} -> {"link"}; refused until the case is there."""

    async def answer(asked: Asked) -> Answer:
        submission = str(asked.question.arguments.get("id", ""))
        try:
            found = await asyncio.to_thread(_link, desk, submission, int(clock() * 1000))
        except sqlite3.Error:
            found = None
        if found is None:
            return _refused(asked.question.id, "暂时没有链接,请用编号查询")
        return Answer(id=asked.question.id, outcome=Outcome.DONE, result={"link": found})

    return answer


def _link(desk: Path, submission: str, now: int) -> str | None:
    with closing(sqlite3.connect(f"file:{desk}?mode=ro", uri=True, timeout=BUSY_S)) as conn:
        conn.row_factory = sqlite3.Row
        return slip_links.of(conn, submission, now)


def _look(desk: Path, number: str, which: int, now: int) -> Answered | None:
    with closing(sqlite3.connect(f"file:{desk}?mode=ro", uri=True, timeout=BUSY_S)) as conn:
        conn.row_factory = sqlite3.Row
        return track(conn, number, which, now, kiosk=True)


def _case(case: Tracked) -> dict[str, Scalar]:
    result: dict[str, Scalar] = {
        "number": case.number,
        "kind.zh": case.kind.zh,
        "kind.en": case.kind.en,
        "step": case.step,
        "step.zh": case.title.zh,
        "step.en": case.title.en,
        "begun": case.begun_at.isoformat(),
        "held": case.held,
        "answered": case.answered,
        "evaluate": case.can_evaluate,
    }
    if case.department:
        result |= {
            "department": case.department_id,
            "department.zh": case.department.zh,
            "department.en": case.department.en,
        }
    for step in case.line:
        result[f"{step.step}.state"] = step.state
        result[f"{step.step}.at"] = step.at.isoformat() if step.at else None
    return result


def _choices(choices: list[Choice]) -> dict[str, Scalar]:
    result: dict[str, Scalar] = {"cases": len(choices)}
    for choice in choices:
        result |= {
            f"{choice.which}.kiosk": choice.kiosk,
            f"{choice.which}.day": choice.day,
            f"{choice.which}.kind.zh": choice.kind.zh,
        }
    return result


def _refused(question: str, reason: str, why: str = "") -> Answer:
    """`why` is for the kiosk, which says it in the language of whoever stands there."""
    return Answer(id=question, outcome=Outcome.REFUSED, reason=reason, result={"why": why} if why else {})
