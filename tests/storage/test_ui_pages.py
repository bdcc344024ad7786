"""Pages of UI messages hold whole turns, and say exactly whether there are more."""

import random
from collections.abc import Sequence

import pytest
from tests.storage.pages import SIZES, some_history, stored_history
from tests.support import row, text, thread_value

from weft.storage.message_docs import message_doc
from weft.storage.paging import encode_cursor
from weft.storage.store import Store
from weft.storage.threads import thread_doc
from weft.threads.messages import Message, MessageRole
from weft.threads.paging import PageRequest
from weft.threads.ui_messages import UIMessage, ui_messages


def turns_of(rows: Sequence[Message]) -> list[list[UIMessage]]:
    orders = sorted({one.order for one in rows})
    return [ui_messages([one for one in rows if one.order == order]) for order in orders]


def wanted_turns(
    turns: Sequence[list[UIMessage]], size: int, lower: int, upper: int, *, forward: bool
) -> tuple[list[str], bool, bool]:
    """As `wanted`, in whole turns: as many as have `size` messages together, but at least one."""
    between = list(range(lower + 1, upper))
    taken: list[int] = []
    for index in between if forward else reversed(between):
        if taken and sum(len(turns[each]) for each in [*taken, index]) > size:
            break
        taken.append(index)
    page = sorted(taken)
    first, last = (page[0], page[-1]) if page else (lower + 1, upper - 1)
    keys = [message.key for index in page for message in turns[index]]
    return keys, last < len(turns) - 1, first > 0


@pytest.mark.parametrize(("seed", "turns", "longest"), [(5, 20, 4), (6, 12, 40), (7, 40, 1), (8, 1, 9), (9, 0, 0)])
async def test_pages_of_ui_messages_hold_whole_turns(store: Store, seed: int, turns: int, longest: int) -> None:
    chance = random.Random(seed)
    rows = await stored_history(store, chance, turns, longest)
    await stored_history(store, chance, 3, 3)
    thread_id = rows[0].thread_id if rows else "thr_empty"
    whole = turns_of(rows)
    for _ in range(60):
        size, forward = chance.choice(SIZES), chance.random() < 0.5
        places = sorted(chance.sample(range(-1, len(whole) + 1), 2))
        lower, upper = places[0], places[1]
        after = encode_cursor([whole[lower][0].order]) if 0 <= lower < len(whole) else None
        before = encode_cursor([whole[upper][0].order]) if 0 <= upper < len(whole) else None
        page = await store.messages.ui_page(thread_id, PageRequest(size, forward, after, before))
        keys, has_next, has_previous = wanted_turns(whole, size, lower, upper, forward=forward)
        assert [message.key for message in page.nodes] == keys
        assert (page.has_next, page.has_previous) == (has_next, has_previous), (size, forward, lower, upper)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("forward", [True, False])
async def test_walking_the_ui_messages_shows_each_once(store: Store, size: int, forward: bool) -> None:
    rows = await stored_history(store, random.Random(10 + size), 15, 12)
    shown: list[UIMessage] = []
    request = PageRequest(size, forward)
    more = True
    while more:
        page = await store.messages.ui_page(rows[0].thread_id, request)
        shown = [*shown, *page.nodes] if forward else [*page.nodes, *shown]
        more = page.has_next if forward else page.has_previous
        edge = page.edges[-1 if forward else 0].cursor
        request = PageRequest(size, forward, edge if forward else None, None if forward else edge)
    assert shown == ui_messages(rows)


async def stored_thread(store: Store, rows: Sequence[Message]) -> str:
    """A thread with everything that may be set, and with copies of these rows."""
    now = thread_value().created_at
    thread = thread_value(
        title="T", metadata={"$ref": [1]}, last_message_at=now, branched_from=rows[0] if rows else None
    )
    await store.threads.collection.insert_one(thread_doc(thread))
    for one in rows:
        await store.messages.collection.insert_one(message_doc(one) | {"_id": f"{one.id}-copy", "threadId": thread.id})
    return thread.id


@pytest.mark.parametrize(("seed", "turns", "longest"), [(5, 20, 4), (6, 4, 40), (7, 40, 1), (9, 0, 0)])
async def test_a_thread_read_with_a_page_is_the_thread_and_the_page(
    store: Store, seed: int, turns: int, longest: int
) -> None:
    thread_id = await stored_thread(store, some_history(random.Random(seed), "thr_other", turns, longest))
    for request in [PageRequest(size, forward) for size in SIZES for forward in (True, False)]:
        thread, page = await store.threads.get(thread_id), await store.messages.ui_page(thread_id, request)
        both = await store.threads.get_with_page(thread_id, request)
        assert both is not None
        assert (both[0], both[1].page()) == (thread, page)


async def test_a_thread_that_is_not_there_has_no_page(store: Store) -> None:
    rows = await stored_history(store, random.Random(1), 3, 3)
    assert await store.threads.get_with_page(rows[0].thread_id, PageRequest()) is None


async def test_a_page_too_large_to_come_with_its_thread_is_read_by_itself(store: Store) -> None:
    large = "x" * 6_000_000
    thread_id = await stored_thread(store, [row(MessageRole.USER, order, 0, text(large)) for order in range(3)])
    both = await store.threads.get_with_page(thread_id, PageRequest(2, forward=False))
    assert both is not None
    assert [len(message.text) for message in both[1].page().nodes] == [len(large)] * 2
    assert (both[1].has_previous, both[0]) == (True, await store.threads.get(thread_id))
