"""A wired button: from the edge, plus the time its contact has to be still, to the lamp that says "kept"."""

from __future__ import annotations

import time

from drivers.model import decode_json
from drivers.ports.mockpins import Change, Client, MockPins, Order
from tests.bench.bench import Bench
from tests.bench.devices import BUTTONS, DEBOUNCE_MS, FIRST_PIN, LAMP
from tests.bench.figure import Values, quantile
from tests.bench.rig import Rig

SETTLE_S = 3.0
GAP_S = 0.1
HELD_MS = 70.0


def edge_to_lamp(bench: Bench) -> Values:
    """Each button in turn; its lamp goes out after half a second."""
    took_ms = []
    with bench.directory() as directory, Rig(directory, pins=True) as rig:
        rig.start_mock_pins(rig.pins_socket)
        with MockPins(rig.pins_socket) as pins:
            for n in range(BUTTONS):
                pins.set(FIRST_PIN + n, 1)
            rig.start_all()
            time.sleep(SETTLE_S)
            watcher = Client(rig.pins_socket)
            watcher.send(Order("watch"))
            watcher.line()
            for n in range(bench.load.presses):
                pin = FIRST_PIN + n % BUTTONS
                pressed_s = pins.press(pin, HELD_MS)
                took_ms.append((_lit_s(watcher, pin + LAMP) - pressed_s) * 1000 - DEBOUNCE_MS)
                time.sleep(GAP_S)
            watcher.close()
    return {"gateway.edge_disk_p50": quantile(took_ms, 0.5), "gateway.edge_disk_p99": quantile(took_ms, 0.99)}


def _lit_s(watcher: Client, lamp: int) -> float:
    """When the lamp came on; levels and other lamps are passed over."""
    while True:
        change = decode_json(watcher.line(), type=Change)
        if change.what == "output" and change.pin == lamp and change.value:
            return change.at
