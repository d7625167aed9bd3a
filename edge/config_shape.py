"""The configuration of a gateway as frozen values; `config.schema.json` says the same of the file.

Times are seconds, sizes megabytes, paths absolute. Secrets are named by file and never stand in the configuration.
"""

from __future__ import annotations

from typing import Any

from sync.contract.envelope import Struct
from sync.contract.kiosk_box import KioskBox

REQUESTS = (
    *("locate", "say", "interval", "confirm", "output", "snapshot"),
    *("device-put", "device-remove", "resend", "diagnose", "restart", "drill", "screen"),
)
"""Everything the centre may ask of a gateway (`down/request/<command>`)."""


class Gateway(Struct, frozen=True):
    """Who this is. `profiles` is a folder with profiles of the site, beside the shipped ones."""

    name: str
    data: str = "/var/lib/linli"
    language: str = "zh"
    profiles: str | None = None


class Centre(Struct, frozen=True):
    """Where events go. `server_name`: the name in the server's certificate when it is not `host`."""

    host: str
    ca: str
    cert: str
    key: str
    port: int = 8883
    server_name: str | None = None
    custody: str = "receipt"
    blob_url: str | None = None


class TcpConfig(Struct, frozen=True, kw_only=True, tag_field="kind", tag="tcp"):
    """A listening TCP socket. `idle_s` None: three check-ins of the profile. `allow` empty: everyone may connect."""

    name: str
    profile: str
    listen: str
    max_connections: int = 2000
    idle_s: float | None = None
    allow: tuple[str, ...] = ()
    settings: dict[str, Any] = {}


class UdpConfig(Struct, frozen=True, kw_only=True, tag_field="kind", tag="udp"):
    """A UDP socket; fields as in TcpConfig."""

    name: str
    profile: str
    listen: str
    max_peers: int = 2000
    idle_s: float | None = None
    allow: tuple[str, ...] = ()
    settings: dict[str, Any] = {}


class SerialConfig(Struct, frozen=True, kw_only=True, tag_field="kind", tag="serial"):
    """A serial line, by a path that survives replugging (/dev/serial/by-id/...)."""

    name: str
    profile: str
    path: str
    baud: int = 9600
    parity: str = "N"
    data_bits: int = 8
    stop_bits: float = 1
    settings: dict[str, Any] = {}


class Pin(Struct, frozen=True, kw_only=True):
    """A digital input. `line` is the device's address (or `address:role`, such as its tamper switch).

    `profile` None: the port's. `active` None: as the profile's settings say.
    """

    line: str
    pin: int
    pull: str = "up"
    active: str | None = None
    profile: str | None = None
    settings: dict[str, Any] = {}


class Adc(Struct, frozen=True, kw_only=True):
    """One channel of an analogue converter on SPI, for a supervised loop; `device` is the chip select."""

    line: str
    chip: str
    channel: int
    device: int = 0
    every_s: float = 0.1
    profile: str | None = None
    settings: dict[str, Any] = {}


class OutputPin(Struct, frozen=True, kw_only=True):
    """An output beside a device, such as the lamp of its button: `line` is `address:output`."""

    line: str
    pin: int
    active: str = "high"


class GpioConfig(Struct, frozen=True, kw_only=True, tag_field="kind", tag="gpio"):
    """Pins of the board. `chip`: number of the gpiochip device, None for the board's own; `mock`: a socket instead."""

    name: str
    profile: str | None = None
    chip: int | None = None
    mock: str | None = None
    pins: tuple[Pin, ...] = ()
    adc: tuple[Adc, ...] = ()
    outputs: tuple[OutputPin, ...] = ()
    settings: dict[str, Any] = {}


class BrokerConfig(Struct, frozen=True, kw_only=True):
    """A broker of the house (zigbee2mqtt's). `ca` switches TLS on."""

    host: str
    port: int = 1883
    username: str | None = None
    password_file: str | None = None
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    server_name: str | None = None


class MqttConfig(Struct, frozen=True, kw_only=True, tag_field="kind", tag="mqtt"):
    """Topics of another broker, taken as a source of device messages."""

    name: str
    profile: str
    broker: BrokerConfig
    topics: tuple[str, ...]
    settings: dict[str, Any] = {}


class MemoryConfig(Struct, frozen=True, kw_only=True, tag_field="kind", tag="memory"):
    """The in-memory port that ships with the product."""

    name: str
    profile: str
    settings: dict[str, Any] = {}


class CameraConfig(Struct, frozen=True, kw_only=True, tag_field="kind", tag="camera"):
    """One camera. `devices`: whose SOS asks for a picture; empty: none does."""

    name: str
    profile: str
    source: str
    username: str | None = None
    password_file: str | None = None
    devices: tuple[str, ...] = ()
    settings: dict[str, Any] = {}


