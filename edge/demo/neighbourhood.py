"""The simulated neighbourhood: every kind of device at a real port, each with a life and a ledger.

    tcp      GT06 trackers, JT/T 808 terminals, watches
    serial   a 433 MHz receiver (pseudo terminal) with pendants and door magnets
    gpio     a one-button alarm with its lamp and a door contact on the mock pins
    mqtt     Zigbee contacts and SOS buttons behind a broker of the house
    camera   a video file of a corridor, looked through by the camera's own process, where that is installed

Who does what follows from the seed. A device's clock follows `clock`, and moves on by a second each time it speaks.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from edge.demo.broker_files import free_ports
from edge.demo.ledger import Ledger
from edge.demo.pins import Button, Door, Pins
from edge.demo.radio import Magnet, Pendant, Receiver
from edge.demo.talker import Talker
from edge.demo.voices import Gt06Voice, Jt808Voice, Place, Voice, WatchVoice
from edge.demo.zigbee import Bridge

CENTRE: Place = (39.9325, 116.4650)
"""Where the example register of the desk lies."""

BUTTON_PIN, LAMP_PIN, DOOR_PIN = 17, 27, 22
CAMERA = "corridor"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each. `dies`: the last watch is supervised closely, because its battery will be empty."""

    gt06: int = 3
    jt808: int = 2
    watches: int = 2
    pendants: int = 2
    magnets: int = 2
    zigbee_doors: int = 3
    dies: bool = False


STREET = Size(gt06=20, jt808=12, watches=10, pendants=1, magnets=3, zigbee_doors=16)
"""Enough for ten thousand events in a few seconds."""

CHECK_IN_S = 6
"""Of the watch that dies."""

Clock = Callable[[], datetime]
Row = Mapping[str, str]


