"""The commands against a whole gateway behind its real socket, in this process; a few as programs."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge.cli import manual
from edge.cli.ask import peek
from edge.cli.commands import COMMANDS
from edge.cli.main import main, overview, parser_of
from edge.cli.parser import Parser
from edge.cli.speech import Speech
from edge.config_template import template
from edge.neighbourhood.gt06 import Gt06Device
from tests.cli.linli import ROOT, linli
from tests.edge.at_the_socket import Box, at_the_socket
from tests.edge.way_down import IMEI, until

DOCUMENT = ROOT / "docs" / "command-line.md"
TRACKER = ["tracker-1", "profile=gt06", f"address={IMEI}", "building=3", "room=201", "pole=P17"]


@dataclass
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Types commands at the gateway; the command line is blocking, so it runs in a thread."""

    def __init__(self, box: Box, capsys: pytest.CaptureFixture[str]) -> None:
        self.box, self._capsys = box, capsys

    async def run(self, *words: str, lang: str = "en") -> Ran:
        command = [*words, "--lang", lang, "--socket", str(self.box.socket)]
        self._capsys.readouterr()
        code = await asyncio.to_thread(main, command)
        return Ran(code, *self._capsys.readouterr())

    async def ok(self, *words: str) -> Ran:
        ran = await self.run(*words)
        assert ran.code == 0, ran
        return ran

    async def press(self) -> str:
        """The tracker logs in and presses; the alarm's id."""
        tracker = Gt06Device(IMEI)
        alarm = await self.box.way.press(self.box.way.connect(tracker), tracker)
        await until(lambda: self.box.way.rows("SELECT 1 FROM alarm"), "the alarm's row is committed")
        return alarm.id


Tell = Callable[[Shell], Awaitable[None]]
Story = Callable[[Tell], None]


@pytest.fixture
def story(short_tmp: Path, capsys: pytest.CaptureFixture[str]) -> Story:
    def play(tell: Tell) -> None:
        async def run() -> None:
            async with at_the_socket(short_tmp) as box:
                await tell(Shell(box, capsys))

        asyncio.run(asyncio.wait_for(run(), 60))

    return play


def parsers() -> Iterator[Parser]:
    for entry in COMMANDS:
        parser = parser_of(entry, Speech("en"))
        yield parser
        yield from parser.commands.values()


# --- help and documentation


def test_every_command_is_documented_as_it_is() -> None:
    document = DOCUMENT.read_text("utf-8")

    assert document == manual.renewed(document), "run: python -m edge.cli.manual docs/command-line.md"
    for parser in parsers():
        assert f" {parser.prog}\n" in document


@pytest.mark.parametrize("parser", list(parsers()), ids=lambda parser: parser.prog)
def test_every_command_has_help_with_examples_that_it_accepts(parser: Parser) -> None:
    assert parser.examples
    assert parser.description
    assert "--json" in parser.format_help() or parser.commands
    for example in parser.examples:
        plain = re.split(r" [|<>] | \|\| |  ", example.partition("linli ")[2] + " ")[0].split()
        entry = next(entry for entry in COMMANDS if entry.name == plain[0])
        parser_of(entry, Speech("en")).parse(plain[1:])


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_help_is_there_in_chinese_and_english(entry: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([entry.name, "--help", "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    assert main([entry.name, "--help", "--lang", "en"]) == 0
    english = capsys.readouterr().out

    assert chinese.startswith("用法：")
    assert entry.zh in chinese
    assert not re.search("[\u4e00-\u9fff]", english.partition("examples:")[0])


def test_the_overview_names_every_command_and_those_of_other_packages() -> None:
    text = overview(Speech("zh"))

    assert all(f"  {entry.name} " in text for entry in COMMANDS)
    assert "office" in text


def test_help_and_status_load_nothing_heavy() -> None:
    program = "import sys; from edge.cli.main import main; main(sys.argv[1:]); print('loaded', *sys.modules)"
    for words in (["--help"], ["status", "--socket", "/nowhere", "--config", "/nowhere"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True, check=True
        )
        loaded = set(done.stdout.rpartition("loaded ")[2].split())
        assert not loaded & {"aiohttp", "asyncio", "msgspec", "paho", "ruamel.yaml", "rich", "jsonschema", "serial"}


# --- usage and exit codes


@pytest.mark.parametrize(
    "words",
    [["bogus"], ["alarms", "--wrong"], ["outbox", "resend", "fast"], ["devices", "set"], ["status", "--jso"], []],
)
def test_wrong_usage_is_two_and_says_where_help_is(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words]) == 2
    told = capsys.readouterr()
    assert "--help" in told.err + told.out


def test_a_slip_in_a_command_is_answered_with_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "statsu"]) == 2
    assert "did you mean `status`" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["devices", "alarms", "outbox", "tail"])
