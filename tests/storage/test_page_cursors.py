"""Cursors of lists: they outlive what they name, and none passes in another kind of list."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest
from tests.support import LONG_AGO, row, thread_value

from weft.errors import ErrorCode, InputError
from weft.storage.message_docs import message_doc
from weft.storage.paging import encode_cursor
from weft.storage.store import Store
from weft.storage.threads import thread_doc
from weft.threads.messages import MessageRole
from weft.threads.paging import PageRequest
from weft.threads.threads import ThreadFilter, ThreadOrder


async def test_a_cursor_outlives_the_thing_it_names(store: Store) -> None:
    threads = [thread_value(created_at=LONG_AGO + timedelta(seconds=second)) for second in range(5)]
    await store.threads.collection.insert_many([thread_doc(thread) for thread in threads])
    newest = [thread.id for thread in reversed(threads)]
    page = await store.threads.page(ThreadFilter(), ThreadOrder.CREATED, PageRequest())
    middle, first, last = page.edges[2].cursor, page.edges[0].cursor, page.edges[-1].cursor
    await store.threads.collection.delete_many({"_id": {"$in": [newest[0], newest[2], newest[4]]}})

    async def read(request: PageRequest) -> tuple[list[str], bool, bool]:
        page = await store.threads.page(ThreadFilter(), ThreadOrder.CREATED, request)
        return [thread.id for thread in page.nodes], page.has_next, page.has_previous

    assert await read(PageRequest(after=middle)) == ([newest[3]], False, True)
    assert await read(PageRequest(forward=False, before=middle)) == ([newest[1]], True, False)
    assert await read(PageRequest(after=first)) == ([newest[1], newest[3]], False, False)
    assert await read(PageRequest(after=last)) == ([], False, True)
    assert await read(PageRequest(forward=False, before=first)) == ([], True, False)


async def test_a_cursor_of_a_deleted_turn_still_names_its_place(store: Store) -> None:
    rows = [row(MessageRole.USER, order, 0, thread_id="thr_1") for order in range(5)]
    await store.messages.collection.insert_many([message_doc(one) for one in rows])
    page = await store.messages.ui_page("thr_1", PageRequest())
    await store.messages.collection.delete_many({"order": {"$in": [0, 2, 4]}})
    after = await store.messages.ui_page("thr_1", PageRequest(after=page.edges[2].cursor))
    assert ([one.order for one in after.nodes], after.has_next, after.has_previous) == ([3], False, True)
    end = await store.messages.ui_page("thr_1", PageRequest(after=page.edges[4].cursor))
    assert (end.nodes, end.has_next, end.has_previous) == ([], False, True)
    start = await store.messages.ui_page("thr_1", PageRequest(forward=False, before=page.edges[0].cursor))
    assert (start.nodes, start.has_next, start.has_previous) == ([], True, False)


NOW = "2024-05-01T12:00:00+00:00"
FOREIGN: dict[str, list[object]] = {
    "threads": [
        [],
        [1],
        [1, 2],
        ["a", "b"],
        [NOW],
        [NOW, 5],
        [NOW, "thr_1", 1],
        ["x+00:00", "thr_1"],
        ["0001-01-01T00:00:00+23:00", "thr_1"],
        {"a": 1},
        [None, None],
    ],
    "messages": [[1], ["1", "2"], [True, False], [1.5, 2], [2**63, 1], [NOW, "thr_1"]],
    "ui messages": [[1, 2], ["1"], [True], [2**63], [None]],
    "generations": [[1], ["gen_1", "gen_2"], [None]],
}


def reader(store: Store, name: str) -> Callable[[PageRequest], Awaitable[object]]:
    """What reads a page of the list of that name."""
    readers: dict[str, Callable[[PageRequest], Awaitable[object]]] = {
        "threads": partial(store.threads.page, ThreadFilter(), ThreadOrder.CREATED),
        "messages": partial(store.messages.page, "thr_1"),
        "ui messages": partial(store.messages.ui_page, "thr_1"),
        "generations": partial(store.generations.page, "thr_1"),
    }
    return readers[name]


@pytest.mark.parametrize("side", ["after", "before"])
@pytest.mark.parametrize("name", FOREIGN)
async def test_what_is_not_a_cursor_of_a_list_is_refused_with_its_place(store: Store, name: str, side: str) -> None:
    foreign = [encode_cursor(values) for values in FOREIGN[name]]
    for cursor in ("", "garbage", "é", "!!!!", *foreign):
        request = PageRequest(after=cursor) if side == "after" else PageRequest(forward=False, before=cursor)
        with pytest.raises(InputError) as caught:
            await reader(store, name)(request)
        assert (caught.value.reason, caught.value.path) == (ErrorCode.INVALID, (side,))
        assert caught.value.message == f"{cursor!r:.80} is not a cursor of this list"
