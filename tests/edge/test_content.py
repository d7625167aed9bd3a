"""Content carried down through the blob door: in force whole or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from edge.demo.authority import Authority
from sync.contract.envelope import encode
from sync.contract.kiosk import ContentFile, Manifest
from sync.contract.kiosk import content as topic_of
from tests.edge.blob_stage import MB, NAME, End, Office, manifest, publish
from tests.edge.way_down import until


@pytest.fixture
def office(short_tmp: Path) -> Office:
    return Office(Authority(short_tmp / "ca"), short_tmp)


def test_content_is_in_force_when_all_of_it_is_here_and_the_old_stays_until_then(
    short_tmp: Path, office: Office
) -> None:
    async def run() -> None:
        one, two = os.urandom(100_000), os.urandom(50_000)
        async with office.open() as blobs:
            await publish(blobs, short_tmp, one)
            end = End(short_tmp, office)
            async with end.open() as files:
                files.manifest(topic_of("services"), manifest("1", one))
                await until(lambda: (seen := files.content.of("services")) and seen.version == "1", "in force")
                files.manifest(topic_of("services"), manifest("2", one, two))
                await until(lambda: (seen := files.content.of("services")) and seen.reason, "the centre lacks a file")
                seen = files.content.of("services")
                assert seen is not None
                assert (seen.version, seen.wanted, seen.missing) == ("1", "2", 1)
                await publish(blobs, short_tmp, two)
                files.manifest(topic_of("services"), manifest("3", one, two))
                await until(lambda: (seen := files.content.of("services")) and seen.version == "3", "the new version")
                file = files.content.file("services", "f1.bin")
                assert file is not None
                assert files.store.path(file.sha256).read_bytes() == two
        async with End(short_tmp, office).open(carry=False) as files:
            seen = files.content.of("services")
            assert seen is not None, "also without the centre, after a restart"
            assert seen.version == "3"

    asyncio.run(run())


def test_a_download_goes_on_where_it_broke_off_and_a_wrong_start_is_found_out(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        good, bad = os.urandom(100_000), os.urandom(100_000)
        async with office.open() as blobs:
            await publish(blobs, short_tmp, good, bad)
            end = End(short_tmp, office)
            parts = short_tmp / "blobs" / "parts"
            parts.mkdir(parents=True)
            (parts / hashlib.sha256(good).hexdigest()).write_bytes(good[:70_000])
            (parts / hashlib.sha256(bad).hexdigest()).write_bytes(b"?" * 70_000)
            async with end.open() as files:
                files.manifest(topic_of("a"), manifest("1", good, bad))
                await until(lambda: (seen := files.content.of("a")) and seen.version == "1", "in force", 15)
                for data in (good, bad):
                    assert files.store.path(hashlib.sha256(data).hexdigest()).read_bytes() == data

    asyncio.run(run())


@pytest.mark.parametrize(
    ("there", "said"),
    [(b"?" * 1000, 0), (b"?" * 900, 0), (b"", 100), (b"", -100)],
    ids=["another hash", "cut off on the disk", "said to be longer", "said to be shorter"],
)
def test_a_file_that_is_not_what_its_version_says_keeps_that_version_away_and_no_other(
    short_tmp: Path, office: Office, there: bytes, said: int
) -> None:
    async def run() -> None:
        old, new, poles = (os.urandom(1000) for _ in range(3))
        name = hashlib.sha256(new).hexdigest()
        async with office.open() as blobs, End(short_tmp, office).open() as files:
            await publish(blobs, short_tmp, old, new, poles)
            files.manifest(topic_of("services"), manifest("1", old))
            await until(lambda: (seen := files.content.of("services")) and seen.version == "1", "the first version")
            blobs.path(name).write_bytes(there or new)
            files.manifest(topic_of("services"), encode(Manifest("2", [ContentFile("f", name, 1000 + said)])))
            files.manifest(topic_of("poles"), manifest("1", poles))
            await until(lambda: (seen := files.content.of("poles")) and seen.version == "1", "the other content")
            seen = files.content.of("services")
            assert seen is not None
            assert (seen.version, seen.wanted, seen.missing) == ("1", "2", 1)
            blobs.path(name).write_bytes(new)
            files.manifest(topic_of("services"), manifest("3", new))
            files.carrier.retry()
            await until(lambda: (seen := files.content.of("services")) and seen.version == "3", "mended")

    asyncio.run(run())


def test_what_came_with_another_hash_is_told_as_the_reason(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        data = os.urandom(1000)
        name = hashlib.sha256(data).hexdigest()
        async with office.open() as blobs, End(short_tmp, office).open() as files:
            await publish(blobs, short_tmp, data)
            blobs.path(name).write_bytes(b"?" * 1000)
            files.manifest(topic_of("services"), manifest("1", data))
            await until(lambda: (seen := files.content.of("services")) and seen.reason, "the reason")
            seen = files.content.of("services")
            assert seen is not None
            assert (seen.version, seen.reason) == (None, f"what came for {name[:12]} has another hash")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("a", b"{"),
        ("a", manifest("1", b"x").replace(b"f0.bin", b"../../x")),
        ("a", encode(Manifest("1", [ContentFile("f", "../../etc/passwd", 3)]))),
        ("a", encode(Manifest("1", [ContentFile("f", NAME, 17 * MB)]))),
        ("A/../b", manifest("1", b"x")),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_a_trouble_and_changes_nothing(
    short_tmp: Path, office: Office, topic: str, payload: bytes
) -> None:
    async def run() -> None:
        end = End(short_tmp, office)
        async with end.open(carry=False) as files:
            files.manifest(topic_of(topic), payload)
            assert list(end.trouble) == [f"content-{topic}"]
            assert files.content.seen() == []

    asyncio.run(run())


def test_content_that_is_ended_is_gone_and_its_files_may_go(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        data = os.urandom(1000)
        async with office.open() as blobs:
            await publish(blobs, short_tmp, data)
            async with End(short_tmp, office).open() as files:
                files.manifest(topic_of("a/b"), manifest("1", data))
                await until(lambda: (seen := files.content.of("a/b")) and seen.version == "1", "in force")
                assert [name for guard in files.store.guards for name in guard()] != []
                files.manifest(topic_of("a/b"), b"")
                assert files.content.of("a/b") is None
                assert [name for guard in files.store.guards for name in guard()] == []

    asyncio.run(run())


def test_a_version_that_does_not_fit_beside_the_old_one_is_refused_in_figures_and_the_old_one_stays(
    short_tmp: Path, office: Office
) -> None:
    async def run() -> None:
        old, large, larger, small = (os.urandom(size) for size in (400_000, 700_000, 900_000, 100_000))
        async with office.open() as blobs:
            await publish(blobs, short_tmp, old, large, larger, small)
            end = End(short_tmp, office, max_mb=1)
            async with end.open() as files:
                files.manifest(topic_of("services"), manifest("1", old))
                await until(lambda: (seen := files.content.of("services")) and seen.version == "1", "in force")
                for version, data in (("2", large), ("3", larger)):
                    files.manifest(topic_of("services"), manifest(version, data))
                    assert f"version {version} does not fit: 1 MB are new" in end.trouble["content-services"]
                    assert "storage.max_blobs_mb is 1" in end.trouble["content-services"]
                seen = files.content.of("services")
                assert seen is not None
                assert (seen.version, seen.wanted) == ("1", None)
                await files.keep(os.urandom(500_000))  # nothing of it took the room of a picture
                files.manifest(topic_of("services"), manifest("4", old, small))
                assert end.trouble == {}, "one that fits is followed"
                await until(lambda: (seen := files.content.of("services")) and seen.version == "4", "the new version")

    asyncio.run(run())
