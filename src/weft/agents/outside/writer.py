"""A writer of a stream in Python, for any source of parts (behaviour.md rows 106–108, 112, 115, 116).

The stream begins with the first part; however the block that uses the writer ends, the stream ends with it.
"""

import asyncio
import logging
from collections.abc import AsyncIterable, Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from weft.agents.outside.endings import abort_alone, check_streaming
from weft.agents.stream_writer import StreamWriter
from weft.errors import WeftError
from weft.storage.store import Store
from weft.threads.chunk_checks import check_chunk
from weft.threads.streams import Delta, Stream

if TYPE_CHECKING:
    from weft.agents.outside.streams import OutsideStreams

_LOG: Final = logging.getLogger(__name__)


class OutsideWriter:
    """Use it as an async context manager. Left in good order it finishes the stream; left by an error, or cancelled, it
    aborts it with the error's text, or with what `Task.cancel` was told, and keeps what was written.
    """

    def __init__(
        self,
        store: Store,
        streams: "OutsideStreams",
        create: Callable[[], Coroutine[Any, Any, Stream]],
        throttle_seconds: float,
    ) -> None:
        self._store = store
        self._streams = streams
        self._create = create
        self._throttle = throttle_seconds
        self._writer: StreamWriter | None = None
        self.stream: Stream | None = None
        """None until the first part is there."""

    async def add(self, *parts: Any) -> None:
        """Adds AI SDK `UIMessageChunk` values; they are stored soon.

        Raises:
            InputError: a part is no chunk, or somebody has ended the stream (CONFLICT).
            UnavailableError: parts added before could not be stored.
        """
        chunks = [check_chunk(part, ("parts", str(index))) for index, part in enumerate(parts)]
        if not chunks:
            return
        writer = self._writer or await self._begun()
        await writer.add(*chunks)

    async def _begun(self) -> StreamWriter:
        """Whoever is cancelled meanwhile knows of the stream, if there is one now: it is to be ended."""
        beginning = asyncio.create_task(self._begin(), name="weft-stream-beginning")
        try:
            return await asyncio.shield(beginning)
        except asyncio.CancelledError:
            await asyncio.gather(beginning, return_exceptions=True)
            raise

    async def _begin(self) -> StreamWriter:
        self.stream = await self._create()
        self._writer = StreamWriter(self, self.stream, self._throttle)
        return self._writer

    async def write(self, source: AsyncIterable[Any]) -> None:
        """Adds all parts of a source."""
        async for part in source:
            await self.add(part)

    async def append(self, delta: Delta) -> None:
        """Stores parts that have waited. Called by the writer itself."""
        found = await self._store.streams.get(delta.stream_id)
        if found is not None:
            check_streaming(found)
        await self._store.deltas.append(delta)
        if not await self._store.streams.touch(delta.stream_id):
            found = await self._store.streams.get(delta.stream_id)
            if found is not None and found.end < delta.end:
                check_streaming(found)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is None or self.stream is None:
            return
        try:
            if error is None:
                await self._writer.flush()
                self.stream = await self._streams.finish(self.stream.id)
        except BaseException as failure:
            error = failure
            raise
        finally:
            if error is not None:
                await asyncio.shield(self._abort(self._writer, self.stream, _text(error)))

    async def _abort(self, writer: StreamWriter, stream: Stream, reason: str) -> None:
        """What fails here must not hide what went wrong before; a stream left open ends by its timeout."""
        try:
            await asyncio.gather(writer.flush(), return_exceptions=True)
            await writer.aclose()
            await abort_alone(self._store, stream, reason)
        except WeftError as error:
            _LOG.warning("a stream could not be aborted", extra={"stream": stream.id, "error": error.message})


def _text(error: BaseException) -> str:
    return str(error) or ("Aborted" if isinstance(error, asyncio.CancelledError) else type(error).__name__)
