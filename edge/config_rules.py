"""What a schema cannot say about a configuration: names that must differ, files to be readable, profiles that fit.

Looks at whatever parts of the file are well-formed, so that one look finds every mistake, also when another part is
broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from edge.config_parts import Known, Once, Parts, Use
from edge.config_pins import check_pins, uses
from edge.config_shape import (
    CameraConfig,
    PortConfig,
    SerialConfig,
    TcpConfig,
    UdpConfig,
    WebhookConfig,
    endpoint,
)
from firmware_profiles.finding import Finding, listed
from firmware_profiles.loader import check_settings, unknown_profile
from firmware_profiles.tree import Document, Path

ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


def cross_check(document: Document, parts: Parts, known: Known) -> Iterator[Finding]:
    """Every mistake that needs more than one place to see."""
    yield from _names_and_addresses(document, parts)
    yield from check_pins(document, parts)
    for index, port in parts.ports:
        yield from _profiles_of(document, ("ports", index), port, known)
        yield from _networks(document, ("ports", index), port)
    for name in parts.supervision.profiles:
        if name not in known.profiles and name not in known.broken:
            yield _no_profile(document, ("supervision", "profiles", name), name, known, key=True)
    if parts.second_path is not None:
        yield from _second_path(document, parts.second_path)
    if parts.storage.reserve_mb >= parts.storage.max_mb:
        yield document.finding(
            ("storage", "reserve_mb"),
            "`reserve_mb` leaves nothing",
            "`reserve_mb` 过大",
            f"less than {parts.storage.max_mb}",
        )


def _second_path(document: Document, second: WebhookConfig) -> Iterator[Finding]:
    """Not in clear by oversight."""
    if second.url.startswith("http://") and not second.unencrypted:
        yield document.finding(
            ("second_path", "url"),
            "the second path would not be encrypted",
            "第二通道未加密",
            "https://, or `unencrypted: true` where nobody can listen",
        )


def _names_and_addresses(document: Document, parts: Parts) -> Iterator[Finding]:
    names, paths, sources = Once(document), Once(document), Once(document)
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


def _profiles_of(document: Document, at: Path, port: PortConfig, known: Known) -> Iterator[Finding]:
    kind = str(type(port).__struct_config__.tag)
    for use in uses(at, port):
        if use.name:
            yield from _profile(document, use, kind, known)
        else:
            yield document.finding(
                use.settings_at[:-1], "`profile` is missing", "缺少 `profile`", "here or for the whole port"
            )


def _profile(document: Document, use: Use, kind: str, known: Known) -> Iterator[Finding]:
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
