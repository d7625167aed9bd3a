"""A throw-away certificate authority for demo and tests: EC P-256 keys, certificates as PEM files.

Not for a real site: there a gateway makes its own key, which never leaves it, and has only its request signed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOOPBACK = ("127.0.0.1", "localhost")
LIFETIME = timedelta(days=30)
SKEW = timedelta(days=1)
"""Certificates begin a day early, so that a machine whose clock is a little slow accepts them."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Where a certificate and its private key lie."""

    cert: Path
    key: Path


class Authority:
    """Signs certificates into `directory`; its own certificate is `ca`. Every authority is foreign to every other."""

    def __init__(self, directory: Path, name: str = "Linli throw-away CA") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.ca = directory / "ca.crt"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(self._name, self._key, _now() + LIFETIME, usage=None, hosts=())
        self.ca.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, name: str = "broker", hosts: Sequence[str] = LOOPBACK, *, expired: bool = False) -> Identity:
        """A server's `<name>.crt` and `<name>.key`, good for `hosts` (names and addresses)."""
        return self._issue(name, ExtendedKeyUsageOID.SERVER_AUTH, hosts, expired=expired)

    def client(self, name: str, *, expired: bool = False) -> Identity:
        """A client's `<name>.crt` and `<name>.key`; the broker takes `name` for the user name."""
        return self._issue(name, ExtendedKeyUsageOID.CLIENT_AUTH, (), expired=expired)

    def _issue(self, name: str, usage: x509.ObjectIdentifier, hosts: Sequence[str], *, expired: bool) -> Identity:
        key = ec.generate_private_key(ec.SECP256R1())
        until = _now() - timedelta(hours=1) if expired else _now() + LIFETIME
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key, until, usage, hosts)
        identity = Identity(self.directory / f"{name}.crt", self.directory / f"{name}.key")
        identity.cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        _write_secret(identity.key, _pem(key))
        return identity

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        until: datetime,
        usage: x509.ObjectIdentifier | None,
        hosts: Sequence[str],
    ) -> x509.Certificate:
        """`usage` None makes the authority's own certificate. Python 3.13 insists on the key identifiers."""
        own, issuer = x509.SubjectKeyIdentifier.from_public_key(key.public_key()), self._key.public_key()
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_now() - SKEW)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=usage is None, path_length=None), critical=True)
            .add_extension(_key_usage(ca=usage is None), critical=True)
            .add_extension(own, critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
        )
        if usage is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName([_host(h) for h in hosts]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def _now() -> datetime:
    """The true wall time: whoever checks these certificates reads the machine's clock, not an injected one."""
    return datetime.now(UTC)


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(path: Path, content: bytes) -> None:
    """Readable by its owner from the first byte on, never for a moment by others."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
