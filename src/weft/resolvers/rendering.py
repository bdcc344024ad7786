"""Items as the JSON of their results: executed and encoded once for all connections of any transport, kept a while."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

from weft.resolvers.engine import Result, Subscription
from weft.resolvers.lru import Lru
from weft.subscriptions.topic import Topic
from weft.threads.events import Item, StreamAdvanced
from weft.threads.streams import Delta, join

_KEPT_CHARACTERS = 256 * 1024
_LONGEST_RUN = 500
_LARGEST_RUN = 100_000  # characters of text: clients bound the frames they take, often at 1 MiB


class Renderer:
    """Renders ring items `[start, end)`, joined into one, by the selection of one subscription."""

    def __init__(self, subscription: Subscription, render: Callable[[Item], Any]) -> None:
        self._subscription = subscription
        self._render = render
        self._kept: Lru[tuple[int, int], str] = Lru(_KEPT_CHARACTERS)

    def one(self, item: Item) -> str | Awaitable[str]:
        """Awaitable only when the selection has async resolvers."""
        result = self._subscription.result(self._render(item))
        return _later(result) if isawaitable(result) else result.encoded().decode()

    def run(self, start: int, end: int, item: Item) -> str | Awaitable[str]:
        """The same for items of the ring, which others may ask for again."""
        kept = self._kept.get((start, end))
        if kept is not None:
            return kept
        body = self.one(item)
        if not isinstance(body, str):
            return self._keep_later(start, end, body)
        self._kept.put((start, end), body, weight=len(body))
        return body

    async def _keep_later(self, start: int, end: int, rendering: Awaitable[str]) -> str:
        body = await rendering
        self._kept.put((start, end), body, weight=len(body))
        return body


async def _later(result: Awaitable[Result]) -> str:
    return (await result).encoded().decode()


def waiting_run(topic: Topic, start: int, limit: int, admits: Callable[[Item], bool]) -> tuple[Item | None, int]:
    """The next item from `start` on and where it ends; neighbouring deltas of a stream come as one. None: not new."""
    end = start + 1
    item = topic[start]
    if not admits(item):
        return None, end
    if not isinstance(item.event, StreamAdvanced):
        return item, end
    deltas, size = [item.event.delta], len(item.event.delta.text)
    while end < min(limit, start + _LONGEST_RUN) and size < _LARGEST_RUN and admits(topic[end]):
        delta = _next_delta(topic[end], deltas[-1])
        if delta is None:
            break
        deltas.append(delta)
        size += len(delta.text)
        item, end = topic[end], end + 1
    if len(deltas) > 1:
        item = Item(StreamAdvanced(join(deltas)), item.cursor, item.seq, item.start_seq)
    return item, end


def _next_delta(item: Item, before: Delta) -> Delta | None:
    """The item's delta, if it follows right after the one before."""
    event = item.event
    if isinstance(event, StreamAdvanced) and event.delta.stream_id == before.stream_id:
        return event.delta if event.delta.start == before.end else None
    return None
