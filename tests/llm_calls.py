"""Short forms that the tests of the models share."""

import asyncio
from collections.abc import Sequence
from typing import Any

from weft.llm.model import Finish, Model, ModelEvent, ModelMessage, ModelRequest, ModelSettings, TextDelta
from weft.threads.messages import MessageRole, Part

DEADLINE = 10.0


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
