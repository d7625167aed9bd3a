"""The proof of one alarm: every step with its milliseconds, and a chain that anyone can check without us."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from office import cli
from office.desk.people import audit
from office.desk.people.roles import Role
from office.desk.proof.evidence import Proof, broken
from office.desk.proof.page import page, read
from sync.contract.alarm import Step
from sync.contract.envelope import ContractError, convert, replaced
from sync.contract.messages import ALARM_UPDATE, DeviceEvent, Scalar
from tests.office.desk.browser import chromium, person
from tests.office.desk.house import SOON_S, Client, House
from tests.office.sending import event


async def gateway_tells(house: House, alarm: str, attributes: dict[str, Scalar]) -> None:
    data = DeviceEvent(device="button-1", alarm="sos", attributes=attributes)
    await house.arrive("gw-1", "events", event(1, lane="state", kind=ALARM_UPDATE, data=data, subject=alarm))


async def noted(house: House, actor: str, action: str, about: str, **detail: object) -> None:
    def note(conn: sqlite3.Connection) -> None:
        audit.note(conn, house.desk.now(), actor, action, about, **detail)

    await house.desk.change(note)


async def worked(house: House, clerk: Client) -> str:
    """An alarm that went the whole way; the log has rows of others in between."""
    alarm = await house.press()
    who = clerk.me["id"]
    await noted(house, "someone", "session.began", "someone", remote="192.0.2.7")
    house.later(12)
    await house.desk.centre.step(alarm, Step.ACKNOWLEDGE, "duty", who)
    await in_the_log(house, alarm, 1)
    await noted(house, "someone", "session.ended", "someone")
    await gateway_tells(
        house,
        alarm,
        {"disk_mono": 1005.5, "broker_mono": 1012, "receipt_mono": 1019, "step_mono": 13010, "told_mono": 13120},
    )
    house.later(60)
    await house.desk.centre.step(alarm, Step.CLOSE, "duty", who, reason="real")
    await in_the_log(house, alarm, 2)
    return alarm


async def in_the_log(house: House, alarm: str, count: int) -> None:
    """The desk writes each step into its log by itself."""
    async with asyncio.timeout(SOON_S):
        while True:
            if await house.desk.look(lambda conn: int(conn.execute(_ROWS, (alarm,)).fetchone()[0])) >= count:
                return
            await asyncio.sleep(0.005)


_ROWS = "SELECT count(*) FROM audit WHERE about=? AND action LIKE 'alarm.%'"


def told(story: Any) -> None:
    asyncio.run(story())


def by_name(proof: dict[str, Any]) -> dict[str, Any]:
    return {mark["name"]: mark for mark in proof["marks"]}


def test_every_step_from_the_press_to_the_sign_at_the_button_has_its_milliseconds(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, name="值班一号")
            alarm = await worked(house, clerk)
            marks = by_name(await clerk.get(f"/v1/alarms/{alarm}/proof"))
            mono = 1000 + int(alarm.removeprefix("alarm-"))
            gateway = {name: marks[name]["after_ms"] for name in ("disk", "broker", "receipt", "step", "felt")}
            stamps = {"disk": 1005.5, "broker": 1012, "receipt": 1019, "step": 13010, "felt": 13120}
            assert gateway == {name: stamp - mono for name, stamp in stamps.items()}
            assert (marks["person"]["by"], marks["closed"]["note"]) == ("值班一号", "real")

    told(story)


def test_what_the_gateway_did_not_tell_is_shown_as_missing_and_not_invented(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.AUDITOR)
            marks = by_name(await clerk.get(f"/v1/alarms/{await house.press()}/proof"))
            assert (marks["disk"]["at"], marks["felt"]["note"]) == (None, "not-told")
            assert (await clerk.ask("GET", "/v1/alarms/nothing/proof")).status == 404

    told(story)


def test_the_page_holds_together_and_any_changed_byte_of_it_is_found(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            alarm = await worked(house, clerk)
            taken = await clerk.ask("POST", f"/v1/alarms/{alarm}/proof", {})
            assert "attachment" in taken.headers["Content-Disposition"]
            shown = read(taken.content.decode())
            assert broken(shown) == ""
            assert [link.row[3] for link in shown.links if link.row] == [
                "alarm.acknowledge",
                "alarm.close",
                "alarm.proved",
            ]
            for n, link in enumerate(shown.links):
                for changed in spoiled(shown, n):
                    assert str(link.n) in broken(changed) or str(link.n + 1) in broken(changed)

    told(story)


def spoiled(proof: Proof, n: int) -> list[Proof]:
    link = proof.links[n]
    other = ("0" if link.hash[0] != "0" else "1") + link.hash[1:]
    changes: list[dict[str, Any]] = [{"hash": other}, {"digest": other}]
    if link.row is not None:
        changes += [{"row": [*link.row[:k], _another(link.row[k]), *link.row[k + 1 :]]} for k in range(len(link.row))]
    return [
        replaced(proof, links=[*proof.links[:n], replaced(link, **change), *proof.links[n + 1 :]]) for change in changes
    ]


def _another(value: int | str) -> int | str:
    return value + 1 if isinstance(value, int) else value + "x"


def test_rows_about_other_people_are_in_the_proof_by_digest_alone(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            alarm = await worked(house, clerk)
            content = (await clerk.ask("POST", f"/v1/alarms/{alarm}/proof", {})).content.decode()
            assert "192.0.2.7" not in content

    told(story)


def test_an_anchor_that_says_another_hash_is_found() -> None:
    first = audit.digest(1, 2, "a", "b", "c", "{}")
    link = {"n": 1, "digest": first, "hash": audit.linked(audit.FIRST, first)}
    proof = {"alarm": "a", "gateway": "g", "device": "d", "cause": "sos", "kind": "real", "place": "", "marks": []}
    good = convert({**proof, "before": audit.FIRST, "links": [link]}, Proof)
    assert broken(replaced(good, anchors=[f"2026-09-21 1 {link['hash']}"])) == ""
    assert "2026-09-21" in broken(replaced(good, anchors=[f"2026-09-21 1 {audit.FIRST}"]))


def test_text_that_looks_like_markup_cannot_leave_the_page() -> None:
    proof = convert(
        {
            "alarm": "</script><script>alert(1)</script>",
            "gateway": "g",
            "device": "<b>",
            "cause": "sos",
            "kind": "real",
            "place": "",
            "marks": [],
            "before": audit.FIRST,
            "links": [],
        },
        Proof,
    )
    made = page(proof)
    assert made.count("<script") == 2
    assert read(made) == proof
    with pytest.raises(ContractError):
        read(json.dumps({"no": "proof"}))


def test_the_command_writes_a_page_and_checks_one_without_any_database(
    short_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = short_tmp / "proof.html"

    async def story() -> None:
        async with House(short_tmp) as house:
            alarm = await worked(house, await house.signed_in(Role.DUTY))
            file = house.written_config()
            assert cli.main(["prove", alarm, "--config", str(file), "--out", str(out)]) == 0
            assert cli.main(["prove", "nothing", "--config", str(file)]) == 1

    told(story)
    assert cli.main(["prove", "--verify", str(out)]) == 0
    whole = out.read_text(encoding="utf-8")
    out.write_text(whole.replace('\\"reason\\":\\"real\\"', '\\"reason\\":\\"test\\"'), encoding="utf-8")
    assert cli.main(["prove", "--verify", str(out), "--json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["holds"] is False
    out.write_text("nothing", encoding="utf-8")
    assert cli.main(["prove", "--verify", str(out)]) == 2


def test_the_page_checks_itself_in_a_browser_without_a_network(short_tmp: Path) -> None:
    async def story() -> None:
        out = short_tmp / "proof.html"
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            alarm = await worked(house, clerk)
            out.write_bytes((await clerk.ask("POST", f"/v1/alarms/{alarm}/proof", {})).content)
        async with chromium() as browser:
            tab = await (await person(browser)).new_page()
            await tab.goto(out.as_uri())
            await tab.wait_for_selector("#verdict.good")
            text = out.read_text(encoding="utf-8")
            out.write_text(text.replace('\\"reason\\":\\"real\\"', '\\"reason\\":\\"test\\"'), encoding="utf-8")
            await tab.goto(out.as_uri())
            await tab.wait_for_selector("#verdict.bad")

    told(story)
