"""What happens in this process, counted: cheap while pages are served, told when somebody measures.

Everything is counted on the event loop's own thread, so there is nothing to lock; the library that writes the numbers
down is loaded at the first measurement.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from db.queries.health import Figures

# Seconds; a page costs some ten milliseconds, an upload or a letter a second.
STEPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass
class Metrics:
    """The counts of one process since it started."""

    in_flight: int = 0
    database_errors: int = 0
    sign_in_failures: int = 0
    requests: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    durations: dict[str, list[float]] = field(default_factory=dict)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One more request answered."""
        self.requests[route, method, f"{status // 100}xx"] += 1
        steps = self.durations.get(route)
        if steps is None:
            # One count for each step, one for what took longer, and the sum of all.
            steps = self.durations[route] = [0.0] * (len(STEPS) + 2)
        steps[bisect_left(STEPS, seconds)] += 1
        steps[-1] += seconds
        if status >= 400 and method == "POST" and route.startswith("/giris"):
            self.sign_in_failures += 1


def written(metrics: Metrics, figures: Figures | None, *, now: datetime) -> tuple[str, bytes]:
    """Content type and text for Prometheus; without `figures` the database did not answer."""
    from prometheus_client import CollectorRegistry, ProcessCollector, exposition
    from prometheus_client.registry import Collector

    class Ours(Collector):
        def collect(self) -> Iterator[Any]:
            yield from _counted(metrics)
            yield from _stored(figures, now)

    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)
    registry.register(Ours())
    return exposition.CONTENT_TYPE_PLAIN_0_0_4, exposition.generate_latest(registry)


def _counted(metrics: Metrics) -> Iterator[Any]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

    requests = CounterMetricFamily("cozum_requests", "Requests answered", labels=["route", "method", "status"])
    for labels, count in sorted(metrics.requests.items()):
        requests.add_metric(labels, count)
    yield requests
    durations = HistogramMetricFamily("cozum_request_seconds", "How long an answer took", labels=["route"])
    for route, (*steps, total) in sorted(metrics.durations.items()):
        durations.add_metric([route], list(_running_total(steps)), total)
    yield durations
    yield CounterMetricFamily("cozum_database_errors", "Errors of the database", value=metrics.database_errors)
    yield CounterMetricFamily("cozum_sign_in_failures", "Sign-ins refused", value=metrics.sign_in_failures)
    yield GaugeMetricFamily("cozum_requests_in_flight", "Requests being answered", value=metrics.in_flight)
    build = GaugeMetricFamily("cozum_build_info", "Which release this is", labels=["version"])
    build.add_metric([release()], 1)
    yield build


def _running_total(steps: Iterable[float]) -> Iterator[tuple[str, float]]:
    total = 0.0
    for limit, count in zip((*map(str, STEPS), "+Inf"), steps, strict=True):
        total += count
        yield limit, total


def _stored(figures: Figures | None, now: datetime) -> Iterator[Any]:
    from prometheus_client.core import GaugeMetricFamily

    yield GaugeMetricFamily("cozum_database_up", "Whether the database answers", value=figures is not None)
    if figures is None:
        return
    yield GaugeMetricFamily("cozum_outbox_waiting", "Letters that wait to leave", value=figures.waiting)
    age = _age(figures.oldest_waiting, now) or 0
    yield GaugeMetricFamily("cozum_outbox_oldest_seconds", "How long the oldest of them waits", value=age)
    yield GaugeMetricFamily("cozum_cases_open", "Open cases", value=figures.open_cases)
    yield GaugeMetricFamily("cozum_cases_late", "Open cases past their day", value=figures.late_cases)
    yield GaugeMetricFamily("cozum_callbacks_open", "Telephone calls still owed", value=figures.callbacks)
    yield _by_channel(figures.received)
    beat = _age(figures.worker_seen, now)
    if beat is not None:
        yield GaugeMetricFamily("cozum_worker_seen_seconds", "Since the worker last said it is there", value=beat)


def _by_channel(received: Mapping[str, int]) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    cases = GaugeMetricFamily("cozum_cases_received_last_day", "Cases received in 24 hours", labels=["channel"])
    for channel, count in sorted(received.items()):
        cases.add_metric([channel], count)
    return cases


def _age(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else max(0.0, (now - since).total_seconds())


def release() -> str:
    """The version that is installed."""
    try:
        return version("cozum")
    except PackageNotFoundError:
        return "unknown"
