"""What a schema cannot say about a configuration: names that must differ, files to be readable, profiles that fit.

Looks at whatever parts of the file are well-formed, so that one look finds every mistake, also when another part is
broken.
"""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from edge.config_shape import (
    Adc,
    BrokerConfig,
    CameraConfig,
    Centre,
    Gateway,
    GpioConfig,
    MqttConfig,
    OutputPin,
    Outputs,
    Pin,
    PortConfig,
    SerialConfig,
    Storage,
    SupervisionConfig,
    TcpConfig,
    UdpConfig,
    endpoint,
)
from firmware_profiles.finding import Finding, listed
from firmware_profiles.loader import Profile, SettingsSchema, check_settings, unknown_profile
from firmware_profiles.tree import Document, Path

ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
ADC_CHANNELS = {"mcp3002": 2, "mcp3202": 2, "mcp3004": 4, "mcp3204": 4, "mcp3008": 8, "mcp3208": 8}


@dataclass(frozen=True, slots=True)
class Parts:
    """The well-formed parts of a configuration, ports with their index in the file."""

    gateway: Gateway | None
    centre: Centre | None
    ports: tuple[tuple[int, PortConfig], ...]
    outputs: Outputs
    supervision: SupervisionConfig
    storage: Storage


@dataclass(frozen=True, slots=True)
class Known:
    """What the configuration is held against. `broken`: profiles whose own mistakes are told already."""

    profiles: Mapping[str, Profile]
    settings_schema: SettingsSchema | None = None
    broken: frozenset[str] = frozenset()


def cross_check(document: Document, parts: Parts, known: Known) -> Iterator[Finding]:
    """Every mistake that needs more than one place to see."""
    yield from _names_and_addresses(document, parts)
    yield from _pins(document, parts)
    for index, port in parts.ports:
        yield from _profiles_of(document, ("ports", index), port, known)
        yield from _networks(document, ("ports", index), port)
    for name in parts.supervision.profiles:
        if name not in known.profiles and name not in known.broken:
            yield _no_profile(document, ("supervision", "profiles", name), name, known, key=True)
    if parts.storage.reserve_mb >= parts.storage.max_mb:
        yield document.finding(
            ("storage", "reserve_mb"),
            "`reserve_mb` leaves nothing",
            "`reserve_mb` 过大",
            f"less than {parts.storage.max_mb}",
        )


def check_files(document: Document, parts: Parts) -> Iterator[Finding]:
    """What must be asked of the machine at every start: files, their modes, and whether key and certificate match."""
    if parts.gateway is not None:
        yield from _folder(document, ("gateway", "data"), parts.gateway.data, may_be_made=True)
        if parts.gateway.profiles is not None:
            yield from _folder(document, ("gateway", "profiles"), parts.gateway.profiles, may_be_made=False)
    if parts.centre is not None:
        yield from _tls(document, ("centre",), parts.centre.ca, parts.centre.cert, parts.centre.key)
    for index, port in parts.ports:
        at: Path = ("ports", index)
        if isinstance(port, MqttConfig):
            broker = port.broker
            yield from _tls(document, (*at, "broker"), broker.ca, broker.cert, broker.key)
            yield from _secret(document, (*at, "broker", "password_file"), broker.password_file)
            yield from _broker_words(document, (*at, "broker"), broker)
        if isinstance(port, CameraConfig):
            yield from _secret(document, (*at, "password_file"), port.password_file)


def _names_and_addresses(document: Document, parts: Parts) -> Iterator[Finding]:
    names, paths, sources, lines = (_Once(document) for _ in range(4))
    sockets: list[tuple[str, str, int, int]] = []
    for index, port in parts.ports:
        at: Path = ("ports", index)
        yield from names.see((*at, "name"), port.name, "port name", "端口名")
        if isinstance(port, TcpConfig | UdpConfig):
            yield from _listens(document, (*at, "listen"), port, sockets)
        elif isinstance(port, SerialConfig):
            yield from paths.see((*at, "path"), port.path, "serial line", "串口")
        elif isinstance(port, CameraConfig):
            yield from sources.see((*at, "source"), port.source, "camera", "摄像头")
        elif isinstance(port, GpioConfig):
            for where, entry in [*_entries(at, port), *_outputs(at, port)]:
                yield from lines.see((*where, "line"), entry.line, "line", "线路名")


