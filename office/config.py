"""The configuration of the receiver, `office.yaml`: every mistake at once with file, line and column, or a `Config`."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal

from firmware_profiles.documents import Document, read, shipped_schema, validate
from firmware_profiles.finding import Finding, in_order
from office.blobs import Quota
from sync.contract.envelope import Struct, convert, replaced
from sync.credentials import handed_over
from sync.mqtt import Broker, Tls

DEFAULT_PATH = Path("/etc/linli/office.yaml")
MB = 1 << 20
PARTS = ("broker", "blobs", "desk", "calls")
"""Sections with files of their own."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class TlsFiles(Struct, frozen=True):
    """PEM files."""

    ca: str
    cert: str
    key: str


class BrokerAt(Struct, frozen=True):
    """Where the broker is; without `tls` only on loopback, for trials."""

    host: str
    port: int = 8884
    tls: TlsFiles | None = None


class BlobDoor(Struct, frozen=True):
    """Where gateways bring and fetch files."""

    tls: TlsFiles
    host: str = "::"
    port: int = 8443
    largest_mb: float = 64
    gateway_mb: float = 2048
    total_mb: float = 51200

    @property
    def quota(self) -> Quota:
        """In bytes."""
        return Quota(int(self.largest_mb * MB), int(self.gateway_mb * MB), int(self.total_mb * MB))


class PageTls(Struct, frozen=True):
    """PEM files of a door that browsers come to."""

    cert: str
    key: str


class WebhookAt(Struct, frozen=True):
    """Where to post what is phoned out. `secret`: file with what the signature is made with."""

    url: str
    secret: str


class ModemAt(Struct, frozen=True):
    """A GSM modem on a serial line, by a path that survives replugging."""

    path: str
    baud: int = 115200


class OutcallAt(Struct, frozen=True):
    """How the desk phones out, one of the ways; `numbers` are phoned besides whoever is planned."""

    webhook: WebhookAt | None = None
    modem: ModemAt | None = None
    fake: bool = False
    numbers: tuple[str, ...] = ()


class DeskDoor(Struct, frozen=True):
    """The desk: where its page is, and what it must be told about itself."""

    tls: PageTls
    key: str
    """File with the key of medical notes and contacts: 32 random bytes as base64. Never beside the database."""
    host: str = "::"
    port: int = 8445
    office: str = "街道办事处"
    """How the office calls itself on every page."""
    url: str = ""
    """How people reach it from outside, for links; empty: by the name the browser used."""
    anchors: str = "/var/lib/linli-anchors"
    """Folder, best on another disk, where the head of the audit log is written every day."""
    idle_min: int = 240
    """A session without use ends after this; a page in front is use."""
    second_factor: Literal["leading", "everyone", "offered"] = "leading"
    """Who must have one: administrators and inspectors, everyone, or (on loopback only, for trials) nobody."""
    requests_per_s: float = 50.0
    """Of one session, lasting; five times as many of one address."""
    proxy: str = ""
    """Address of the proxy before the desk; only what comes from it may say for whom (X-Forwarded-For)."""
    outcall: OutcallAt | None = None
    """How people are phoned who are not there; none: the desk says with every call that it could not."""


class TurnAt(Struct, frozen=True):
    """The relay of calls (coturn), and the file with the secret that it shares with the desk."""

    urls: tuple[str, ...]
    """As the kiosk and the browser reach it, the preferred first."""
    secret: str
    valid_min: int = 60
    """A credential opens the relay for this long; a call that runs keeps it."""


class CallsAt(Struct, frozen=True):
    """What video calls need of the network. Nothing is assumed: no server of anybody else, ever."""

    turn: TurnAt | None = None
    stun: tuple[str, ...] = ()
    """Only where one end is behind an address translator; coturn answers these too."""
    relay_only: bool = False
    """No address of a kiosk or a desk is told to the other end: every call goes through the relay."""


class Config(Struct, frozen=True):
    """The whole of it; `docs/blob-door.md` and `office/office.example.yaml` explain it for people."""

    broker: BrokerAt
    name: str = "centre"
    group: str = ""
    data: str = "/var/lib/linli-office"
    socket: str = "/run/linli-office/receiver.sock"
    silent_after_s: float = 90.0
    blobs: BlobDoor | None = None
    desk: DeskDoor | None = None
    calls: CallsAt | None = None

    @property
    def desk_database(self) -> Path:
        """The desk's own SQLite file."""
        return Path(self.data) / "desk.sqlite"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return Path(self.data) / "office.sqlite"

    @property
    def mqtt(self) -> Broker:
        """The broker as the connection wants it; its lines add to the client id."""
        tls = self.broker.tls
        return Broker(
            self.broker.host, self.broker.port, self.name, tls=Tls(tls.ca, tls.cert, tls.key) if tls else None
        )


