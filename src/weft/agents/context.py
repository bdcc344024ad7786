"""What a model is shown: the newest messages before the reply, in whole turns, the prompt always among them."""

from collections.abc import Sequence

from weft.llm.model import ModelMessage
from weft.storage.store import Store
from weft.threads.messages import Message


async def gather(store: Store, prompt: Message, reply: Message, recent_messages: int) -> list[ModelMessage]:
    """At most `recent_messages` rows besides the prompt's own turn (behaviour.md row 92, decisions.md 20)."""
    rows = await store.messages.before(reply.thread_id, reply.order, reply.step_order, recent_messages + 1)
    shown = _whole_turns(rows, recent_messages, prompt.order)
    if all(row.id != prompt.id for row in shown):
        shown = sorted([*shown, prompt], key=lambda row: row.position)
    return [ModelMessage(row.role, row.content) for row in shown if row.content]


def _whole_turns(rows: Sequence[Message], limit: int, prompt_order: int) -> list[Message]:
    """Rows beyond the limit, and what is left of the turns they belong to, except for the turn being answered."""
    cut = {row.order for row in rows[: max(0, len(rows) - limit)]}
    return [row for row in rows if row.order == prompt_order or row.order not in cut]