class _Once:
    """Notes values that must not stand twice."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._seen: dict[object, Path] = {}

    def see(self, at: Path, value: object, what: str, what_zh: str) -> Iterator[Finding]:
        if value in self._seen:
            line = self._document.place(self._seen[value])[0]
            yield self._document.finding(
                at,
                f"{what} `{value}` is taken by line {line}",
                f"{what_zh} `{value}` 已在第 {line} 行使用",
                "each once",
            )
        else:
            self._seen[value] = at


def _listens(
    document: Document, at: Path, port: TcpConfig | UdpConfig, sockets: list[tuple[str, str, int, int]]
) -> Iterator[Finding]:
    kind = "tcp" if isinstance(port, TcpConfig) else "udp"
    try:
        host, number = endpoint(port.listen)
    except ValueError:  # the schema has said so
        return
    if not 0 <= number <= 65535:  # 0 takes a free one, for tests
        yield document.finding(at, f"{number} is no port number", f"{number} 不是端口号", "1 to 65535")
        return
    for other_kind, other_host, other, line in sockets:
        overlap = host == other_host or host in ANYWHERE or other_host in ANYWHERE
        if kind == other_kind and number == other != 0 and overlap:
            yield document.finding(
                at,
                f"`{port.listen}` is taken by line {line}",
                f"`{port.listen}` 已在第 {line} 行使用",
                "one port of ours per address and port number",
            )
    sockets.append((kind, host, number, document.place(at)[0]))


def _entries(at: Path, port: GpioConfig) -> Iterator[tuple[Path, Pin | Adc]]:
    for number, pin in enumerate(port.pins):
        yield (*at, "pins", number), pin
    for number, adc in enumerate(port.adc):
        yield (*at, "adc", number), adc


def _outputs(at: Path, port: GpioConfig) -> Iterator[tuple[Path, OutputPin]]:
    for number, out in enumerate(port.outputs):
        yield (*at, "outputs", number), out


def _pins(document: Document, parts: Parts) -> Iterator[Finding]:
    pins, channels = _Once(document), _Once(document)
    for output in ("lamp", "buzzer"):
        if (number := getattr(parts.outputs, output)) is not None:
            yield from pins.see(("outputs", output), number, "pin", "引脚")
    for index, port in parts.ports:
        if not isinstance(port, GpioConfig):
            continue
        for place, out in _outputs(("ports", index), port):
            yield from pins.see((*place, "pin"), out.pin, "pin", "引脚")
        if not port.pins and not port.adc:
            yield document.finding(("ports", index), "no pin is declared", "没有声明任何引脚", "`pins` or `adc`")
        for where, entry in _entries(("ports", index), port):
            if isinstance(entry, Pin):
                yield from pins.see((*where, "pin"), entry.pin, "pin", "引脚")
                continue
            yield from channels.see((*where, "channel"), (entry.device, entry.channel), "channel", "通道")
            channels_there = ADC_CHANNELS.get(entry.chip, 8)
            if entry.channel >= channels_there:
                yield document.finding(
                    (*where, "channel"),
                    f"{entry.chip} has no channel {entry.channel}",
                    f"{entry.chip} 没有通道 {entry.channel}",
                    f"0 to {channels_there - 1}",
                )


@dataclass(frozen=True, slots=True)
class _Use:
    """A profile put to use: its name and where that stands, and where settings may stand over the profile's."""

    name: str
    at: Path
    settings_at: Path


def _profiles_of(document: Document, at: Path, port: PortConfig, known: Known) -> Iterator[Finding]:
    kind = str(type(port).__struct_config__.tag)
    for use in _uses(at, port):
        if use.name:
            yield from _profile(document, use, kind, known)
        else:
            yield document.finding(
                use.settings_at[:-1], "`profile` is missing", "缺少 `profile`", "here or for the whole port"
            )


def _uses(at: Path, port: PortConfig) -> Iterator[_Use]:
    """Every use of a profile in a port; on pins a use without a name is a mistake."""
    if port.profile is not None:
        yield _Use(port.profile, (*at, "profile"), (*at, "settings"))
    for where, entry in _entries(at, port) if isinstance(port, GpioConfig) else ():
        if entry.profile is not None:
            yield _Use(entry.profile, (*where, "profile"), (*where, "settings"))
        elif port.profile is None or entry.settings:
            yield _Use(port.profile or "", (*at, "profile"), (*where, "settings"))


