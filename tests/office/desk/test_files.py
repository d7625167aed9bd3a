"""Files of people: what comes in is made anew, bounded, and shown only to who may see what it belongs to."""

from __future__ import annotations

import asyncio
import hashlib
import io
import struct
import wave
import zlib
from pathlib import Path

import pytest
from PIL import Image

from office.desk import file_rows, pictures, sounds
from office.desk.cases import book
from office.desk.files import Files
from office.desk.mistake import Mistake
from office.desk.people.roles import Role
from tests.office.desk.house import Client, House

DAY_S = 24 * 3600
GPS = b"39.9255"


def photo(width: int = 60, height: int = 40, colour: str = "red", *, kind: str = "JPEG", turned: bool = False) -> bytes:
    """A picture as a telephone makes it: with a place and a model in its EXIF."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", GPS.decode()
    if turned:
        exif[0x0112] = 6
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, kind, exif=exif)
    return written.getvalue()


def png(width: int, height: int, rows: bytes) -> bytes:
    """A PNG with that header, whatever its rows are."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def wav(seconds: float, rate: int = 8000) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\x01\x02" * int(seconds * rate))
    return written.getvalue()


def opus(seconds: float, *, pages: int = 3) -> bytes:
    """An Ogg stream as RFC 7845 has it; the packets themselves say nothing."""
    bodies = [b"OpusHead" + bytes(11), b"OpusTags" + bytes(8), *[bytes(100)] * (pages - 2)]
    stream = b""
    for number, body in enumerate(bodies):
        granule = int(seconds * 48_000) if number > 1 else 0
        last = 4 if number == len(bodies) - 1 else 0
        page = struct.pack("<4sBBqIIIBB", b"OggS", 0, last, granule, 7, number, 0, 1, len(body)) + body
        stream += page[:22] + struct.pack("<I", crc_by_bits(page)) + page[26:]
    return stream


