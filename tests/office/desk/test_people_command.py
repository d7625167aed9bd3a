"""The desk's commands on the box: the last resort when nobody can sign in, and what is said of a lost key."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.demo.authority import Authority
from office import cli
from office.desk.people.roles import Role
from office.desk.people.vault import new_key
from tests.office.desk.house import PASSWORD, House

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def site(short_tmp: Path) -> Path:
    """An office.yaml with a desk; the folder it lies in is a House's too."""
    tls = Authority(short_tmp / "ca").server("desk")
    (short_tmp / "sealing").write_text(new_key(), encoding="ascii")
    path = short_tmp / "office.yaml"
    path.write_text(
        f"""broker: {{host: 127.0.0.1, port: 1}}
data: {short_tmp}/data
socket: {short_tmp}/r.sock
desk:
  host: 127.0.0.1
  port: 0
  tls: {{cert: {tls.cert}, key: {tls.key}}}
  key: {short_tmp}/sealing
  anchors: {short_tmp}/anchors
""",
        encoding="utf-8",
    )
    return path


def run(site: Path, *arguments: str) -> int:
    return cli.main([arguments[0], *arguments[1:], "--config", str(site)])


def said(capture: Capture, site: Path, *arguments: str) -> Any:
    assert run(site, *arguments, "--json") == 0
    return json.loads(capture.readouterr().out)


def test_the_first_account_is_made_on_the_box_and_a_lost_one_is_reset_there(site: Path, capsys: Capture) -> None:
    made = said(capsys, site, "account", "add", "admin", "--name", "管理员", "--role", "administrator")
    assert len(made["code"]) == 19
    assert run(site, "account", "add", "admin", "--name", "x", "--role", "duty") == 1
    assert run(site, "account", "reset", "nobody") == 1
    assert "no account 'nobody'" in capsys.readouterr().err
    again = said(capsys, site, "account", "reset", "admin", "--factor")
    assert again["code"] != made["code"]
    listed = said(capsys, site, "account", "list")
    assert [(row["login"], row["factor"]) for row in listed] == [("admin", False)]
    assert run(site, "account", "unlock", "admin") == 0


def test_a_reset_on_the_box_ends_the_live_page_of_a_running_desk(short_tmp: Path, site: Path) -> None:
    async def story() -> None:
        async with House(short_tmp / "h") as house:
            clerk = await house.signed_in(Role.DUTY, login="li")
            async with clerk.live() as socket:
                assert await asyncio.to_thread(run, site, "account", "reset", "li") == 0
                async with asyncio.timeout(2):
                    while not (await socket.receive()).type.name.startswith("CLOS"):
                        pass
            answer = await clerk.ask("POST", "/v1/session", {"login": "li", "password": PASSWORD})
            assert answer.status == 401

    (short_tmp / "h").mkdir()
    text = site.read_text(encoding="utf-8").replace(f"data: {short_tmp}/data", f"data: {short_tmp}/h/data")
    site.write_text(text, encoding="utf-8")
    asyncio.run(story())


def test_the_log_is_verified_on_the_box_and_the_first_altered_row_is_named(site: Path, capsys: Capture) -> None:
    for login in ("one", "two", "three"):
        run(site, "account", "add", login, "--name", login, "--role", "duty")
    capsys.readouterr()
    assert said(capsys, site, "audit", "verify")["whole"] is True
    with closing(sqlite3.connect(site.parent / "data" / "desk.sqlite")) as conn, conn:
        conn.execute("DROP TRIGGER audit_no_update")
        conn.execute("UPDATE audit SET actor='nobody' WHERE n=2")
    assert run(site, "audit", "verify", "--json") == 1
    assert json.loads(capsys.readouterr().out)["first"] == 2
    assert run(site, "audit", "verify") == 1
    assert "row 2 was altered" in capsys.readouterr().out


def test_a_lost_or_wrong_key_is_said_at_the_start_and_by_check(site: Path, capsys: Capture) -> None:
    assert run(site, "check") == 0

    async def once() -> None:
        async with House(site.parent / "h"):
            pass

    (site.parent / "h").mkdir()
    asyncio.run(once())
    text = site.read_text(encoding="utf-8").replace("/data\n", "/h/data\n")
    site.write_text(text, encoding="utf-8")
    capsys.readouterr()
    for content, words in ((new_key(), "not the key"), ("rubbish", "not a key")):
        (site.parent / "sealing").write_text(content, encoding="ascii")
        assert run(site, "desk") == 2
        assert words in capsys.readouterr().err
        assert run(site, "check") == 2
        assert words in capsys.readouterr().out
    (site.parent / "sealing").unlink()
    assert run(site, "desk") == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_certificate_of_another_key_is_said_by_check(site: Path, capsys: Capture) -> None:
    other = Authority(site.parent / "other").server("other")
    text = site.read_text(encoding="utf-8").splitlines()
    line = next(n for n, words in enumerate(text) if words.startswith("  tls:"))
    text[line] = text[line].split(", key:")[0] + f", key: {other.key}}}"
    site.write_text("\n".join(text) + "\n", encoding="utf-8")
    assert run(site, "check") == 2
    assert "do not belong together" in capsys.readouterr().out


def test_a_trial_without_second_factors_stays_on_loopback(site: Path, capsys: Capture) -> None:
    text = site.read_text(encoding="utf-8") + "  second_factor: offered\n"
    site.write_text(text, encoding="utf-8")
    assert run(site, "check") == 0
    site.write_text(text.replace("  host: 127.0.0.1", '  host: "::"'), encoding="utf-8")
    assert run(site, "check") == 2
    assert "loopback" in capsys.readouterr().out


def test_the_first_account_is_made_before_the_desk_ever_ran_by_who_may_not_read_its_keys(
    site: Path, capsys: Capture
) -> None:
    """The unit hands keys of root to the desk; whoever types the command as the desk's user has none of them."""
    (site.parent / "sealing").unlink()
    for key in (site.parent / "ca").glob("*.key"):
        key.unlink()
    first = ("account", "add", "admin", "--name", "管理员", "--role", "administrator", "--config", str(site))
    assert cli.main(first) == 0
    assert "set-up code of admin" in capsys.readouterr().out
    assert cli.main(("audit", "verify", "--config", str(site))) == 0
    assert cli.main(("desk", "--config", str(site))) == 2
    assert "cannot be read" in capsys.readouterr().err
