"""What several tests of calls begin with."""

from __future__ import annotations

import pytest

from tests.call.kiosk_end import Kiosk


@pytest.fixture
def kiosk() -> Kiosk:
    """The kiosk's end, before any call."""
    return Kiosk()
