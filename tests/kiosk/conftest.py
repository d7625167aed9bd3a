"""The screen under test: the real window, drawn without a display, touched as fingers do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from PySide6.QtGui import QGuiApplication

from kiosk_ui.kiosk import Kiosk
from kiosk_ui.qt.app import application
from kiosk_ui.theme import Glass
from tests.kiosk.hand import Hand


@pytest.fixture(scope="session")
def qapp() -> QGuiApplication:
    return application(["linli-kiosk"])


@pytest.fixture
def hands(qapp: QGuiApplication) -> Iterator[Callable[[Kiosk], Hand]]:
    """Screens to lay hands on; none may have left a warning of QML behind."""
    shown: list[Hand] = []
    assert qapp is not None

    def lay(kiosk: Kiosk) -> Hand:
        shown.append(Hand(kiosk))
        return shown[-1]

    yield lay
    said = [line for hand in shown for line in hand.close()]
    assert not said, said


@pytest.fixture
def hand(hands: Callable[[Kiosk], Hand]) -> Hand:
    return hands(Kiosk(Glass()))
