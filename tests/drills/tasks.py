"""People without a browser's luxury: each task is the bare requests of its form, so that clients cost little.

They work in a process of their own (`hired`), away from the one that measures the server.
"""

import json
import multiprocessing
import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import httpx

from tests import walk

Sign = tuple[str, str]

TASKS = {
    "T1": ("queue", 50),
    "T2": ("queue, filter and word", 15),
    "T3": ("look-up", 20),
    "T4": ("submit", 8),
    "T5": ("status with note and answer", 5),
    "T6": ("report", 2),
}
REPORTS = ("/masa/rapor/birimler", "/masa/rapor/bilgi-edinme")
_REFERENCE = re.compile(r"/masa/basvuru/(\d{12})\"")
_SEEN = re.compile(r'name="seen" value="(\d+)"')
_PATIENCE = 120
# Read once: it takes longer than most answers. A line is given up before the server gives it up after five seconds.
_CERTIFICATES = ssl.create_default_context()
_LIMITS = httpx.Limits(keepalive_expiry=2)


@dataclass(frozen=True)
class Sample:
    """One measured answer."""

    task: str
    at: float
    seconds: float
    status: int


def p95(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1] if len(seconds) > 1 else sum(seconds)


class Visitor:
    """A clerk's and a citizen's requests, one after the other without a pause."""

    def __init__(self, url: str, sign: Sign) -> None:
        self._url = url
        self._desk, self._street = self._client(), self._client()
        self._listed: list[str] = []
        self.samples: list[Sample] = []
        self._sign_in(sign)
        # The figures of the departments where this release has them; not every colleague may see a report.
        self._report = next((each for each in REPORTS if self._desk.get(each).status_code == 200), "")

    def act(self, task: str) -> None:
        getattr(self, f"_{task.lower()}")()

    def _t1(self) -> None:
        answer = self._timed("T1", lambda: self._desk.get("/masa/kuyruk"))
        self._listed = _REFERENCE.findall(answer.text) or self._listed

    def _t2(self) -> None:
        query = {"konu": random.choice(("YOL-01", "YOL-06", "TEM-01")), "ara": random.choice(("yol", "rampa", "okul"))}
        self._timed("T2", lambda: self._desk.get("/masa/kuyruk", params=query))

    def _t3(self) -> None:
        if self._listed:
            reference = random.choice(self._listed)
            self._timed("T3", lambda: self._street.get(f"/takip/{reference}"))

    def _t4(self) -> None:
        """The whole form; its last step is what is measured."""
        with self._client() as citizen:
            citizen.get("/bildir")
            token = {"_csrf_token": citizen.cookies["form"]}
            citizen.post("/bildir", data={**token, "words": walk.WORDS, "category": "YOL-06"})
            citizen.post("/bildir/yer", data={**token, **walk.PLACE})
            citizen.post("/bildir/foto", data=token)
            citizen.post("/bildir/kim", data={**token, "name": "Ayşe Yılmaz", "email": "ayse@ornek.com.tr"})
            self._timed("T4", lambda: citizen.post("/bildir/ozet", data=token), wanted=(303,))

    def _t5(self) -> None:
        if not self._listed:
            return
        address = f"/masa/basvuru/{random.choice(self._listed)}"
        page = self._desk.get(address).text
        self._post(f"{address}/not", page, note="Ekip yerinde baktı.")
        page = self._desk.get(address).text
        to = next((each for each in ("in_progress", "waiting") if f'value="{each}"' in page), "")
        if to:
            form = self._form(page, to=to, reply="Ekibimiz yerinde inceledi, çalışma başlıyor.")
            self._timed("T5", lambda: self._desk.post(f"{address}/durum", data=form), wanted=(303, 422))

    def _t6(self) -> None:
        if self._report:
            self._timed("T6", lambda: self._desk.get(self._report))

    def _post(self, address: str, page: str, **fields: str) -> None:
        self._desk.post(address, data=self._form(page, **fields))

    def _form(self, page: str, **fields: str) -> dict[str, str]:
        seen = _SEEN.search(page)
        return {"_csrf_token": self._desk.cookies["form"], "seen": seen[1] if seen else "0", **fields}

    def _timed(self, task: str, ask: Callable[[], httpx.Response], wanted: Sequence[int] = (200,)) -> httpx.Response:
        begun = time.monotonic()
        answer = ask()
        # What was neither done nor refused by a rule is a fault, whatever number it came with.
        status = answer.status_code if answer.status_code in wanted or answer.status_code >= 500 else 599
        self.samples.append(Sample(task, time.time(), time.monotonic() - begun, status))
        return answer

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self._url, timeout=_PATIENCE, verify=_CERTIFICATES, limits=_LIMITS)

    def _sign_in(self, sign: Sign) -> None:
        self._desk.get("/giris")
        form = {"_csrf_token": self._desk.cookies["form"], "email": sign[0], "password": sign[1]}
        answer = self._desk.post("/giris", data=form)
        if answer.status_code != 303:
            raise RuntimeError(f"nobody could sign in: {answer.status_code}")


@contextmanager
def hired(
    url: str, signs: Sequence[Sign], seconds: float, out: Path, *, tasks: Sequence[str] = tuple(TASKS)
) -> Iterator[None]:
    """So many visitors at work in another process while the block runs; afterwards `samples(out)` has what they saw."""
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(url, signs, seconds, out, tasks))
    process.start()
    yield
    process.join(seconds + 300)
    if process.exitcode:
        raise RuntimeError("the visitors fell over")


def samples(out: Path) -> list[Sample]:
    return [Sample(*each) for each in json.loads(out.read_text("utf-8"))]


def _work(url: str, signs: Sequence[Sign], seconds: float, out: Path, tasks: Sequence[str]) -> None:
    visitors = [Visitor(url, sign) for sign in signs]
    weights = [TASKS[task][1] for task in tasks]
    until = time.monotonic() + seconds

    def live(visitor: Visitor) -> None:
        while time.monotonic() < until:
            task = random.choices(tasks, weights)[0]
            try:
                visitor.act(task)
            except httpx.TransportError:
                visitor.samples.append(Sample(task, time.time(), 0, 598))

    threads = [threading.Thread(target=live, args=(each,)) for each in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [(each.task, each.at, each.seconds, each.status) for visitor in visitors for each in visitor.samples]
    out.write_text(json.dumps(rows), "utf-8")
