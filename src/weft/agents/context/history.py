"""What a thread itself gives to a context: whole turns before the one being answered, and of that one all there is."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from weft.agents.context.options import ContextOptions
from weft.storage.store import Store
from weft.threads.generations import Generation
from weft.threads.messages import Message, MessageStatus
from weft.threads.placement import MAX_ORDER
from weft.threads.positions import Position
from weft.threads.search import Before

END_OF_TURN: Final = MAX_ORDER + 1
"""After all steps that a turn may have."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a thread an answer goes on: before this step of this turn, answering that message.

    `new_turn`: the answer opens a turn of its own there, so that all before it are earlier turns.
    """

    thread_id: str
    order: int
    step_order: int
    prompt_message_id: str | None
    new_turn: bool = False

    @classmethod
    def of(cls, generation: Generation, reply: Message) -> "Place":
        return cls(reply.thread_id, reply.order, reply.step_order, generation.prompt_message_id)

    @property
    def earlier(self) -> Position:
        """Rows before this are of earlier turns."""
        return Position(self.order, self.step_order if self.new_turn else 0)


@dataclass(frozen=True, slots=True)
class History:
    """Rows by what they are to the answer, each list in order.

    `window`: whole earlier turns. `cut`: those rows of the turn before them that were read, which did not fit.
    `opening`: what comes before the prompt in its own turn. `end`: what a search may find of the thread comes before
    this. `complete`: before the window there is nothing.
    """

    window: Sequence[Message] = ()
    cut: Sequence[Message] = ()
    opening: Sequence[Message] = ()
    prompt: Message | None = None
    responses: Sequence[Message] = ()
    thread_id: str | None = None
    end: Before | None = None
    complete: bool = True

    @property
    def rows(self) -> list[Message]:
        """All that are shown."""
        prompt = [] if self.prompt is None else [self.prompt]
        return [*self.window, *self.opening, *prompt, *self.responses]


async def read_history(store: Store, place: Place | None, options: ContextOptions) -> History:
    """The turn so far, and before it whole turns of at most `recent_messages` rows together (decisions.md 20, 21)."""
    if place is None:
        return History()
    rows, turn = await asyncio.gather(_earlier(store, place, options.recent_messages), _turn(store, place))
    limit = options.recent_messages
    cut = {row.order for row in rows[: max(0, len(rows) - limit)]}
    window = [row for row in rows if row.order not in cut]
    first = window[0].order if window else place.order
    found = (index for index, row in enumerate(turn) if row.id == place.prompt_message_id)
    at = next(found, -1 if place.prompt_message_id else len(turn))
    return History(
        window=window,
        cut=[row for row in rows if row.order in cut],
        opening=turn[: max(at, 0)],
        prompt=turn[at] if 0 <= at < len(turn) else None,
        responses=turn[at + 1 :],
        thread_id=place.thread_id,
        end=Before(place.thread_id, first),
        complete=limit > 0 and not cut,
    )


async def _earlier(store: Store, place: Place, limit: int) -> Sequence[Message]:
    """One row more than may be shown: it tells whether the oldest turn is whole."""
    if limit == 0:
        return []
    end = place.earlier
    return await store.messages.before(place.thread_id, end.order, end.step_order, limit + 1)


async def _turn(store: Store, place: Place) -> list[Message]:
    """The rows of the turn before the reply: the prompt, whatever became of it, and what was answered so far."""
    if place.new_turn:
        return []
    rows = await store.messages.turns(place.thread_id, [place.order])
    before = [row for row in rows if row.step_order < place.step_order]
    return [row for row in before if row.id == place.prompt_message_id or row.status is MessageStatus.SUCCESS]
