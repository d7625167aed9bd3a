"""Accounts, passwords, second factors, locks and sessions, as people meet them."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.desk.mistake import Mistake
from office.desk.people import codes, factor, guesses
from office.desk.people.limits import Buckets
from office.desk.people.password_rules import demand
from office.desk.people.roles import Role
from tests.office.desk.house import NOW, PASSWORD, Client, House, until

NEW = "three lamps by the river"


async def made(admin: Client, login: str = "wang", roles: tuple[Role, ...] = (Role.DUTY,)) -> dict[str, Any]:
    made: dict[str, Any] = await admin.post("/v1/accounts", {"login": login, "name": "王芳", "roles": [*roles]})
    return made


async def refused(client: Client, login: str, password: str, code: str = "") -> tuple[int, str]:
    answer = await client.ask("POST", "/v1/session", {"login": login, "password": password, "code": code})
    return answer.status, answer.json.get("error", "")


async def set_up(client: Client) -> tuple[str, list[str]]:
    """The second factor: its secret and the recovery codes."""
    begun = await client.post("/v1/me/factor", {"password": PASSWORD})
    proven = await client.put("/v1/me/factor", {"code": factor.code_of(begun["secret"], STEP)})
    return begun["secret"], proven["codes"]


STEP = 1_790_000_000 // factor.STEP_S


def test_a_new_colleague_comes_in_with_a_set_up_code_and_can_do_nothing_before_choosing_a_password(
    short_tmp: Path,
) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            code = (await made(admin))["code"]
            clerk = await (await house.client()).sign_in("wang", code.lower().replace("-", " "))
            assert (clerk.me["stage"], clerk.me["may"]) == ("password", [])
            assert (await clerk.ask("GET", "/v1/colleagues")).json["error"] == "set-up"
            again = await (await house.client()).sign_in("wang", code)
            assert again.me["stage"] == "password", "a browser that was closed half way is no harm"
            await clerk.put("/v1/me/password", {"new": NEW})
            assert (await clerk.get("/v1/session"))["stage"] == ""
            assert await refused(await house.client(), "wang", code) == (401, "wrong")
            assert (await again.ask("GET", "/v1/session")).status == 401
            await (await house.client()).sign_in("WANG", NEW)

    asyncio.run(story())


def test_a_set_up_code_is_good_for_a_day(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            code = (await made(admin))["code"]
            house.later(24 * 3600 + 1)
            assert await refused(await house.client(), "wang", code) == (401, "wrong")

    asyncio.run(story())


def test_an_administrator_does_nothing_before_the_second_factor_stands(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, second_factor="leading") as house:
            admin = await house.signed_in(Role.ADMINISTRATOR, login="admin")
            assert admin.me["stage"] == "factor"
            assert (await admin.ask("GET", "/v1/accounts")).json["error"] == "set-up"
            secret, recovery = await set_up(admin)
            assert len({*recovery}) == codes.RECOVERY
            assert (await admin.get("/v1/accounts"))["items"][0]["factor"] is True
            assert (await admin.ask("POST", "/v1/me/factor/off", {"password": PASSWORD})).status == 409
            clerk = await house.signed_in(Role.DUTY)
            assert clerk.me["stage"] == ""
            other = await house.client()
            assert await refused(other, "admin", PASSWORD) == (401, "code")
            house.later(factor.STEP_S)
            assert (await refused(other, "admin", PASSWORD, factor.code_of(secret, STEP + 1))) == (200, "")

    asyncio.run(story())


def test_a_code_is_used_once_and_is_good_one_step_around(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, login="li")
            secret, _ = await set_up(clerk)
            other = await house.client()
            for step, status in ((STEP, 401), (STEP + 2, 401), (STEP + 1, 200), (STEP + 1, 401)):
                assert (step, (await refused(other, "li", PASSWORD, factor.code_of(secret, step)))[0]) == (step, status)

    asyncio.run(story())


def test_the_same_code_sent_twice_at_once_opens_one_session(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            secret, _ = await set_up(await house.signed_in(Role.DUTY, login="li"))
            code = factor.code_of(secret, STEP + 1)
            tries = await asyncio.gather(*[refused(await house.client(), "li", PASSWORD, code) for _ in range(4)])
            assert [status for status, _ in tries].count(200) == 1

    asyncio.run(story())


def test_each_recovery_code_opens_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, login="li")
            _, recovery = await set_up(clerk)
            other = await house.client()
            assert (await refused(other, "li", PASSWORD, recovery[3]))[0] == 200
            assert (await refused(other, "li", PASSWORD, recovery[3]))[0] == 401
            assert (await clerk.get("/v1/me"))["recovery_left"] == 9
            fresh = (await clerk.post("/v1/me/recovery", {"password": PASSWORD}))["codes"]
            assert (await refused(other, "li", PASSWORD, recovery[4]))[0] == 401
            assert (await refused(other, "li", PASSWORD, fresh[0]))[0] == 200

    asyncio.run(story())


def test_neither_secrets_nor_codes_can_be_read_in_the_database(short_tmp: Path) -> None:
    async def story() -> bytes:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY, login="li")
            secret, recovery = await set_up(clerk)
            code = (await made(await house.signed_in(Role.ADMINISTRATOR)))["code"]
            told = [secret, code, *recovery, *(text.replace("-", "") for text in recovery), PASSWORD]
        everything = b"".join(file.read_bytes() for file in (short_tmp / "data").iterdir() if file.is_file())
        return b"".join(text.encode() for text in told if text.encode() in everything)

    assert asyncio.run(story()) == b""


def test_five_wrong_passwords_lock_a_login_whether_it_exists_or_not(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await house.signed_in(Role.DUTY, login="li")
            told = {}
            for login in ("li", "nobody-of-this-name"):
                stranger = await house.client()
                told[login] = [await refused(stranger, login, "wrong wrong wrong") for _ in range(5)]
                told[login].append(await refused(stranger, login, PASSWORD))
                house.later(16 * 60)  # so that the address may try again too
            assert told["li"] == told["nobody-of-this-name"] == [(401, "wrong")] * 5 + [(429, "locked")]
            assert (await refused(await house.client(), "li", PASSWORD))[0] == 200, "it ends by itself"

    asyncio.run(story())


def test_a_lock_outlives_a_restart_is_seen_by_the_administrator_and_ended_by_them(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            account = (await made(admin))["account"]
            await house.desk.change(
                lambda conn: [guesses.count_login(conn, house.desk.now(), guesses.of_login("wang")) for _ in range(5)]
            )
            seen = await admin.get(f"/v1/accounts/{account}")
            assert seen["locked_until"] == house.desk.now() + guesses.LOCK_MS
            await admin.post(f"/v1/accounts/{account}/unlock")
            assert (await admin.get(f"/v1/accounts/{account}"))["locked_until"] is None
            stranger = await house.client()
            for _ in range(5):
                await refused(stranger, "zhao", "wrong wrong wrong")

    asyncio.run(story())
    with closing(sqlite3.connect(short_tmp / "data" / "desk.sqlite")) as conn:
        assert guesses.wait_s(conn, int(NOW * 1000), guesses.of_login("Zhao")) == 900


def test_a_hundred_guesses_at_once_are_five(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            await house.signed_in(Role.DUTY, login="li")
            stranger = await house.client()
            tries = await asyncio.gather(*[refused(stranger, "li", f"guess number {n}") for n in range(100)])
            assert [status for status, _ in tries].count(401) <= guesses.MOST_WRONG

    asyncio.run(story())


def test_an_address_that_guesses_waits_longer_each_time(short_tmp: Path) -> None:
    async def story() -> list[int]:
        async with House(short_tmp) as house:
            stranger, waits = await house.client(), []
            for n in range(8):
                await refused(stranger, f"login-{n}", "wrong wrong wrong")
                answer = await stranger.ask("POST", "/v1/session", {"login": "another", "password": "x"})
                wait = int(answer.headers.get("Retry-After", 0))
                waits.append(wait)
                house.later(wait)
            return waits

    assert asyncio.run(story()) == [0, 0, 30, 60, 120, 240, 480, 900]


def test_a_flood_of_invented_logins_neither_grows_the_table_nor_frees_a_locked_one(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:

            def flood(conn: Any) -> int:
                for _ in range(5):
                    guesses.count_login(conn, 1000, "login:locked")
                conn.executemany(
                    "INSERT INTO guesses VALUES (?,1,1001,0)", [(f"login:{n}",) for n in range(guesses.MOST_KEPT)]
                )
                for n in range(20):
                    guesses.count_login(conn, 1002, f"login:more-{n}")
                return guesses.wait_s(conn, 1003, "login:locked")

            assert await house.desk.change(flood) == 900
            count = await house.desk.look(lambda conn: conn.execute("SELECT count(*) FROM guesses").fetchone()[0])
            assert count == guesses.MOST_KEPT

    asyncio.run(story())


def test_an_address_counts_with_its_whole_network() -> None:
    assert guesses.of_remote("2001:db8:1:2::1") == guesses.of_remote("2001:db8:1:2:ffff::9")
    assert guesses.of_remote("::ffff:192.0.2.7") == guesses.of_remote("192.0.2.7") != guesses.of_remote("192.0.2.8")
    assert guesses.of_remote("fe80::1%eth0") == guesses.of_remote("fe80::1")


def test_changing_the_password_ends_every_other_session_and_its_live_page(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            here = await house.signed_in(Role.DUTY, login="li")
            there = await (await house.client()).sign_in("li")
            async with there.live() as socket:
                await until(lambda: house.desk.live.pages, "the page is known")
                assert (await here.ask("PUT", "/v1/me/password", {"old": "not it at all", "new": NEW})).json[
                    "field"
                ] == "old"
                await here.put("/v1/me/password", {"old": PASSWORD, "new": NEW})
                async with asyncio.timeout(1):
                    while not (await socket.receive()).type.name.startswith("CLOS"):
                        pass
            assert (await there.ask("GET", "/v1/session")).status == 401
            assert (await here.get("/v1/session"))["login"] == "li"

    asyncio.run(story())


def test_a_session_ends_unused_and_a_page_in_front_is_use(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, idle_min=30) as house:
            idle, busy = await house.signed_in(Role.DUTY), await house.signed_in(Role.DUTY)
            async with busy.live() as socket, idle.live() as other:
                await until(lambda: len(house.desk.live.pages) == 2, "both pages are known")
                house.later(20 * 60)
                await socket.send_json({"topic": "front", "data": None})
                await until_seen(house, busy.me["id"])
                house.later(20 * 60)
                async with asyncio.timeout(3):
                    while not (await other.receive()).type.name.startswith("CLOS"):
                        pass
            assert (await idle.ask("GET", "/v1/session")).status == 401
            assert (await busy.ask("GET", "/v1/session")).status == 200

    asyncio.run(story())


async def until_seen(house: House, account: str) -> None:
    async with asyncio.timeout(5):
        while True:
            seen = await house.desk.look(
                lambda conn: conn.execute("SELECT seen_at FROM sessions WHERE account=?", (account,)).fetchone()[0]
            )
            if seen == house.desk.now():
                return
            await asyncio.sleep(0.02)


def test_a_session_ends_after_twelve_hours_however_busy(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, idle_min=60) as house:
            clerk = await house.signed_in(Role.DUTY)
            for _ in range(23):
                house.later(1800)
                assert (await clerk.ask("GET", "/v1/session")).status == 200
            house.later(1800)
            assert (await clerk.ask("GET", "/v1/session")).status == 401

    asyncio.run(story())


def test_a_person_sees_where_they_are_signed_in_and_ends_one_of_them(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            here = await house.signed_in(Role.DUTY, login="li")
            there = await (await house.client()).sign_in("li")
            foreign = await house.signed_in(Role.DUTY)
            rows = await here.get("/v1/me/sessions")
            assert sorted(row["this"] for row in rows) == [False, True]
            other = next(row["id"] for row in rows if not row["this"])
            assert (await foreign.ask("DELETE", f"/v1/me/sessions/{other}")).status == 404
            await here.delete(f"/v1/me/sessions/{other}")
            assert (await there.ask("GET", "/v1/session")).status == 401

    asyncio.run(story())


def test_a_reset_voids_password_phone_and_sessions(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            clerk = await house.signed_in(Role.DUTY, login="li")
            await set_up(clerk)
            given = await admin.post(f"/v1/accounts/{clerk.me['id']}/reset", {"factor": True})
            assert (await clerk.ask("GET", "/v1/session")).status == 401
            assert await refused(await house.client(), "li", PASSWORD) == (401, "wrong")
            back = await (await house.client()).sign_in("li", given["code"])
            assert (back.me["stage"], (await back.get("/v1/me"))["factor"]) == ("password", False)

    asyncio.run(story())


def test_the_last_administrator_stays(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR, name="管理员")
            me = f"/v1/accounts/{admin.me['id']}"
            for change, field in (({"roles": ["duty"]}, "roles"), ({"disabled": True}, "disabled")):
                wanted = {"name": "管理员", "roles": ["administrator"], **change}
                answer = await admin.ask("PUT", me, wanted)
                assert (answer.status, answer.json["field"]) == (409, field)
            second = await house.signed_in(Role.ADMINISTRATOR)
            await admin.put(me, {"name": "管理员", "roles": ["duty"]})
            assert (await admin.ask("GET", "/v1/accounts")).status == 403, "felt at once"
            assert (await second.ask("GET", "/v1/accounts")).status == 200

    asyncio.run(story())


def test_a_closed_account_is_out_at_once_and_its_name_stays(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            clerk = await house.signed_in(Role.DUTY, login="li", name="李强")
            async with clerk.live() as socket:
                await until(lambda: house.desk.live.pages, "the page is known")
                wanted = {"name": "李强", "roles": ["duty"], "disabled": True}
                closed = await admin.put(f"/v1/accounts/{clerk.me['id']}", wanted)
                async with asyncio.timeout(1):
                    while not (await socket.receive()).type.name.startswith("CLOS"):
                        pass
            assert (closed["disabled"], closed["name"]) == (True, "李强")
            assert (await refused(await house.client(), "li", PASSWORD)) == (401, "wrong")

    asyncio.run(story())


def test_what_is_wrong_with_an_account_is_said_at_its_field(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            admin = await house.signed_in(Role.ADMINISTRATOR)
            await made(admin)
            good = {"login": "zhao", "name": "赵", "roles": ["duty"]}
            for change, field in (
                ({"login": "赵"}, "login"), ({"login": "x"}, "login"), ({"login": "Wang"}, "login"),
                ({"name": " "}, "name"),
                ({"name": "n" * 41}, "name"), ({"roles": []}, "roles"), ({"roles": ["king"]}, "roles"),
                ({"phone": "call me"}, "phone"), ({"department": "x" * 41}, "department"),
            ):  # fmt: skip
                answer = await admin.ask("POST", "/v1/accounts", {**good, **change})
                assert (change, answer.json.get("field")) == (change, field)
                assert answer.json["zh"] != answer.json["en"]

    asyncio.run(story())


def test_too_many_requests_are_asked_to_wait(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp, requests_per_s=5.0) as house:
            clerk, other = await house.signed_in(Role.DUTY), await house.signed_in(Role.DUTY)
            answers = [await clerk.ask("GET", "/v1/session") for _ in range(31)]
            assert [answer.status for answer in answers].count(200) == 30
            assert int(answers[-1].headers["Retry-After"]) >= 1
            assert (await other.ask("GET", "/v1/session")).status == 200, "a colleague is not held up"
            house.later(1)
            assert (await clerk.ask("GET", "/v1/session")).status == 200

    asyncio.run(story())


def test_buckets_stay_few_however_many_come() -> None:
    buckets = Buckets(10.0, lambda: 0.0, most=100)
    for n in range(10_000):
        assert buckets.take(str(n)) == 0
    assert len(buckets) == 100


def test_passwords_that_anyone_would_try_are_refused() -> None:
    for bad in (
        "short", "1234567890", "password123", "Password@2024", "qwertyuiop", "1qaz2wsx3edc", "aaaaaaaaaaaa",
        "ababababab", "woaini1314520", "WANGFANG2024", "团结湖街道团结湖街道", "linlilinli", "5201314520",
        "abc123abc123",
        "2024010112", "wangwang123", "ｐａｓｓｗｏｒｄ１２３",
    ):  # fmt: skip
        with pytest.raises(Mistake) as refusal:
            demand(bad, ("wang", "wangfang", "团结湖街道"))
        assert refusal.value.field == "new"
    for good in (NEW, PASSWORD, "七盏灯照着河边的小路啊", "kX9 vanilla 雨"):
        demand(good, ("wang", "王芳"))


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_as_a_password_and_as_a_code(text: str) -> None:
    with suppress(Mistake):
        demand(text, (text[:3], "王"))
    assert factor.step_of("JBSWY3DPEHPK3PXP", text, 1000.0, 0) is None or text.strip()
