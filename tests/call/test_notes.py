"""Voice notes and photos for reports: kept by the gateway, named to the screen, never inside a call."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from edge.call.fake_sound import NullSpeaker
from edge.call.note import RATE_OF_NOTE, written
from edge.call.note_player import higher
from edge.call.sound import RATE, Block
from sync.contract.call import State
from sync.contract.call_screen import Forget, HangUp, Play, Preview, Record, Snap, Start
from tests.call.house import SOON_S, BrokenCard, House, Screen, house
from tests.call.pair import until


def story(folder: Path, tell: Callable[[House], Awaitable[None]], **changes: object) -> None:
    async def run() -> None:
        async with house(folder, **changes) as one:
            await tell(one)

    asyncio.run(asyncio.wait_for(run(), 120))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.call.notes.GRACE_S", 0.0)
    monkeypatch.setattr("edge.call.notes.AGAIN_S", 0.02)


async def noted(screen: Screen) -> str:
    """The name of a note that was recorded and kept."""
    screen.wish(Record(on=True))
    await screen.until(lambda seen: (seen.recording_s or 0) >= 0.6 and not seen.note)
    screen.wish(Record(on=False))
    return (await screen.until(lambda seen: bool(seen.note))).note


async def photographed(screen: Screen) -> str:
    """The name of a photo that was taken and kept."""
    screen.wish(Preview(on=True))
    await screen.until(lambda seen: bool(seen.own_frames))
    screen.wish(Snap())
    return (await screen.until(lambda seen: bool(seen.photo))).photo


def test_a_voice_note_is_kept_and_named_and_the_next_one_takes_its_place(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        names = []
        for _ in range(2):
            screen.wish(Record(on=True))
            await screen.until(lambda seen: (seen.recording_s or 0) >= 0.8 and not seen.note)
            screen.wish(Record(on=False))
            seen = await screen.until(lambda seen: bool(seen.note))
            assert seen.note_s >= 0.8
            names.append(seen.note)
        assert names[0] != names[1]
        for name, content in zip(names, one.office.kept, strict=True):
            assert hashlib.sha256(content).hexdigest() == name
            assert content[:4] == b"RIFF"

    story(short_tmp, tell)


def test_a_finger_that_slipped_is_no_note(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        screen.wish(Record(on=True))
        await screen.until(lambda seen: seen.recording_s is not None)
        screen.wish(Record(on=False))
        seen = await screen.until(lambda seen: seen.recording_s is None)
        assert seen.note == ""
        assert one.office.kept == []

    story(short_tmp, tell)


def test_a_photo_of_the_preview_is_kept_and_named(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        screen.wish(Preview(on=True))
        await screen.until(lambda seen: bool(seen.own_frames))
        screen.wish(Snap())
        seen = await screen.until(lambda seen: bool(seen.photo))
        (content,) = one.office.kept
        assert hashlib.sha256(content).hexdigest() == seen.photo
        assert content[:3] == b"\xff\xd8\xff"

    story(short_tmp, tell)


def test_without_a_camera_or_a_microphone_it_is_said(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        screen.wish(Snap())
        await screen.until(lambda seen: seen.trouble == "camera")
        screen.wish(Record(on=True))
        await screen.until(lambda seen: seen.trouble == "microphone")

    story(short_tmp, tell, microphone=BrokenCard())


def test_a_call_takes_the_microphone_and_what_was_recorded_never_was(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        screen.wish(Record(on=True))
        await screen.until(lambda seen: (seen.recording_s or 0) >= 0.6)
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.state is State.CONNECTED and seen.recording_s is None)
        screen.wish(Record(on=True))
        screen.wish(Snap())
        screen.wish(HangUp())
        seen = await screen.until(lambda seen: seen.state is State.ENDED)
        assert (seen.note, seen.photo, seen.recording_s) == ("", "", None)
        assert one.office.kept == []

    story(short_tmp, tell)


def test_a_screen_that_goes_leaves_no_note_behind(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        screen.wish(Record(on=True))
        await screen.until(lambda seen: (seen.recording_s or 0) >= 0.6)
        screen.vanish()
        other = await one.screen()
        seen = await other.until(lambda seen: seen.recording_s is None)
        assert seen.note == ""

    story(short_tmp, tell)


def test_what_was_taken_is_thrown_away_with_the_session_or_when_a_report_has_it(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        note, photo = await noted(screen), await photographed(screen)
        screen.wish(Forget(photo=False))
        seen = await screen.until(lambda seen: not seen.note)
        assert (seen.note_s, seen.photo) == (0.0, photo), "the other is still wanted"
        await until(lambda: one.office.thrown == [note], SOON_S, "the note thrown away")
        screen.wish(Forget())
        await screen.until(lambda seen: not seen.photo)
        await until(lambda: one.office.thrown == [note, photo], SOON_S, "the photo thrown away")

    story(short_tmp, tell)


def test_a_screen_that_vanishes_throws_away_what_was_taken_for_it(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        note = await noted(screen)
        one.office.deaf = 2
        screen.vanish()
        await until(lambda: one.office.thrown == [note], SOON_S, "thrown away, though the gateway was deaf at first")
        other = await one.screen()
        assert (await other.until(lambda seen: seen.n > 0)).note == ""

    story(short_tmp, tell)


def test_a_note_that_is_kept_only_after_its_session_is_nobodys(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        one.office.held = asyncio.Event()
        screen.wish(Record(on=True))
        await screen.until(lambda seen: (seen.recording_s or 0) >= 0.6)
        screen.wish(Record(on=False))
        await until(lambda: bool(one.office.kept), SOON_S, "on its way to the gateway")
        screen.wish(Forget())
        screen.wish(Preview(on=True))
        await screen.until(lambda seen: seen.camera)  # so the session is over for the engine
        one.office.held.set()
        name = hashlib.sha256(one.office.kept[0]).hexdigest()
        await until(lambda: one.office.thrown == [name], SOON_S, "thrown away")
        assert one.seen.note == ""

    story(short_tmp, tell)


class Ear(NullSpeaker):
    """A loudspeaker that writes down when something was to be heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[float] = []
        self.opened = self.closed = 0

    def open(self, to_play: Callable[[], Block]) -> None:
        self.opened += 1

        def listened() -> Block:
            block = to_play()
            if np.abs(block).max(initial=0) > 300:
                self.heard.append(time.monotonic())
            return block

        super().open(listened)

    def close(self) -> None:
        self.closed += 1
        super().close()


