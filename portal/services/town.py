"""Load the town from its files, or bring the stored town up to date with them."""

import csv
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from db.models import Category, CategoryGroup, Department, Neighbourhood, Surrounding, TownDay, TownFact
from portal import clock
from portal.rules.refusal import Refused
from portal.services import calendars

SHIPPED = Path(__file__).parent.parent / "data" / "town"

# The files speak the town's language; the code and the tables speak English.
_UNITS = {"saat": "hours", "is_gunu": "working_days", "takvim_gunu": "calendar_days"}
_PRIORITIES = {"acil": "urgent", "yuksek": "high", "normal": "normal", "dusuk": "low"}
_PLACES = {"zorunlu": "required", "istege_bagli": "optional", "yok": "none"}
_PHOTOS = {"zorunlu": "required", "onerilir": "suggested", "yok": "none"}
_IDENTITIES = {"anonim_olabilir": "anonymous", "iletisim_gerekli": "contact", "kimlik_gerekli": "identity"}
_YES = {"evet": True, "hayir": False}

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Loaded:
    """How many rows of each kind the files held."""

    departments: int
    categories: int
    neighbourhoods: int
    days: int


def load(tx: Session, folder: Path | None = None) -> Loaded:
    """Add what is new, update what changed, retire what the files no longer name. Nothing is deleted."""
    folder = folder or SHIPPED
    try:
        return _load(tx, folder)
    except (OSError, KeyError, ValueError) as why:
        raise Refused("Belediye dosyaları okunamadı: %(why)s", why=f"{type(why).__name__}: {why}") from why


def _load(tx: Session, folder: Path) -> Loaded:
    _load_facts(tx, tomllib.loads((folder / "town.toml").read_text("utf-8")))
    departments = _load_departments(tx, _rows(folder / "departments.csv"))
    categories = _load_categories(tx, _rows(folder / "categories.csv"))
    neighbourhoods = _load_neighbourhoods(tx, _features(folder / "neighbourhoods.geojson"))
    _load_surroundings(tx, _features(folder / "surroundings.geojson"))
    days = _load_days(tx, _rows(folder / "town-days.csv"))
    tx.flush()
    # The hours of the files are where the calendar begins; from then on it is the administrators' own.
    calendars.ensure(tx, now=clock.now(), words=calendars.LOADED)
    return Loaded(departments, categories, neighbourhoods, days)


def _load_facts(tx: Session, settings: Mapping[str, Any]) -> None:
    facts = {**settings["town"], **settings["calendar"]}
    stored = {fact.name: fact for fact in tx.exec(select(TownFact))}
    for name, words in facts.items():
        _put(tx, stored.get(name), TownFact, name=name, words=str(words))


def _load_departments(tx: Session, rows: list[dict[str, str]]) -> int:
    stored = {each.code: each for each in tx.exec(select(Department))}
    for row in rows:
        _put(
            tx,
            stored.pop(row["code"], None),
            Department,
            code=row["code"],
            name_tr=row["name_tr"],
            name_en=row["name_en"],
            scope_tr=row["scope_tr"],
            is_external=row["code"] == "DIS",
            is_active=True,
        )
    _retire(stored.values())
    tx.flush()
    return len(rows)


def _load_categories(tx: Session, rows: list[dict[str, str]]) -> int:
    groups = _load_groups(tx, rows)
    departments = {each.code: each.id for each in tx.exec(select(Department))}
    stored = {each.code: each for each in tx.exec(select(Category))}
    for position, row in enumerate(rows):
        values = _category_values(row)
        values["group_id"] = groups[row["group_code"]]
        values["department_id"] = departments[row["department_code"]]
        _put(tx, stored.pop(row["code"], None), Category, position=position, is_active=True, **values)
    _retire(stored.values())
    return len(rows)


def _load_groups(tx: Session, rows: list[dict[str, str]]) -> dict[str, int | None]:
    stored = {each.code: each for each in tx.exec(select(CategoryGroup))}
    groups: dict[str, CategoryGroup] = {}
    for row in rows:
        code = row["group_code"]
        if code not in groups:
            names = {"name_tr": row["group_tr"], "name_en": row["group_en"]}
            groups[code] = _put(tx, stored.get(code), CategoryGroup, code=code, position=len(groups), **names)
    tx.flush()
    return {code: group.id for code, group in groups.items()}


def _category_values(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "code": row["code"],
        "name_tr": row["name_tr"],
        "name_en": row["name_en"],
        "kind": row["kind"],
        "target_value": int(row["target_value"]),
        "target_unit": _UNITS[row["target_unit"]],
        "priority": _PRIORITIES[row["priority"]],
        "place": _PLACES[row["location"]],
        "photo": _PHOTOS[row["photo"]],
        "legal_value": int(row["legal_value"]),
        "legal_unit": _UNITS[row["legal_unit"]],
        "legal_basis": row["legal_basis"],
        "legal_specific": _YES[row["legal_specific"]],
        "identity": _IDENTITIES[row["identity"]],
        "external_body": row["external_body"],
        "is_special": _YES[row["special_data"]],
        "on_public_map": _YES[row["public_map"]],
        "questions": json.loads(row["extra_questions_json"] or "[]"),
        "keywords": row["keywords"],
    }


def _load_neighbourhoods(tx: Session, features: list[dict[str, Any]]) -> int:
    stored = {each.code: each for each in tx.exec(select(Neighbourhood))}
    features = sorted(features, key=lambda feature: alphabetical(feature["properties"]["name"]))
    for position, feature in enumerate(features):
        facts = feature["properties"]
        _put(
            tx,
            stored.pop(facts["code"], None),
            Neighbourhood,
            code=facts["code"],
            name=facts["name"],
            outline=feature["geometry"],
            latitude=facts["latitude"],
            longitude=facts["longitude"],
            position=position,
            is_active=True,
        )
    _retire(stored.values())
    return len(features)


def _load_surroundings(tx: Session, features: list[dict[str, Any]]) -> None:
    stored = {each.code: each for each in tx.exec(select(Surrounding))}
    for feature in features:
        code = feature["properties"]["code"]
        _put(tx, stored.pop(code, None), Surrounding, outline=feature["geometry"], **feature["properties"])
    for gone in stored.values():
        tx.delete(gone)


def _load_days(tx: Session, rows: list[dict[str, str]]) -> int:
    stored = {each.on: each for each in tx.exec(select(TownDay))}
    for row in rows:
        on = date.fromisoformat(row["on"])
        _put(tx, stored.get(on), TownDay, on=on, kind=row["kind"], name=row["name"])
    return len(rows)


def _put(tx: Session, stored: Row | None, table: type[Row], **values: Any) -> Row:
    row = stored or table(**values)
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    if stored is None:
        tx.add(row)
    return row


def _retire(rows: Iterable[Any]) -> None:
    for row in rows:
        row.is_active = False


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _features(file: Path) -> list[dict[str, Any]]:
    return json.loads(file.read_text("utf-8"))["features"]


_ALPHABET = {letter: place for place, letter in enumerate("0123456789aâbcçdefgğhıiîjklmnoöpqrsştuûüvwxyz")}
_LOWER = str.maketrans("Iİ", "ıi")


def alphabetical(name: str) -> list[int]:
    """What a list of Turkish names is sorted by."""
    return [_ALPHABET.get(letter, -1) for letter in name.translate(_LOWER).lower()]
