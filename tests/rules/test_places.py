"""Which neighbourhood a pin is in."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.rules import places

TOWN = Path(__file__).parents[2] / "portal" / "data" / "town" / "neighbourhoods.geojson"


@dataclass
class Land:
    name: str
    outline: dict[str, Any] | None


def square(west: float, south: float, size: float) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


WEST = Land("batı", {"type": "Polygon", "coordinates": [square(34.0, 38.0, 0.01)]})
EAST = Land("doğu", {"type": "Polygon", "coordinates": [square(34.01, 38.0, 0.01)]})
RING = Land("halka", {"type": "Polygon", "coordinates": [square(35.0, 38.0, 0.03), square(35.01, 38.01, 0.01)]})
TWO = Land(
    "iki parça",
    {"type": "MultiPolygon", "coordinates": [[square(36.0, 38.0, 0.01)], [square(36.1, 38.0, 0.01)]]},
)
LANDS = [Land("çizilmemiş", None), WEST, EAST, RING, TWO]


@pytest.mark.parametrize(
    ("lat", "lon", "name"),
    [
        (38.005, 34.005, "batı"),
        (38.005, 34.015, "doğu"),
        (38.005, 35.005, "halka"),
        (38.005, 36.005, "iki parça"),
        (38.005, 36.105, "iki parça"),
        # Some 90 m outside, and nearer to the one than to the other.
        (38.005, 33.999, "batı"),
        (37.9995, 34.012, "doğu"),
    ],
)
def test_a_pin_is_in_its_neighbourhood_or_just_beside_it(lat, lon, name):
    found = places.find(LANDS, lat, lon)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(38.005, 33.99), (38.015, 35.015), (38.005, 36.05), (0.0, 0.0), (91.0, 34.0), (float("nan"), 34.0)],
)
def test_a_pin_elsewhere_is_in_none(lat, lon):
    assert places.find(LANDS, lat, lon) is None


def test_without_a_margin_only_the_inside_counts():
    assert places.find(LANDS, 38.005, 33.999, near=0) is None


def test_the_first_that_contains_it_wins():
    whole = Land("bütün", {"type": "Polygon", "coordinates": [square(33.0, 37.0, 3)]})

    assert places.find([whole, WEST], 38.005, 34.005) is whole
    assert places.find([WEST, whole], 38.005, 34.005) is WEST


def test_what_is_not_an_area_is_not_swallowed():
    with pytest.raises(ValueError, match="Polygon"):
        places.contains({"type": "Point", "coordinates": [34, 38]}, 38, 34)


def test_every_neighbourhood_of_the_town_finds_itself():
    features = json.loads(TOWN.read_text(encoding="utf-8"))["features"]
    lands = [Land(feature["properties"]["code"], feature["geometry"]) for feature in features]
    pins = {feature["properties"]["code"]: feature["properties"] for feature in features}

    inside = [code for code, pin in pins.items() if _found(lands, pin["latitude"], pin["longitude"]) == code]

    # The centre of a crescent may lie outside it.
    assert len(inside) >= len(lands) - 2


def _found(lands: list[Land], lat: float, lon: float) -> str:
    found = places.find(lands, lat, lon)
    return found.name if found else ""


@pytest.mark.parametrize(
    "text",
    [
        "38,3686 34,0297",
        "38.3686 34.0297",
        "38.3686,34.0297",
        "38,3686, 34,0297",
        "38,3686,34,0297",
        "38.3686;34.0297",
        "38.3686, 34.0297, 17.00z",
        "geo:38.3686,34.0297",
        "https://maps.example/@38.3686,34.0297,17z",
        "38.3686° N, 34.0297° E",
        "Konum: 38,3686 / 34,0297 burada",
    ],
)
def test_coordinates_in_every_spelling(text):
    assert places.parse_coordinates(text) == (38.3686, 34.0297)


@pytest.mark.parametrize("text", ["", "38 34", "38,34", "38.3686", "121.50 34.02", "0.00 0.00", "0532 123 45 67"])
def test_what_are_no_coordinates(text):
    assert places.parse_coordinates(text) is None


def test_the_southern_half_of_the_world_has_a_sign():
    assert places.parse_coordinates("-33.86, -151.20") == (-33.86, -151.2)