def _profile(document: Document, use: _Use, kind: str, known: Known) -> Iterator[Finding]:
    """The profile exists, can be heard through this kind of port, and its driver takes these settings."""
    profile = known.profiles.get(use.name)
    if profile is None:
        if use.name not in known.broken:
            yield _no_profile(document, use.at, use.name, known)
        return
    if kind not in (*profile.ports, "memory"):
        yield document.finding(
            use.at,
            f"profile `{use.name}` cannot be heard through {kind}",
            f"设备类型 `{use.name}` 不能通过 {kind} 接收",
            f"a port of kind {listed(profile.ports)}",
        )
    if known.settings_schema is not None:
        yield from check_settings(document, use.settings_at, profile.driver, known.settings_schema, name_at=use.at)


def _no_profile(document: Document, at: Path, name: str, known: Known, *, key: bool = False) -> Finding:
    names = sorted(known.profiles)
    en, zh = unknown_profile(name, names)
    return document.finding(at, en, zh, listed(names), key=key)


def _networks(document: Document, at: Path, port: PortConfig) -> Iterator[Finding]:
    for index, text in enumerate(port.allow if isinstance(port, TcpConfig | UdpConfig) else ()):
        try:
            ip_network(text)
        except ValueError as error:
            yield document.finding((*at, "allow", index), str(error), f"`{text}` 不是网段", "such as 10.0.0.0/8")


def _broker_words(document: Document, at: Path, broker: BrokerConfig) -> Iterator[Finding]:
    if (broker.username is None) != (broker.password_file is None):
        missing = "username" if broker.username is None else "password_file"
        yield document.finding(at, f"`{missing}` is missing", f"缺少 `{missing}`", "both or neither")


def _tls(document: Document, at: Path, ca: str | None, cert: str | None, key: str | None) -> Iterator[Finding]:
    if (cert is None) != (key is None):
        missing = "cert" if cert is None else "key"
        yield document.finding(at, f"`{missing}` is missing", f"缺少 `{missing}`", "`cert` and `key`, or neither")
    wrong = [
        *(_readable(document, (*at, "ca"), ca)),
        *(_readable(document, (*at, "cert"), cert)),
        *(_secret(document, (*at, "key"), key)),
    ]
    yield from wrong
    if not wrong:
        yield from _pair(document, at, ca, cert, key)


def _pair(document: Document, at: Path, ca: str | None, cert: str | None, key: str | None) -> Iterator[Finding]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if ca is not None:
            context.load_verify_locations(ca)
    except ssl.SSLError:
        yield document.finding((*at, "ca"), "holds no certificate", "文件中没有证书", "certificates in PEM")
    if cert is None or key is None:
        return
    try:
        context.load_cert_chain(cert, key, password="")  # an empty password, so that nothing waits for a keyboard
    except ssl.SSLError as error:
        if "MISMATCH" in str(error):
            reason, zh = "certificate and key do not belong together", "证书与私钥不匹配"
        else:
            reason, zh = "certificate or key cannot be used", "证书或私钥无法使用"
        yield document.finding((*at, "key"), reason, zh, "PEM, the key without a password, made for this certificate")


def _readable(document: Document, at: Path, path: str | None) -> Iterator[Finding]:
    if path is None:
        return
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - only opened, to hear the reason
            file.read(1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        yield document.finding(
            at, f"`{path}` cannot be read: {reason}", f"无法读取 `{path}`：{reason}", "a readable file"
        )


def _secret(document: Document, at: Path, path: str | None) -> Iterator[Finding]:
    """Readable for us and not for everybody."""
    if path is None:
        return
    unreadable = list(_readable(document, at, path))
    yield from unreadable
    if not unreadable and os.stat(path).st_mode & stat.S_IROTH:  # noqa: PTH116
        yield document.finding(
            at,
            f"everybody on this machine can read `{path}`",
            f"本机任何用户都能读取 `{path}`",
            f"chmod 640 {path} (or 600)",
        )


def _folder(document: Document, at: Path, path: str, *, may_be_made: bool) -> Iterator[Finding]:
    if os.path.isdir(path) or (may_be_made and not os.path.lexists(path)):  # noqa: PTH112
        return
    yield document.finding(at, f"`{path}` is no folder", f"`{path}` 不是文件夹", "a folder")
