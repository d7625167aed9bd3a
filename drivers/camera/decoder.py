"""What a camera's process says, as events.

    report  alive at last, or of another size -> status
            frozen                            -> alarm `fault`, covered -> alarm `tampering`; both last until they end
            not alive                         -> nothing: the dead camera is its port's fault, one and not two
    motion                                    -> motion, with its zone

Lines and their meaning: `wire.py`. The device's id is the camera's name in the configuration.
"""

from __future__ import annotations

from datetime import timedelta

from drivers.camera.wire import FromCamera, Hello, Motion, Report, from_camera
from drivers.decoder import MAX_HELD
from drivers.model import AlarmName, Command, Event, Heard, Instant, Kind, Note, Refused, Scalar

LATE_S, NEVER_S = 5.0, 7 * 24 * 3600.0
"""A motion that is older was said to a gateway that was not there; one that is older still has no clock."""


class CameraDecoder:
    """One camera's process."""

    def __init__(self) -> None:
        self._camera = ""
        self._start = ""
        self._rest = b""
        self._skipping = False
        self._told: dict[str, Scalar] = {}

    def feed(self, data: bytes, at: Instant) -> list[Heard]:
        """Lines, cut anywhere."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        heard: list[Heard] = []
        for line in lines:
            if self._skipping:  # the end of the line that was too long
                self._skipping = False
            elif line.strip():
                heard.append(self._line(line, at))
        if self._skipping or len(self._rest) > MAX_HELD:
            if not self._skipping:
                heard.append(Heard(note=Note("line too long")))
            self._skipping, self._rest = True, b""
        return heard

    def tick(self, at: Instant) -> list[Heard]:  # noqa: ARG002 - no timers here
        """Never due."""
        return []

    def due(self) -> float | None:
        """No timers."""
        return None

    def say(self, command: Command, at: Instant) -> bytes | Refused:  # noqa: ARG002 - the contract of a decoder
        """A camera only looks; a picture is asked of its port, not of its decoder."""
        return Refused(f"{self._camera or 'a camera'}: cannot be told {command.verb}")

    def _line(self, line: bytes, at: Instant) -> Heard:
        said = from_camera(line) if len(line) <= MAX_HELD else None
        if said is None:
            return Heard(note=Note("not a line of a camera"))
        if isinstance(said, Hello):
            self._camera, self._start, self._told = said.camera, said.start, {}
            return Heard(note=None if said.camera else Note("a camera without a name"))
        if not self._camera:
            return Heard(note=Note("said before its hello"))
        return self._said(said, at)

    def _said(self, said: FromCamera, at: Instant) -> Heard:
        if isinstance(said, Report):
            return self._report(said)
        if isinstance(said, Motion):
            return Heard((self._motion(said, at),), device=self._camera)
        return Heard(note=Note("a picture nobody here asked for"))

    def _report(self, report: Report) -> Heard:
        if not report.alive:
            self._told = {}
            return Heard()
        causes = {AlarmName.FAULT: report.frozen, AlarmName.TAMPER: report.covered}
        why: dict[AlarmName, dict[str, Scalar]] = {
            AlarmName.FAULT: {"cause": "frozen"},
            AlarmName.TAMPER: {"cause": "covered", "dark": report.dark},
        }
        events = [
            Event(kind=Kind.ALARM, device=self._camera, alarm=cause, attributes=why[cause], held=True)
            for cause, is_set in causes.items()
            if is_set
        ]
        status = self._status(report)
        levels = frozenset(str(cause) for cause, is_set in causes.items() if is_set)
        return Heard((*events, *status), device=self._camera, levels=levels)

    def _status(self, report: Report) -> tuple[Event, ...]:
        """When it is news."""
        now: dict[str, Scalar] = {
            "alive": True,
            "frozen": report.frozen,
            "covered": report.covered,
            "width": report.width,
            "height": report.height,
        }
        if now == self._told:
            return ()
        self._told = now
        return (Event(kind=Kind.STATUS, device=self._camera, attributes={**now, "fps": round(report.fps, 1)}),)

    def _motion(self, motion: Motion, at: Instant) -> Event:
        age_s = at.monotonic_s - motion.at
        late = LATE_S < age_s < NEVER_S
        return Event(
            kind=Kind.MOTION,
            device=self._camera,
            time=at.utc - timedelta(seconds=age_s) if late else None,
            attributes={"zone": motion.zone, "area": round(motion.area, 4)},
            repeat=f"{self._start}-{motion.n}" if self._start else None,
            stored=late,
        )
