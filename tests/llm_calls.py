"""Short forms that the tests of the models share."""

import asyncio
from collections.abc import Sequence
from typing import Any

from weft.llm.model import (
    Finish,
    Model,
    ModelEvent,
    ModelMessage,
    ModelRequest,
    ModelSettings,
    RequestSent,
    TextDelta,
    ToolCalled,
    ToolSpec,
)
from weft.threads.messages import MessageRole, Part

DEADLINE = 40.0


def user(*content: str | Part) -> ModelMessage:
    parts = [{"type": "text", "text": part} if isinstance(part, str) else part for part in content]
    return ModelMessage(MessageRole.USER, parts)


def assistant(*content: str | Part) -> ModelMessage:
    return ModelMessage(MessageRole.ASSISTANT, user(*content).content)


def system(text: str) -> ModelMessage:
    return ModelMessage(MessageRole.SYSTEM, user(text).content)


def ask(*messages: ModelMessage | str, instructions: str | None = None, **settings: Any) -> ModelRequest:
    asked = [user(message) if isinstance(message, str) else message for message in messages]
    return ModelRequest(instructions, asked or [user("Hello")], ModelSettings(**settings))


def results(*parts: Part) -> ModelMessage:
    """A tool row."""
    return ModelMessage(MessageRole.TOOL, parts)


def call(id_: str, name: str = "look", input: Any = None, **more: Any) -> Part:
    given: Any = {} if input is None else input
    return {"type": "tool-call", "toolCallId": id_, "toolName": name, "input": given} | more


def result(id_: str, output: Part | str, name: str = "look", **more: Any) -> Part:
    """A text is the output of that text."""
    output = {"type": "text", "value": output} if isinstance(output, str) else output
    return {"type": "tool-result", "toolCallId": id_, "toolName": name, "output": output} | more


def tool(name: str = "look", description: str | None = None, **properties: Any) -> ToolSpec:
    """A tool all of whose properties are required."""
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return ToolSpec(name, description, schema)


def body_of(events: Sequence[ModelEvent]) -> dict[str, Any]:
    """The body that the model says it has sent, which is its first event."""
    first = events[0]
    assert isinstance(first, RequestSent)
    assert not any(isinstance(event, RequestSent) for event in events[1:])
    return first.body


def calls_of(events: Sequence[ModelEvent]) -> list[ToolCalled]:
    return [event for event in events if isinstance(event, ToolCalled)]


async def events_of(model: Model, request: ModelRequest | None = None) -> list[ModelEvent]:
    """The whole answer, within the deadline."""
    seen: list[ModelEvent] = []
    async with asyncio.timeout(DEADLINE):
        async for event in model.stream(request or ask()):
            seen.append(event)
    return seen


async def failure_of(model: Model, request: ModelRequest, error: type[Exception]) -> tuple[list[ModelEvent], Any]:
    """What came before the answer failed, and the error."""
    seen: list[ModelEvent] = []
    async with asyncio.timeout(DEADLINE):
        try:
            async for event in model.stream(request):
                seen.append(event)
        except error as raised:
            return seen, raised
    raise AssertionError(f"the answer did not fail: {seen}")


def text_of(events: Sequence[ModelEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def finish_of(events: Sequence[ModelEvent]) -> Finish:
    """The one Finish, which is the last event."""
    last = events[-1]
    assert isinstance(last, Finish)
    assert not any(isinstance(event, Finish) for event in events[:-1])
    return last
