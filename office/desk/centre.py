"""The desk's side of the receiver: asking it to do something, over its Unix socket.

What the receiver keeps is read straight from its file (`Desk.look`, tables under `centre.`); what changes there goes
through here, so that each file has one program that writes it. Blocking requests run on threads; they are few: a
person's step, an order, who is there.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

from office.alarms import Taken
from office.client import Client
from office.desk.calls.listening import Signalled, listen
from sync.contract.alarm import Stage, Step
from sync.contract.kiosk import ContentFile, Manifest, Presence
from sync.contract.messages import Notice, Scalar
from sync.unix_http import Unreachable, ask

SIGNAL_S = 3.0
"""A receiver on this machine takes a signal in a millisecond; one that hangs must not hold up the next call."""


class Centre:
    """The receiver. Methods raise NotRunning (try again later) and Declined (it said no, with the reason)."""

    def __init__(self, socket: Path) -> None:
        self._client, self._socket = Client(socket), socket

    async def step(self, alarm: str, step: Step, by: str, actor: str, text: str = "", reason: str = "") -> Taken:
        """A person's step about an alarm: compare and set; of two exactly one reads `changed`."""
        message = {"step": step.label, "by": by, "actor": actor, "text": text, "reason": reason}
        said = await self._send("POST", f"alarms/{alarm}/steps", message)
        return Taken(alarm, Stage[said["stage"].upper()], changed=said["changed"], by=said["by"], actor=said["actor"])

    async def order(
        self,
        gateway: str,
        command: str,
        device: str,
        arguments: dict[str, Scalar],
        by: str,
        valid_s: float = 60.0,
        order_id: str = "",
    ) -> str:
        """An order to a gateway; its id (`order_id`, if it was noted before). Its answer comes to `centre.orders`."""
        message = {"command": command, "device": device, "arguments": arguments, "by": by, "valid_s": valid_s}
        message["id"] = order_id
        said = await self._send("POST", f"gateways/{gateway}/orders", message)
        return str(said["id"])

    async def notice(self, notice: Notice) -> int:
        """An emergency notice to every gateway, or its withdrawal; how many are told."""
        said = await self._send("POST", "notices", {"notice": notice})
        return int(said["gateways"])

    async def want(self, gateway: str, version: int, config: dict[str, Any]) -> None:
        """A configuration for a gateway, over its own file. What became of it comes with its state."""
        await self._send("PUT", f"gateways/{gateway}/config", {"version": version, "config": config})

    async def presence(self, department: str, there: int, waiting: int = 0, valid_s: float = 0.0) -> None:
        """How many of a department are there, told to every gateway; after `valid_s` without a word: nobody."""
        await self.present(department, Presence(there, waiting, valid_s))

    async def present(self, department: str, presence: Presence) -> None:
        """As `presence`, with everything a kiosk is told."""
        await self._send("PUT", f"presence/{department}", presence)

    async def content(self, name: str, version: str, files: Mapping[str, tuple[str, bytes]]) -> None:
        """What every kiosk shall have under that name: file name -> (media type, bytes). Published retained."""
        listed = [
            ContentFile(file, hashlib.sha256(content).hexdigest(), len(content), kind)
            for file, (kind, content) in files.items()
        ]
        by_hash = {file.sha256: files[file.name][1] for file in listed}
        await self.content_files(name, Manifest(version, listed), by_hash.__getitem__)

    async def content_files(self, name: str, manifest: Manifest, source: Callable[[str], bytes | Path]) -> None:
        """What every kiosk shall have under that name. What the receiver has is not brought again.

        `source` gives the bytes of a hash, or the file that holds them. Raises OSError when that cannot be read.
        """
        missing = await self._send("POST", "content-missing", manifest)
        for sha256 in dict.fromkeys(missing):
            await asyncio.to_thread(self._client.bring, f"blobs/{sha256}", source(sha256))
        await self._send("PUT", f"content/{name}", manifest)

    async def end_content(self, name: str) -> None:
        """No kiosk shall have it any more."""
        await self._send("DELETE", f"content/{name}", {})

    async def signals(self) -> AsyncGenerator[Signalled, None]:
        """Call signals of all kiosks from now on, the first word None: it listens. Raises NotRunning when it ends."""
        async with aclosing(listen(self._socket)) as heard:
            async for signal in heard:
                yield signal

    async def signal(self, gateway: str, call: str, payload: bytes) -> bool:
        """A call signal to a kiosk; False: not on the line. Never tried again: it would be old."""
        target = f"/v1/gateways/{gateway}/calls/{call}"
        try:
            answer = await asyncio.to_thread(ask, self._socket, "POST", target, payload, None, SIGNAL_S)
        except Unreachable:
            return False
        return answer.status < 300

    async def _send(self, method: str, what: str, message: object) -> Any:
        return await asyncio.to_thread(self._client.send, method, what, message)