def test_without_a_gateway_a_command_says_so_and_is_two(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--socket", "/nowhere", "--lang", "zh"]) == 2
    assert "网关没有响应" in capsys.readouterr().err


def test_the_language_is_that_of_the_environment_or_of_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "linli.yaml"
    path.write_text(template(), "utf-8")
    words = ["status", "--config", str(path), "--socket", "/nowhere"]

    assert "网关没有运行".encode() in linli(*words, lang="zh_CN.UTF-8").stdout
    assert "网关没有运行".encode() in linli(*words, lang="C.UTF-8").stdout
    assert b"does not run" in linli(*words, lang="en_GB.UTF-8").stdout


# --- init, check, profiles


def test_init_writes_once_and_says_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "etc" / "linli.yaml"
    words = ["init", str(path), "--name", "gw-7", "--host", "centre.example.org", "--lang", "en"]

    assert main(words) == 0
    told = capsys.readouterr().out
    assert "linli check --config" in told
    assert "  name: gw-7\n" in path.read_text("utf-8")
    assert not path.stat().st_mode & stat.S_IROTH
    path.write_text("mine", "utf-8")
    assert main(words) == 1
    assert path.read_text("utf-8") == "mine"
    assert main([*words, "--force"]) == 0
    assert path.read_text("utf-8") != "mine"


@pytest.mark.parametrize("wrong", [["--name", "My Gateway"], ["--host", "a b"], ["--host", "x\ny: z"]])
def test_init_takes_no_name_that_would_break_the_file(tmp_path: Path, wrong: list[str]) -> None:
    assert main(["init", str(tmp_path / "l.yaml"), *wrong]) == 2
    assert not (tmp_path / "l.yaml").exists()


def test_check_names_every_mistake_at_once_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "linli.yaml"
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "mine.yaml").write_text("profile: mine\ndriver: gt60\n", "utf-8")
    text = template().replace("  # profiles: /etc/linli/profiles", f"  profiles: {profiles}").replace("8883", "eight")
    path.write_text(text.replace("  language: zh", "  language: zz"), "utf-8")

    assert main(["check", "--config", str(path), "--lang", "en"]) == 2

    lines = capsys.readouterr().out.splitlines()
    places = [line for line in lines if re.match(rf"{path}:\d+:\d+: ", line)]
    assert any("language" in line or "zz" in line for line in places)
    assert any("eight" in line for line in places)
    assert any(line.startswith(f"{profiles}/mine.yaml:") for line in lines)
    assert lines[-1].startswith("mistakes: ")


def test_check_looks_into_the_registry(tmp_path: Path, capsys: pytest.CaptureFixture[str], story: Story) -> None:
    async def tell(shell: Shell) -> None:
        await shell.ok("devices", "add", *TRACKER)
        store = shell.box.socket.parent.parent / "linli.db"
        with sqlite3.connect(store) as conn:
            conn.execute("UPDATE devices SET profile = 'gone'")
        conn.close()
        path = tmp_path / "linli.yaml"
        path.write_text(template().replace("/var/lib/linli", str(store.parent)), "utf-8")
        code = await asyncio.to_thread(main, ["check", "--config", str(path), "--lang", "en", "--json"])
        found = json.loads(capsys.readouterr().out)
        assert code == 2
        assert found["checked"]["devices"] == 1
        (wrong,) = [one for one in found["findings"] if one["file"] == "registry: tracker-1"]
        assert "gone" in wrong["message"]

    story(tell)


def test_profiles_are_listed_shown_and_checked_with_their_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profiles", "--json"]) == 0
    assert "gt06" in [one["id"] for one in json.loads(capsys.readouterr().out)]
    assert main(["profiles", "show", "gt6", "--lang", "en"]) == 2
    assert "did you mean `gt06`" in capsys.readouterr().err
    assert main(["profiles", "self-test", "watch", "--lang", "en"]) == 0
    assert "SOS" in capsys.readouterr().out
    assert main(["profiles", "check"]) == 0
    capsys.readouterr()
    wrong = (ROOT / "firmware_profiles" / "watch.yaml").read_text("utf-8").replace("alarm: sos", "alarm: fallDown")
    (tmp_path / "mine.yaml").write_text(wrong.replace("profile: watch", "profile: mine"), "utf-8")
    assert main(["profiles", "check", "mine", "--profiles", str(tmp_path), "--lang", "en"]) == 2
    assert re.search(r"sample `.*`: told .*sos.*, expected .*fallDown", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("text", "socket"),
    [
        ("api:\n  socket: /a/b  # here\n", "/a/b"),
        ('api:\n  # where\n\n  socket: "/a b"\n', "/a b"),
        ("api: {socket: /a/b}\n", "/a/b"),
        ("api:\n  socket: &x /a/b\n", "/a/b"),
        ('"api":\n  "socket": /a/b\n', "/a/b"),
        ('{"api": {"socket": "/a/b"}, "gateway": {"data": "/d"}}', "/a/b"),
        ("gateway:\n  data: /d\n", "/run/linli/api.sock"),
        ("[", "/run/linli/api.sock"),
        ("api: 3\ngateway: [1]\n", "/run/linli/api.sock"),
        ("\x00\xff", "/run/linli/api.sock"),
    ],
)
def test_the_socket_is_read_as_yaml_would(tmp_path: Path, text: str, socket: str) -> None:
    path = tmp_path / "l.yaml"
    path.write_text(text, "utf-8")

    assert peek(path).socket == Path(socket)


