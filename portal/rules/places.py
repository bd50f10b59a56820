"""Which part of town a point lies in. Outlines are GeoJSON, in degrees, longitude first."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol, TypeVar

NEAR_METRES = 300.0
_METRES_PER_DEGREE = 111_320.0
_NUMBER = re.compile(r"(?<![\d.,])-?\d{1,3}[.,]\d{2,}")

Ring = Sequence[Sequence[float]]


class Outlined(Protocol):
    """A piece of land with an outline, when somebody has drawn one."""

    @property
    def outline(self) -> dict[str, Any] | None: ...


Land = TypeVar("Land", bound=Outlined)


def find(lands: Iterable[Land], lat: float, lon: float, *, near: float = NEAR_METRES) -> Land | None:
    """The first of these lands the point lies in, else the nearest within `near` metres: a telephone is not exact."""
    if not in_range(lat, lon):
        return None
    best: Land | None = None
    best_distance = near
    for land in lands:
        if land.outline is None or not _in_box(land.outline, lat, lon, margin=near):
            continue
        if contains(land.outline, lat, lon):
            return land
        distance = _distance(land.outline, lat, lon)
        if distance < best_distance:
            best, best_distance = land, distance
    return best


def contains(outline: Mapping[str, Any], lat: float, lon: float) -> bool:
    """Whether the point lies in a Polygon or MultiPolygon, and in none of its holes."""
    return any(
        _in_ring(rings[0], lat, lon) and not any(_in_ring(hole, lat, lon) for hole in rings[1:])
        for rings in _polygons(outline)
    )


def in_range(lat: float, lon: float) -> bool:
    """Whether this is a place on Earth; 0, 0 is what a telephone says that does not know."""
    return -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0, 0)


def parse_coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in a text, with decimal points or the decimal commas people here write."""
    found = _NUMBER.findall(_split_pairs(text))
    if len(found) < 2:
        return None
    lat, lon = (float(number.replace(",", ".")) for number in found[:2])
    return (lat, lon) if in_range(lat, lon) else None


def _split_pairs(text: str) -> str:
    """Parts "38,3686,34,0297" and "38.3686,34.0297" where one number ends and the next begins."""
    return re.sub(r"(\d[.,]\d{2,}),(?=-?\d{1,3}[.,]\d{2,})", r"\1 ", text)


def _in_box(outline: Mapping[str, Any], lat: float, lon: float, *, margin: float) -> bool:
    up = margin / _METRES_PER_DEGREE
    across = up / max(math.cos(math.radians(lat)), 0.01)
    for rings in _polygons(outline):
        lons, lats = zip(*(point[:2] for point in rings[0]), strict=True)
        if min(lats) - up <= lat <= max(lats) + up and min(lons) - across <= lon <= max(lons) + across:
            return True
    return False


def _in_ring(ring: Ring, lat: float, lon: float) -> bool:
    """A ray to the east crosses the outline of what it starts in an odd number of times."""
    inside = False
    before_lon, before_lat = ring[-1][:2]
    for this_lon, this_lat, *_ in ring:
        if (this_lat > lat) != (before_lat > lat):
            crossing = this_lon + (lat - this_lat) * (before_lon - this_lon) / (before_lat - this_lat)
            inside ^= lon < crossing
        before_lon, before_lat = this_lon, this_lat
    return inside


def _distance(outline: Mapping[str, Any], lat: float, lon: float) -> float:
    """Metres from the point to the nearest edge, on a map flat enough for a few hundred metres."""
    across = _METRES_PER_DEGREE * math.cos(math.radians(lat))
    nearest = math.inf
    for rings in _polygons(outline):
        for ring in rings:
            points = [((point[0] - lon) * across, (point[1] - lat) * _METRES_PER_DEGREE) for point in ring]
            for start, end in pairwise(points):
                nearest = min(nearest, _to_edge(start, end))
    return nearest


def _to_edge(start: tuple[float, float], end: tuple[float, float]) -> float:
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    share = 0.0 if length == 0 else max(0.0, min(1.0, -(start[0] * along[0] + start[1] * along[1]) / length))
    return math.hypot(start[0] + share * along[0], start[1] + share * along[1])


def _polygons(outline: Mapping[str, Any]) -> Iterator[Sequence[Ring]]:
    if outline["type"] == "Polygon":
        yield outline["coordinates"]
    elif outline["type"] == "MultiPolygon":
        yield from outline["coordinates"]
    else:
        raise ValueError(f"an outline is a Polygon or a MultiPolygon, not {outline['type']!r}")