PortConfig = TcpConfig | UdpConfig | SerialConfig | GpioConfig | MqttConfig | MemoryConfig | CameraConfig


class Outputs(Struct, frozen=True):
    """Pins that show an alarm where it was raised, and how a kiosk stands; None: there is no such thing here."""

    lamp: int | None = None
    buzzer: int | None = None
    status: int | None = None


class Alarms(Struct, frozen=True):
    """When an alarm that gets no answer escalates, and how bad each cause is (over the profile's word).

    `unattended_at_once`: at once, while the centre says that nobody is on duty. `unattended_says`: what the device says
    then; None: our own words, empty: nothing.
    """

    escalate_after_s: float = 10.0
    acknowledge_after_s: float = 60.0
    unattended_at_once: bool = True
    unattended_says: str | None = None
    severities: dict[str, str] = {}


class CheckIn(Struct, frozen=True):
    """Another supervision for all devices of a profile; None: as the profile says."""

    check_in_s: float | None = None
    margin: float | None = None


class SupervisionConfig(Struct, frozen=True):
    """Overrides by profile id; a device's own `check_in_s` in the registry goes before both."""

    profiles: dict[str, CheckIn] = {}


class WebhookConfig(Struct, frozen=True, kw_only=True, tag_field="kind", tag="webhook"):
    """The second path for alarms as an HTTPS POST. `secret_file` holds the whole value of `header`.

    `ca` None: the certificates this machine trusts. `unencrypted` allows an address that begins with http://.
    """

    url: str
    unencrypted: bool = False
    ca: str | None = None
    secret_file: str | None = None
    header: str = "Authorization"
    timeout_s: float = 10.0


class Intervals(Struct, frozen=True):
    """How often the gateway reports by itself."""

    state_s: float = 60.0


class NightCheck(Struct, frozen=True):
    """The daily proof of the whole path; `at` in the machine's time zone."""

    enabled: bool = True
    at: str = "03:30"


class Storage(Struct, frozen=True):
    """Bounds of what is kept. `reserve_mb` is freed for alarms when the disk is full."""

    reserve_mb: int = 16
    max_mb: int = 2048
    max_bulk_events: int = 1_000_000
    max_blobs_mb: int = 1024


class Api(Struct, frozen=True):
    """The local API of kiosk and command line."""

    socket: str = "/run/linli/api.sock"


class Allow(Struct, frozen=True):
    """What the centre may ask for; cannot itself be changed from afar."""

    requests: tuple[str, ...] = REQUESTS


class PeripheralsConfig(Struct, frozen=True):
    """What stands beside the screen. `printer`: a device file, a host, or `fake`; `reader`: an event file or a line.

    `lamp`: `fake` writes what the status light would show; a real one is the pin `outputs.status`.
    """

    printer: str = ""
    reader: str = ""
    reader_baud: int = 9600
    lamp: str = ""


class Config(Struct, frozen=True, kw_only=True):
    """Everything a gateway is told by its file."""

    gateway: Gateway
    centre: Centre
    ports: tuple[PortConfig, ...] = ()
    outputs: Outputs = Outputs()
    alarms: Alarms = Alarms()
    supervision: SupervisionConfig = SupervisionConfig()
    intervals: Intervals = Intervals()
    night_check: NightCheck = NightCheck()
    second_path: WebhookConfig | None = None
    storage: Storage = Storage()
    api: Api = Api()
    allow: Allow = Allow()
    kiosk: KioskBox | None = None
    peripherals: PeripheralsConfig = PeripheralsConfig()


class Wired(Struct, frozen=True):
    """What one device on the pins speaks: its profile, and the settings that go over the profile's."""

    profile: str | None
    settings: dict[str, Any] = {}


def device_of(line: str) -> str:
    """The device a line belongs to: `button-301` of `button-301:tamper`."""
    return line.partition(":")[0]


def devices_on(port: GpioConfig) -> dict[str, Wired]:
    """Every device with inputs on this port. Its own line says what it is, not that of its tamper switch."""
    found: dict[str, Wired] = {}
    lines: list[Pin | Adc] = [*port.pins, *port.adc]
    for entry in sorted(lines, key=lambda entry: ":" in entry.line):
        active = {"active": entry.active} if isinstance(entry, Pin) and entry.active is not None else {}
        settings = port.settings | entry.settings | active
        found.setdefault(device_of(entry.line), Wired(entry.profile or port.profile, settings))
    return found


def endpoint(listen: str) -> tuple[str, int]:
    """Host and port of `192.168.1.10:5023` or `[fd00::1]:5023`."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)
