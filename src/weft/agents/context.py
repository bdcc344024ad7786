"""What a model is shown: the newest messages before the turn, in whole turns, and of the turn all there is so far.

The prompt is always among them; what a provider would refuse, a call without its result, never is.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Final

from weft.agents.agent import Agent
from weft.agents.context_options import ContextOptions
from weft.agents.context_parts import ContextParts
from weft.agents.run_context import RunContext
from weft.errors import InputError
from weft.llm.model import ModelMessage
from weft.storage.store import Store
from weft.threads.generations import Generation, Given
from weft.threads.messages import Message, MessageRole, MessageStatus, Part
from weft.threads.old_forms import normalise
from weft.threads.orphans import without_orphans

_TOLD: Final = {"text", "image", "file"}
_NOTHING: Final = Given()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a thread an answer goes on: before this step of this turn, answering that message."""

    thread_id: str
    order: int
    step_order: int
    prompt_message_id: str | None

    @classmethod
    def of(cls, generation: Generation, reply: Message) -> "Place":
        return cls(reply.thread_id, reply.order, reply.step_order, generation.prompt_message_id)


async def gather(store: Store, place: Place, options: ContextOptions, given: Given | None = None) -> ContextParts:
    """The turn so far, and before it whole turns of at most `recent_messages` rows together.

    (behaviour.md rows 90 to 95, decisions.md 19 to 21)
    """
    earlier, turn = await asyncio.gather(_earlier(store, place, options), _turn(store, place))
    given = given or _NOTHING
    at = next((index for index, row in enumerate(turn) if row.id == place.prompt_message_id), -1)
    prompt = turn[at : at + 1] if at >= 0 else []
    shown = [ModelMessage(MessageRole.USER, given.prompt)] if given.prompt is not None else _messages(prompt)
    recent = [*_earlier_messages(earlier, options), *_messages(turn[: max(at, 0)])]
    extra = [ModelMessage(role, content) for role, content in given.messages]
    return ContextParts(recent, extra, shown, _messages(turn[at + 1 :]))


async def context_of(run: RunContext, agent: Agent, parts: ContextParts) -> list[ModelMessage]:
    """The messages to send: what the agent's context handler makes of the parts, without orphans.

    Raises:
        InputError: the agent allows no system messages, and there is one.
    """
    messages: Sequence[ModelMessage] = parts.all
    if agent.context_handler is not None:
        answer = agent.context_handler(run, parts)
        messages = (await answer) if isawaitable(answer) else answer
    if not agent.allow_system_messages and any(message.role is MessageRole.SYSTEM for message in messages):
        raise InputError(f"the history holds a system message, and agent {agent.name} allows none")
    kept = without_orphans((message.role, message.content) for message in messages)
    return [ModelMessage(role, content) for role, content in kept]


async def _earlier(store: Store, place: Place, options: ContextOptions) -> Sequence[Message]:
    limit = options.recent_messages
    if limit == 0:
        return []
    rows = await store.messages.before(place.thread_id, place.order, 0, limit + 1)
    cut = {row.order for row in rows[: max(0, len(rows) - limit)]}
    return [row for row in rows if row.order not in cut]


async def _turn(store: Store, place: Place) -> list[Message]:
    """The rows of the turn before the reply: the prompt, whatever became of it, and what was answered so far."""
    rows = await store.messages.turns(place.thread_id, [place.order])
    before = [row for row in rows if row.step_order < place.step_order]
    return [row for row in before if row.id == place.prompt_message_id or row.status is MessageStatus.SUCCESS]


def _messages(rows: Iterable[Message]) -> list[ModelMessage]:
    return [ModelMessage(row.role, normalise(row.content)) for row in rows]


def _earlier_messages(rows: Iterable[Message], options: ContextOptions) -> list[ModelMessage]:
    if not options.exclude_tool_messages:
        return _messages(rows)
    told = ((row.role, _words(row)) for row in rows)
    return [ModelMessage(role, content) for role, content in told if content]


def _words(row: Message) -> list[Part]:
    """What a model is told of an earlier turn: words, images and files; of its tool calls nothing (decisions.md 19)."""
    return [part for part in normalise(row.content) if part.get("type") in _TOLD]
