"""A disk in trouble: nothing is answered that is nowhere, and an alarm finds its way."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import apsw
import pytest

import edge.gateway as gateway_module
from edge import config as configuration
from edge.gateway import Gateway
from edge.neighbourhood.gt06 import ALARM, LOGIN, POSITION, Gt06Device
from firmware_profiles.loader import load_profiles
from sync.contract.lanes import Lane
from sync.store import Entry, Store, StoreError
from tests.proof.apsw_sqlite import Op, Refuses, Vfs, opener
from tests.proof.boxes import Box
from tests.proof.judge import arrivals
from tests.proof.neighbours import LON, Neighbourhood, latitude
from tests.proof.theatre import Theatre, until
from tests.sync.stage import entry, put, rows

SILENCE_S = 1.5
"""So long no answer must come; a healthy gateway takes milliseconds."""


def full(op: Op) -> Exception | None:
    """ENOSPC."""
    return apsw.FullError(op[1]) if op[0] == "write" else None


def read_only(op: Op) -> Exception | None:
    """The card switched itself to reading."""
    return apsw.ReadOnlyError(op[1]) if op[0] in ("write", "truncate", "delete") else None


def fails_to_sync(op: Op) -> Exception | None:
    """fsync says EIO."""
    return apsw.IOError(op[1]) if op[0] == "sync" else None


def sound(_op: Op) -> Exception | None:
    """Nothing is wrong."""
    return None


class OnBadDisk(Store):
    """The store; its readers share the library that writes, or they would drop each other's locks."""

    def reader(self) -> sqlite3.Connection:
        return self._opener(str(self.path))


def held(gateway: Gateway) -> int:
    """Rows without a receipt, as the store counts them: a second library may not open the file in this process."""
    return sum(rows for rows, _ in gateway.store.waiting.values())


class Elder:
    """One GT06 button that a test leads by the hand."""

    def __init__(self, box: Box, imei: str) -> None:
        self.imei, self._box, self._device = imei, box, Gt06Device(imei)
        self._began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
        self._said = 0
        self._serials: dict[int, int] = {}
        self._heard: list[tuple[int, int]] = []
        self._socket: socket.socket | None = None

    def dial(self) -> None:
        """A new connection, logged in."""
        self.hang_up()
        self._socket = socket.create_connection((self._box.host, self._box.port), 5)
        self._device.connected()
        self._heard.clear()
        self.send(self._device.login())
        self._serials[LOGIN] = self._device.serial
        assert self.answered(LOGIN, 5)

    def hang_up(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()

    def message(self, number: int) -> bytes:
        """The next press, or the next position."""
        self._said += 1
        at = self._began + timedelta(seconds=self._said)
        if number == ALARM:
            data = self._device.alarm("sos", at, latitude(self._said), LON)
        else:
            data = self._device.position(at, latitude(self._said), LON)
        self._serials[number] = self._device.serial
        return data

    def send(self, data: bytes) -> None:
        """As it is, also again."""
        assert self._socket is not None
        with suppress(OSError):
            self._socket.sendall(data)

    def answered(self, number: int, within_s: float) -> bool:
        """Whether the newest message of this kind is answered; False when the line ends before that."""
        assert self._socket is not None
        deadline = time.monotonic() + within_s
        while (number, self._serials[number]) not in self._heard:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._socket.settimeout(left)
            try:
                data = self._socket.recv(4096)
            except OSError:
                return False
            if not data:
                return False
            self._heard += self._device.answered(data)
        return True


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre() as theatre:
        theatre.start_broker()
        theatre.start_receiver()
        yield theatre
    shutil.rmtree(theatre.directory)


Story = Callable[[Box, Refuses, Gateway], None]


def tell(theatre: Theatre, monkeypatch: pytest.MonkeyPatch, name: str, story: Story) -> Box:
    """Run a gateway in this process on a disk that can be spoilt, and the story in a thread."""
    box = Box(theatre, name)
    disk = Refuses()
    vfs = Vfs(f"linli-{uuid.uuid4().hex}", disk)
    monkeypatch.setattr(gateway_module, "Store", partial(OnBadDisk, opener=opener(vfs)))

    async def main() -> None:
        gateway = Gateway(configuration.load(box.file), load_profiles([]))
        gateway.start()
        serving = asyncio.create_task(gateway.run())
        try:
            await asyncio.to_thread(begin, gateway)
        finally:
            disk.judge = sound
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
            await gateway.stop()

    def begin(gateway: Gateway) -> None:
        until(lambda: gateway.line_up_since is not None, 10)
        story(box, disk, gateway)

    asyncio.run(main())
    return box


@pytest.mark.e2e
@pytest.mark.parametrize("trouble", [full, read_only, fails_to_sync])
def test_without_a_disk_an_alarm_is_answered_after_the_centre_s_receipt_and_nothing_else_is(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[Op], Exception | None]
) -> None:
    name = trouble.__name__.replace("_", "-")
    imeis: list[str] = []

    def story(box: Box, disk: Refuses, gateway: Gateway) -> None:
        walker, presser = (Elder(box, f"8655{len(name):02d}00000000{n}") for n in (1, 2))
        imeis.extend((walker.imei, presser.imei))
        walker.dial()
        presser.dial()
        gateway.store.reserve.free()  # a disk that takes nothing has no use for it
        disk.judge = trouble
        walk = walker.message(POSITION)
        walker.send(walk)
        assert not walker.answered(POSITION, SILENCE_S), "a position was answered that is nowhere"
        until(lambda: "store" in gateway.faults, 5)

        theatre.receiver.signal(signal.SIGSTOP)
        press = presser.message(ALARM)
        presser.send(press)
        assert not presser.answered(ALARM, SILENCE_S), "an alarm was answered that is only in memory"
        presser.send(press)
        assert not presser.answered(ALARM, SILENCE_S / 3), "its repeat was answered"
        presser.dial()
        presser.send(press)
        assert not presser.answered(ALARM, SILENCE_S / 3), "its repeat on a new connection was answered"
        theatre.receiver.signal(signal.SIGCONT)
        assert presser.answered(ALARM, 10), "the centre has the alarm and the device was not told"

        disk.judge = sound
        walker.dial()
        walker.send(walk)
        assert walker.answered(POSITION, 5)
        for elder in (walker, presser):
            elder.hang_up()
        until(lambda: "store" not in gateway.faults, 5)
        until(lambda: held(gateway) == 0, 10)

    tell(theatre, monkeypatch, f"gw-{name}", story)
    assert arrivals(theatre.office_data, imeis[0]) == [("bulk", 1)]
    assert arrivals(theatre.office_data, imeis[1]) == [("alarm", 1)]


