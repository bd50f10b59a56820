"""What a start loads, seen from outside in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drills.stage import free_port

_START = """
import sys
from portal import loading
with loading.unswept(), loading.unladen():
    from portal import {what}
print(*sys.modules)
import rich, yaml
rich.print, yaml.dump
"""


def _loaded(what: str) -> set[str]:
    """The names of all modules after the imports of a command."""
    done = subprocess.run([sys.executable, "-c", _START.format(what=what)], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("what", ["serving", "worker"])
def test_a_start_loads_nothing_that_only_paints_or_describes(what: str):
    loaded = _loaded(what)

    # What it left out can be loaded afterwards: `_START` ends with that.
    assert not loaded & {"rich", "pygments", "yaml", "pydantic.v1", "PIL", "typst", "alembic"}


@pytest.mark.parametrize(("command", "last"), [("web", "portal.serving.serve"), ("worker", "portal.worker.Rounds")])
def test_the_commands_themselves_load_no_more_than_that(command: str, last: str, tmp_path: Path):
    module, _, name = last.rpartition(".")
    program = f"""
import os, signal, sys, threading, time
from portal import cli
def end():
    while not hasattr(sys.modules.get({module!r}), {name!r}):
        time.sleep(0.05)
    # A copy, for the other thread may be loading on.
    print(*tuple(sys.modules), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=end, daemon=True).start()
cli.main([{command!r}])
"""
    env = {**os.environ, "PORTAL_DATA": str(tmp_path), "PORTAL_PORT": str(free_port())}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)

    loaded = set(done.stdout.split())
    assert loaded >= {module, "structlog"}
    assert not loaded & {"rich", "pygments", "attr", "yaml", "holidays", "PIL", "typst", "alembic"}


@pytest.mark.parametrize("what", ["serving", "worker"])
def test_a_start_loads_the_stemmer_of_one_language(what: str):
    loaded = _loaded(what)

    assert not {name for name in loaded if name.startswith("snowballstemmer.") and name.endswith("german_stemmer")}


def test_the_worker_loads_nothing_of_the_pages():
    loaded = _loaded("worker")

    assert not loaded & {"litestar", "uvicorn", "portal.routes", "portal.app"}


def test_threads_take_from_one_heap():
    """A thread with a heap of its own reserves sixty-four megabytes of addresses that nobody may touch."""
    words = """
import threading
from pathlib import Path
from portal import loading
loading.share_one_heap()
everybody = threading.Barrier(9)
def work():
    kept = [bytes(50_000) for _ in range(10)]
    everybody.wait()
    everybody.wait()
for _ in range(8):
    threading.Thread(target=work).start()
everybody.wait()
for line in Path("/proc/self/maps").read_text().splitlines():
    place, may, *_ = line.split()
    begin, end = (int(each, 16) for each in place.split("-"))
    if may == "---p" and end - begin > 32_000_000:
        print(line)
everybody.wait()
"""
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)

    assert done.stdout == ""
