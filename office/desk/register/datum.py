"""GCJ-02, the datum of Chinese map clouds, and WGS-84, that of satellites: they differ by 100 to 700 m. Pure.

GCJ-02 is WGS-84 shifted by a published series of sines on the Krasovsky ellipsoid; outside China it is WGS-84. The way
back has no closed form and is found by repetition, to well below a metre.
"""

from __future__ import annotations

from math import asin, cos, pi, radians, sin, sqrt

WGS84 = "WGS-84"
GCJ02 = "GCJ-02"
DATUMS = (WGS84, GCJ02)

_A = 6378245.0
_EE = 0.00669342162296594323
EARTH_M = 6371008.8

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def to_wgs84(lat: float, lon: float, datum: str) -> Point:
    """The same point in WGS-84."""
    if datum != GCJ02 or not _in_china(lat, lon):
        return lat, lon
    at_lat, at_lon = lat, lon
    for _ in range(5):
        there_lat, there_lon = to_gcj02(at_lat, at_lon)
        at_lat, at_lon = at_lat + lat - there_lat, at_lon + lon - there_lon
    return at_lat, at_lon


def to_gcj02(lat: float, lon: float) -> Point:
    """A point of WGS-84 in GCJ-02."""
    if not _in_china(lat, lon):
        return lat, lon
    x, y = lon - 105.0, lat - 35.0
    magic = 1 - _EE * sin(radians(lat)) ** 2
    north = _north(x, y) * 180 / ((_A * (1 - _EE)) / (magic * sqrt(magic)) * pi)
    east = _east(x, y) * 180 / (_A / sqrt(magic) * cos(radians(lat)) * pi)
    return lat + north, lon + east


def distance_m(a: Point, b: Point) -> float:
    """On the sphere."""
    half = sin(radians(b[0] - a[0]) / 2) ** 2
    half += cos(radians(a[0])) * cos(radians(b[0])) * sin(radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(min(1.0, half)))


def _in_china(lat: float, lon: float) -> bool:
    return 0.8293 <= lat <= 55.8271 and 72.004 <= lon <= 137.8347


def _waves(value: float) -> float:
    return (20 * sin(6 * value * pi) + 20 * sin(2 * value * pi)) * 2 / 3


def _north(x: float, y: float) -> float:
    shift = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(x)
    shift += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    return shift + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3


def _east(x: float, y: float) -> float:
    shift = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x)
    shift += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    return shift + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
