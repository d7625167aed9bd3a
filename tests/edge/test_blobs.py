"""Files of the gateway, carried up through the office's real blob door: kept, resumed, verified, never lost unsent."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from edge.blobs import BlobsFull, BlobStore
from edge.demo.authority import Authority
from office.blobs import Quota
from sync.contract.lanes import Lane
from sync.store import outbox
from tests.edge.blob_stage import MB, NAME, PICTURE, End, Office, event
from tests.edge.way_down import until


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
                await until(lambda: end.trouble == {}, "and nothing is wrong any more")
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
