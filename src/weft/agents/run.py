"""One attempt at an answer: context, model call, deltas, and the end of the turn in one transaction.

Only the holder of the lease may end the turn; an attempt that lost it leaves no trace but deltas nobody shows.
"""

import logging
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from weft.agents.agent import Agent
from weft.agents.chunker import Chunker
from weft.agents.context import gather
from weft.agents.stream_writer import THROTTLE_SECONDS, StreamWriter
from weft.agents.turns import Ending, end_turn, model_of, streamed
from weft.errors import ErrorCode, InputError, ProviderError, UnavailableError
from weft.llm.model import Finish, Model, ModelEvent, ModelRequest, ModelSettings, UsageReported
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.chunks import ChunkReducer
from weft.threads.content import content_of
from weft.threads.generations import Generation, GenerationOptions, GenerationStatus
from weft.threads.messages import FinishReason, Message, Part
from weft.threads.streams import Chunk, Stream
from weft.threads.usage import NO_USAGE, Usage

_LOG = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else answers now, or the answer was aborted, or its thread is deleted."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed generation: what to answer, into which row and stream, under which lease."""

    generation: Generation
    lease_id: str
    agent: Agent
    prompt: Message
    reply: Message
    stream: Stream


class Attempt:
    """Runs one job once. `usage` is what the provider has reported so far."""

    def __init__(self, store: Store, job: Job) -> None:
        self._store = store
        self._job = job
        self._chunker = Chunker()
        self._written = ChunkReducer()
        throttle = job.generation.options.throttle_ms
        seconds = THROTTLE_SECONDS if throttle is None else throttle / 1000
        self._writer = StreamWriter(store.deltas, job.stream, seconds)
        self.usage: Usage = NO_USAGE

    async def run(self) -> None:
        """Answers to the end, good or bad.

        Raises:
            LeaseLost: the turn is not ours any more; nothing was ended.
            UnavailableError: the store failed; the turn is still open, for another attempt.
        """
        try:
            finish = await self._answer()
            await self._end(_success(finish, self._content()))
        except ProviderError as error:
            await self._fail(error.message)
        except (LeaseLost, UnavailableError):
            raise
        except Exception:
            error_id = uuid.uuid4().hex[:12]
            _LOG.exception("an answer failed", extra={"error_id": error_id, "generation": self._job.generation.id})
            await self._fail(f"Internal error ({error_id})")
        finally:
            await self._writer.aclose()

    async def _answer(self) -> Finish:
        model = model_of(self._job.agent, self._job.generation.options)
        request = await self._request()
        finish: Finish | None = None
        async with _closing(model.stream(request)) as events:
            async for event in events:
                if isinstance(event, UsageReported):
                    self.usage = event.usage
                elif isinstance(event, Finish):
                    finish = event
                else:
                    await self._write(*self._chunker.chunks_of(event))
        if finish is None:
            raise ProviderError(_cut_off(model), provider=model.provider)
        self.usage = finish.usage
        await self._write(*self._chunker.end(finish))
        await self._writer.flush()
        return finish

    async def _request(self) -> ModelRequest:
        agent, options = self._job.agent, self._job.generation.options
        messages = await gather(self._store, self._job.prompt, self._job.reply, agent.recent_messages)
        return ModelRequest(options.instructions or agent.instructions, messages, settings_of(agent, options))

    async def _write(self, *parts: Chunk) -> None:
        for part in parts:
            self._written.apply(part)
        if parts:
            await self._writer.add(*parts)

    def _content(self) -> list[Part]:
        return content_of(self._written.closed_parts())

    async def _fail(self, error: str) -> None:
        """The partial content is kept, in the row and in the stream: as much of it as the store can hold."""
        failed = Ending(GenerationStatus.FAILED, [], FinishReason.ERROR, self.usage, error)
        try:
            await self._write(*self._chunker.end(None), {"type": "error", "errorText": error})
            await self._writer.flush()
            await self._end(replace(failed, content=self._content()))
        except InputError:
            content, end = await streamed(self._store, self._job.stream.id)
            await self._end(replace(failed, content=content, stream_end=end))

    async def _end(self, ending: Ending) -> None:
        job = self._job

        async def work(change: Change) -> None:
            if not await self._store.generations.holds(change.session, job.generation.id, job.lease_id):
                raise LeaseLost
            await end_turn(self._store, change, job.generation, ending)

        try:
            await self._store.change(job.generation.thread_id, work)
        except InputError as error:
            if error.reason is ErrorCode.NOT_FOUND:
                raise LeaseLost from None
            raise


@asynccontextmanager
async def _closing(events: AsyncIterator[ModelEvent]) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
    """Closes the model's iterator, and so its call, however the block is left."""
    try:
        yield events
    finally:
        aclose = getattr(events, "aclose", None)
        if aclose is not None:
            await aclose()


def _success(finish: Finish, content: list[Part]) -> Ending:
    return Ending(
        GenerationStatus.SUCCEEDED,
        content,
        finish.reason,
        finish.usage,
        model=finish.model,
        provider_metadata=finish.provider_metadata,
        warnings=finish.warnings,
    )


def _cut_off(model: Model) -> str:
    return f"{model.provider} ended the answer without saying that it was finished"


def settings_of(agent: Agent, options: GenerationOptions) -> ModelSettings:
    """The agent's settings, each one replaced by the call's where the call has it (behaviour.md row 62)."""
    names = ("max_output_tokens", "temperature", "top_p", "seed", "stop_sequences", "max_retries")
    given = {name: getattr(options, name) for name in names}
    changed = {name: value for name, value in given.items() if value is not None}
    provider_options = {**agent.settings.provider_options, **options.provider_options}
    return replace(agent.settings, provider_options=provider_options, **changed)
