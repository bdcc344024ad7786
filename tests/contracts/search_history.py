"""Messages that a search is about: said, changed, taken back, moved; and what a search must find of them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from tests.support import new_thread, row, text

from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.messages import Message, MessageRole, text_of
from weft.threads.search import Reach
from weft.threads.threads import Thread
from weft.threads.vectors import Embeddings, Space

SPACE = Space("test:small", 4)

Vector = tuple[float, ...]


@dataclass(slots=True)
class Said:
    """What the history knows of a message."""

    row: Message
    user_id: str | None
    vector: Vector | None


class History:
    """Writes to the store, as Weft writes, and remembers."""

    def __init__(self, store: Store, model: str = SPACE.model) -> None:
        self.store = store
        self.model = model
        self.said: dict[str, Said] = {}
        self._places = count()

    async def thread(self, user_id: str | None = None) -> Thread:
        return await new_thread(self.store, user_id=user_id)

    async def say(
        self, thread: Thread, words: str, *, vector: Sequence[float] | None = None, order: int = 0, hidden: bool = False
    ) -> str:
        """The id of the message."""
        said = row(MessageRole.USER, order, 0, text(words), thread_id=thread.id, hidden_from_user_search=hidden)
        said = replace(said, order=order, step_order=next(self._places))
        given = None if vector is None else Embeddings(self.model, [vector])

        async def work(change: Change) -> str | None:
            await change.insert_messages(said, embeddings=given)
            return None if hidden else change.thread.user_id

        owner = await self.store.change(thread.id, work)
        self.said[said.id] = Said(said, owner, None if vector is None else tuple(vector))
        return said.id

    async def reword(self, message_id: str, words: str) -> None:
        """The vectors are those of the former text no longer."""
        said = self.said[message_id]
        content = text(words)
        vector = said.vector if words == said.row.text else None
        changed = replace(said.row, content=content, text=text_of(content))
        await self.store.change(said.row.thread_id, lambda change: change.replace_message(changed))
        self.said[message_id] = Said(changed, said.user_id, vector)

    async def embed(self, message_id: str, vector: Sequence[float]) -> None:
        await self.store.search_entries.set_vectors({message_id: vector}, self.model)
        self.said[message_id].vector = tuple(vector)

    async def take_back(self, message_id: str) -> None:
        said = self.said.pop(message_id)

        async def work(change: Change) -> None:
            await change.delete_messages([said.row])
            change.screen_changed([said.row.id], [])

        await self.store.change(said.row.thread_id, work)

    async def move(self, thread: Thread, user_id: str | None) -> None:
        async def work(change: Change) -> None:
            change.update_thread(userId=user_id)
            change.thread_changed()

        await self.store.change(thread.id, work)
        for said in self.said.values():
            if said.row.thread_id == thread.id and not said.row.hidden_from_user_search:
                said.user_id = user_id

    def with_words(self, words: Sequence[str], reach: Reach) -> set[str]:
        """The messages in reach that have any of the words."""
        return {said.row.id for said in self._reached(reach) if set(words) & set((said.row.text or "").split())}

    def nearest(self, vector: Sequence[float], reach: Reach, limit: int) -> list[tuple[str, float]]:
        """The messages in reach by their cosines, in 64 bits."""
        hits = [(said.row.id, round(_cosine(said.vector, vector), 6)) for said in self._reached(reach) if said.vector]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:limit]

    def _reached(self, reach: Reach) -> Iterator[Said]:
        for said in self.said.values():
            inside = reach.thread_id in (None, said.row.thread_id) and reach.user_id in (None, said.user_id)
            bounded = reach.before is not None and said.row.thread_id == reach.before.thread_id
            if inside and not (bounded and reach.before is not None and said.row.order >= reach.before.order):
                yield said


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True)) / (math.hypot(*one) * math.hypot(*other))
