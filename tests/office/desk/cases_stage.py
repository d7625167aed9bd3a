"""What tests of cases at the desk share: a case begun, worked on, sent in by a kiosk."""

from __future__ import annotations

import asyncio
from typing import Any

from sync.contract.kiosk import Submission
from sync.contract.messages import SUBMISSION
from tests.office.desk.house import Client, House
from tests.office.sending import event

REPORT = {"words": "团结湖路口路灯不亮", "kind": "lamp", "place_words": "团结湖路口", "phone": "13800138000"}


async def begun(clerk: Client, **more: object) -> str:
    return str((await clerk.post("/v1/cases", {**REPORT, **more}))["number"])


async def do(clerk: Client, number: str, action: str, **more: object) -> Any:
    version = (await clerk.get(f"/v1/cases/{number}"))["version"]
    return await clerk.post(
        f"/v1/cases/{number}/steps", {"action": action, "version": version, "words": "说明", **more}
    )


async def answered(lead: Client, number: str) -> None:
    await do(lead, number, "dispatch", department="city")
    await do(lead, number, "done")
    await do(lead, number, "verified")
    await do(lead, number, "reply", words="灯已换好")


async def sent(house: House, n: int, kind: str, form: dict[str, object]) -> None:
    data = Submission(kind=kind, form=form)
    await house.arrive("kiosk-1", "events", event(n, kind=SUBMISSION, data=data, gateway="kiosk-1", id=f"sub-{n}"))


async def eventually(look: Any, what: str) -> Any:
    """Ask until there is something."""
    for _ in range(2000):
        if found := await look():
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(what)


async def count(house: House, wanted: int) -> bool:
    count = await house.desk.look(lambda conn: conn.execute("SELECT count(*) FROM cases").fetchone()[0])
    return bool(count == wanted)
