"""Files of the gateway, carried through the office's real blob door: kept, resumed, verified, never lost unsent."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from edge import blob_waiting, content
from edge.blobs import BlobsFull, BlobStore
from edge.config_shape import Centre, Config, Gateway, Storage
from edge.demo.authority import Authority
from edge.files import Files
from office import blob_door
from office.blobs import Blobs, Quota
from office.store import Store as OfficeStore
from office.web import Server, server_context
from sync.contract.envelope import Unsequenced, encode
from sync.contract.kiosk import ContentFile, Manifest
from sync.contract.kiosk import content as topic_of
from sync.contract.lanes import Lane
from sync.store import Store, outbox
from tests.edge.way_down import until

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PICTURE = os.urandom(300_000)
NAME = hashlib.sha256(PICTURE).hexdigest()
MB = 1024 * 1024


def event(n: int = 1) -> bytes:
    """An encoded event without a place."""
    return encode(
        Unsequenced(id=str(n), source="/gw-1/cam", type="linli.x", time=NOW, clock="floor", boot=1, mono=0, data={})
    )


@dataclass
class Office:
    """The office's end; it may be away."""

    authority: Authority
    folder: Path
    port: int = 0
    quota: Quota = field(default_factory=Quota)
    blobs: Blobs | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Blobs]:
        own = self.authority.server("office")
        store = OfficeStore(self.folder / "office.sqlite", lambda: 1e9)
        store.open()
        self.blobs = Blobs(self.folder / "office", store, self.quota)
        await self.blobs.open()
        server = Server(blob_door.routes(self.blobs))
        self.port = await server.listen_tls(
            "127.0.0.1", self.port, server_context(self.authority.ca, own.cert, own.key)
        )
        try:
            yield self.blobs
        finally:
            await server.close()
            await store.close()


class End:
    """The gateway's end: store and files, without the rest of a gateway."""

    def __init__(self, folder: Path, office: Office, name: str = "gw-1", max_mb: int = 16) -> None:
        identity = office.authority.client(name)
        self.config = Config(
            gateway=Gateway(name=name, data=str(folder)),
            centre=Centre(
                host="127.0.0.1",
                ca=str(office.authority.ca),
                cert=str(identity.cert),
                key=str(identity.key),
                blob_url=f"https://127.0.0.1:{office.port}",
            ),
            storage=Storage(max_blobs_mb=max_mb),
        )
        steps = [*blob_waiting.MIGRATIONS, *content.MIGRATIONS]
        self.store = Store(folder / "linli.db", lambda: str(uuid4()), steps)
        self.trouble: dict[str, str] = {}

    @asynccontextmanager
    async def open(self, *, carry: bool = True) -> AsyncIterator[Files]:
        self.store.start()
        files = Files(self.config, self.store, lambda: NOW)
        files.on_trouble = self._trouble
        files.open()
        task = asyncio.create_task(files.run()) if carry else None
        try:
            yield files
        finally:
            if task is not None:
                task.cancel()
                (outcome,) = await asyncio.gather(task, return_exceptions=True)
                assert isinstance(outcome, asyncio.CancelledError), outcome
            await self.store.stop()

    def outbox(self) -> list[str]:
        conn = self.store.reader()
        try:
            return [json.loads(body)["id"] for (body,) in conn.execute("SELECT body FROM outbox ORDER BY lane, seq")]
        finally:
            conn.close()

    def _trouble(self, name: str, reason: str | None) -> None:
        self.trouble.pop(name, None) if reason is None else self.trouble.__setitem__(name, reason)


@pytest.fixture
def office(short_tmp: Path) -> Office:
    return Office(Authority(short_tmp / "ca"), short_tmp)


# --- the store of files


