"""What machines ask: whether we are alive, whether we can work, and how the house is doing."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from litestar.testing import TestClient
from sqlalchemy import text

from db.engine import Database
from db.queries import health
from portal import clock
from tests.cast import City
from tests.web import open_portal

TOKEN = "olcum-icin-uzun-bir-soz-1907"


@contextmanager
def _portal(db: Database, folder: Path, **more: Any) -> Iterator[TestClient[Any]]:
    with open_portal(db, folder) as client:
        client.app.state["settings"] = replace(client.app.state.settings, **more)
        yield client


@pytest.fixture
def client(db: Database, tmp_path: Path) -> Iterator[TestClient[Any]]:
    with _portal(db, tmp_path, metrics_token=TOKEN) as client:
        yield client


def measured(client: TestClient[Any]) -> dict[str, float]:
    """Every number that Prometheus is told, by its name and labels."""
    answer = client.get("/olcum", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"
    told = (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in told}


def test_it_is_alive_without_asking_the_database(empty_db: Database, tmp_path: Path):
    with _portal(empty_db, tmp_path) as client:
        answer = client.get("/saglik")

    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["cache-control"] == "no-store"


def test_it_is_ready(client: TestClient[Any]):
    answer = client.get("/saglik/hazir")

    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["cache-control"] == "no-store"


def test_without_tables_it_is_not_ready(empty_db: Database, tmp_path: Path):
    with _portal(empty_db, tmp_path) as client:
        answer = client.get("/saglik/hazir")

    assert (answer.status_code, answer.text) == (503, "schema")


def test_with_older_tables_it_is_not_ready(empty_db: Database, tmp_path: Path):
    empty_db.upgrade("0001")

    with _portal(empty_db, tmp_path) as client:
        answer = client.get("/saglik/hazir")

    assert (answer.status_code, answer.text) == (503, "schema")


def test_with_the_tables_of_the_next_release_it_goes_on_serving(client: TestClient[Any], db: Database):
    with db.transaction() as tx:
        known = tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        answer = client.get("/saglik/hazir")
    finally:
        with db.transaction() as tx:
            tx.execute(text("UPDATE alembic_version SET version_num = :known"), {"known": known})

    assert answer.status_code == 200


def test_without_a_database_it_is_not_ready_and_says_no_more(tmp_path: Path):
    away = Database("postgresql+psycopg://cozum:cok-gizli@127.0.0.1:9/cozum")

    with _portal(away, tmp_path, metrics_token=TOKEN) as client:
        answer = client.get("/saglik/hazir")
        numbers = measured(client)

    assert (answer.status_code, answer.text) == (503, "database")
    assert numbers["cozum_database_up"] == 0
    assert "cozum_cases_open" not in numbers


class _Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_with_a_full_disk_it_is_not_ready(client: TestClient[Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: _Usage(100, 99, 1))

    answer = client.get("/saglik/hazir")

    assert (answer.status_code, answer.text) == (503, "disk")


@pytest.mark.parametrize("said", [None, "", "Bearer", "Bearer ", "Bearer yanlis", f"Basic {TOKEN}", TOKEN, "Bearer ğ"])
def test_the_counts_are_not_there_for_who_does_not_know_the_token(client: TestClient[Any], said: str | None):
    headers = {} if said is None else {"Authorization": said.encode("utf-8")}

    answer = client.get("/olcum", headers=headers)
    absent = client.get("/boyle-bir-adres-yok", headers=headers)

    assert answer.status_code == absent.status_code == 404
    assert answer.text.replace("/olcum", "") == absent.text.replace("/boyle-bir-adres-yok", "")


def test_without_a_token_in_the_settings_nobody_knows_it(db: Database, tmp_path: Path):
    with _portal(db, tmp_path) as client:
        assert client.get("/olcum", headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_route_and_not_by_address(client: TestClient[Any]):
    before = measured(client)

    client.get("/takip/483109752264")
    client.get("/takip/100000000009?k=anahtar")
    client.get("/yok/483109752264")
    client.request("KANARYA", "/kanarya")
    after = measured(client)

    route = 'cozum_requests_total{method="GET",route="/takip/{reference}",status="4xx"}'
    assert after[route] - before.get(route, 0) == 2
    for more, name in (
        (1, 'cozum_requests_total{method="GET",route="(none)",status="4xx"}'),
        (1, 'cozum_requests_total{method="other",route="(none)",status="4xx"}'),
        (2, 'cozum_request_seconds_count{route="/takip/{reference}"}'),
        (2, 'cozum_request_seconds_bucket{le="+Inf",route="/takip/{reference}"}'),
    ):
        assert after[name] - before.get(name, 0) == more
    assert not any(secret in name for name in after for secret in ("4831", "1000000", "anahtar", "KANARYA"))


def test_a_refused_sign_in_is_counted(client: TestClient[Any]):
    before = measured(client)["cozum_sign_in_failures_total"]

    client.post("/giris", data={"email": "kemal@aksaray.example", "password": "yanlis"})

    assert measured(client)["cozum_sign_in_failures_total"] == before + 1


def test_what_is_stored_is_measured(client: TestClient[Any], city: City):
    city.now = clock.now()
    city.report(now=clock.now() - timedelta(days=300))
    city.report()
    city.case("resolved")
    with city.db.transaction() as tx:
        health.beat(tx, health.WORKER, now=clock.now())

    numbers = measured(client)

    assert numbers["cozum_cases_open"] == 2
    assert numbers["cozum_cases_late"] == 1
    assert numbers["cozum_outbox_waiting"] >= 2
    assert numbers["cozum_outbox_oldest_seconds"] > 299 * 24 * 3600
    assert numbers['cozum_cases_received_last_day{channel="web"}'] == 2
    assert 0 <= numbers["cozum_worker_seen_seconds"] < 60
    assert numbers["cozum_database_up"] == 1
    assert numbers["process_resident_memory_bytes"] > 10_000_000
    assert numbers["cozum_requests_in_flight"] == 1


def test_a_worker_that_beats_twice_was_seen_the_second_time(db: Database):
    first, second = clock.now().replace(microsecond=1), clock.now().replace(microsecond=2)
    for now in (first, second):
        with db.transaction() as tx:
            health.beat(tx, health.WORKER, now=now)

    with db.reading() as tx:
        assert health.last_beat(tx, health.WORKER) == second
