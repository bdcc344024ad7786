"""One change stream a process: every event and delta of the database in commit order, resumed by its token.

Whoever wants to hear of changes of other collections is told the ids, out of the same stream, in the same order. As
long as it is open it also keeps the process's clock right by MongoDB's, whose time is that of leases and expiry.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

from bson.timestamp import Timestamp
from pymongo import timeout
from pymongo.errors import OperationFailure, PyMongoError

from weft.storage.closing import closed
from weft.storage.deltas import delta_of
from weft.storage.events import event_of
from weft.storage.failures import translated
from weft.storage.types import Database, Doc
from weft.threads.cancellation import heed_cancellation
from weft.threads.clock import go_by
from weft.threads.events import Change, HistoryLost

_LOG = logging.getLogger(__name__)
_LOG_ENTRIES: Final[Doc] = {"operationType": "insert", "ns.coll": {"$in": ["events", "deltas"]}}
_OF_LOG: Final[Doc] = {"$in": ["$ns.coll", ["events", "deltas"]]}
_WITH_IDS: Final[Doc] = {
    "ns.coll": 1,
    "clusterTime": 1,
    "fullDocument": {"$cond": [_OF_LOG, "$fullDocument", "$$REMOVE"]},
    "documentKey": {"$cond": [_OF_LOG, "$$REMOVE", "$documentKey"]},
}
"""Only entries of the log come with what they say: of other collections nobody needs more than ids."""
_HISTORY_LOST = 286
_BATCH = 1000
_CLOCK_SECONDS = 10.0
_PROMPT_SECONDS = 0.5
_LAG_SECONDS = 2.0
_SILENT_SECONDS = 30.0
"""MongoDB says something every second, be it that there is nothing. A connection may die without a word."""
_TOKEN_OF_A_TIME = "82"
_BACKOFF_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class _Listener:
    collection: str
    match: Doc
    changed: Callable[[str], None]
    missed: Callable[[], None]


class MongoChangeFeed:
    """Survives failovers and restarts of MongoDB; `healthy` tells whether it is connected now."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, _Listener] = {}
        self._token: Any = None
        self._open = asyncio.Event()
        self._until = Timestamp(0, 0)
        self._waiting: dict[asyncio.Future[None], Timestamp] = {}
        self._clock_set_at = 0.0

    @property
    def healthy(self) -> bool:
        return self._open.is_set()

    async def lag(self) -> float | None:
        """Seconds of MongoDB's writes that have yet to be told here, in whole ones; None when that is not known.

        The resume token begins with the time up to which all has been read, also when nothing of it was for us.
        """
        data: object = None if self._token is None else self._token["_data"]
        if not isinstance(data, str) or not data.startswith(_TOKEN_OF_A_TIME):
            return None
        with translated(), timeout(_LAG_SECONDS):
            hello = await self._database.command("hello")
        newest: Timestamp | None = hello.get("lastWrite", {}).get("majorityOpTime", {}).get("ts")
        return None if newest is None else float(max(0, newest.time - int(data[2:10], 16)))

    async def opened(self) -> None:
        await self._open.wait()

    async def reached(self, time: Timestamp, patience: float) -> bool:
        """Whether a change of that time or later has been told within so many seconds. Needs a listener."""
        if self._until >= time:
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = time
        try:
            async with asyncio.timeout(patience):
                await waiter
        except TimeoutError:
            return False
        finally:
            del self._waiting[waiter]
        return True

    def listen(self, collection: str, match: Doc, changed: Callable[[str], None], missed: Callable[[], None]) -> None:
        """Tells of changes of a collection, one listener each; to be called before the feed is followed.

        Args:
            match: Which ones, as MongoDB's `$match` of change events.
            changed: Gets the id of the document. Must not wait, must not raise.
            missed: Called when changes were missed for good; what is stored once the feed is `opened` again is true.
        """
        self._listeners[collection] = _Listener(collection, match, changed, missed)

    async def follow(self) -> AsyncIterator[Change]:
        """Raises HistoryLost when the resume token has fallen off the oplog; following again starts from now."""
        failures = 0
        while True:
            try:
                async for change in self._changes():
                    failures = 0
                    yield change
            except OperationFailure as error:
                if error.code == _HISTORY_LOST or error.has_error_label("NonResumableChangeStreamError"):
                    self._token = None
                    for listener in self._listeners.values():
                        listener.missed()
                    raise HistoryLost from error
                failures = await self._pause(error, failures)
            except (PyMongoError, TimeoutError) as error:
                failures = await self._pause(error, failures)
            finally:
                self._open.clear()

    async def _changes(self) -> AsyncIterator[Change]:
        async with asyncio.timeout(_SILENT_SECONDS):
            stream = await self._database.watch(self._pipeline(), resume_after=self._token, batch_size=_BATCH)
        try:
            self._token = stream.resume_token
            await self._set_clock()
            self._open.set()
            while True:
                if self._clock_set_at + _CLOCK_SECONDS < asyncio.get_running_loop().time():
                    await self._set_clock()
                async with asyncio.timeout(_SILENT_SECONDS):
                    raw = await stream.try_next()
                heed_cancellation()
                self._token = stream.resume_token
                if raw is not None and (change := self._change(raw)) is not None:
                    yield change
        finally:
            await closed(stream.close)

    def _pipeline(self) -> list[Doc]:
        others = [{"$and": [{"ns.coll": each.collection}, each.match]} for each in self._listeners.values()]
        shown = _WITH_IDS if others else {"ns.coll": 1, "fullDocument": 1}
        return [{"$match": {"$or": [_LOG_ENTRIES, *others]}}, {"$project": shown}]

    def _change(self, raw: Doc) -> Change | None:
        """None: it was for a listener."""
        collection = raw["ns"]["coll"]
        if "clusterTime" in raw:
            self._told(raw["clusterTime"])
        if (listener := self._listeners.get(collection)) is not None:
            listener.changed(raw["documentKey"]["_id"])
            return None
        doc = raw["fullDocument"]
        return event_of(doc) if collection == "events" else delta_of(doc)

    def _told(self, time: Timestamp) -> None:
        """Who waits goes on when this turn of the loop is over: the rest of the transaction has been told then."""
        self._until = time
        for waiter, wanted in self._waiting.items():
            if time >= wanted and not waiter.done():
                waiter.set_result(None)

    async def _set_clock(self) -> None:
        """Again and again, for clocks jump; an answer that took long says nothing."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with asyncio.timeout(_SILENT_SECONDS):
            hello = await self._database.command("hello", codec_options=self._database.codec_options)
        self._clock_set_at = clock()
        if self._clock_set_at - asked < _PROMPT_SECONDS and (moved := go_by(hello["localTime"])):
            seconds = moved.total_seconds()
            _LOG.warning("the clock of this process is off; it goes by MongoDB's", extra={"moved_by_seconds": seconds})

    async def _pause(self, error: Exception, failures: int) -> int:
        """Waits a little longer after each failure in a row."""
        delay = _BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)]
        _LOG.warning("change stream interrupted", extra={"error": type(error).__name__, "retry_in_seconds": delay})
        await asyncio.sleep(delay)
        return failures + 1