class ConfigError(ValueError):
    """A configuration that cannot be used; `findings` has every reason."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


def load(path: Path, *, files: bool = True, parts: Collection[str] = PARTS) -> Config:
    """The configuration in that file. Raises ConfigError with every mistake.

    `files` False: for who needs no certificates and no keys, and may not read them. `parts`: whose files must be there;
    a service is handed its own and cannot read those of the other.
    """
    document, findings = read(path, as_text=("name", "group"))
    if document is not None:
        findings += validate(document, shipped_schema("office", "office.schema.json"))
        findings += _files(document, parts) if files else ()
    if findings or document is None:
        raise ConfigError(in_order(findings))
    config = _handed(convert(document.data, Config))
    if config.broker.tls is None and config.broker.host not in LOOPBACK:
        at = document.finding(("broker", "host"), "a broker elsewhere needs `tls`", "远程代理必须配置 `tls`")
        raise ConfigError([at])
    if config.desk and config.desk.second_factor == "offered" and config.desk.host not in LOOPBACK:
        zh = "`offered` 只能用于本机试用(127.0.0.1);请改为 `leading` 或 `everyone`"
        at = document.finding(("desk", "second_factor"), "`offered` is for trials on loopback only", zh)
        raise ConfigError([at])
    if config.calls and config.calls.relay_only and config.calls.turn is None:
        zh = "`relay_only` 需要配置 `turn`,否则无法通话"
        at = document.finding(("calls", "relay_only"), "`relay_only` needs `turn`, or no call can be held", zh)
        raise ConfigError([at])
    return config


def _handed(config: Config) -> Config:
    """With the files that systemd handed over in the place of those in /etc."""
    broker, blobs = config.broker, config.blobs
    if broker.tls is not None:
        broker = replaced(broker, tls=_copies(broker.tls))
    return replaced(
        config,
        broker=broker,
        blobs=blobs and replaced(blobs, tls=_copies(blobs.tls)),
        desk=config.desk and _handed_desk(config.desk),
        calls=config.calls and _handed_calls(config.calls),
    )


def _handed_calls(calls: CallsAt) -> CallsAt:
    turn = calls.turn
    return replaced(calls, turn=turn and replaced(turn, secret=handed_over(turn.secret)))


def _handed_desk(desk: DeskDoor) -> DeskDoor:
    tls = PageTls(handed_over(desk.tls.cert), handed_over(desk.tls.key))
    out = desk.outcall
    if out is not None and out.webhook is not None:
        out = replaced(out, webhook=replaced(out.webhook, secret=handed_over(out.webhook.secret)))
    return replaced(desk, tls=tls, key=handed_over(desk.key), outcall=out)


def _copies(tls: TlsFiles) -> TlsFiles:
    return TlsFiles(handed_over(tls.ca), handed_over(tls.cert), handed_over(tls.key))


def _files(document: Document, parts: Collection[str]) -> Iterator[Finding]:
    """The certificates and secrets of these parts must be there and readable."""
    whole = document.data if isinstance(document.data, dict) else {}
    data = {part: section for part, section in whole.items() if part in parts}
    for part in ("broker", "blobs", "desk"):
        door = data.get(part)
        tls = door.get("tls") if isinstance(door, dict) else None
        for name, file in tls.items() if isinstance(tls, dict) else ():
            yield from _unreadable(document, (part, "tls", str(name)), file)
    desk = data.get("desk")
    if isinstance(desk, dict):
        yield from _unreadable(document, ("desk", "key"), desk.get("key"))
        out = desk.get("outcall")
        webhook = out.get("webhook") if isinstance(out, dict) else None
        if isinstance(webhook, dict):
            yield from _unreadable(document, ("desk", "outcall", "webhook", "secret"), webhook.get("secret"))
    calls = data.get("calls")
    turn = calls.get("turn") if isinstance(calls, dict) else None
    if isinstance(turn, dict):
        yield from _unreadable(document, ("calls", "turn", "secret"), turn.get("secret"))


def _unreadable(document: Document, path: tuple[str, ...], file: object) -> Iterator[Finding]:
    if isinstance(file, str) and not os.access(handed_over(file), os.R_OK):
        yield document.finding(path, f"`{file}` cannot be read", f"无法读取 `{file}`", "a readable file")
