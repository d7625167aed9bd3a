"""Credentials of the relay, and what the configuration may say about calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from office import config
from office.config import CallsAt, ConfigError, TurnAt
from office.turn import TurnSecretError, credentials, ice
from sync.contract.call_signals import IceServer

SECRET = "0123456789abcdef0123456789abcdef"
CALL = "k3v9q0x2m7t5w8z1"
URLS = ("turn:turn.example:3478", "turns:turn.example:5349?transport=tcp")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "turn.secret"
    path.write_text(f"{SECRET}\n", encoding="ascii")
    return path


def load(tmp_path: Path, calls: str) -> config.Config:
    path = tmp_path / "office.yaml"
    path.write_text(f"broker: {{host: 127.0.0.1}}\ncalls: {calls}\n", encoding="utf-8")
    return config.load(path)


def test_a_credential_is_what_the_draft_says() -> None:
    # $ printf 1700003600:k3v9q0x2m7t5w8z1 | openssl dgst -sha1 -hmac 0123456789abcdef0123456789abcdef -binary | base64
    made = credentials(SECRET, CALL, 1_700_000_000.9, 3600)
    assert made == ("1700003600:k3v9q0x2m7t5w8z1", "JQWkIwfiyu42UtP4s/OSqOQVqcc=")


def test_two_calls_and_two_moments_have_different_credentials() -> None:
    made = {credentials(SECRET, call, at, 600) for call in (CALL, CALL[::-1]) for at in (1e9, 2e9)}
    assert len({one.credential for one in made}) == len(made) == 4


def test_nothing_configured_names_no_server_at_all(tmp_path: Path) -> None:
    assert ice(None, CALL, 1e9) == ice(CallsAt(), CALL, 1e9) == []
    assert config.load(_plain(tmp_path)).calls is None


def _plain(tmp_path: Path) -> Path:
    path = tmp_path / "office.yaml"
    path.write_text("broker: {host: 127.0.0.1}\n", encoding="utf-8")
    return path


def test_a_call_gets_the_configured_servers_with_a_credential_of_its_own(tmp_path: Path, secret: Path) -> None:
    urls = ", ".join(f'"{url}"' for url in URLS)
    text = f'{{stun: ["stun:turn.example"], turn: {{urls: [{urls}], secret: {secret}, valid_min: 10}}}}'
    username, credential = credentials(SECRET, CALL, 1e9, 600)
    assert ice(load(tmp_path, text).calls, CALL, 1e9) == [
        IceServer(["stun:turn.example"]),
        IceServer(list(URLS), username, credential),
    ]


def test_a_changed_secret_holds_from_the_next_call_on(secret: Path) -> None:
    calls = CallsAt(TurnAt(URLS, str(secret)))
    before = ice(calls, CALL, 1e9)
    secret.write_text(SECRET[::-1], encoding="ascii")
    assert ice(calls, CALL, 1e9) != before


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"two words of a long enough secret", b"\xff" * 32])
def test_a_secret_that_is_none_is_refused_without_being_quoted(secret: Path, content: bytes) -> None:
    secret.write_bytes(content)
    with pytest.raises(TurnSecretError, match=r"turn\.secret") as raised:
        ice(CallsAt(TurnAt(URLS, str(secret))), CALL, 1e9)
    assert not content.strip() or content.decode("latin-1") not in str(raised.value)


def test_a_secret_that_is_gone_is_an_error_of_its_own_kind(tmp_path: Path) -> None:
    with pytest.raises(TurnSecretError):
        ice(CallsAt(TurnAt(URLS, str(tmp_path / "none"))), CALL, 1e9)


def test_the_secret_comes_from_systemd_where_it_was_handed_over(
    tmp_path: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "turn.secret").write_text(SECRET, encoding="ascii")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    secret.unlink()
    calls = load(tmp_path, f'{{turn: {{urls: ["{URLS[0]}"], secret: {secret}}}}}').calls
    assert calls is not None
    assert calls.turn is not None
    assert calls.turn.secret == str(handed / "turn.secret")


@pytest.mark.parametrize(
    "url",
    [
        "stun:turn.example",
        "turn:",
        "turn:user@turn.example",
        "turn:turn.example?transport=sctp",
        "turns:turn.example?transport=udp",
        "https://turn.example",
        "turn:turn.example:port",
    ],
)
def test_an_address_that_is_no_relay_is_refused_with_its_place(tmp_path: Path, secret: Path, url: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, f'{{turn: {{urls: ["{url}"], secret: {secret}}}}}')
    assert raised.value.findings[0].line == 2


def test_a_missing_secret_file_is_a_finding_for_the_desk_and_none_for_the_receiver(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.secret"):
        load(tmp_path, f'{{turn: {{urls: ["{URLS[0]}"], secret: {tmp_path}/none.secret}}}}')
    assert config.load(tmp_path / "office.yaml", parts=("broker", "blobs")).calls is not None


def test_relay_only_without_a_relay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="relay_only"):
        load(tmp_path, "{relay_only: true}")
