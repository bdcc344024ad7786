"""Everything of a user, as JSON Lines: out of one Weft, and into the same or another.

The first line says what it is; then, thread by thread, each line is `{"collection": …, "document": …}`. A thread's last
line is the thread itself.
"""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from weft.agents.deletion.requests import Deletions
from weft.errors import ErrorCode, InputError
from weft.storage.archives import Archives, Line, read_back, written
from weft.storage.store import Store
from weft.threads.clock import utc_now
from weft.threads.erasures import Erasure
from weft.threads.json_values import is_object

VERSION: Final = 1
_BATCH: Final = 200
_KNOWN: Final = frozenset(("threads", "messages", "searchEntries", "pendingCalls", "generations", "contextReceipts"))


@dataclass(slots=True)
class Restored:
    """What was stored, by collection; threads that were there already were left as they are."""

    counts: dict[str, int] = field(default_factory=dict[str, int])
    left: int = 0


class UserService:
    """`weft.users`."""

    def __init__(self, store: Store, deletions: Deletions | None = None) -> None:
        self._store = store
        self._archives = Archives(store.database)
        self._deletions = deletions or Deletions(store)

    async def erase(self, user_id: str) -> Erasure:
        """Removes every thread that the user owns now, with everything in them, and the user's API keys.

        Nobody sees the threads from now on, and no key opens anything. What is returned is the receipt: one that is not
        finished says what is gone so far; workers do the rest, and `erasure` says how it goes on.
        """
        return await self._deletions.user(user_id)

    async def erasure(self, erasure_id: str) -> Erasure | None:
        """The receipt of an erasure."""
        return await self._store.erasures.get(erasure_id)

    async def export(self, user_id: str) -> AsyncIterator[bytes]:
        """The lines, each with its end. Threads are read one after the other, each as it is at one moment."""
        about = {"weft": VERSION, "userId": user_id, "exportedAt": utc_now()}
        yield orjson.dumps(about, option=orjson.OPT_APPEND_NEWLINE)
        for thread_id in await self._archives.thread_ids(user_id):
            async for name, doc in self._archives.read(thread_id):
                line = {"collection": name, "document": written(doc)}
                yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)

    async def restore(self, lines: AsyncIterable[bytes]) -> Restored:
        """Stores what `export` gave. Doing it again, after a failure or not, stores what is missing.

        Answers that were under way have failed here; nothing is started.

        Raises:
            InputError: a line is not of an export, or an id is taken by something else; the message names the line.
        """
        restoring = _Restoring(self._archives)
        number = 0
        async for number, line in _numbered(lines):
            try:
                await (restoring.begin(line) if number == 1 else restoring.take(line))
            except InputError as error:
                raise InputError(f"line {number}: {error.message}", reason=error.reason) from None
        if number == 0:
            raise InputError("there is no line: give what an export wrote")
        await restoring.end()
        return restoring.done


class _Restoring:
    def __init__(self, archives: Archives) -> None:
        self.done = Restored()
        self._archives = archives
        self._waiting: list[Line] = []
        self._left: dict[str, bool] = {}

    async def begin(self, line: bytes) -> None:
        about = _object(line)
        if about.get("weft") != VERSION:
            raise InputError(f'the first line of an export says {{"weft": {VERSION}, …}}', reason=ErrorCode.UNSUPPORTED)

    async def take(self, line: bytes) -> None:
        given = _object(line)
        name, doc = given.get("collection"), read_back(given.get("document"))
        if not isinstance(name, str) or name not in _KNOWN:
            raise InputError(f"collection is {name!r:.50}; one of {', '.join(sorted(_KNOWN))} is expected")
        thread_id = doc["_id"] if name == "threads" else doc.get("threadId")
        if not isinstance(thread_id, str):
            raise InputError("the document names no thread")
        if thread_id not in self._left:
            self._left = {thread_id: await self._archives.has(thread_id)}
        if self._left[thread_id]:
            self.done.left += name == "threads"
            return
        if self._waiting and self._waiting[0][0] != name:
            await self._store()
        self._waiting.append((name, doc))
        if len(self._waiting) >= _BATCH or name == "threads":
            await self._store()

    async def end(self) -> None:
        await self._store()

    async def _store(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            name = waiting[0][0]
            await self._archives.store(name, [doc for _, doc in waiting])
            self.done.counts[name] = self.done.counts.get(name, 0) + len(waiting)


async def _numbered(lines: AsyncIterable[bytes]) -> AsyncIterator[tuple[int, bytes]]:
    number = 0
    async for line in lines:
        if line.strip():
            number += 1
            yield number, line


def _object(line: bytes) -> dict[str, Any]:
    try:
        given: object = orjson.loads(line)
    except ValueError:
        raise InputError("it is not JSON") from None
    if not is_object(given):
        raise InputError("it is not a JSON object")
    return given
