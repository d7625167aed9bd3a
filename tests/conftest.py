"""What many tests share; what a few share is a module beside them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.demo.authority import Authority
from tests.broker import Mosquitto


@pytest.fixture
def short_tmp() -> Iterator[Path]:
    """A directory with a path short enough for Unix sockets, whose names end at 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="ll-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def authority(short_tmp: Path) -> Authority:
    """A throw-away CA, in the directory of `tls_broker`."""
    return Authority(short_tmp / "mq")


@pytest.fixture
def tls_broker(authority: Authority) -> Iterator[Mosquitto]:
    """The shipped broker configuration, running; clients get their certificates from `authority`."""
    with Mosquitto(authority.directory, authority) as broker:
        yield broker


@pytest.fixture
def broker(short_tmp: Path) -> Iterator[Mosquitto]:
    """An open broker without TLS, as a site's own zigbee2mqtt uses it."""
    (short_tmp / "plain").mkdir()
    with Mosquitto(short_tmp / "plain") as running:
        yield running