def test_a_file_is_kept_under_its_hash_and_found_after_a_restart(tmp_path: Path) -> None:
    async def run() -> None:
        blobs = BlobStore(tmp_path, MB)
        blobs.open()
        assert await blobs.keep(PICTURE) == await blobs.keep(PICTURE) == NAME
        assert blobs.used == len(PICTURE), "once, however often it is kept"
        again = BlobStore(tmp_path, MB)
        again.open()
        assert (again.size(NAME), again.used) == (len(PICTURE), len(PICTURE))
        assert again.path(NAME).read_bytes() == PICTURE
        assert list((tmp_path / "parts").iterdir()) == []

    asyncio.run(run())


def test_the_longest_unused_goes_first_and_what_is_guarded_never(tmp_path: Path) -> None:
    async def run() -> None:
        blobs = BlobStore(tmp_path, 3000)
        blobs.open()
        old, guarded, used = [await blobs.keep(os.urandom(1000)) for _ in range(3)]
        blobs.guards.append(lambda: [guarded])
        blobs.path(used)
        new = await blobs.keep(os.urandom(1000))
        assert [blobs.has(name) for name in (old, guarded, used, new)] == [False, True, True, True]
        with pytest.raises(BlobsFull):
            await blobs.keep(os.urandom(2001))
        assert [blobs.has(name) for name in (guarded, used, new)] == [True] * 3, "in vain nothing goes"

    asyncio.run(run())


def test_what_nobody_wants_goes_at_once_or_when_nothing_guards_it(tmp_path: Path) -> None:
    async def run() -> None:
        blobs = BlobStore(tmp_path, MB)
        blobs.open()
        guarded: list[str] = []
        blobs.guards.append(lambda: guarded)
        free, needed, again = [await blobs.keep(os.urandom(1000)) for _ in range(3)]
        guarded += [needed, again]
        for name in (free, needed, again, "0" * 64):
            blobs.let_go(name)
        assert [blobs.has(name) for name in (free, needed, again)] == [False, True, True]
        await blobs.keep(blobs.path(again).read_bytes())
        guarded.clear()
        blobs.tidy()
        assert [blobs.has(name) for name in (needed, again)] == [False, True], "what is kept anew is wanted anew"
        assert (blobs.used, len(list((tmp_path / "whole").glob("??/*")))) == (1000, 1)

    asyncio.run(run())


