"""A line that goes dead without a word: the far end of a virtual cable is switched off, so nothing comes back.

    this process, broker, receiver | 10.77.0.1 ===line=== 10.77.0.2 | gateways
                                   | 10.78.0.1 ==devices= 10.78.0.2 |

Two network namespaces of our own, so nothing of this machine is touched. It needs root; `Forwarder` is for where that
is not to be had: a relay in user space that stops relaying and keeps both connections open.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.net.namespace import ImpossibleError, enter, own_namespace, require, run, unshare

LINE_HERE, LINE_THERE = "10.77.0.1", "10.77.0.2"
DEVICES_HERE, DEVICES_THERE = "10.78.0.1", "10.78.0.2"


class Cable:
    """A context in which this thread and what it starts live in a namespace of their own."""

    line_host, device_host = LINE_HERE, DEVICES_THERE

    def __enter__(self) -> Self:
        self._home = os.open(own_namespace(), os.O_RDONLY | os.O_CLOEXEC)
        unshare()
        self._keeper = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        try:
            _wait_for_namespace(self._keeper.pid)
            self.prefix = ["nsenter", "--net", "--target", str(self._keeper.pid), "--"]
            run("ip", "link", "set", "lo", "up")
            run(*self.prefix, "ip", "link", "set", "lo", "up")
            self._lay("line", LINE_HERE, LINE_THERE)
            self._lay("devices", DEVICES_HERE, DEVICES_THERE)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self._keeper.kill()
        self._keeper.wait()
        enter(self._home)
        os.close(self._home)

    def _lay(self, name: str, here: str, there: str) -> None:
        far = f"{name}-far"
        run("ip", "link", "add", name, "type", "veth", "peer", "name", far, "netns", str(self._keeper.pid))
        for prefix, end, address in (([], name, here), (self.prefix, far, there)):
            run(*prefix, "ip", "address", "add", f"{address}/30", "dev", end)
            run(*prefix, "ip", "link", "set", end, "up")

    def cut(self) -> None:
        """Everything on the line vanishes."""
        run("ip", "link", "set", "line", "down")

    def mend(self) -> None:
        """As it was."""
        run("ip", "link", "set", "line", "up")


class Forwarder:
    """The same without root: relays to a port of loopback until it is cut."""

    line_host = device_host = "127.0.0.1"
    prefix: tuple[str, ...] = ()

    def __init__(self, port: int, target: int) -> None:
        self.port, self._target = port, target
        self._open = threading.Event()
        self._open.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="forwarder", daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, k: type[BaseException] | None, e: BaseException | None, t: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)

    def cut(self) -> None:
        """Nothing is relayed any more, nothing is closed."""
        self._open.clear()

    def mend(self) -> None:
        """As it was."""
        self._open.set()

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._task = asyncio.current_task() or asyncio.ensure_future(asyncio.sleep(0))
        self._relays: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self._ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            for task in self._relays:
                task.cancel()
            await asyncio.gather(*self._relays, return_exceptions=True)
            await asyncio.sleep(0.01)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._relays.add(task)
        far_writer = None
        try:
            await self._passable()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for one in (writer, far_writer):
                if one is not None:
                    one.transport.abort()
            self._relays.discard(task)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._passable()
            writer.write(data)
            await writer.drain()
        await self._passable()
        raise ConnectionResetError

    async def _passable(self) -> None:
        while not self._open.is_set():  # noqa: ASYNC110 - set from another thread
            await asyncio.sleep(0.02)


def allowed() -> bool:
    """Whether this process may make namespaces and cables (root, iproute2, veth in the kernel)."""
    try:
        require()
        with Cable():
            return True
    except (OSError, ImpossibleError):
        return False


def _wait_for_namespace(pid: int) -> None:
    own = own_namespace().readlink()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{pid}/ns/net").readlink() == own:
        if time.monotonic() > deadline:
            raise OSError("no namespace was made")
        time.sleep(0.01)