def crc_by_bits(page: bytes) -> int:
    """RFC 3533's sum, bit by bit, without the table of the product."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    return value


def test_a_photo_is_kept_without_what_its_maker_wrote_into_it() -> None:
    picture = pictures.renewed(photo())
    assert GPS in photo()
    assert (GPS in picture.content, b"Exif" in picture.content) == (False, False)
    with Image.open(io.BytesIO(picture.content)) as kept:
        assert (kept.format, kept.size, len(kept.getexif())) == ("JPEG", (60, 40), 0)


def test_a_photo_taken_upright_stands_upright() -> None:
    picture = pictures.renewed(photo(60, 40, turned=True))
    assert (picture.width, picture.height) == (40, 60)


def test_a_large_photo_becomes_one_of_two_thousand_pixels() -> None:
    picture = pictures.renewed(photo(4000, 3000))
    assert (picture.width, picture.height) == (2000, 1500)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_formats_become_jpeg_with_white_where_nothing_was(kind: str) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(written, kind)
    with Image.open(io.BytesIO(pictures.renewed(written.getvalue()).content)) as kept:
        assert (kept.format, kept.getpixel((4, 4))) == ("JPEG", (255, 255, 255))


def test_a_page_that_hides_in_a_photo_does_not_come_through() -> None:
    hidden = b"<script>alert(1)</script>"
    written = io.BytesIO()
    Image.new("RGB", (8, 8)).save(written, "JPEG", comment=hidden)
    picture = pictures.renewed(written.getvalue() + b"<!doctype html>" + hidden)
    assert b"script" not in picture.content


def gif() -> bytes:
    written = io.BytesIO()
    Image.new("P", (1, 1)).save(written, "GIF")
    return written.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<!doctype html><script>alert(1)</script>", id="a page"),
        pytest.param(b"\xff\xd8\xff<!doctype html><script>alert(1)</script>", id="a page that begins like a photo"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', id="an SVG"),
        pytest.param(gif(), id="a GIF of one pixel"),
        pytest.param(photo()[: len(photo()) // 2], id="half a photo"),
        pytest.param(photo(1200, 900)[:-200], id="half a large photo"),
        pytest.param(photo(300, 300, kind="WEBP")[:60], id="half a WebP"),
        pytest.param(png(2000, 2000, b""), id="a PNG without its rows"),
        pytest.param(png(40_000, 40_000, bytes(1 << 20)), id="a bomb of a gigapixel"),
        pytest.param(png(2**31 - 1, 2**31 - 1, b""), id="dimensions beyond all"),
        pytest.param(png(10_000, 5_000, b""), id="fifty million pixels"),
        pytest.param(photo()[:-2] + b"\xff\xda\x00\x08" * 1000 + b"\xff\xd9", id="a JPEG of a thousand scans"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(40), id="a WebP in name"),
        pytest.param(photo() + bytes(pictures.LARGEST), id="too many bytes"),
    ],
)
def test_what_is_no_picture_or_too_much_of_one_is_refused(content: bytes) -> None:
    with pytest.raises(pictures.NotAPicture):
        pictures.renewed(content)


def test_a_voice_note_keeps_its_sound_and_nothing_else() -> None:
    note = wav(2.0)
    spoken = note[:12] + struct.pack("<4sI", b"LIST", 8) + b"<script>" + note[12:]
    sound = sounds.checked(spoken)
    assert (sound.content, sound.type, sound.seconds) == (note, "audio/wav", 2.0)


def test_an_opus_note_is_kept_as_it_is() -> None:
    sound = sounds.checked(opus(12.5, pages=5))
    assert (sound.content, sound.type, sound.seconds) == (opus(12.5, pages=5), "audio/ogg", 12.5)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<!doctype html>", id="a page"),
        pytest.param(wav(61), id="longer than a minute"),
        pytest.param(opus(61), id="an opus longer than a minute"),
        pytest.param(opus(3) + b"<!doctype html>", id="an opus with a page behind it"),
        pytest.param(opus(3)[:40] + b"X" + opus(3)[41:], id="an opus with one byte changed"),
        pytest.param(opus(3, pages=2), id="an opus without sound"),
        pytest.param(opus(3)[:-1], id="an opus cut short"),
        pytest.param(wav(0), id="a wav of no sound"),
        pytest.param(wav(1)[:-100], id="a wav that claims more than it has"),
        pytest.param(b"RIFF\x00\x00\x00\x00WAVEdata\x02\x00\x00\x00ab", id="a wav without a format"),
        pytest.param(b"RIFF\x00\x00\x00\x00WAVE", id="a wav of headers alone"),
        pytest.param(wav(1) + bytes(sounds.LARGEST), id="too many bytes"),
    ],
)
def test_what_is_no_voice_note_or_too_long_is_refused(content: bytes) -> None:
    with pytest.raises(sounds.NotASound):
        sounds.checked(content)


async def brought(client: Client, content: bytes) -> file_rows.FileRef:
    return file_rows.FileRef(**await client.put("/v1/files", content))


def test_who_brings_a_picture_sees_it_and_others_do_not(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            warden, other = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN)
            file = await brought(warden, photo())
            answer = await warden.ask("GET", f"/v1/files/{file.sha256}")
            assert hashlib.sha256(answer.content).hexdigest() == file.sha256
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("image/jpeg", "no-store")
            assert (await other.ask("GET", f"/v1/files/{file.sha256}")).status == 404
            assert (await (await house.client()).ask("GET", f"/v1/files/{file.sha256}")).status == 401

    asyncio.run(story())


def test_a_picture_of_a_case_is_seen_by_who_sees_cases(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            warden, clerk = await house.signed_in(Role.WARDEN), await house.signed_in(Role.DUTY)
            installer = await house.signed_in(Role.INSTALLER)
            file = await brought(warden, photo())
            at, new = house.desk.now(), book.NewCase(book.Source.WARDEN, "灯不亮", "lamp", by=warden.me["id"])
            number = await house.desk.change(lambda conn: book.begin(conn, at, new))
            await house.desk.change(lambda conn: file_rows.use(conn, at, file.sha256, f"case:{number}"))
            assert (await warden.ask("GET", f"/v1/files/{file.sha256}")).status == 200
            assert (await clerk.ask("GET", f"/v1/files/{file.sha256}")).status == 200
            assert (await installer.ask("GET", f"/v1/files/{file.sha256}")).status == 404

    asyncio.run(story())


def test_a_voice_note_is_a_download(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            file = await brought(clerk, wav(1))
            answer = await clerk.ask("GET", f"/v1/files/{file.sha256}")
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert answer.headers["Content-Type"] == "audio/wav"

    asyncio.run(story())


def test_what_is_brought_twice_is_kept_once(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            first, second = await asyncio.gather(brought(clerk, photo()), brought(clerk, photo()))
            assert first == second
            folder = house.desk.part(Files).folder
            assert [path.name for path in folder.glob("*/*")] == [first.sha256]

    asyncio.run(story())


def test_a_refusal_says_why_in_words(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            refused = await clerk.ask("PUT", "/v1/files", b"<svg/>")
            assert (refused.status, refused.json["zh"]) == (415, "只接受 JPEG、PNG 或 WebP 图片")
            too_much = io.BytesIO(bytes(pictures.LARGEST + 1))
            sent = {"X-Linli-Token": clerk.token}
            async with clerk.http.put(house.base + "/v1/files", data=too_much, headers=sent, ssl=False) as answer:
                assert answer.status == 413
            assert (await (await house.signed_in(Role.AUDITOR)).ask("PUT", "/v1/files", photo())).status == 403

    asyncio.run(story())


def test_what_belongs_to_nothing_goes_after_a_day_and_the_rest_stays(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk, files = await house.signed_in(Role.DUTY), house.desk.part(Files)
            loose, kept = await brought(clerk, photo(colour="blue")), await brought(clerk, photo(colour="green"))
            await house.desk.change(lambda conn: file_rows.use(conn, house.desk.now(), kept.sha256, "case:1"))
            assert await files.sweep() == 0
            house.later(DAY_S + 1)
            assert await files.sweep() == 1
            assert (files.path(loose.sha256).exists(), files.path(kept.sha256).exists()) == (False, True)

    asyncio.run(story())


def test_a_file_without_a_row_goes_at_the_next_start(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            files, lost = house.desk.part(Files), "ab" * 32
            kept = await files.keep_picture(photo())
            for path in (files.path(lost), files.folder / "new" / "half"):
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(b"x")
            await files.tidy()
            assert [path.name for path in files.folder.glob("*/*")] == [kept.sha256]

    asyncio.run(story())


def test_nobody_fills_the_disk_in_a_day(short_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            clerk = await house.signed_in(Role.DUTY)
            monkeypatch.setattr(file_rows, "OF_A_DAY", 1000)
            await brought(clerk, photo())
            assert (await clerk.ask("PUT", "/v1/files", photo(900, 900, "blue"))).status == 429
            house.later(DAY_S + 1)
            await brought(await clerk.sign_in(clerk.me["login"]), photo(colour="blue"))

    asyncio.run(story())


def test_only_who_brought_a_file_attaches_it(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            mine, other = await house.signed_in(Role.WARDEN), await house.signed_in(Role.WARDEN)
            file = await brought(mine, photo())

            async def bring(by: str) -> None:
                await house.desk.change(lambda conn: file_rows.bring(conn, house.desk.now(), file.sha256, "case:1", by))

            with pytest.raises(Mistake):
                await bring(other.me["id"])
            await bring(mine.me["id"])

    asyncio.run(story())


def test_a_kiosks_picture_is_taken_over_once_made_anew(short_tmp: Path) -> None:
    async def story() -> None:
        async with House(short_tmp) as house:
            files, sha256 = house.desk.part(Files), hashlib.sha256(photo()).hexdigest()
            assert await files.from_blob(sha256) is None
            blob = short_tmp / "data" / "blobs" / "whole" / sha256[:2] / sha256
            blob.parent.mkdir(parents=True)
            blob.write_bytes(photo())
            file = await files.from_blob(sha256)
            assert file is not None
            assert (GPS in files.path(file.sha256).read_bytes(), file.type) == (False, "image/jpeg")
            blob.unlink()
            assert await files.from_blob(sha256) == file

    asyncio.run(story())
