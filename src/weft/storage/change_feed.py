"""One change stream a process: every event and delta of the database in commit order, resumed by its token.

As long as it is open it also keeps the process's clock right by MongoDB's, whose time is that of leases and expiry.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from weft.storage.deltas import delta_of
from weft.storage.events import event_of
from weft.storage.types import Database, Doc
from weft.threads.clock import go_by
from weft.threads.events import Change, HistoryLost

_LOG = logging.getLogger(__name__)
_WATCHED: list[Doc] = [
    {"$match": {"operationType": "insert", "ns.coll": {"$in": ["events", "deltas"]}}},
    {"$project": {"ns.coll": 1, "fullDocument": 1}},
]
_HISTORY_LOST = 286
_BATCH = 1000
_CLOCK_SECONDS = 10.0
_PROMPT_SECONDS = 0.5
_BACKOFF_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)


class MongoChangeFeed:
    """Survives failovers and restarts of MongoDB; `healthy` tells whether it is connected now."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._token: Any = None
        self._open = asyncio.Event()
        self._clock_set_at = 0.0

    @property
    def healthy(self) -> bool:
        return self._open.is_set()

    async def opened(self) -> None:
        await self._open.wait()

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
                    raise HistoryLost from error
                failures = await self._pause(error, failures)
            except PyMongoError as error:
                failures = await self._pause(error, failures)
            finally:
                self._open.clear()

    async def _changes(self) -> AsyncIterator[Change]:
        stream = await self._database.watch(_WATCHED, resume_after=self._token, batch_size=_BATCH)
        async with stream:
            self._token = stream.resume_token
            await self._set_clock()
            self._open.set()
            while True:
                if self._clock_set_at + _CLOCK_SECONDS < asyncio.get_running_loop().time():
                    await self._set_clock()
                raw = await stream.try_next()
                self._token = stream.resume_token
                if raw is not None:
                    doc = raw["fullDocument"]
                    yield event_of(doc) if raw["ns"]["coll"] == "events" else delta_of(doc)

    async def _set_clock(self) -> None:
        """Again and again, for clocks jump; an answer that took long says nothing."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        hello = await self._database.command("hello", codec_options=self._database.codec_options)
        self._clock_set_at = clock()
        if self._clock_set_at - asked < _PROMPT_SECONDS and (moved := go_by(hello["localTime"])):
            seconds = moved.total_seconds()
            _LOG.warning("the clock of this process is off; it goes by MongoDB's", extra={"moved_by_seconds": seconds})

    async def _pause(self, error: PyMongoError, failures: int) -> int:
        """Waits a little longer after each failure in a row."""
        delay = _BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)]
        _LOG.warning("change stream interrupted", extra={"error": type(error).__name__, "retry_in_seconds": delay})
        await asyncio.sleep(delay)
        return failures + 1
