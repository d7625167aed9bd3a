"""Named places at which a test lets the program die: `LINLI_FAILPOINT=name` or `name:n` (at the n-th pass).

Death is SIGKILL to ourselves, so nothing is flushed, closed or said. Read once at start; without the
variable a pass costs one comparison. `POINTS` names every place: on each arrow of an event's path there is one.
"""

from __future__ import annotations

import asyncio
import os
import signal

POINTS = {
    # the gateway, up
    "received": "port -> decoder: bytes came in",
    "heard": "decoder -> mapper: it is known what they mean",
    "mapped": "mapper -> storage: it is known what to keep",
    "before-commit": "storage: handed to its thread",
    "in-transaction": "storage: written, not committed",
    "after-commit": "storage: on disk, nobody told",
    "before-answer": "storage -> device: told, nothing sent",
    "after-answer": "storage -> device: the answer left",
    "before-publish": "outbox -> broker: read, nothing sent",
    "after-publish": "outbox -> broker: the message left",
    "after-puback": "broker -> gateway: a broker has it",
    "receipt-arrived": "centre -> gateway: the receipt is understood, nothing noted",
    "forgetting": "centre -> gateway: the rows are deleted, not committed",
    "forgotten": "centre -> gateway: the receipt is on disk",
    # a corrupt store
    "salvage-built": "what could be read is in a new file, nothing decided",
    "salvage-decided": "the new file is the store, the old one has its name",
    "salvage-aside": "a part of the old one is set aside",
    "salvage-done": "the new one has its name",
    # the gateway, down
    "step-arrived": "centre -> gateway: what a person did came in",
    "step-stored": "centre -> gateway: it is on disk, neither acknowledged nor shown",
    "order-noted": "centre -> gateway: an order's id is on disk, nothing done",
    "order-done": "centre -> gateway: an order is carried out, its answer not on disk",
    "wanted-kept": "centre -> gateway: wanted configuration is on disk, not in force",
    "path-check-stored": "the night's own check is handed to the store",
    # the receiver
    "centre-arrived": "broker -> centre: a message came in",
    "centre-stored": "centre: committed, neither acknowledged nor receipted",
    "centre-receipted": "centre -> gateway: the receipt left",
}

_NAME, _, _COUNT = os.environ.get("LINLI_FAILPOINT", "").partition(":")
_left = [int(_COUNT or 1)]


def reach(name: str) -> None:
    """Pass this place, or die here."""
    if name != _NAME:
        return
    _left[0] -= 1
    if _left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def reach_soon(name: str) -> None:
    """Pass this place once the running loop has sent what it was given."""
    if name == _NAME:
        asyncio.get_running_loop().call_soon(reach, name)
