"""What the centre tells every gateway: presence of the departments, manifests of content. The newest, in memory only.

The broker keeps them and sends them again with every connection.
"""

from __future__ import annotations

from collections.abc import Callable

MAX_TOPICS = 1000
MAX_BYTES = 4 * 1024 * 1024


class Retained:
    """Payloads by the rest of their topic. What does not fit any more is refused, what is there stays."""

    def __init__(self) -> None:
        self.on_change: Callable[[str], None] = lambda _name: None
        self._payloads: dict[str, bytes] = {}
        self._size = 0

    def keep(self, name: str, payload: bytes) -> bool:
        """Take the newest; an empty one clears (MQTT 5.0, 3.3.1.3). False: there is no room for it."""
        old = self._payloads.get(name)
        size = self._size - len(old or b"") + len(payload)
        if payload and (size > MAX_BYTES or (old is None and len(self._payloads) >= MAX_TOPICS)):
            return False
        self._size = size
        if payload:
            self._payloads[name] = payload
        else:
            self._payloads.pop(name, None)
        if payload != (old or b""):
            self.on_change(name)
        return True

    def get(self, name: str) -> bytes | None:
        """The newest payload of that topic."""
        return self._payloads.get(name)

    def under(self, prefix: str) -> dict[str, bytes]:
        """Everything whose topic begins so, by what follows."""
        return {name[len(prefix) :]: body for name, body in self._payloads.items() if name.startswith(prefix)}
