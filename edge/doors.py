"""From the configuration's ports to open doors: which port, which driver, which conversation.

Each kind is imported when it is used, so that a gateway without pins never loads gpiozero.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from drivers.decoder import Driver, load_driver
from drivers.model import convert
from drivers.ports.clock import Clock
from drivers.ports.health import pauses
from drivers.ports.port import Conversation, ExpiringLine, Line, Port
from edge.config_shape import (
    CameraConfig,
    Config,
    GpioConfig,
    MemoryConfig,
    MqttConfig,
    OutputPin,
    PortConfig,
    SerialConfig,
    TcpConfig,
    UdpConfig,
    devices_on,
    endpoint,
)
from edge.intake import Intake
from edge.talk import Talk
from firmware_profiles.loader import Profile
from sync.contract.envelope import replaced
from sync.mqtt import Broker, Connection, Tls

log = logging.getLogger("linli.ports")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0

Known = Callable[[str], Callable[[str], bool]]
"""driver -> (address -> registered?)"""


@dataclass(frozen=True, slots=True)
class Voice:
    """What a line speaks: the profile, its driver, and the settings of both port and profile."""

    profile: str
    driver: Driver
    settings: Any


class Door:
    """One port with what listens behind it. A `Listener` of `drivers.ports.port`."""

    def __init__(
        self,
        port: Port,
        voice: Callable[[Line], Voice],
        intake: Intake,
        clock: Clock,
        known: Known,
        allow: Sequence[str],
        idle_s: float | None = None,
    ) -> None:
        self.port = port
        self.fault: str | None = None
        self.refusals: dict[str, int] = {}
        self.on_fault: Callable[[Door], None] = lambda _door: None
        self._voice, self._intake, self._clock, self._known = voice, intake, clock, known
        self._allow = [ip_network(a) for a in allow]
        self._idle_s = idle_s

    async def run(self) -> None:
        """Serve until cancelled. A port that meets a fault of the program must not take the others along."""
        waits = pauses(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        while True:
            try:
                await self.port.run(self)
            except Exception as error:  # supervision
                log.exception("port %s met a fault of the program", self.port.name)
                self.port_down(f"fault of the program: {error!r}")
            await asyncio.sleep(next(waits))

    def opened(self, line: Line) -> Conversation:
        """A new peer."""
        voice = self._voice(line)
        decoder = voice.driver.make(voice.settings, self._known(voice.driver.name))
        talk = Talk(self._intake, line, self.port.name, voice.profile, voice.driver.name, decoder)
        talk.patient = self._idle_s is None
        self._intake.talks.add(talk)
        talk.watch(self._clock)
        if talk.patient and isinstance(line, ExpiringLine) and (wait := self._intake.patience_s(voice.profile, "")):
            line.idle_after(wait)
        if self._allow and not self._allowed(line):
            self.refused("address not in the allow list", 1)
            line.close("address not in the allow list")
        return talk

    def port_up(self) -> None:
        """It works (again)."""
        if self.fault is not None:
            log.warning("port %s works again", self.port.name)
            self.fault = None
            self.on_fault(self)

    def port_down(self, reason: str) -> None:
        """It is dead and keeps trying."""
        log.error("port %s is down: %s", self.port.name, reason)
        self.fault = reason
        self.on_fault(self)

    def refused(self, reason: str, count: int) -> None:
        """Something was turned away at a bound."""
        self.refusals[reason] = self.refusals.get(reason, 0) + count
        log.warning("port %s: %s (%d times)", self.port.name, reason, count)

    def _allowed(self, line: Line) -> bool:
        host = line.name.rsplit(" ", 1)[-1].rpartition(":")[0].strip("[]")
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._allow)


def open_doors(
    config: Config, profiles: Mapping[str, Profile], intake: Intake, clock: Clock, known: Known
) -> Iterator[Door]:
    """A door for every declared port; of a camera, the one its own process comes to."""
    makers: dict[type, _Make] = {**_MAKERS, CameraConfig: partial(_camera, Path(config.gateway.data))}
    for port in _with_outputs(config):
        make = makers.get(type(port))
        if make is not None:
            made = make(port, clock, config.gateway.name)
            allow, idle_s = getattr(port, "allow", ()), getattr(port, "idle_s", None)
            yield Door(made, _voices(port, profiles), intake, clock, known, allow, idle_s)


def _with_outputs(config: Config) -> list[PortConfig]:
    """The ports, with the shared lamp and buzzer on the first board; without a board they are one of their own."""
    shared = tuple(
        OutputPin(line=line, pin=pin)
        for line, pin in (
            ("lamp", config.outputs.lamp),
            ("buzzer", config.outputs.buzzer),
            ("status", config.outputs.status),
        )
        if pin is not None
    )
    ports = list(config.ports)
    if not shared:
        return ports
    for index, port in enumerate(ports):
        if isinstance(port, GpioConfig):
            ports[index] = replaced(port, outputs=(*port.outputs, *shared))
            return ports
    return [*ports, GpioConfig(name="outputs", outputs=shared)]


def voice_of(profile: Profile, settings: Mapping[str, Any]) -> Voice:
    """The driver a profile names with its settings filled in; the port's settings go before the profile's."""
    driver = load_driver(profile.driver)
    return Voice(profile.id, driver, convert({**profile.settings, **settings}, driver.settings))


def _voices(port: PortConfig, profiles: Mapping[str, Profile]) -> Callable[[Line], Voice]:
    """What each line of a port speaks. A profile that is not there is said now, not at the first press."""
    if not isinstance(port, GpioConfig):
        one = voice_of(profiles[port.profile], port.settings)
        return lambda _line: one
    by_device = {
        device: voice_of(profiles[wired.profile], wired.settings)
        for device, wired in devices_on(port).items()
        if wired.profile is not None
    }
    return lambda line: by_device[getattr(line, "device", "")]


def _tcp(port: TcpConfig, clock: Clock, _gateway: str) -> Port:
    from drivers.ports.tcp import TcpPort  # noqa: PLC0415

    host, number = endpoint(port.listen)
    return TcpPort(port.name, host, number, clock, max_connections=port.max_connections, idle_s=port.idle_s or 300)


def _udp(port: UdpConfig, clock: Clock, _gateway: str) -> Port:
    from drivers.ports.udp import UdpPort  # noqa: PLC0415

    host, number = endpoint(port.listen)
    return UdpPort(port.name, host, number, clock, max_peers=port.max_peers, idle_s=port.idle_s or 600)


def _serial(port: SerialConfig, clock: Clock, _gateway: str) -> Port:
    from drivers.ports.serial import SerialPort  # noqa: PLC0415

    return SerialPort(
        port.name,
        port.path,
        port.baud,
        clock,
        parity=port.parity,  # type: ignore[arg-type] # the configuration's schema allows just these letters
        data_bits=port.data_bits,
        stop_bits=port.stop_bits,
    )


def _mqtt(port: MqttConfig, clock: Clock, gateway: str) -> Port:
    from drivers.ports.mqtt import MqttPort  # noqa: PLC0415

    b = port.broker
    password = Path(b.password_file).read_text().strip() if b.password_file else None
    tls = Tls(b.ca, b.cert, b.key, b.server_name) if b.ca else None
    broker = Broker(b.host, b.port, f"linli-{gateway}-{port.name}", b.username, password, tls, version=3)
    return MqttPort(port.name, port.topics, lambda h, topics: Connection(broker, h, topics), clock)


def _gpio(port: GpioConfig, clock: Clock, _gateway: str) -> Port:
    from drivers.ports import pinout  # noqa: PLC0415
    from drivers.ports.pins import GpioPort  # noqa: PLC0415

    return GpioPort(
        port.name,
        clock,
        inputs=[pinout.InputPin(p.line, p.pin, p.pull) for p in port.pins],
        channels=[pinout.AdcChannel(a.line, a.channel, a.chip, a.device, a.every_s) for a in port.adc],
        outputs=[pinout.OutputPin(o.line, o.pin, o.active) for o in port.outputs],
        mock=Path(port.mock) if port.mock else None,
        chip=port.chip,
    )


def _camera(data: Path, port: CameraConfig, clock: Clock, _gateway: str) -> Port:
    from drivers.ports.camera import CameraPort  # noqa: PLC0415
    from edge.camera_link import camera_socket  # noqa: PLC0415

    return CameraPort(port.name, camera_socket(data, port.name), clock)


def _memory(port: MemoryConfig, clock: Clock, _gateway: str) -> Port:
    from drivers.ports.memory import MemoryPort  # noqa: PLC0415

    return MemoryPort(port.name, clock)


_Make = Callable[[Any, Clock, str], Port]

_MAKERS: dict[type, _Make] = {
    TcpConfig: _tcp,
    UdpConfig: _udp,
    SerialConfig: _serial,
    GpioConfig: _gpio,
    MqttConfig: _mqtt,
    MemoryConfig: _memory,
}