def test_what_a_crash_left_half_written_is_no_blob(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir(parents=True)
    (parts / f"{NAME}.new").write_bytes(PICTURE[:100])
    (parts / NAME).write_bytes(PICTURE[:100])
    blobs = BlobStore(tmp_path, MB)
    blobs.open()
    assert not blobs.has(NAME)
    assert [path.name for path in parts.iterdir()] == [NAME], "a download goes on, a half-written file does not"
    for name in ("../linli.db", "", "x" * 64):
        with pytest.raises(KeyError):
            blobs.path(name)


# --- up


def test_the_event_of_a_picture_goes_only_once_the_centre_has_the_picture(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        async with office.open():
            pass  # its port is known now, and it is away
        end = End(short_tmp, office)
        async with end.open() as files:
            assert await files.keep(PICTURE) == NAME
            await files.send_later(NAME, Lane.ALARM, event())
            await until(lambda: "blobs" in end.trouble, "nobody answers")
            assert end.outbox() == []
            async with office.open() as blobs:
                files.carrier.wake()
                await until(end.outbox, "its event is in the outbox")
                assert blobs.path(NAME).read_bytes() == PICTURE
                assert end.trouble == {}
            assert files.carrier.backlog() == (0, None)

    asyncio.run(run())


def test_a_picture_waits_over_a_restart_and_goes_on_where_the_line_broke(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        async with office.open():
            pass
        end = End(short_tmp, office)
        async with end.open(carry=False) as files:
            await files.keep(PICTURE)
            await files.send_later(NAME, Lane.ALARM, event())
        (short_tmp / "office" / "parts" / f"gw-1.{NAME}").write_bytes(PICTURE[:200_000])
        async with office.open() as blobs, End(short_tmp, office).open() as files:
            await until(lambda: files.carrier.backlog()[0] == 0, "sent")
            assert blobs.path(NAME).read_bytes() == PICTURE

    asyncio.run(run())


def test_an_event_is_not_doubled_when_the_crash_came_after_it(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        async with office.open():
            end = End(short_tmp, office)
            async with end.open() as files:
                await files.keep(PICTURE)
                await files.send_later(NAME, Lane.ALARM, event())
                await until(end.outbox, "its event is in the outbox")
            again = End(short_tmp, office)
            async with again.open() as files:
                await files.send_later(NAME)
                await until(lambda: files.carrier.backlog()[0] == 0, "everything is sent")
                assert again.outbox() == ["1"]

    asyncio.run(run())


def test_the_receipt_of_its_event_lets_a_picture_go_and_nothing_else_does(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        async with office.open():
            end = End(short_tmp, office, max_mb=1)
            async with end.open() as files:
                await files.keep(PICTURE)
                await files.send_later(NAME, Lane.ALARM, event())
                await until(end.outbox, "its event is in the outbox")
                with pytest.raises(BlobsFull):
                    await files.keep(os.urandom(MB - 1000))
                files.received(end.store.era, Lane.STATE, 99)
                files.received(end.store.era + 1, Lane.ALARM, 99)
                with pytest.raises(BlobsFull):
                    await files.keep(os.urandom(MB - 1000))
                files.received(end.store.era, Lane.ALARM, 1)
                await files.keep(os.urandom(MB - 1000))
                assert not files.store.has(NAME)

    asyncio.run(run())


def test_a_receipt_that_came_just_before_a_crash_counts(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        async with office.open():
            end = End(short_tmp, office)
            async with end.open() as files:
                await files.keep(PICTURE)
                await files.send_later(NAME, Lane.ALARM, event())
                await until(end.outbox, "its event is in the outbox")
                era = end.store.era
                await end.store.transact(lambda conn: outbox.forget(conn, era, Lane.ALARM, 1))
            async with End(short_tmp, office).open(carry=False) as files:
                assert [name for guard in files.store.guards for name in guard()] == []

    asyncio.run(run())


def test_a_picture_the_centre_never_takes_is_given_up_without_its_event(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        office.quota = Quota(largest=1000)
        async with office.open():
            end = End(short_tmp, office)
            async with end.open() as files:
                given_up: list[str] = []
                files.carrier.on_given_up = lambda name, _reason: given_up.append(name)
                await files.keep(PICTURE)
                await files.send_later(NAME, Lane.ALARM, event())
                await until(lambda: files.carrier.backlog()[0] == 0, "given up")
                assert (given_up, end.outbox()) == ([NAME], [])

    asyncio.run(run())


def test_a_certificate_that_is_not_let_in_is_a_trouble_with_its_reason(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        async with office.open():
            end = End(short_tmp, office, name="Not A Gateway")
            async with end.open() as files:
                await files.keep(PICTURE)
                await files.send_later(NAME)
                await until(lambda: "blobs" in end.trouble, "told")
                assert "403" in end.trouble["blobs"]

    asyncio.run(run())


def test_a_photo_nobody_wants_any_more_is_gone_once_the_centre_has_it(short_tmp: Path, office: Office) -> None:
    async def run() -> None:
        async with office.open() as there:
            pass
        async with End(short_tmp, office).open() as files:
            await files.keep(PICTURE)
            await files.send_later(NAME)
            files.store.let_go(NAME)
            assert files.store.has(NAME), "a report waits for it"
            async with office.open() as there:
                files.carrier.wake()
                await until(lambda: not files.store.has(NAME), "gone")
                assert there.path(NAME).read_bytes() == PICTURE

    asyncio.run(run())


# --- down


def manifest(version: str, *files: bytes) -> bytes:
    named = [
        ContentFile(f"f{n}.bin", hashlib.sha256(data).hexdigest(), len(data), "image/png")
        for n, data in enumerate(files)
    ]
    return encode(Manifest(version, named))


async def publish(blobs: Blobs, folder: Path, *files: bytes) -> None:
    for data in files:
        (folder / "source").write_bytes(data)
        await blobs.publish(folder / "source", hashlib.sha256(data).hexdigest())


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