@pytest.mark.e2e
def test_when_the_disk_is_full_the_reserve_takes_the_alarm_and_it_is_answered(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    imei = "865590000000001"

    def story(box: Box, disk: Refuses, gateway: Gateway) -> None:
        elder = Elder(box, imei)
        elder.dial()
        assert gateway.store.reserve.keep()
        reserve = gateway.store.path.with_name("linli.db.reserve")
        disk.judge = lambda op: full(op) if reserve.exists() else None
        elder.send(elder.message(POSITION))
        assert not elder.answered(POSITION, SILENCE_S)
        theatre.receiver.signal(signal.SIGSTOP)
        elder.dial()
        elder.send(elder.message(ALARM))
        try:
            assert elder.answered(ALARM, 5)
        finally:
            theatre.receiver.signal(signal.SIGCONT)
        assert disk.refused > 0
        elder.hang_up()
        until(lambda: held(gateway) == 0, 10)

    tell(theatre, monkeypatch, "gw-reserve", story)
    assert ("alarm", 2) in arrivals(theatre.office_data, imei)


@pytest.mark.e2e
def test_a_disk_that_comes_and_goes_costs_nothing_that_was_answered(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbours = []

    def story(box: Box, disk: Refuses, gateway: Gateway) -> None:
        neighbours.extend(box.devices(4))
        with Neighbourhood(neighbours) as hood:
            for trouble in (full, fails_to_sync, read_only) * 2:
                hood.say_more(5)
                gateway.store.reserve.free()
                disk.judge = trouble
                time.sleep(0.3)  # the trouble itself
                disk.judge = sound
            hood.say_more(5)
            hood.finish()
        until(lambda: held(gateway) == 0, 15)

    tell(theatre, monkeypatch, "gw-comes-and-goes", story)
    verdict = theatre.verdict(neighbours)
    assert verdict.faults() == (0, 0, 0, 0, 0), verdict


def test_what_repeats_something_that_failed_fails_with_it_and_the_rest_does_not(tmp_path: Path) -> None:
    """A slow disk fails at last: whatever was handed over meanwhile on the strength of it must not be answered."""

    async def main() -> None:
        disk = Refuses()
        vfs = Vfs(f"linli-{uuid.uuid4().hex}", disk)
        store = OnBadDisk(tmp_path / "s.db", lambda: "epoch", opener=opener(vfs))
        store.start()
        told: dict[str, BaseException | None] = {}

        def hand_over(name: str, entries: list[Entry], *, relies: bool = False) -> None:
            store.append(entries, partial(told.__setitem__, name), relies=relies)

        disk.judge = fails_to_sync
        hand_over("first", [entry(1)])
        store._flush()
        while not disk.refused:
            time.sleep(0.001)  # noqa: ASYNC251 - the loop must not hear of it yet
        disk.judge = sound
        hand_over("repeat", [], relies=True)
        hand_over("another", [entry(2)])
        hand_over("repeat with news", [entry(3, Lane.ALARM)], relies=True)
        await put(store)
        assert len(told) == 4
        assert isinstance(told["first"], StoreError)
        assert isinstance(told["repeat"], StoreError)
        assert isinstance(told["repeat with news"], StoreError)
        assert told["another"] is None
        hand_over("later", [], relies=True)
        await put(store)
        assert told["later"] is None
        assert [r.seq for r in rows(store, Lane.BULK)] == [1]
        assert store.pending == 0
        await store.stop()

    asyncio.run(main())


@pytest.mark.e2e
def test_a_flood_does_not_pile_up_behind_a_slow_disk(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sync takes 50 ms; a device waits for answers, and floods all the time."""

    def slow(op: Op) -> None:
        if op[0] == "sync":
            time.sleep(0.05)

    def story(box: Box, disk: Refuses, gateway: Gateway) -> None:
        elder = Elder(box, "865660000000001")
        elder.dial()
        disk.judge = slow
        most = 0
        for _ in range(60):
            elder.send(elder.message(POSITION) + bytes(200 * 1024))
            most = max(most, *(talk.held for talk in gateway.intake.talks))
        disk.judge = sound
        assert elder.answered(POSITION, 10)
        assert 0 < most <= 2 * 64 * 1024
        elder.hang_up()

    tell(theatre, monkeypatch, "gw-slow", story)
