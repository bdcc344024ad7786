"""What a model is shown: the newest messages before the reply, in whole turns, the prompt always among them."""

import asyncio
from collections.abc import Sequence
from typing import Final

from weft.llm.model import ModelMessage
from weft.storage.store import Store
from weft.threads.messages import Message, MessageStatus, Part
from weft.threads.old_forms import normalise

_TOLD: Final = {"text", "image", "file"}


async def gather(store: Store, prompt: Message, reply: Message, recent_messages: int) -> list[ModelMessage]:
    """The prompt's own turn, and before it whole turns of at most `recent_messages` rows together; 0: the prompt alone.

    (behaviour.md row 92, decisions.md 20 and 21)
    """
    if recent_messages == 0:
        shown: Sequence[Message] = [prompt]
    else:
        earlier, own = await asyncio.gather(
            store.messages.before(reply.thread_id, reply.order, 0, recent_messages + 1),
            store.messages.turns(reply.thread_id, [reply.order]),
        )
        shown = [*_whole_turns(earlier, recent_messages), *_said_before(reply, own, prompt)]
    told = ((row.role, normalise(row.content) if row.order == reply.order else _words(row)) for row in shown)
    return [ModelMessage(role, content) for role, content in told if content]


def _words(row: Message) -> list[Part]:
    """What a model is told of an earlier turn: words, images and files; of its tool calls nothing (decisions.md 19)."""
    return [part for part in normalise(row.content) if part.get("type") in _TOLD]


def _whole_turns(rows: Sequence[Message], limit: int) -> list[Message]:
    """Without the rows beyond the limit, and without what is left of the turn they belong to."""
    cut = {row.order for row in rows[: max(0, len(rows) - limit)]}
    return [row for row in rows if row.order not in cut]


def _said_before(reply: Message, turn: Sequence[Message], prompt: Message) -> list[Message]:
    """Rows of the turn being answered: the prompt, whatever became of it, and what was answered so far."""
    before = (row for row in turn if row.position < reply.position)
    return [row for row in before if row.id == prompt.id or row.status is MessageStatus.SUCCESS]
