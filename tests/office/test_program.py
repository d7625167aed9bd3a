"""The receiver as the program it is: under the shipped broker configuration, killed, asked from the command line."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from edge.demo.authority import Authority
from office import cli, config
from office.client import Client
from sync.contract import topics
from sync.contract.envelope import encode
from sync.contract.messages import Answer, Outcome
from sync.mqtt import Arrived, Broker, Tls
from sync.notify import Notify
from tests.broker import Mosquitto
from tests.office.ends import LONG_S, Gateway, until
from tests.office.sending import EPOCH, alarm, positions

START = "import sys; from office.cli import main; sys.exit(main(sys.argv[1:]))"


class Site:
    """A broker, an office.yaml and the receiver's process."""

    def __init__(self, folder: Path, broker: Mosquitto, authority: Authority) -> None:
        self.broker, self.authority = broker, authority
        self.centre, self.office = authority.client("centre"), authority.server("office")
        self.data, self.socket, self.file = folder / "data", folder / "r.sock", folder / "office.yaml"
        self.log = folder / "receiver.log"
        self.file.write_text(
            f"""
broker: {{host: 127.0.0.1, port: {broker.centre_port}, tls: {self._tls(self.centre.cert, self.centre.key)}}}
data: {self.data}
socket: {self.socket}
blobs: {{host: 127.0.0.1, port: 0, tls: {self._tls(self.office.cert, self.office.key)}}}
""",
            encoding="utf-8",
        )

    def _tls(self, cert: Path, key: Path) -> str:
        return f"{{ca: {self.authority.ca}, cert: {cert}, key: {key}}}"

    @contextmanager
    def receiver(self, *, end: signal.Signals = signal.SIGTERM) -> Iterator[subprocess.Popen[bytes]]:
        """Started and ready; in the end terminated, or killed."""
        notify = self.file.parent / "notify.sock"
        notify.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear, self.log.open("ab") as log:
            ear.bind(str(notify))
            ear.settimeout(LONG_S)
            process = subprocess.Popen(
                [sys.executable, "-c", START, "receiver", "--config", str(self.file)],
                stderr=log,
                env={"NOTIFY_SOCKET": str(notify), "PYTHONPATH": ":".join(sys.path)},
            )
            try:
                assert ear.recv(1000).startswith(b"READY=1"), self.log.read_text(encoding="utf-8")
                yield process
            finally:
                process.send_signal(end)
                code = process.wait(LONG_S)
        assert code in (0, -end), self.log.read_text(encoding="utf-8")

    def ask(self, capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
        """A command of the command line, its JSON."""
        assert cli.main([words[0], "--config", str(self.file), "--json", *words[1:]]) == code
        return json.loads(capsys.readouterr().out)

    async def connected(self) -> None:
        """Ready does not wait for the broker, and before its first session is there nobody hears a gateway."""
        await until(lambda: all(Client(self.socket).get("status")["lines"].values()), "receiver connected")

    def gateway(self, name: str = "gw-1") -> Gateway:
        own = self.authority.client(name)
        tls = Tls(str(self.authority.ca), str(own.cert), str(own.key))
        return Gateway(self.broker.port, name, Broker("127.0.0.1", self.broker.port, name, tls=tls))


@pytest.fixture
def site(short_tmp: Path, tls_broker: Mosquitto, authority: Authority) -> Site:
    return Site(short_tmp, tls_broker, authority)


@pytest.mark.e2e
def test_an_alarm_is_seen_taken_and_closed_from_the_command_line(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    async def story() -> None:
        await site.connected()
        async with site.gateway() as gateway:
            gateway.state()
            gateway.alarm(alarm(1, id="a1"))
            gateway.events(positions(1, 3))
            await gateway.receipted("alarm", 1)
            await gateway.receipted("bulk", 3)
            (seen,) = await asyncio.to_thread(site.ask, capsys, "alarms", "--open")
            assert (seen["cause"], seen["stage"]) == ("sos", "received")
            taken = await asyncio.to_thread(site.ask, capsys, "ack", "a1", "--by", "duty")
            assert taken == {"alarm": "a1", "stage": "acknowledged", "changed": True, "by": "duty", "actor": ""}
            again = await asyncio.to_thread(lambda: site.ask(capsys, "ack", "a1", "--by", "warden", code=1))
            assert again["by"] == "duty"
            await asyncio.to_thread(site.ask, capsys, "close", "a1", "--reason", "real")
            await until(lambda: sum("/down/alarm/a1" in m.topic for m in gateway.heard) == 2, "both steps")
            (gw,) = await asyncio.to_thread(site.ask, capsys, "gateways")
            assert (gw["online"], gw["lanes"], gw["missing"]) == (True, {"alarm": 1, "bulk": 3}, 0)
            for words in (["status"], ["devices"], ["gaps"], ["losses"], ["awaited"], ["quarantine"], ["alarm", "a1"]):
                await asyncio.to_thread(site.ask, capsys, *words)

    with site.receiver():
        asyncio.run(story())


@pytest.mark.e2e
def test_an_order_is_answered_on_the_command_line(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    class Obedient(Gateway):
        def arrived(self, message: Arrived) -> None:
            super().arrived(message)
            if "/down/request/" in message.topic and message.response_topic:
                answer = Answer(id=message.response_topic.rsplit("/", 1)[1], outcome=Outcome.DONE)
                self.connection.publish(message.response_topic, encode(answer), correlation=message.correlation)

    async def story() -> None:
        await site.connected()
        gateway = site.gateway()
        gateway.__class__ = Obedient
        async with gateway:
            gateway.state()
            gateway.events(positions(1, 1))
            await gateway.receipted("bulk", 1)
            order = await asyncio.to_thread(
                site.ask, capsys, "order", "gw-1", "locate", "--device", "watch-1", "--set", "times=2"
            )
            assert (order["outcome"], order["arguments"]) == ("done", {"times": 2})

    with site.receiver():
        asyncio.run(story())


@pytest.mark.e2e
def test_a_gateway_cannot_speak_for_another(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> None:
        await site.connected()
        async with site.gateway("gw-2") as foreign:
            foreign.connection.publish(topics.up_alarm("gw-1"), alarm(1))
            await until(lambda: foreign.pubacks, "refused")
            assert foreign.pubacks == [0x87]

    with site.receiver():
        asyncio.run(story())
        assert site.ask(capsys, "alarms") == []


@pytest.mark.e2e
def test_killed_again_and_again_nothing_receipted_is_lost_and_nothing_doubled(site: Site) -> None:
    """The gateway sends from its receipt on, as the real one does; the receiver is killed at random moments."""
    last, step, rounds = 4000, 50, 8
    moments = random.Random(20250301)

    async def send_all(gateway: Gateway) -> None:
        deadline = time.monotonic() + 60
        while (n := watermark(gateway)) < last:
            assert time.monotonic() < deadline, f"stuck at {n}"
            for first in range(n + 1, min(n + 10 * step, last), step):
                gateway.events(payloads[first])
            for _ in range(60):  # 0.3 s without the receipt: sent again
                if watermark(gateway) < min(n + 10 * step, last):
                    await asyncio.sleep(0.005)

    async def kill_and_restart() -> None:
        for _ in range(rounds):
            with site.receiver(end=signal.SIGKILL):
                await asyncio.sleep(moments.uniform(0.02, 0.4))

    async def story() -> None:
        async with site.gateway() as gateway:
            sending = asyncio.create_task(send_all(gateway))
            await kill_and_restart()
            with site.receiver():
                await sending
        with closing(sqlite3.connect(site.data / "office.sqlite")) as conn:
            stored = conn.execute("SELECT seq, id FROM events ORDER BY seq").fetchall()
            assert conn.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)
        assert [seq for seq, _ in stored] == list(range(1, last + 1))
        assert all(name.startswith(f"e{seq}-") for seq, name in stored)

    payloads = {
        first: b"["
        + b",".join(positions(n, n)[1:-1].replace(b'"id":"', b'"id":"e%d-' % n, 1) for n in range(first, first + step))
        + b"]"
        for first in range(1, last, step)
    }
    asyncio.run(story())


def watermark(gateway: Gateway) -> int:
    return max((r.n for r in gateway.receipts if r.lane == "bulk" and r.epoch == EPOCH), default=0)


def test_without_a_broker_it_is_ready_and_says_so(short_tmp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authority = Authority(short_tmp / "ca")
    broker = Mosquitto(short_tmp / "ca", authority)
    site = Site(short_tmp, broker, authority)
    with site.receiver():
        status = site.ask(capsys, "status", code=1)
        assert status["lines"] == {"alarms": False, "events": False}


def test_no_receiver_is_said_with_an_exit_code(
    short_tmp: Path, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(short_tmp, Mosquitto(short_tmp / "mq", authority), authority)
    assert cli.main(["alarms", "--config", str(site.file)]) == 2
    assert "is it running" in capsys.readouterr().err


def test_every_mistake_in_the_configuration_is_named_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "office.yaml"
    file.write_text(
        "broker: {host: 127.0.0.1, port: 99999}\nsilent_after_s: soon\ncolour: red\n"
        "blobs:\n  tls: {ca: /nowhere, cert: /nowhere, key: /nowhere}\n",
        encoding="utf-8",
    )
    assert cli.main(["check", "--config", str(file), "--json"]) == 2
    findings = json.loads(capsys.readouterr().out)
    assert {f["line"] for f in findings} == {1, 2, 3, 5}
    assert cli.main(["receiver", "--config", str(file)]) == 2


def test_a_broker_elsewhere_without_tls_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "office.yaml"
    file.write_text("broker: {host: broker.example}\n", encoding="utf-8")
    assert cli.main(["check", "--config", str(file)]) == 2
    assert "tls" in capsys.readouterr().out


def test_the_shipped_example_differs_from_the_defaults_in_nothing_but_files(tmp_path: Path) -> None:
    text = (Path(cli.__file__).parent / "office.example.yaml").read_text(encoding="utf-8")
    for name in ("ca.crt", "centre.crt", "centre.key", "office.crt", "office.key", "desk.crt", "desk.key", "sealing"):
        (tmp_path / name).write_text("", encoding="utf-8")
    text = text.replace("/etc/linli/tls", str(tmp_path)).replace("/etc/linli/desk.sealing-key", f"{tmp_path}/sealing")
    (tmp_path / "office.yaml").write_text(text, encoding="utf-8")
    loaded = config.load(tmp_path / "office.yaml")
    assert loaded.blobs is not None
    assert loaded.desk is not None
    desk = config.DeskDoor(loaded.desk.tls, loaded.desk.key)
    plain = config.Config(loaded.broker, blobs=config.BlobDoor(loaded.blobs.tls), desk=desk)
    assert loaded == plain


def test_systemd_hears_readiness_and_life(short_tmp: Path) -> None:
    path = short_tmp / "n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(path))
        told = Notify({"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "3000000"})
        assert told.watchdog_s == 3.0
        told.ready("all\nis well")
        told.alive()
        told.stopping()
        assert [ear.recv(100) for _ in range(3)] == [b"READY=1\nSTATUS=all is well", b"WATCHDOG=1", b"STOPPING=1"]


def test_without_systemd_nothing_is_said_and_nothing_fails(short_tmp: Path) -> None:
    silent = Notify({})
    silent.ready()
    assert silent.watchdog_s is None
    Notify({"NOTIFY_SOCKET": str(short_tmp / "nobody")}).ready()
    assert Notify({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}).watchdog_s is None
