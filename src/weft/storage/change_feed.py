"""One change stream a process: every event and delta of the database in commit order, resumed by its token."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from weft.storage.deltas import delta_of
from weft.storage.events import event_of
from weft.storage.types import Database, Doc
from weft.threads.events import Change, HistoryLost

_LOG = logging.getLogger(__name__)
_WATCHED: list[Doc] = [
    {"$match": {"operationType": "insert", "ns.coll": {"$in": ["events", "deltas"]}}},
    {"$project": {"ns.coll": 1, "fullDocument": 1}},
]
_HISTORY_LOST = 286
_BATCH = 1000
_BACKOFF_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)


class MongoChangeFeed:
    """Survives failovers and restarts of MongoDB; `healthy` tells whether it is connected now."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._token: Any = None
        self._open = asyncio.Event()

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
            self._open.set()
            while True:
                raw = await stream.try_next()
                self._token = stream.resume_token
                if raw is not None:
                    doc = raw["fullDocument"]
                    yield event_of(doc) if raw["ns"]["coll"] == "events" else delta_of(doc)

    async def _pause(self, error: PyMongoError, failures: int) -> int:
        """Waits a little longer after each failure in a row."""
        delay = _BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)]
        _LOG.warning("change stream interrupted", extra={"error": type(error).__name__, "retry_in_seconds": delay})
        await asyncio.sleep(delay)
        return failures + 1
