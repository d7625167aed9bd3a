"""What a configuration asks of this machine: readable files, secrets kept from others, keys that fit certificates.

Looked at whenever a gateway starts, also when nothing in the configuration has changed.
"""

from __future__ import annotations

import os
import re
import ssl
import stat
from collections.abc import Iterator
from pathlib import Path as FilePath

from edge.config_parts import Parts
from edge.config_shape import BrokerConfig, CameraConfig, Centre, MqttConfig, WebhookConfig
from firmware_profiles.finding import Finding
from firmware_profiles.tree import Document, Path
from sync.contract.envelope import replaced
from sync.credentials import handed_over

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_COMMON_NAME = re.compile(rb"\x06\x03\x55\x04\x03[\x0c\x13\x14\x16]([\x01-\x7f])", re.DOTALL)


def handed(centre: Centre) -> Centre:
    """With the files that systemd handed over in the place of those in /etc."""
    return replaced(centre, ca=handed_over(centre.ca), cert=handed_over(centre.cert), key=handed_over(centre.key))


def handed_secret(second: WebhookConfig) -> WebhookConfig:
    """The same for the second path's secret."""
    return replaced(second, secret_file=second.secret_file and handed_over(second.secret_file))


def check_files(document: Document, parts: Parts) -> Iterator[Finding]:
    """What must be asked of the machine at every start: files, their modes, and whether key and certificate match."""
    if parts.gateway is not None:
        yield from _folder(document, ("gateway", "data"), parts.gateway.data, may_be_made=True)
        if parts.gateway.profiles is not None:
            yield from _folder(document, ("gateway", "profiles"), parts.gateway.profiles, may_be_made=False)
    if parts.centre is not None:
        wrong = list(_tls(document, ("centre",), parts.centre.ca, parts.centre.cert, parts.centre.key))
        yield from wrong or _made_out(document, parts)
    if parts.second_path is not None:
        yield from _second_path(document, parts.second_path)
    for index, port in parts.ports:
        at: Path = ("ports", index)
        if isinstance(port, MqttConfig):
            broker = port.broker
            yield from _tls(document, (*at, "broker"), broker.ca, broker.cert, broker.key)
            yield from _secret(document, (*at, "broker", "password_file"), broker.password_file)
            yield from _broker_words(document, (*at, "broker"), broker)
        if isinstance(port, CameraConfig):
            yield from _secret(document, (*at, "password_file"), port.password_file)


def _second_path(document: Document, second: WebhookConfig) -> Iterator[Finding]:
    at: Path = ("second_path",)
    yield from _readable(document, (*at, "ca"), second.ca)
    unreadable = list(_secret(document, (*at, "secret_file"), second.secret_file))
    yield from unreadable
    if second.secret_file is not None and not unreadable:
        secret = FilePath(second.secret_file).read_text("latin-1").strip()
        if not secret or not secret.isprintable():
            yield document.finding(
                (*at, "secret_file"), "holds no secret", "文件中没有密钥", "one line of text: the value of the header"
            )


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


def _made_out(document: Document, parts: Parts) -> Iterator[Finding]:
    """The certificate names this gateway: the broker gives a gateway the rights of the name in its certificate."""
    if parts.centre is None or parts.gateway is None:
        return
    names = common_names(FilePath(parts.centre.cert).read_text("latin-1"))
    if parts.gateway.name not in names:
        to = f"`{names[-1][:60]}`" if names else "nobody"
        yield document.finding(
            ("centre", "cert"),
            f"the certificate is made out to {to}, not to `{parts.gateway.name}`",
            f"证书签发给 {to}，不是 `{parts.gateway.name}`",
            "a certificate whose common name is `gateway.name`",
        )


def common_names(pem: str) -> list[str]:
    """The common names in the first certificate of a PEM file, the issuer's and then the subject's.

    X.509 (RFC 5280, 4.1.2.4): each is an attribute of type 2.5.4.3, `06 03 55 04 03`, and a string. Looked for instead
    of parsed, because Python reads certificates of peers only.
    """
    block = _PEM.search(pem)
    try:
        der = ssl.PEM_cert_to_DER_cert(block[0]) if block else b""
    except ValueError:
        der = b""
    return [der[m.end() : m.end() + m[1][0]].decode("utf-8", "replace") for m in _COMMON_NAME.finditer(der)]


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
