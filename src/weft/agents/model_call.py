"""One call of the model: its events become chunks, and its answer the content of a row and the calls in it."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from weft.agents.chunker import Chunker
from weft.agents.objects import ObjectText, object_chunk
from weft.agents.telemetry import model_span
from weft.agents.tools.context import ToolContext
from weft.agents.tools.definition import Tool
from weft.agents.tools.hooks import tell
from weft.agents.tools.inputs import ToolInputError, checked_input, written_input
from weft.errors import ProviderError
from weft.llm.model import (
    Finish,
    Model,
    ModelEvent,
    ModelRequest,
    RequestSent,
    TextDelta,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
    UsageReported,
)
from weft.llm.prices import cost_micros
from weft.threads.chunks import ChunkReducer
from weft.threads.content import said
from weft.threads.generations import ObjectOptions
from weft.threads.messages import Part
from weft.threads.streams import Chunk
from weft.threads.usage import NO_USAGE, Usage

Show = Callable[[Sequence[Chunk]], Awaitable[None]]
"""Where chunks go: to the stream, or to nobody."""


@dataclass(frozen=True, slots=True)
class MadeCall:
    """A call that the model made and the server is to answer. `tool` is None where its name or its input is wrong."""

    id: str
    name: str
    input: Any
    tool: Tool | None
    value: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call of the model gave."""

    content: list[Part]
    calls: Sequence[MadeCall]
    finish: Finish
    usage: Usage
    object: Any = None


class ModelCall:
    """Run it once. `usage` and `content` are there also when it fails: what the provider reported and wrote so far."""

    def __init__(
        self,
        model: Model,
        request: ModelRequest,
        *,
        chunker: Chunker,
        show: Show,
        tools: Mapping[str, Tool],
        context_of: Callable[[str, str], ToolContext],
        object_options: ObjectOptions | None = None,
    ) -> None:
        self.model = model
        self._request = request
        self._chunker = chunker
        self._show = show
        self._tools = tools
        self._context_of = context_of
        self._object = None if object_options is None else ObjectText(object_options)
        self._written = ChunkReducer()
        self._names: dict[str, str] = {}
        self._calls: list[MadeCall] = []
        self.finish: Finish | None = None
        self.usage: Usage = NO_USAGE
        self.sent: dict[str, Any] | None = None

    async def show(self, chunk: Chunk) -> None:
        """Shows something that belongs to the answer but comes from elsewhere: the question whether a call may run."""
        await self._write(self._chunker.show(chunk))

    async def close(self) -> None:
        """Writes what was held back of a text that was being written."""
        await self._write(self._chunker.close())

    def content(self) -> list[Part]:
        """What has been written, as content of a row."""
        return said(self._written.closed_parts())

    async def run(self) -> Answer:
        """Calls the model and shows its answer.

        Raises:
            ProviderError: it failed, or ended without an end. GenerationFailed: its object is none.
        """
        model = self.model
        with model_span(model.provider, model.name, self._request.settings) as span:
            async with _closing(model.stream(self._request)) as events:
                async for event in events:
                    span.event(event)
                    await self._take(event)
            finish = self.finish
            if finish is None:
                message = f"{model.provider} ended the answer without saying that it was finished"
                raise ProviderError(message, provider=model.provider)
            self.usage = self._priced(finish.usage)
            span.finished(finish)
        value = await self._whole_object()
        await self.close()
        return Answer(self.content(), self._calls, finish, self.usage, value)

    async def _take(self, event: ModelEvent) -> None:
        match event:
            case TextDelta() if self._object is None:  # nearly all of them
                await self._write(self._chunker.chunks_of(event))
            case UsageReported():
                self.usage = self._priced(event.usage)
            case Finish():
                self.finish = event
            case RequestSent():
                self.sent = event.body
            case ToolCalled():
                await self._called(event)
            case TextDelta() if self._object is not None:
                await self._write(chunk for part in self._object.grow(event.text) for chunk in self._chunker.show(part))
            case _:
                await self._write(self._chunker.chunks_of(event))
                await self._tell_hooks(event)

    def _priced(self, usage: Usage) -> Usage:
        return usage.at_cost(cost_micros(self.model.provider, self.model.name, usage))

    async def _write(self, chunks: Iterable[Chunk]) -> None:
        parts = list(chunks)
        for part in parts:
            self._written.apply(part)
        if parts:
            await self._show(parts)

    async def _tell_hooks(self, event: ModelEvent) -> None:
        if isinstance(event, ToolInputStarted):
            self._names[event.id] = event.name
            if (tool := self._tools.get(event.name)) is not None and tool.on_input_start is not None:
                await tell(tool.on_input_start, self._context_of(event.id, event.name))
        elif isinstance(event, ToolInputDelta):
            tool = self._tools.get(self._names.get(event.id, ""))
            if tool is not None and tool.on_input_delta is not None:
                await tell(tool.on_input_delta, self._context_of(event.id, tool.name), event.text)

    async def _called(self, event: ToolCalled) -> None:
        told: Chunk = {"toolCallId": event.id, "toolName": event.name}
        if event.provider_metadata is not None:
            told["providerMetadata"] = event.provider_metadata
        if event.provider_executed:
            done = {"input": written_input(event.input), "providerExecuted": True}
            await self._write(self._chunker.show({"type": "tool-input-available", **told, **done}))
            return
        call, error = _checked(event, self._tools)
        if call.tool is not None and call.tool.title is not None:
            told["title"] = call.tool.title
        if call.tool is not None and call.tool.metadata is not None:
            told["toolMetadata"] = call.tool.metadata
        dynamic = {"dynamic": True} if event.name not in self._tools or self._tools[event.name].dynamic else {}
        kind = {"type": "tool-input-available"} if error is None else {"type": "tool-input-error", "errorText": error}
        await self._write(self._chunker.show({**kind, **told, **dynamic, "input": call.input}))
        self._calls.append(call)
        if call.tool is not None and call.tool.on_input_available is not None:
            await tell(call.tool.on_input_available, self._context_of(call.id, call.name), call.value)

    async def _whole_object(self) -> Any:
        """The object as a data part for the screen and as its JSON text for the model (row 70)."""
        if self._object is None:
            return None
        value = self._object.value()
        text = json.dumps(value, ensure_ascii=False)
        chunks = [*self._chunker.show(object_chunk(value)), *self._chunker.chunks_of(TextDelta(text, "object"))]
        await self._write(chunks)
        return value


def _checked(event: ToolCalled, tools: Mapping[str, Tool]) -> tuple[MadeCall, str | None]:
    """The call, and what is wrong with it."""
    tool = tools.get(event.name)
    value = written_input(event.input)
    if tool is None:
        return MadeCall(event.id, event.name, value, None), unknown_tool(event.name, tools)
    try:
        return MadeCall(event.id, event.name, value, tool, checked_input(tool, event.input)), None
    except ToolInputError as error:
        return MadeCall(event.id, event.name, value, None), str(error)


def unknown_tool(name: str, tools: Mapping[str, Tool]) -> str:
    """What a model is told that calls a tool it has not."""
    return f"Error: there is no tool {name!r:.80}; there are: {', '.join(tools) or 'none'}"


@asynccontextmanager
async def _closing(events: AsyncIterator[ModelEvent]) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
    """Closes the model's iterator, and so its call, however the block is left."""
    try:
        yield events
    finally:
        aclose = getattr(events, "aclose", None)
        if aclose is not None:
            await aclose()