# --- with a gateway


def test_status_says_it_in_a_word_and_the_exit_code(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        ran = await shell.run("status", "--json")
        assert ran.value["verdict"] == {0: "ok", 1: "warn", 2: "fail"}[ran.code]
        for lang, word in (("en", "oldest unsent alarm"), ("zh", "最早未送达报警")):
            assert word in (await shell.run("status", lang=lang)).out

    story(tell)


def test_status_reads_the_store_when_the_gateway_does_not_run(story: Story, short_tmp: Path) -> None:
    async def tell(shell: Shell) -> None:
        await shell.ok("devices", "add", *TRACKER)
        await shell.press()

    story(tell)
    config = short_tmp / "linli.yaml"
    config.write_text(template().replace("/var/lib/linli", str(short_tmp)), "utf-8")
    before = {path: path.stat().st_mtime_ns for path in short_tmp.glob("linli.db*")}

    done = linli("status", "--config", config, "--socket", short_tmp / "none", "--json")

    found = json.loads(done.stdout)
    assert (done.returncode, found["running"]) == (2, False)
    assert found["store"]["lanes"][0]["waiting"] == 1
    assert found["store"]["open_alarms"] == 1
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_devices_are_added_changed_shown_and_removed(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        added = await shell.ok("devices", "add", *TRACKER, "--json")
        assert added.value["pole"] == "P17"
        assert (await shell.ok("devices", "set", "tracker-1", "room=305", "--json")).value["room"] == "305"
        assert "305" in (await shell.ok("devices")).out
        assert "305" in (await shell.ok("devices", "show", "tracker-1")).out
        assert [one["id"] for one in (await shell.ok("devices", "list", "305", "--json")).value] == ["tracker-1"]
        assert "away_until" in (await shell.ok("devices", "away", "tracker-1", "--until", "2026-12-01", "--json")).out
        assert (await shell.ok("devices", "away", "tracker-1", "--end", "--json")).value["away_until"] is None
        assert (await shell.ok("devices", "test", "tracker-1", "--minutes", "5", "--json")).value["test_until"]
        await shell.ok("devices", "test", "tracker-1", "--end")
        await shell.ok("devices", "remove", "tracker-1")
        assert (await shell.run("devices", "show", "tracker-1")).code == 1

    story(tell)


def test_every_wrong_field_is_told_and_nothing_is_registered(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        ran = await shell.run("devices", "add", "x-1", "profile=gt6", "address=12", "lat=99", "color=red")
        assert ran.code == 1
        assert all(word in ran.err for word in ("gt06", "lat", "color"))
        assert (await shell.run("devices", "set", "nobody", "room=1")).code == 1
        assert (await shell.run("devices", "set", "nobody", "room")).code == 2
        assert (await shell.ok("devices", "list", "--json")).value == []

    story(tell)


def test_an_unknown_device_is_shown_and_adopted(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        await shell.press()
        (unknown,) = (await shell.ok("devices", "unknown", "--json")).value["unknown"]
        assert (unknown["address"], unknown["alarms"]) == (IMEI, 1)
        assert IMEI in (await shell.ok("devices", "unknown")).out
        adopted = await shell.ok("devices", "adopt", IMEI, "grandma", "building=2", "--json")
        assert (adopted.value["id"], adopted.value["profile"]) == ("grandma", "gt06")
        assert (await shell.run("devices", "forget", IMEI)).code == 1

    story(tell)


def test_an_import_shows_first_and_changes_only_when_told(story: Story, tmp_path: Path) -> None:
    csv = tmp_path / "devices.csv"
    csv.write_text(f"id,profile,address,room\ntracker-1,gt06,{IMEI},201\nbutton-1,gpio-button,button,5\n", "utf-8")
    bad = tmp_path / "bad.csv"
    bad.write_text("id,profile,address\nok-1,gpio-button,b2\nbad-1,gt6,1\n", "utf-8")

    async def tell(shell: Shell) -> None:
        shown = await shell.run("devices", "import", str(csv))
        assert (shown.code, "+ tracker-1" in shown.out) == (1, True)
        assert (await shell.ok("devices", "--json")).value == []
        assert (await shell.ok("devices", "import", str(csv), "--yes", "--json")).value["applied"] == 2
        assert (await shell.ok("devices", "import", str(csv), "--yes", "--json")).value["same"] == 2
        refused = await shell.run("devices", "import", str(bad), "--yes")
        assert refused.code == 1
        assert f"{bad}:3:" in refused.out
        assert len((await shell.ok("devices", "--json")).value) == 2
        partly = await shell.run("devices", "import", str(bad), "--yes", "--partial", "--json")
        assert (partly.code, partly.value["applied"]) == (1, 1)
        await shell.ok("devices", "undo")
        out = tmp_path / "out.csv"
        await shell.ok("devices", "export", str(out), "--columns", "en")
        assert IMEI in out.read_text("utf-8-sig")
        assert (await shell.ok("devices", "import", str(out), "--yes", "--json")).value["same"] == 2
        assert (await shell.run("devices", "import", str(tmp_path / "none.csv"))).code == 2

    story(tell)


def test_alarms_are_listed_shown_and_silenced(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        await shell.ok("devices", "add", *TRACKER)
        assert "no alarms" in (await shell.ok("alarms")).out
        alarm = await shell.press()
        assert alarm in (await shell.ok("alarms", "--open")).out
        assert (await shell.ok("alarms", "list", "--json")).value["alarms"][0]["pole"] == "P17"
        assert "P17" in (await shell.ok("alarms", "show", alarm)).out
        assert (await shell.run("alarms", "silence", alarm)).code in {0, 1}
        assert (await shell.run("alarms", "show", "nothing")).code == 1

    story(tell)


def test_the_outbox_says_what_waits_and_sends_it_again(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        await shell.press()
        lanes = {one["lane"]: one["waiting"] for one in (await shell.ok("outbox", "--json")).value["lanes"]}
        assert lanes["alarm"] == 1
        assert "alarm" in (await shell.ok("outbox")).out
        again = await shell.ok("outbox", "resend", "alarm", "--json")
        assert set(again.value["lanes"]) == {"alarm"}

    story(tell)


def test_tail_shows_what_happens_and_only_what_is_asked_for(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        await shell.ok("devices", "add", *TRACKER)
        watching = asyncio.create_task(
            shell.run("tail", "--kind", "alarm", "--device", "tracker-1", "--count", "1", "--json")
        )
        await until(lambda: shell.box.way.gateway.local.live.watchers, "somebody watches")
        await shell.press()
        ran = await watching
        assert ran.code == 0
        assert ran.value["kind"].startswith("alarm.")
        assert ran.value["data"]["device"] == "tracker-1"

    story(tell)


def test_a_test_that_nobody_presses_is_not_passed(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        await shell.ok("devices", "add", *TRACKER)
        ran = await shell.run("devices", "test", "tracker-1", "--wait", "0.3", "--json")
        assert (ran.code, ran.value["passed"]) == (1, False)

    story(tell)


def test_commands_to_a_device_that_is_not_there_are_refused_with_the_reason(story: Story) -> None:
    async def tell(shell: Shell) -> None:
        await shell.ok("devices", "add", *TRACKER)
        for words in (["say", "tracker-1", "hello"], ["locate", "tracker-1"], ["output", "tracker-1", "on"]):
            ran = await shell.run("devices", *words)
            assert (ran.code, "not connected" in ran.err) == (1, True)

    story(tell)


def test_the_bundle_for_support_is_for_its_owner_and_names_no_resident(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"

    async def tell(shell: Shell) -> None:
        await shell.ok("devices", "add", *TRACKER, "resident=r-17", "note=Mrs Example")
        await shell.press()
        await shell.ok("diagnose", str(path))

    story(tell)
    text = path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [word for word in ("r-17", "Example", "P17", IMEI) if word in text]


def test_without_a_gateway_the_bundle_has_what_can_be_seen(tmp_path: Path) -> None:
    config = tmp_path / "linli.yaml"
    config.write_text("gateway: {name: gw-1}\n", "utf-8")

    done = linli("diagnose", "-", "--config", config, "--socket", tmp_path / "none")

    assert done.returncode == 1
    assert json.loads(done.stdout)["findings"]