class Neighbourhood:
    """Made before the gateway starts (it declares `ports`); `run` brings it to life."""

    def __init__(self, directory: Path, size: Size, seed: int, ledger: Ledger, clock: Clock) -> None:
        self.ledger, self.dice = ledger, random.Random(seed)  # noqa: S311 - a story, not a secret
        self.pins_socket, self.video = directory / "pins.sock", directory / "corridor.y4m"
        self.gt06_port, self.jt808_port, self.watch_port, self.house_port = free_ports(4)
        self.receiver = Receiver(directory / "radio")
        self.bridge, self.pins = Bridge(self.house_port, ledger), Pins(self.pins_socket)
        self.talkers = [self._talker(voice, port) for voice, port in self._voices(size)]
        self.mortal = self.talkers[-1] if size.dies else None
        self.pendants = [
            Pendant(f"pendant-{200 + i}", f"A1B{i:02X}8", self.receiver, ledger) for i in range(size.pendants)
        ]
        self.magnets = [Magnet(f"door-{200 + i}", f"C0FE{i:X}", self.receiver, ledger) for i in range(size.magnets)]
        self.zigbee_doors = {f"door-{300 + i}": False for i in range(size.zigbee_doors)}
        self.zigbee_button = "sos-300"
        self.button = Button("button-101", BUTTON_PIN, LAMP_PIN, self.pins, ledger)
        self.door = Door("door-101", DOOR_PIN, self.pins, ledger)
        self._clock = clock
        self._clocks: dict[str, datetime] = {}
        self._steps: dict[str, int] = {}

    @property
    def waiting(self) -> int:
        """What devices have said and not seen answered."""
        return sum(t.waiting for t in self.talkers if t.alive) + self.bridge.waiting + self.button.waiting

    def who_waits(self) -> Iterator[str]:
        """The same in words, for whoever has to find out why."""
        for talker in self.talkers:
            if talker.waiting:
                where = "connected" if talker.connected else "not connected"
                yield f"{talker.voice.device} for {talker.waiting} answers ({where})"
        if self.bridge.waiting:
            where = "connected" if self.bridge.connected else "not connected"
            yield f"the Zigbee bridge for {self.bridge.waiting} answers ({where})"
        if self.button.waiting:
            yield f"somebody at {self.button.device}"

    def ports(self) -> list[dict[str, Any]]:
        """For the gateway's configuration."""
        tcp = ((n, getattr(self, f"{n}_port")) for n in ("gt06", "jt808", "watch"))
        listening = [{"name": n, "kind": "tcp", "profile": n, "listen": f"127.0.0.1:{port}"} for n, port in tcp]
        house = {"host": "127.0.0.1", "port": self.house_port}
        pins = [
            {"line": self.button.device, "pin": BUTTON_PIN, "profile": "gpio-button"},
            {"line": self.door.device, "pin": DOOR_PIN, "profile": "gpio-contact"},
        ]
        lamp = {"line": f"{self.button.device}:lamp", "pin": LAMP_PIN}
        return [
            *listening,
            {"name": "radio", "kind": "serial", "profile": "rf433-fd", "path": str(self.receiver.path)},
            {"name": "zigbee", "kind": "mqtt", "profile": "z2m-contact", "broker": house, "topics": ["zigbee2mqtt/#"]},
            {"name": "pins", "kind": "gpio", "mock": str(self.pins_socket), "pins": pins, "outputs": [lamp]},
            *([self._camera()] if camera_installed() else []),
        ]

    def _camera(self) -> dict[str, Any]:
        """It keeps a picture around an SOS of the wired button."""
        asking = [self.button.device]
        return {"name": CAMERA, "kind": "camera", "profile": "camera", "source": str(self.video), "devices": asking}

    def devices(self) -> Iterator[Row]:
        """For the registry: everything but one tracker, which stays unknown and is served all the same."""
        for talker in self.talkers[1:]:
            voice = talker.voice
            row = {"id": voice.device, "profile": voice.profile, "address": voice.address}
            yield {**row, "check_in_s": str(CHECK_IN_S)} if talker is self.mortal else row
        for pendant in self.pendants:
            yield {"id": pendant.device, "profile": "rf433-pendant", "address": pendant.address}
        for magnet in self.magnets:
            yield {"id": magnet.device, "profile": "rf433-kerui-door", "address": magnet.address}
        for name in self.zigbee_doors:
            yield {"id": name, "profile": "z2m-contact", "address": name}
        yield {"id": self.zigbee_button, "profile": "z2m-sos-button", "address": self.zigbee_button}
        yield {"id": self.button.device, "profile": "gpio-button", "address": self.button.device}
        yield {"id": self.door.device, "profile": "gpio-contact", "address": self.door.device}

    async def run(self) -> None:
        """Live until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.ledger.run(), name="ledger")
            group.create_task(self.bridge.run(), name="zigbee")
            group.create_task(self.pins.run(), name="pins")
            for talker in self.talkers:
                group.create_task(talker.run(), name=talker.voice.device)

    def close(self) -> None:
        """Unplug what was plugged in."""
        self.receiver.close()

    # --- what happens

    def something(self) -> None:
        """One everyday event of one device."""
        what = self.dice.choices(_EVERYDAY, _WEIGHTS)[0]
        what(self)

    def walk(self) -> None:
        """A tracker or terminal moved."""
        talker = self.dice.choice([t for t in self.talkers if not isinstance(t.voice, WatchVoice)])
        talker.say(talker.voice.position(self._moment(talker.voice.device), self._place()))

    def stroll(self) -> None:
        """A watch counts steps, and says where it is now and then."""
        talker = self.dice.choice([t for t in self.talkers if isinstance(t.voice, WatchVoice) and t.alive])
        if self.dice.random() < 0.3:
            talker.say(talker.voice.position(self._moment(talker.voice.device), self._place()))
        else:
            self.keep_alive(talker)

    def keep_alive(self, watch: Talker) -> None:
        """A watch says that it lives."""
        voice = watch.voice
        assert isinstance(voice, WatchVoice)
        steps = self._steps[voice.device] = self._steps.get(voice.device, 0) + self.dice.randint(1, 40)
        watch.say(voice.alive(steps))

    def zigbee_door(self) -> None:
        """A door with a Zigbee contact."""
        name = self.dice.choice(list(self.zigbee_doors))
        self.zigbee_doors[name] = not self.zigbee_doors[name]
        self.bridge.contact(name, self._moment(name), closed=not self.zigbee_doors[name])

    def sos_of(self, kind: type[Voice]) -> str:
        """Someone with a device of this kind asks for help; the device."""
        talker = self.dice.choice([t for t in self.talkers[1:] if isinstance(t.voice, kind) and t.alive])
        talker.say(talker.voice.sos(self._moment(talker.voice.device), self._place()))
        return talker.voice.device

    def zigbee_sos(self) -> str:
        """The Zigbee button."""
        self.bridge.press(self.zigbee_button, self._moment(self.zigbee_button))
        return self.zigbee_button

    def wired_sos(self) -> str:
        """The wired one-button alarm."""
        self.button.press()
        return self.button.device

    def press_any(self) -> str:
        """Some button, somewhere."""
        presses: list[Callable[[], str]] = [
            lambda: self.sos_of(Gt06Voice),
            lambda: self.sos_of(Jt808Voice),
            lambda: self.sos_of(WatchVoice),
            self.zigbee_sos,
            self.wired_sos,
            lambda: self.dice.choice(self.pendants).press(),
        ]
        return self.dice.choice(presses)()

    def _moment(self, device: str) -> datetime:
        """The device's own clock: a second further each time it speaks."""
        before = self._clocks.get(device)
        now = self._clock().replace(microsecond=0)
        at = self._clocks[device] = now if before is None else max(now, before + SECOND)
        return at

    def _place(self) -> Place:
        return CENTRE[0] + self.dice.uniform(-0.01, 0.01), CENTRE[1] + self.dice.uniform(-0.01, 0.01)

    def _voices(self, size: Size) -> Iterator[tuple[Voice, int]]:
        for i in range(size.gt06):
            imei = f"86123456{7000000 + i}"
            yield Gt06Voice(imei if i == 0 else f"gt06-{imei[-3:]}", imei), self.gt06_port
        for i in range(size.jt808):
            yield Jt808Voice(f"jt808-{100 + i}", f"13800138{100 + i}", edition=2019 if i % 2 else 2013), self.jt808_port
        for i in range(size.watches):
            yield WatchVoice(f"watch-{100 + i}", f"8800001{100 + i}"), self.watch_port

    def _talker(self, voice: Voice, port: int) -> Talker:
        return Talker(voice, port, self.ledger, self.dice)


def camera_installed() -> bool:
    """Whether the extra `camera` is there: its libraries are large, and a gateway without cameras has none of them."""
    try:
        version("av")
        version("numpy")
    except PackageNotFoundError:
        return False
    return True


_EVERYDAY = (Neighbourhood.walk, Neighbourhood.stroll, Neighbourhood.zigbee_door)
_WEIGHTS = (60, 15, 25)
