"""Sessions whose transaction has so long. One that runs out of time is ended on MongoDB too, and its locks are free.

The driver sends no abort once the time is over. Left open, the transaction keeps its thread locked for a minute, and
every other change of the thread runs out of its own time.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import pymongo
from pymongo.errors import OperationFailure, PyMongoError

from weft.errors import UnavailableError
from weft.storage.types import Client, Session

_LOG = logging.getLogger(__name__)

_PATIENCE_SECONDS: Final = 60.0
"""MongoDB itself ends a transaction after so long."""
_ANSWER_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 1.0
_TIMES: Final = 2
"""What was on its way to a MongoDB that hung may arrive after the first."""


@dataclass(slots=True)
class _Left:
    session: Session
    since: float
    times: int = _TIMES


class TimedSessions:
    """For one transaction each."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._left: list[_Left] = []
        self._ending: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def opened(self, seconds: float) -> AsyncGenerator[Session, None]:
        """The driver's errors come out as they are."""
        session, left = self._client.start_session(), False
        try:
            with pymongo.timeout(seconds):
                yield session
        except UnavailableError:
            left = True
            raise
        except PyMongoError as error:
            left = error.timeout
            raise
        finally:
            if left:
                self._leave(session)
            else:
                await session.end_session()

    def _leave(self, session: Session) -> None:
        self._left.append(_Left(session, asyncio.get_running_loop().time()))
        if self._ending is None:
            self._ending = asyncio.create_task(self._end_all(), name="weft-left-transactions")

    async def _end_all(self) -> None:
        try:
            while self._left:
                await self._end(list(self._left))
                await self._let_go()
                if self._left:
                    await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            self._ending = None

    async def _end(self, asked: list[_Left]) -> None:
        try:
            with pymongo.timeout(_ANSWER_SECONDS):
                await self._client.admin.command("killSessions", [left.session.session_id for left in asked])
        except PyMongoError as error:
            if isinstance(error, OperationFailure) and not error.timeout:
                _LOG.debug("a transaction is left open: MongoDB refuses to end it", extra={"code": error.code})
                for left in asked:
                    left.times = 0
        else:
            for left in asked:
                left.times -= 1

    async def _let_go(self) -> None:
        too_old = asyncio.get_running_loop().time() - _PATIENCE_SECONDS
        done = [left for left in self._left if left.times <= 0 or left.since < too_old]
        self._left = [left for left in self._left if left not in done]
        for left in done:
            await left.session.end_session()
