"""The live show where there is no terminal: one line for each thing that changed."""

from __future__ import annotations

from collections.abc import Iterator

from edge.demo.picture import Picture
from edge.demo.screen import ms
from edge.demo.words import Words


class PlainShow:
    """Remembers what was told."""

    def __init__(self, say: Words) -> None:
        self._say = say
        self._told: dict[str, str] = {}

    def lines(self, picture: Picture) -> Iterator[str]:
        """What is new in this picture."""
        say = self._say
        gateway, line = "running" if picture.gateway_up else "killed", "up" if picture.line_up else "cut"
        yield from self._new("gateway", f"{say['gateway']}: {say[gateway]}")
        yield from self._new("line", f"{say['line']}: {say[line]}")
        if picture.kiosk:
            yield from self._new("kiosk", picture.kiosk)
        for alarm in picture.alarms[::-1]:
            way = ", ".join(
                f"{say[name]} {ms(value)}"
                for name, value in (
                    ("to_answer", alarm.answered_ms),
                    ("to_broker", alarm.broker_ms),
                    ("to_centre", alarm.centre_ms),
                )
            )
            stage, key = say[alarm.stage], f"{alarm.stage} {alarm.presses}"
            yield from self._new(alarm.id, f"{say['alarms']}: {alarm.device} {stage} ({way})", key)
        for device in sorted(picture.dead):
            yield from self._new(device, f"{device}: {say['dead']}")
        backlog = ", ".join(f"{say[lane.lane]} {lane.waiting}/{lane.receipted}" for lane in picture.lanes)
        counts = say["counts"].format(picture.said, picture.answered, picture.at_centre)
        yield from self._new("counts", f"{counts}; {say['waiting']}/{say['receipted']}: {backlog}")

    def _new(self, about: str, text: str, key: str | None = None) -> Iterator[str]:
        if self._told.get(about) != (key or text):
            self._told[about] = key or text
            yield text
