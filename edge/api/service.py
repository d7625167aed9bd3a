"""The local API as a task of the gateway: built from its parts, served on the socket, tried again when that fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from edge.api.about import AboutApi
from edge.api.beside import BesideApi
from edge.api.calling import CallingApi
from edge.api.devices import DevicesApi
from edge.api.diagnosis import Diagnosis
from edge.api.happenings import HappeningsApi
from edge.api.openapi import document
from edge.api.parts import Parts
from edge.api.pressing import PressingApi
from edge.api.routes import Route, table
from edge.api.showing import ShowingApi
from edge.api.web import Ask, Reply, Server, said
from edge.log_ring import LogRing

log = logging.getLogger("linli.api")

AGAIN_S = 30.0
"""Until a socket that could not be made is tried again."""


class LocalApi:
    """`serve` it. A socket that cannot be made is told to `on_fault` (None: it can now) and tried again."""

    def __init__(self, parts: Parts, version: str, ring: LogRing) -> None:
        self.on_fault: Callable[[str | None], None] = lambda _reason: None
        self.serving = asyncio.Event()
        self.about = AboutApi(parts, version, Diagnosis(parts.gateway, ring).make)
        happenings = HappeningsApi(parts)
        pressing = PressingApi(parts, happenings)
        calling, beside = CallingApi(parts), BesideApi(parts)
        self.routes = table(self.about, DevicesApi(parts), happenings, ShowingApi(parts), pressing, calling, beside)
        self.routes.append(Route("GET", "/v1/openapi.json", self._openapi, "application/json"))
        self._version = version

    async def serve(self, path: Path) -> None:
        """Until cancelled."""
        while True:
            server = Server([(route.method, route.path, route.handler) for route in self.routes])
            try:
                await server.listen_unix(path)
            except OSError as error:
                self.on_fault(f"{path}: {error}")
            else:
                self.on_fault(None)
                self.serving.set()
                log.info("local API on %s", path)
            try:
                await asyncio.sleep(AGAIN_S if not self.serving.is_set() else 1e9)
            finally:
                await server.close()

    async def _openapi(self, _: Ask) -> Reply:
        """This document."""
        return said(document(self.routes, self._version))  # seldom asked, so not kept
