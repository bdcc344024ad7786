"""Threads and contexts as the tests of contexts make them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.support import LONG_AGO, row, thread_value

from weft.agents.agent import Agent, ContextHandler
from weft.agents.context.assembly import Context, Contexts
from weft.agents.context.history import Place
from weft.agents.context.options import ContextOptions
from weft.agents.context.parts import ContextParts
from weft.agents.run_context import RunContext
from weft.agents.weft import Weft
from weft.llm.model import ModelMessage
from weft.storage.message_docs import message_doc
from weft.storage.store import Store
from weft.testing import ScriptedModel
from weft.threads.context_items import ContextItem
from weft.threads.generations import Given
from weft.threads.messages import Message, MessageRole, MessageStatus

SYSTEM, USER, ASSISTANT, TOOL = MessageRole.SYSTEM, MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL


async def stored(store: Store, *rows: Message) -> list[Message]:
    """The rows, in a thread of their own."""
    thread_id = thread_value(created_at=LONG_AGO).id
    placed = [replace(one, thread_id=thread_id) for one in rows]
    await store.messages.collection.insert_many([message_doc(one) for one in placed])
    return placed


def turn(order: int, *roles: MessageRole) -> list[Message]:
    return [row(role, order, step) for step, role in enumerate(roles)]


def pending(order: int, step: int) -> Message:
    return row(ASSISTANT, order, step, [], status=MessageStatus.PENDING)


def agent(context_handler: ContextHandler | None = None, **fields: Any) -> Agent:
    return Agent("helper", model=ScriptedModel([]), context_handler=context_handler, **fields)


def place(rows: list[Message], prompt: int = -2, reply: int = -1) -> Place:
    """Where one of the rows is answered in another."""
    asked, written = rows[prompt], rows[reply]
    return Place(written.thread_id, written.order, written.step_order, asked.id)


async def context(
    weft: Weft | Store,
    at: Place | None,
    options: ContextOptions | None = None,
    given: Given | None = None,
    *,
    helper: Agent | None = None,
    **fields: Any,
) -> Context:
    """What the helper would be sent there. `fields` are further ones of the run."""
    opened = weft if isinstance(weft, Weft) else Weft(weft, work=False)
    helper = helper or agent()
    run = RunContext(opened, helper, thread_id=None if at is None else at.thread_id, **fields)
    return await Contexts(run, options or helper.context, given).at(at)


async def gathered(store: Store, at: Place, options: ContextOptions, given: Given | None = None) -> ContextParts:
    """What a context handler would see there."""
    seen: list[ContextParts] = []

    def handler(_: RunContext, parts: ContextParts) -> list[ModelMessage]:
        seen.append(parts)
        return parts.all

    await context(store, at, options, given, helper=agent(context_handler=handler))
    return seen[0]


def told(messages: Sequence[ModelMessage] | Sequence[ContextItem]) -> list[str]:
    """Their texts, and the kinds of what is no text."""
    return [str(part.get("text", part["type"])) for message in messages for part in message.content]


def sources(found: Context) -> list[tuple[str, str]]:
    """Where each message comes from, and what it says."""
    return [(item.source.name, " ".join(told([item]))) for item in found.items]


def left_out(found: Context) -> list[tuple[str, str]]:
    """Why each of those was left out, and what it says."""
    return [("" if item.left_out is None else item.left_out.name, " ".join(told([item]))) for item in found.left_out]
