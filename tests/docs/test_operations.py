"""The commands of the page make certificates that the shipped broker takes, and every fault is explained."""

from __future__ import annotations

import ast
import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import guard, night_check
from edge.demo.broker_files import write_broker_files
from office.web import page_context
from sync.mqtt import Arrived, Broker, Connection, Tls
from tests.broker import Mosquitto
from tests.docs.pages import ROOT, block

PAGE = "operations.md"
TEXT = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
PATIENCE_S = 10.0


def sh(script: str, folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `linli-ca` after the commands of section 2, up to the revocation."""
    folder = tmp_path_factory.mktemp("ca")
    sh(block(PAGE, "run", "authority"), folder)
    made = folder / "linli-ca"
    for name in ("gateway-request", "gateway-sign", "office", "desk"):
        sh(block(PAGE, "run", name), made)
    return made


def test_browsers_can_be_let_in_with_the_desks_certificate(authority: Path) -> None:
    page_context(authority / "desk.crt", authority / "desk.key")


class First:
    """Waits for the first word of a connection."""

    def __init__(self) -> None:
        self.word: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def up(self, session_present: bool) -> None:  # noqa: ARG002, FBT001
        self._say("up")

    def down(self, reason: str) -> None:
        self._say(reason)

    def arrived(self, message: Arrived) -> None:
        del message

    def puback(self, mid: int, code: int) -> None:
        del mid, code

    def _say(self, word: str) -> None:
        if not self.word.done():
            self.word.set_result(word)


def connecting(folder: Path, port: int, name: str, cert: str) -> str:
    async def connect() -> str:
        tls = Tls(
            str(folder / "ca.crt"), str(folder / f"{cert}.crt"), str(folder / f"{cert}.key"), "centre.example.org"
        )
        first = First()
        work = asyncio.create_task(Connection(Broker("127.0.0.1", port, name, tls=tls), first).run())
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await first.word
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    return asyncio.run(connect())


def shipped_broker(folder: Path) -> Mosquitto:
    """With the site's own certificates, which lie in the folder."""
    broker = Mosquitto(folder)
    broker._conf = write_broker_files(folder, broker.port, broker.centre_port)
    return broker


@pytest.fixture
def site(authority: Path, short_tmp: Path) -> Path:
    """A copy for one broker."""
    return Path(shutil.copytree(authority, short_tmp / "mq"))


def test_the_certificates_of_the_page_let_gateway_and_receiver_in(site: Path) -> None:
    with shipped_broker(site) as broker:
        assert connecting(site, broker.port, "gateway-12", "gateway") == "up"
        assert connecting(site, broker.centre_port, "centre-alarm", "centre") == "up"


def test_a_server_s_certificate_is_good_for_the_name_gateways_use(authority: Path) -> None:
    strictly = "openssl verify -x509_strict -purpose sslserver -verify_hostname centre.example.org -CAfile ca.crt"
    for name in ("broker", "office"):
        sh(f"{strictly} {name}.crt", authority)


def test_a_revoked_gateway_is_shut_out_and_others_are_not(site: Path) -> None:
    sh(block(PAGE, "run", "revoke"), site)
    broker = shipped_broker(site)
    conf = broker._conf.read_text(encoding="utf-8")
    assert "#crlfile" in conf
    broker._conf.write_text(conf.replace("#crlfile", "crlfile"), encoding="utf-8")

    with broker:
        assert connecting(site, broker.port, "gateway-12", "gateway") != "up"
        assert "certificate verify failed" in broker.log.read_text(encoding="utf-8")
        assert connecting(site, broker.port, "centre", "centre") == "up"


def test_a_key_is_readable_by_its_owner_alone(authority: Path) -> None:
    for key in authority.glob("*.key"):
        assert key.stat().st_mode & 0o077 == 0, key.name


def said_in_code() -> set[str]:
    """Names of faults, up to where they depend on a port or device."""
    found = {guard.SILENT, guard.SECOND_PATH, night_check.FAULT}
    for path in (ROOT / "edge").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
                *("fault", "_outage", "on_trouble", "_trouble"),
            }:
                found |= set(_leading(node.args[0])) if node.args else set()
    return found - {""}


def _leading(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield from _leading(node.values[0])
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[a-z0-9-]+", node.value):
        yield node.value


def test_every_fault_is_explained_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+?)(?:<\w+>)?` \|", TEXT[TEXT.index("### Faults") :], re.MULTILINE)

    assert sorted(rows) == sorted(said_in_code())
