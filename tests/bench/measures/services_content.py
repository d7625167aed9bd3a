"""A large version of content: published at the centre, fetched through a cut, and live on a kiosk as a whole."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from edge.demo.stage import Stage, StageError
from kiosk_ui.content_loading import Loading
from kiosk_ui.local import Api
from sync.contract.departments import Said
from sync.contract.envelope import ContractError, encode
from sync.contract.kiosk import ContentFile, Manifest
from sync.contract.services import Card, Guide, Lesson, LifeEvent, Merchant
from sync.unix_http import Unreachable, ask
from tests.bench.bench import Bench
from tests.bench.figure import Values
from tests.bench.process import resident_mb
from tests.bench.rig import RigError

MEDIA_MB, QUICK_MEDIA_MB, FILE_MB = 2048, 200, 8
GUIDES, MERCHANTS, LESSONS = 1000, 2000, 2000
SAY_MB = 256
PATIENCE_S = 1200.0
SMALL, LARGE, BROKEN = "small", "large", "broken"
CONTENT = "/v1/content/services"


def live(bench: Bench) -> Values:
    """5,000 items; 2 GB of media in a full run, 200 MB in a quick one. The gateway is killed half way."""
    megabytes = QUICK_MEDIA_MB if bench.quick else MEDIA_MB
    config = {"storage": {"max_blobs_mb": 2 * MEDIA_MB}, "kiosk": {}}
    with bench.directory() as directory, Stage(directory, [], config=config) as stage:
        stage.start()
        _publish(stage, SMALL, {"guides.json": encode(_guides(1))}, [])
        with Watching(stage) as kiosk:
            kiosk.until(SMALL)
            media = _media(bench, stage, megabytes)
            before_mb = resident_mb(stage.gateway.pid)
            began = time.time()
            _publish(stage, LARGE, _texts(), media)
            lost = _cut(bench, stage, megabytes)
            kiosk.until(LARGE)
            newest = max((_folder(stage, "whole") / one.sha256[:2] / one.sha256).stat().st_ctime for one in media)
            bench.say(f"{megabytes} MB came in {newest - began:.1f} s, shown {kiosk.at[LARGE] - newest:.2f} s later")
            _publish(stage, BROKEN, {**_texts(), "guides.json": b'[{"id": "half'}, [])
            time.sleep(2.0)
            wrong = kiosk.wrong
            more_mb = kiosk.most_mb - before_mb
    return {
        "services.content_live": max(0.0, kiosk.at[LARGE] - newest),
        "services.content_download": megabytes / (newest - began),
        "services.content_lost_at_cut": lost,
        "services.content_memory": more_mb,
        "services.content_broken_shown": float(wrong),
    }


class Watching:
    """A kiosk's reader of content, asked without end: which versions it would show, and what the gateway takes."""

    def __init__(self, stage: Stage) -> None:
        self.at: dict[str, float] = {}
        self.wrong, self.most_mb = 0, 0.0
        self._stage, self._over = stage, threading.Event()
        self._thread = threading.Thread(target=self._watch, name="kiosk")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def until(self, version: str) -> None:
        """It would show that one."""
        deadline = time.monotonic() + PATIENCE_S
        while version not in self.at:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RigError(f"the kiosk does not show the version {version}")
            time.sleep(0.05)

    def _watch(self) -> None:
        loading, api = Loading(), Api(self._stage.api_socket, 30.0)
        while not self._over.wait(0.05):
            with suppress(ProcessLookupError, StageError):  # just killed
                self.most_mb = max(self.most_mb, resident_mb(self._stage.gateway.pid))
            try:
                shown = loading.fetch(api)
            except (Unreachable, ContractError):
                continue  # what was shown stays
            self.at.setdefault(shown.version, time.time())
            whole = len(shown.guides) + len(shown.merchants) + len(shown.lessons)
            self.wrong += (shown.version, whole) not in (("", 0), (SMALL, 1), (LARGE, GUIDES + MERCHANTS + LESSONS))


def _media(bench: Bench, stage: Stage, megabytes: int) -> list[ContentFile]:
    """Files that are all different, at the receiver."""
    brought = []
    for n in range(megabytes // FILE_MB):
        brought.append(_bring(stage, os.urandom(FILE_MB << 20), f"media-{n}.mp4"))
        if (n + 1) % (SAY_MB // FILE_MB) == 0:
            bench.say(f"{(n + 1) * FILE_MB} of {megabytes} MB are at the office")
    return brought


def _cut(bench: Bench, stage: Stage, megabytes: int) -> float:
    """Kill -9 half way through the download; how many MB of it were gone afterwards."""
    deadline, told = time.monotonic() + PATIENCE_S, SAY_MB
    while (here := _megabytes(stage)) < megabytes / 2:
        if time.monotonic() > deadline:
            raise RigError(f"only {here:.0f} MB came")
        if here >= told:
            bench.say(f"{here:.0f} MB are at the kiosk")
            told += SAY_MB
        time.sleep(0.01)
    bench.say(f"the gateway is killed at {here:.0f} MB")
    stage.gateway.kill()
    before = _megabytes(stage)
    stage.start_gateway()
    return max(0.0, before - _megabytes(stage))


def _megabytes(stage: Stage) -> float:
    total = 0
    for path in [*_folder(stage, "parts").glob("*"), *_folder(stage, "whole").glob("??/*")]:
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # just renamed into its place
            continue
    return total / (1 << 20)


def _folder(stage: Stage, name: str) -> Path:
    return stage.gateway_data / "blobs" / name


def _publish(stage: Stage, version: str, texts: dict[str, bytes], media: list[ContentFile]) -> None:
    files = [_bring(stage, text, name) for name, text in texts.items()]
    _ok(stage, CONTENT, encode(Manifest(version, [*files, *media])), "application/json")


def _bring(stage: Stage, content: bytes, name: str) -> ContentFile:
    sha256 = hashlib.sha256(content).hexdigest()
    _ok(stage, f"/v1/blobs/{sha256}", content, "application/octet-stream")
    kind = "application/json" if name.endswith(".json") else "video/mp4"
    return ContentFile(name, sha256, len(content), kind)


def _ok(stage: Stage, path: str, body: bytes, kind: str) -> None:
    status, answer = ask(stage.office_socket, "PUT", path, body, {"Content-Type": kind}, 120.0)
    if status not in (200, 204):
        raise RigError(f"the receiver said {status}: {answer[:200]!r}")


def _texts() -> dict[str, bytes]:
    return {
        "guides.json": encode(_guides(GUIDES)),
        "merchants.json": encode([_merchant(n) for n in range(MERCHANTS)]),
        "learning.json": encode([_lesson(n) for n in range(LESSONS)]),
    }


def _guides(count: int) -> list[Guide]:
    card = Card(Said("带身份证和户口簿到办事大厅三号窗口办理。" * 4))
    return [
        Guide(
            id=f"guide-{n}", title=Said(f"办事指南 {n}"), event=LifeEvent.PAPERS, department="civil", who=card,
            bring=card, where=card, how_long=card, cost=card,
        )
        for n in range(count)
    ]  # fmt: skip


def _merchant(n: int) -> Merchant:
    return Merchant(id=f"shop-{n}", name=Said(f"永善里小店 {n}"), kind="shop", grade="A", why=Said("一年没有投诉"))


def _lesson(n: int) -> Lesson:
    return Lesson(id=f"lesson-{n}", title=Said(f"第 {n} 课"), media=f"media-{n % 20}.mp4", type="video/mp4")
