"""The connection to the blob door: kept while files follow each other, and no longer."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from edge import blob_door as blob_door_of_edge
from edge.blob_door import BlobDoor
from edge.demo.authority import Authority
from sync.contract.kiosk import content as topic_of
from tests.edge.blob_stage import End, Office, manifest, named, publish
from tests.edge.way_down import until


@pytest.fixture
def office(short_tmp: Path) -> Office:
    return Office(Authority(short_tmp / "ca"), short_tmp)


@pytest.fixture
def handshakes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each connection that was made."""
    made: list[int] = []
    connect = blob_door_of_edge._Connection.connect

    def counted(connection: blob_door_of_edge._Connection) -> None:
        made.append(1)
        connect(connection)

    monkeypatch.setattr(blob_door_of_edge._Connection, "connect", counted)
    return made


def test_files_that_follow_each_other_share_a_connection_and_then_it_ends(
    short_tmp: Path, office: Office, handshakes: list[int]
) -> None:
    async def run() -> None:
        up, down = [os.urandom(50_000) for _ in range(5)], [os.urandom(70_000) for _ in range(5)]
        async with office.open() as blobs:
            await publish(blobs, short_tmp, *down)
            end = End(short_tmp, office)
            async with end.open(carry=False) as files:
                for data in up:
                    await files.send_later(await files.keep(data))
                files.manifest(topic_of("services"), manifest("1", *down))
                door = files.carrier._door
                assert door is not None
                carrying = asyncio.create_task(files.run())
                await until(lambda: (seen := files.content.of("services")) and seen.version == "1", "in force")
                await until(lambda: door._connection is None, "nothing follows: no connection is held")
                assert files.carrier.backlog() == (0, None)
                assert len(handshakes) == 1
                carrying.cancel()
                await asyncio.gather(carrying, return_exceptions=True)

    asyncio.run(run())


def test_a_kept_connection_that_ended_meanwhile_is_no_trouble(
    short_tmp: Path, office: Office, handshakes: list[int]
) -> None:
    async def run() -> None:
        one, two = (short_tmp / name for name in ("one", "two"))
        for path in (one, two):
            path.write_bytes(os.urandom(50_000))
        async with office.open():
            door = BlobDoor(End(short_tmp, office).config.centre)
            await asyncio.to_thread(door.upload, one, named(one))
        async with office.open() as blobs:  # it was started anew
            await asyncio.to_thread(door.upload, two, named(two))
            assert await blobs.there(named(two))
            assert len(handshakes) == 2
            door.rest()

    asyncio.run(run())


def test_a_changed_certificate_ends_the_connection_at_once(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        path = short_tmp / "one"
        path.write_bytes(os.urandom(50_000))
        async with office.open() as blobs:
            centre = End(short_tmp, office).config.centre
            door = BlobDoor(centre)
            await asyncio.to_thread(door.upload, path, named(path))
            other = office.authority.client("gw-2")
            for new, old in ((other.cert, centre.cert), (other.key, centre.key)):
                shutil.copy(new, old)
            path.write_bytes(os.urandom(50_000))
            await asyncio.to_thread(door.upload, path, named(path))
            assert await blobs.size_for(named(path), "gw-2") == 50_000
            assert await blobs.size_for(named(path), "gw-1") is None
            door.rest()

    asyncio.run(run())
