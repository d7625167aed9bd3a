"""Contents for every kiosk: files first, then the manifest, retained, and said again to a broker that forgot."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from office.blobs import Blobs, Quota
from office.client import Client, Declined
from office.content_door import ContentDoor
from office.web import Server
from sync.contract.envelope import decode
from sync.contract.kiosk import ContentFile, Manifest
from sync.mqtt import Broker, Connection
from tests.broker import Mosquitto
from tests.office.ends import Centre, Gateway, until

FILE = b'{"poles":[]}'


def test_a_content_reaches_a_gateway_that_comes_later_and_one_behind_a_broker_that_forgot(
    short_tmp: Path, broker: Mosquitto
) -> None:
    async def story() -> None:
        async with Centre(broker.port, short_tmp / "office.sqlite") as centre, _door(centre, short_tmp) as client:
            await asyncio.to_thread(_bring, client, "1", FILE)
            async with _Kiosk(broker.port) as kiosk:
                await until(lambda: kiosk.manifest and kiosk.manifest.version == "1", "the manifest arrives")
                assert await centre.store.blobs.size_for(_hash(FILE), "gw-9") == len(FILE)
            broker.stop()
            broker.start()  # without persistence: what was retained is gone
            async with _Kiosk(broker.port) as kiosk:
                await until(lambda: kiosk.manifest, "it is said again")

    asyncio.run(story())


def test_a_manifest_without_its_files_is_refused_and_the_old_files_go_with_their_version(
    short_tmp: Path, broker: Mosquitto
) -> None:
    async def story() -> None:
        async with Centre(broker.port, short_tmp / "office.sqlite") as centre, _door(centre, short_tmp) as client:
            manifest = Manifest("1", [ContentFile("poles.json", _hash(FILE), len(FILE))])
            with pytest.raises(Declined, match=r"poles\.json"):
                await asyncio.to_thread(client.send, "PUT", "content/poles", manifest)
            with pytest.raises(Declined, match="hash"):
                await asyncio.to_thread(client.bring, f"blobs/{'0' * 64}", FILE)
            await asyncio.to_thread(_bring, client, "1", FILE)
            await asyncio.to_thread(_bring, client, "2", b"{}")
            assert await centre.store.blobs.size_for(_hash(FILE), "gw-9") is None
            assert [path.name for path in (short_tmp / "blobs" / "whole").rglob("*") if path.is_file()] == [
                _hash(b"{}")
            ]
            await asyncio.to_thread(client.send, "DELETE", "content/poles", {})
            async with _Kiosk(broker.port) as kiosk:
                await asyncio.to_thread(_bring, client, "3", FILE, "news")
                await until(lambda: kiosk.manifest, "the other content")
                assert kiosk.topics == ["linli/v1/content/news"]

    asyncio.run(story())


class _Kiosk(Gateway):
    """Hears contents too."""

    def __init__(self, port: int) -> None:
        super().__init__(port, "gw-9")
        self.connection = Connection(Broker("127.0.0.1", port, "gw-9"), self, [("linli/v1/content/#", 1)])

    @property
    def topics(self) -> list[str]:
        return [message.topic for message in self.heard]

    @property
    def manifest(self) -> Manifest | None:
        return decode(self.heard[-1].payload, Manifest) if self.heard else None


class _door:  # noqa: N801 - reads as a call
    """The receiver's own API, asked by the real client."""

    def __init__(self, centre: Centre, folder: Path) -> None:
        self._blobs = Blobs(folder / "blobs", centre.store, Quota())
        self._server = Server(ContentDoor(centre.store, centre.receiver, self._blobs, folder).routes())
        self._socket = folder / "r.sock"

    async def __aenter__(self) -> Client:
        await self._blobs.open()
        await self._server.listen_unix(self._socket)
        return Client(self._socket)

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()


def _bring(client: Client, version: str, content: bytes, name: str = "poles") -> None:
    client.bring(f"blobs/{_hash(content)}", content)
    client.send("PUT", f"content/{name}", Manifest(version, [ContentFile("poles.json", _hash(content), len(content))]))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
