"""The thread that looks: opens the camera, takes pictures at its pace, measures, judges, and opens it again when lost.

It tells what it finds and decides nothing about faults: whether the camera is alive is judged by whoever listens,
because this thread may hang in a library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

from drivers.camera.covered import CoveredJudge
from drivers.camera.frozen import FrozenJudge
from drivers.camera.measure import Measurer
from drivers.camera.motion import MotionJudge
from drivers.camera.ring import Ring
from drivers.camera.settings import Settings
from drivers.camera.shot import Shot, Source, SourceError
from drivers.camera.sight import Looked, Lost

KEEP_EVERY_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0


class Eye:
    """`look` runs on a thread of its own until `stop` is set. `now` are monotonic seconds."""

    def __init__(
        self,
        settings: Settings,
        ring: Ring,
        tell: Callable[[Looked | Lost], None],
        now: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self.stop = Event()
        self._settings, self._ring, self._tell, self._now, self._chance = settings, ring, tell, now, chance
        self._frozen = FrozenJudge(settings.frozen_after_s)
        self._covered = CoveredJudge(settings.covered_after_s)
        self._motion = MotionJudge(settings.min_area, settings.cool_down_s)

    def look(self, connect: Callable[[], Source]) -> None:
        """Until stopped. Full jitter between two tries: many cameras hang on one switch that comes back."""
        pause_s = FIRST_PAUSE_S
        while not self.stop.is_set():
            try:
                source = connect()
            except SourceError as error:
                self._tell(Lost(self._now(), str(error)))
            else:
                try:
                    for looked in self.watch(source):
                        self._tell(looked)
                        pause_s = FIRST_PAUSE_S
                except SourceError as error:
                    self._tell(Lost(self._now(), str(error)))
                finally:
                    source.close()
            self.stop.wait(pause_s * (0.1 + 0.9 * self._chance()))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def watch(self, source: Source) -> Iterator[Looked]:
        """One connection, to its end."""
        measurer = Measurer(self._settings.zones, self._settings.motion_threshold)
        self._frozen.restart()
        self._covered.restart()
        next_s = kept_s = self._now()
        for shot in source.shots():
            now_s = self._now()
            if self.stop.is_set():
                return
            if now_s >= kept_s:
                kept_s = now_s + KEEP_EVERY_S
                self._keep(shot, now_s)
            if now_s >= next_s:
                # From the grid, not from now: the frames of the camera would else make the pace uneven.
                next_s = max(next_s + 1 / self._settings.fps, now_s - 1 / self._settings.fps)
                yield self._judge(shot, measurer, now_s)

    def _keep(self, shot: Shot, now_s: float) -> None:
        jpeg = shot.jpeg(self._settings.picture_width, self._settings.picture_kb * 1024)
        if jpeg:
            self._ring.put(now_s, jpeg)

    def _judge(self, shot: Shot, measurer: Measurer, now_s: float) -> Looked:
        numbers = measurer.take(shot.grey(), now_s)
        frozen, covered = self._frozen.take(numbers), self._covered.take(numbers)
        moved = () if covered else tuple(self._motion.take(numbers))
        return Looked(now_s, shot.width, shot.height, frozen, covered, self._covered.dark, moved)
