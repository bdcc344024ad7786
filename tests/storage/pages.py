"""Plain models of paged lists, and histories to page through."""

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from tests.support import row, thread_value, tool_call

from weft.storage.message_docs import message_doc
from weft.storage.store import Store
from weft.threads.generations import Generation
from weft.threads.messages import Message, MessageRole, MessageStatus
from weft.threads.paging import Page, PageRequest
from weft.threads.threads import Thread

T = TypeVar("T", Thread, Message, Generation)
Read = Callable[[PageRequest], Awaitable[Page[T]]]

SIZES: Final = (1, 2, 3, 7, 50)


async def cursors_of(read: Read[T]) -> dict[str, str]:
    """The cursor of every node, by its id."""
    found: dict[str, str] = {}
    request = PageRequest(limit=100)
    while True:
        page = await read(request)
        found |= {edge.node.id: edge.cursor for edge in page.edges}
        if not page.has_next:
            return found
        request = PageRequest(limit=100, after=page.edges[-1].cursor)


def wanted(ids: Sequence[str], size: int, lower: int, upper: int, *, forward: bool) -> tuple[list[str], bool, bool]:
    """The page strictly between two places of a list, and whether there is something after and before it."""
    between = list(range(lower + 1, upper))
    page = between[:size] if forward else between[-size:]
    first, last = (page[0], page[-1]) if page else (lower + 1, upper - 1)
    return [ids[index] for index in page], last < len(ids) - 1, first > 0


async def check(read: Read[T], nodes: Sequence[T], chance: random.Random) -> None:
    """Asks for many pages of a list that should hold these nodes."""
    ids = [node.id for node in nodes]
    cursors = await cursors_of(read)
    assert list(cursors) == ids
    for _ in range(15):
        size, forward = chance.choice(SIZES), chance.random() < 0.5
        places = sorted(chance.sample(range(-1, len(ids) + 1), 2))
        lower, upper = places[0], places[1]
        after = cursors[ids[lower]] if 0 <= lower < len(ids) else None
        before = cursors[ids[upper]] if 0 <= upper < len(ids) else None
        page = await read(PageRequest(size, forward, after, before))
        shown, has_next, has_previous = wanted(ids, size, lower, upper, forward=forward)
        assert [node.id for node in page.nodes] == shown
        assert (page.has_next, page.has_previous) == (has_next, has_previous), (size, forward, lower, upper)
        assert [edge.cursor for edge in page.edges] == [cursors[id_] for id_ in shown]


async def walk(read: Read[T], size: int, *, forward: bool) -> list[str]:
    """All ids in list order, page by page."""
    ids: list[str] = []
    request = PageRequest(size, forward)
    while True:
        page = await read(request)
        shown: list[str] = [node.id for node in page.nodes]
        assert len(shown) <= size
        ids = [*ids, *shown] if forward else [*shown, *ids]
        if not (page.has_next if forward else page.has_previous):
            return ids
        assert shown, "an empty page promises more"
        edge = page.edges[-1 if forward else 0].cursor
        request = PageRequest(size, forward, edge if forward else None, None if forward else edge)


def some_history(chance: random.Random, thread_id: str, turns: int, longest: int) -> list[Message]:
    """Rows in position, with holes, calls, results and every status."""
    rows: list[Message] = []
    order = -1
    for _ in range(turns):
        order += chance.choice([1, 1, 1, 2, 5])
        step = -1
        for number in range(chance.randint(1, longest)):
            step += chance.choice([1, 1, 2])
            role = MessageRole.USER if number == 0 else chance.choice(list(MessageRole))
            calls = tool_call() if role is MessageRole.ASSISTANT and chance.random() < 0.4 else None
            content = [] if role is MessageRole.TOOL else calls
            status = chance.choice([MessageStatus.SUCCESS] * 3 + [MessageStatus.FAILED, MessageStatus.PENDING])
            rows.append(row(role, order, step, content, thread_id=thread_id, status=status))
    return rows


async def stored_history(store: Store, chance: random.Random, turns: int, longest: int) -> list[Message]:
    rows = some_history(chance, thread_value().id, turns, longest)
    if rows:
        await store.messages.collection.insert_many([message_doc(one) for one in rows])
    return rows
