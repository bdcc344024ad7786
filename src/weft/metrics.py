"""What operators watch, in Prometheus' text format. Deltas cost nothing here: what lives long is counted when it opens
and closes, and what waits is counted when somebody asks, at most once in five seconds, however many ask."""

import asyncio
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from weft.agents.weft import Weft
from weft.errors import WeftError
from weft.resolvers.engine import Engine, Operation, Result, Subscription
from weft.resolvers.errors import RequestError
from weft.storage.pool_counts import pool_counts

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_FRESH_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """What is there at one moment, by the name of the metric; labelled values have a label's name and its values."""

    values: dict[str, float] = field(default_factory=dict[str, float])
    generations: dict[str, int] = field(default_factory=dict[str, int])


_HELP: Final = {
    "weft_mongodb_up": "1 when MongoDB has answered just now",
    "weft_tasks": "Tasks of the event loop of this process",
    "weft_change_feed_up": "1 when live updates come in from MongoDB",
    "weft_change_feed_lag_seconds": "Seconds that live updates are behind MongoDB",
    "weft_mongodb_connections_open": "Connections to MongoDB that this process has; its own clients' only",
    "weft_mongodb_connections_in_use": "Connections to MongoDB with a command under way",
    "weft_mongodb_commands_waiting": "Commands of this process that wait for a connection to MongoDB",
    "weft_http_streams_open": "Open HTTP responses that events are sent on",
    "weft_topics_followed": "Threads and lists of threads that somebody follows on this server",
    "weft_generations_running_here": "Answers that this process is making",
    "weft_deletions_waiting": "Deletions that are not through, of all processes; 10000 means that or more",
    "weft_embeddings_waiting": "Messages that are to get a vector, of all processes; 10000 means that or more",
}


class Meter:
    """Of one app. `run` measures the event loop; the rest is measured where it happens."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Histogram(
            "weft_request_duration_seconds",
            "GraphQL operations by kind and outcome; of a subscription, until it has started",
            ["kind", "outcome"],
            registry=self.registry,
            buckets=_SECONDS,
        )
        self._refused = Counter(
            "weft_requests_refused", "GraphQL requests that were not valid, or beyond a limit", registry=self.registry
        )
        self._loop = Histogram(
            "weft_event_loop_lag_seconds", "How late the event loop is", registry=self.registry, buckets=_SECONDS
        )
        self._sockets = Gauge("weft_sockets_open", "Open WebSockets", registry=self.registry)
        self._looking = asyncio.Lock()
        self._seen_at = -_FRESH_SECONDS
        self._seen = Seen()

    @contextmanager
    def socket(self) -> Generator[None, None, None]:
        """Counts a socket while it is open."""
        self._sockets.inc()
        try:
            yield
        finally:
            self._sockets.dec()

    def refused(self) -> None:
        self._refused.inc()

    def took(self, kind: str, outcome: str, seconds: float) -> None:
        """Notes an operation that came to an end."""
        self._requests.labels(kind, outcome).observe(seconds)

    async def run(self) -> None:
        """Measures until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + _LOOK_SECONDS
            await asyncio.sleep(_LOOK_SECONDS)
            self._loop.observe(max(0.0, clock() - due))

    async def text(self, weft: Weft, streams: int) -> bytes:
        """All metrics. `streams`: how many HTTP responses are open."""
        async with self._looking:
            if time.monotonic() - self._seen_at >= _FRESH_SECONDS:
                self._seen = await _counted(weft)
                self._seen_at = time.monotonic()
        here = {
            "weft_change_feed_up": float(weft.feed_open),
            "weft_tasks": float(len(asyncio.all_tasks())),
            "weft_http_streams_open": float(streams),
            "weft_topics_followed": float(weft.feeds.topics),
            "weft_generations_running_here": float(weft.worker.running),
        }
        if (pool := pool_counts(weft.store.database)) is not None:
            here |= {
                "weft_mongodb_connections_open": float(pool.open),
                "weft_mongodb_connections_in_use": float(pool.in_use),
                "weft_mongodb_commands_waiting": float(pool.waiting),
            }
        now = CollectorRegistry()
        now.register(_Moment(Seen(here | self._seen.values, self._seen.generations)))
        return generate_latest(self.registry) + generate_latest(now)


class MeteredEngine(Engine):
    """Tells a meter of each operation, once it has one."""

    meter: Meter | None = None

    def prepare(self, *given: Any, **more: Any) -> Operation:
        """Raises RequestError, and counts it."""
        try:
            return super().prepare(*given, **more)
        except RequestError:
            if self.meter is not None:
                self.meter.refused()
            raise

    async def execute(self, operation: Operation, context: object) -> Result:
        """Runs a query or mutation to its end, or to the deadline."""
        with self._timed(operation) as outcome:
            result = await super().execute(operation, context)
            outcome.failed = bool(result.errors)
            return result

    async def subscribe(self, operation: Operation, context: object) -> Subscription:
        """Starts a subscription. Raises RequestError when it cannot: no such thread, a bad cursor."""
        with self._timed(operation):
            return await super().subscribe(operation, context)

    @contextmanager
    def _timed(self, operation: Operation) -> Generator["_Outcome", None, None]:
        began, outcome = time.perf_counter(), _Outcome()
        try:
            yield outcome
        except BaseException as error:
            outcome.failed = True
            outcome.cancelled = isinstance(error, asyncio.CancelledError)
            raise
        finally:
            if self.meter is not None:
                kind = operation.definition.operation.value
                self.meter.took(kind, outcome.word, time.perf_counter() - began)


def metered(engine: MeteredEngine, meter: Meter | None) -> MeteredEngine:
    """The engine, which from now on tells the meter."""
    engine.meter = meter
    return engine


@dataclass(slots=True)
class _Outcome:
    failed: bool = False
    cancelled: bool = False

    @property
    def word(self) -> str:
        return "cancelled" if self.cancelled else "error" if self.failed else "ok"


class _Moment(Collector):
    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def collect(self) -> Iterable[Metric]:
        for name, value in self._seen.values.items():
            yield GaugeMetricFamily(name, _HELP[name], value=value)
        if self._seen.generations:
            known = "Answers that have not ended, of all processes; 10000 means that or more"
            family = GaugeMetricFamily("weft_generations", known, labels=["status"])
            for status, count in self._seen.generations.items():
                family.add_metric([status], count)
            yield family


async def _counted(weft: Weft) -> Seen:
    """What only MongoDB knows; what it does not tell now is left out."""
    backlog = weft.store.backlog
    try:
        generations, deletions, embeddings, lag = await asyncio.gather(
            backlog.generations(), backlog.deletions(), backlog.embeddings(), weft.feed_lag()
        )
    except WeftError:
        return Seen({"weft_mongodb_up": 0.0})
    values = {"weft_mongodb_up": 1.0, "weft_deletions_waiting": deletions, "weft_embeddings_waiting": embeddings}
    return Seen(values | ({} if lag is None else {"weft_change_feed_lag_seconds": lag}), dict(generations))
