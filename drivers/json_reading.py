"""One JSON object read by a profile's settings: from values at paths to what they say. Keeps nothing."""

from __future__ import annotations

from datetime import datetime

from drivers.json_path import EXACT, Get, joined, number_of, path, text_of
from drivers.json_settings import AlarmTable, Flag, Position, Settings
from drivers.model import Instant, Kind, Place, Scalar, Struct
from drivers.moment import moment, zone_of

MAX_TEXT = 256


class Report(Struct):
    """What one object says. `levels`: held alarms it speaks of; `strange`: a value its table does not know."""

    device: str
    time: datetime | None = None
    device_time: str | None = None
    place: Place | None = None
    alarms: list[tuple[str, bool]] = []
    levels: dict[str, bool] = {}
    open: bool | None = None
    kinds: list[Kind] = []
    attributes: dict[str, Scalar] = {}
    repeat: str | None = None
    strange: str | None = None


class Reading:
    """The settings, compiled: every path is a function, every table a dictionary."""

    def __init__(self, settings: Settings) -> None:
        self._device = joined(settings.device, "-")
        self._require = [(path(where), frozenset(values)) for where, values in settings.require.items()]
        self._alarms = [(path(one.path), _Table(one)) for one in settings.alarms]
        self._open = _flag(settings.contact_open)
        self._kinds = [
            (kind, name, flag)
            for kind, name, flag in (
                (Kind.MOTION, "motion", _flag(settings.motion)),
                (Kind.AVAILABILITY, "online", _flag(settings.online)),
            )
            if flag is not None
        ]
        self._readings = [(name, path(where)) for name, where in settings.readings.items()]
        self._attributes = [(name, path(where)) for name, where in settings.attributes.items()]
        if settings.battery:
            self._attributes.append(("battery", path(settings.battery)))
        self._place = None if settings.position is None else _Places(settings.position)
        self._time = path(settings.time) if settings.time else None
        self._time_format = settings.time_format
        self._zone = zone_of(settings.time_zone)
        self._repeat = joined(settings.repeat, " ") if settings.repeat else None

    def read(self, found: dict[str, object], topic: str, at: Instant) -> Report | None:
        """What the object says; None when it is not meant for this profile."""
        for get, values in self._require:
            if text_of(get(found, topic)) not in values:
                return None
        report = Report(self._device(found, topic))
        for get, table in self._alarms:
            if (value := get(found, topic)) is not None:
                table.put(report, text_of(value))
        if self._open is not None:
            report.open = self._open.get(found, topic)
        self._measured(report, found, topic)
        if self._place is not None:
            report.place = self._place.get(found, topic)
        if self._time is not None:
            claimed = self._time(found, topic)
            report.time, report.device_time = moment(claimed, at, self._time_format, self._zone)
        if self._repeat is not None:
            report.repeat = self._repeat(found, topic) or None
        return report

    def _measured(self, report: Report, found: dict[str, object], topic: str) -> None:
        for kind, name, flag in self._kinds:
            if (on := flag.get(found, topic)) is not None:
                report.kinds.append(kind)
                report.attributes[name] = on
        for name, get in self._attributes:
            if (value := _scalar(get(found, topic))) is not None:
                report.attributes[name] = value
        measured = False
        for name, get in self._readings:
            if (value := _scalar(get(found, topic))) is not None:
                report.attributes[name] = value
                measured = True
        if measured:
            report.kinds.append(Kind.READING)


class _Table:
    def __init__(self, rule: AlarmTable) -> None:
        self._table, self._held = rule.table, rule.held
        self._names = tuple({name for name in rule.table.values() if name})

    def put(self, report: Report, word: str) -> None:
        name = self._table.get(word)
        if self._held:
            for one in self._names:
                report.levels[one] = one == name or report.levels.get(one, False)
        elif name is None and word:
            report.strange = word
        if name:
            report.alarms.append((name, self._held))


class _Flags:
    def __init__(self, flag: Flag) -> None:
        self._get = path(flag.path)
        self._words = dict.fromkeys(flag.no, False) | dict.fromkeys(flag.yes, True)

    def get(self, found: dict[str, object], topic: str) -> bool | None:
        return self._words.get(text_of(self._get(found, topic)))


class _Places:
    def __init__(self, position: Position) -> None:
        def maybe(where: str) -> Get | None:
            return path(where) if where else None

        self._lat, self._lon = path(position.lat), path(position.lon)
        self._valid = _flag(Flag(position.valid, yes=("1", "true", "A"))) if position.valid else None
        self._speed, self._factor = maybe(position.speed), position.speed_factor
        self._course, self._altitude = maybe(position.course), maybe(position.altitude_m)
        self._datum = position.datum

    def get(self, found: dict[str, object], topic: str) -> Place | None:
        lat, lon = number_of(self._lat(found, topic)), number_of(self._lon(found, topic))
        if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
            return None
        valid = self._valid.get(found, topic) is True if self._valid is not None else (lat, lon) != (0.0, 0.0)
        speed = self._number(self._speed, found, topic)
        return Place(
            valid=valid,
            lat=lat,
            lon=lon,
            speed_kmh=None if speed is None else speed * self._factor,
            course=self._number(self._course, found, topic),
            altitude_m=self._number(self._altitude, found, topic),
            datum=self._datum,
        )

    @staticmethod
    def _number(get: Get | None, found: dict[str, object], topic: str) -> float | None:
        return None if get is None else number_of(get(found, topic))


def _flag(flag: Flag | None) -> _Flags | None:
    return None if flag is None else _Flags(flag)


def _scalar(value: object) -> Scalar:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, int | float) and -EXACT < value < EXACT:
        return value
    return None
