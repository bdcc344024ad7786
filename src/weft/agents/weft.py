"""Weft as an object: the services that the API and the application's own code call, and the tasks behind them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from weft.agents.agent import Agent, by_name, with_those_asked
from weft.agents.answers import AnswerService
from weft.agents.approval.service import ApprovalService
from weft.agents.context.service import ContextService
from weft.agents.deletion.deleter import Deleter
from weft.agents.deletion.requests import Deletions
from weft.agents.deletion.retention import Retention
from weft.agents.embedding.embedder import Embedder
from weft.agents.embedding.migrator import Migrator
from weft.agents.embedding.models import Models
from weft.agents.embedding.service import EmbeddingService
from weft.agents.entry_mover import EntryMover
from weft.agents.generations import GenerationService
from weft.agents.keys import KeyService
from weft.agents.limits import SIZES, Sizes
from weft.agents.messages import MessageService
from weft.agents.outside.streams import STREAM_TIMEOUT
from weft.agents.outside.sweeper import StreamSweeper
from weft.agents.search import SearchService
from weft.agents.streams import StreamService
from weft.agents.threads import ThreadService
from weft.agents.tools.definition import Tool
from weft.agents.users import UserService
from weft.agents.waiting import Waiters
from weft.agents.worker import Worker
from weft.errors import UnavailableError, WeftError
from weft.llm.clients import close_models
from weft.llm.embeddings import EmbeddingModel
from weft.settings import SearchSetting
from weft.storage.change_feed import MongoChangeFeed
from weft.storage.migrating import migrate
from weft.storage.migrations import MIGRATIONS
from weft.storage.search.atlas.search import AtlasSearch
from weft.storage.search.choice import choose
from weft.storage.search.embedded.search import EmbeddedOptions, EmbeddedSearch
from weft.storage.search.strategy import SearchStrategy
from weft.storage.store import Store
from weft.storage.thread_log import ThreadLog
from weft.subscriptions.feeds import Feeds
from weft.threads.cancellation import heed_cancellation

_LOG = logging.getLogger(__name__)
_RESTART_SECONDS = 1.0
_HAND_OVER_SECONDS: Final = 12.0
"""A change that gives an answer back has ten."""
_LET_GO_SECONDS: Final = 2.0
_OPEN_SECONDS = 30.0


class Weft:
    """Use it as an async context manager: inside, live feeds run and, unless told not to, jobs are worked on.

    Told not to, it still works on what only this process can: answers by an agent that was made for one call.
    """

    search: SearchService

    def __init__(
        self,
        store: Store,
        agents: Sequence[Agent] = (),
        *,
        work: bool = True,
        stream_timeout: timedelta = STREAM_TIMEOUT,
        search: SearchSetting = "auto",
        embedding_models: Sequence[EmbeddingModel] = (),
        embedded: EmbeddedOptions | None = None,
        generations_per_viewer: int = 0,
        retention: timedelta | None = None,
        sizes: Sizes = SIZES,
    ) -> None:
        """`stream_timeout`: how long a stream lives that is not an agent's and that nobody appends to.

        `embedding_models`: models that no agent has, but that vectors can be moved to, when no spec names them.
        `generations_per_viewer`: how many answers of one viewer, who is not trusted, may be under way; 0: any number.
        `retention`: how long a thread is kept after its last message; without it, for ever.
        `sizes`: how large prompts, metadata and titles may be.
        `search`: whether MongoDB's own search indexes are used, Weft's, or what there is. `embedded`: how Weft does.
        """
        self.agents = by_name(tuple(agents))
        self.store = store
        self.sizes, self.generations_per_viewer = sizes, generations_per_viewer
        self._searching = (search, embedded)
        self.deleter = Deleter(store) if work else None
        deletions = Deletions(store) if self.deleter is None else Deletions(store, self.deleter.wake)
        self.threads = ThreadService(store, deletions, sizes)
        self.users = UserService(store, deletions)
        self.workable = with_those_asked(self.agents) if work else {}
        self.worker = Worker(self, self.workable)
        self.messages = MessageService(store, self.agents, deletions, self.worker, sizes)
        self.generations = GenerationService(store, self.agents, sizes)
        self.streams = StreamService(store, self.generations, stream_timeout, sizes)
        self.sweeper = StreamSweeper(store, stream_timeout) if work else None
        self.entry_mover = EntryMover(store) if work else None
        self.retention = Retention(store, retention) if work and retention is not None else None
        self.approvals = ApprovalService(store)
        self.answers = AnswerService(self)
        self.contexts = ContextService(self)
        models = Models(with_those_asked(self.agents), embedding_models)
        self.embedder = Embedder(store, models) if work else None
        self.embeddings = EmbeddingService(store, models, self.embedder)
        self.migrator = None if self.embedder is None else Migrator(store, models, self.embedder.wake)
        self.waiters = Waiters(store)
        self._feed = MongoChangeFeed(store.database)
        self.feeds = Feeds(ThreadLog(store), self._feed)
        self.keys = KeyService(store, self._feed)
        self._feeding: list[asyncio.Task[None]] = []
        self._working: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await migrate(self.store, MIGRATIONS)
        await self.store.create_indexes()
        await self.embeddings.refresh()
        strategy = await choose(self.store, *self._searching)
        await _prepared(strategy, self.store)
        self.search = SearchService(self, strategy)
        if isinstance(strategy, EmbeddedSearch):
            strategy.news.follow(self._feed)
        if isinstance(strategy, AtlasSearch | EmbeddedSearch):
            self._feeding.append(_kept_running("search", strategy.run))
        self._feeding.append(_kept_running("feeds", self.feeds.run))
        self._feeding.append(_kept_running("keys", self.keys.run))
        try:
            async with asyncio.timeout(_OPEN_SECONDS):
                await self._feed.opened()
        except TimeoutError:
            await self.aclose()
            raise UnavailableError("MongoDB does not open a change stream; run `weft doctor`") from None
        self._feeding.append(_kept_running("embeddings", self.embeddings.run))
        self.feeds.listen(self.waiters.hear, self.waiters.wake)
        self.feeds.listen(self.worker.hear, self.worker.wake)
        self._start_working()
        return self

    def _start_working(self) -> None:
        self._working.append(_kept_running("worker", self.worker.run))
        if self.deleter is not None:
            self.feeds.listen(self.deleter.hear, self.deleter.wake)
            self._working.append(_kept_running("deleter", self.deleter.run))
        if self.embedder is not None:
            self.feeds.listen(self.embedder.hear, self.embedder.wake)
            self._working.append(_kept_running("embedder", self.embedder.run))
        if self.migrator is not None:
            self.embeddings.changed = self.migrator.wake
            self._working.append(_kept_running("migrator", self.migrator.run))
        if self.sweeper is not None:
            self._working.append(_kept_running("sweeper", self.sweeper.run))
        if self.entry_mover is not None:
            self.feeds.listen(self.entry_mover.hear, self.entry_mover.wake)
            self._working.append(_kept_running("entry-mover", self.entry_mover.run))
        if self.retention is not None:
            self._working.append(_kept_running("retention", self.retention.run))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def stop_working(self) -> None:
        """Hands running answers over at once. Live feeds, and whoever waits for an answer, go on until `aclose`."""
        await _cancelled(self._working, _HAND_OVER_SECONDS)

    async def aclose(self) -> None:
        """Hands running answers over and lets every reader go."""
        self.feeds.close()
        await self.stop_working()
        await _cancelled(self._feeding, _LET_GO_SECONDS)
        await self.worker.all_returned()
        await self.keys.aclose()
        sources = {id(tool): tool for agent in self._known() for tool in agent.tools if not isinstance(tool, Tool)}
        for outcome in await asyncio.gather(*(each.aclose() for each in sources.values()), return_exceptions=True):
            if isinstance(outcome, BaseException):
                _LOG.warning("a source of tools did not close", extra={"error": type(outcome).__name__})
        await close_models()

    def _known(self) -> list[Agent]:
        """The app's agents and those that they ask."""
        return list(with_those_asked(self.agents).values())

    @property
    def feed_open(self) -> bool:
        """Whether live updates come in now."""
        return self._feed.healthy

    async def feed_lag(self) -> float | None:
        """Seconds that live updates are behind MongoDB; None when that is not known."""
        return await self._feed.lag()

    async def ready(self) -> list[str]:
        """What is not ready, in words; empty when all is."""
        problems: list[str] = []
        try:
            await self.store.ping()
        except UnavailableError as error:
            problems.append(error.message)
        if not self._feed.healthy:
            problems.append("the change stream is not open")
        return problems


async def _prepared(strategy: SearchStrategy, store: Store) -> None:
    """Weft starts all the same when search indexes cannot be made: whoever searches is told why."""
    try:
        await strategy.prepare(await store.search_spaces.all())
    except WeftError as error:
        _LOG.warning("search is not ready", extra={"reason": error.message})


def _kept_running(name: str, work: Callable[[], Awaitable[None]]) -> "asyncio.Task[None]":
    return asyncio.create_task(_keep_running(name, work), name=f"weft-{name}")


async def _keep_running(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Starts the work again when it fails, and says so; it never ends by itself."""
    while True:
        try:
            await work()
        except Exception:
            _LOG.exception("a background task failed and is started again", extra={"task": name})
        heed_cancellation()
        await asyncio.sleep(_RESTART_SECONDS)


async def _cancelled(tasks: Sequence["asyncio.Task[None]"], patience: float) -> None:
    """Ends tasks. Where MongoDB hangs, the driver may go on as if nothing had been said: it is said again, once."""
    for _ in range(2):
        left = [task for task in tasks if not task.done()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=patience)
    for task in tasks:
        if not task.done():
            _LOG.warning("a background task does not end", extra={"task": task.get_name()})