def test_a_note_is_heard_by_whoever_spoke_it_and_ends_by_itself(short_tmp: Path) -> None:
    ear = Ear()

    async def tell(one: House) -> None:
        screen = await one.screen()
        screen.wish(Play(on=True))  # there is none
        await noted(screen)
        screen.wish(Play(on=True))
        await screen.until(lambda seen: seen.playing_s is not None)
        await screen.until(lambda seen: seen.playing_s is None)
        assert (ear.opened, ear.closed) == (1, 1)
        assert ear.heard

    story(short_tmp, tell, speaker=ear)


def test_it_is_silent_when_it_shall_be_and_when_the_note_is_thrown_away_or_another_begins(short_tmp: Path) -> None:
    ear = Ear()

    async def tell(one: House) -> None:
        screen = await one.screen()
        for ending in (Play(on=False), Forget(photo=False), Record(on=True)):
            await noted(screen)
            screen.wish(Play(on=True))
            await screen.until(lambda seen: seen.playing_s is not None)
            screen.wish(ending)
            await screen.until(lambda seen: seen.playing_s is None)
            assert ear.closed == ear.opened
        await screen.until(lambda seen: seen.recording_s is not None)
        screen.wish(Forget())
        screen.wish(Play(on=True))
        await screen.until(lambda seen: seen.recording_s is None)
        assert ear.opened == 3

    story(short_tmp, tell, speaker=ear)


def test_a_call_takes_the_loudspeaker_from_a_note(short_tmp: Path) -> None:
    ear = Ear()

    async def tell(one: House) -> None:
        screen = await one.screen()
        await noted(screen)
        screen.wish(Play(on=True))
        await screen.until(lambda seen: seen.playing_s is not None)
        screen.wish(Start(department="civil"))
        await screen.until(lambda seen: seen.state is State.CONNECTED)
        screen.wish(Play(on=True))
        assert screen.seen.playing_s is None
        assert (ear.opened, ear.closed) == (2, 1)
        screen.wish(HangUp())
        await screen.until(lambda seen: seen.state is State.ENDED)

    story(short_tmp, tell, speaker=ear)


def test_a_loudspeaker_that_does_not_open_is_said(short_tmp: Path) -> None:
    async def tell(one: House) -> None:
        screen = await one.screen()
        await noted(screen)
        screen.wish(Play(on=True))
        await screen.until(lambda seen: seen.trouble == "speaker")

    story(short_tmp, tell, speaker=BrokenCard())


def test_what_is_heard_is_what_goes_up() -> None:
    tone = np.sin(np.arange(RATE_OF_NOTE) * 2 * np.pi * 440 / RATE_OF_NOTE) * 9000
    sound = higher(written(tone))
    at = np.arange(len(sound)) / RATE
    expected = np.sin(at * 2 * np.pi * 440) * 9000
    assert np.abs(sound[:-3, 0] - expected[:-3]).max() < 300
