"""Pages of stored lists against a plain model of them: every page, both ways, from every place, exact at its ends."""

import random
from datetime import timedelta
from functools import partial

import pytest
from tests.storage.pages import SIZES, check, stored_history, walk
from tests.support import LONG_AGO, generation_at, thread_value

from weft.errors import ErrorCode, InputError
from weft.storage.generations import generation_doc
from weft.storage.paging import encode_cursor
from weft.storage.store import Store
from weft.storage.threads import thread_doc
from weft.threads.messages import MessageStatus
from weft.threads.paging import PageRequest
from weft.threads.threads import Thread, ThreadFilter, ThreadOrder, ThreadStatus


def some_threads(chance: random.Random, count: int) -> list[Thread]:
    """Many of them created, or written to, in the same millisecond."""
    made: list[Thread] = []
    for _ in range(count):
        created = LONG_AGO + timedelta(milliseconds=chance.randrange(20))
        spoken = created + timedelta(milliseconds=chance.randrange(20)) if chance.random() < 0.6 else None
        made.append(
            thread_value(
                user_id=chance.choice(["ann", "bob", None]),
                title=chance.choice([None, "Red boat", "A RED, red house"]),
                status=chance.choice(list(ThreadStatus)),
                created_at=created,
                last_message_at=spoken,
            )
        )
    return made


FILTERS = [
    ThreadFilter(),
    ThreadFilter(user_id="ann"),
    ThreadFilter(anonymous=True),
    ThreadFilter(status=ThreadStatus.ARCHIVED),
    ThreadFilter(user_id="bob", status=ThreadStatus.ACTIVE),
    ThreadFilter(anonymous=True, status=ThreadStatus.ACTIVE),
    ThreadFilter(title="red"),
    ThreadFilter(title="boat red", user_id="ann"),
    ThreadFilter(title="house", anonymous=True, status=ThreadStatus.ACTIVE),
    ThreadFilter(user_id="nobody"),
]


def passes(thread: Thread, narrowed: ThreadFilter) -> bool:
    owner = thread.user_id is None if narrowed.anonymous else narrowed.user_id in (None, thread.user_id)
    words = (thread.title or "").lower().replace(",", "").split()
    named = set((narrowed.title or "").split()) <= set(words)
    return owner and named and narrowed.status in (None, thread.status)


async def test_pages_of_threads_are_those_of_the_sorted_list(store: Store) -> None:
    chance = random.Random(1)
    threads = some_threads(chance, 90)
    await store.threads.collection.insert_many([thread_doc(thread) for thread in threads])
    for order in ThreadOrder:
        for narrowed in FILTERS:
            created = order is ThreadOrder.CREATED
            newest = sorted(
                (thread for thread in threads if passes(thread, narrowed)),
                key=lambda t: ((t.created_at if created else t.last_message_at or t.created_at), t.id),
                reverse=True,
            )
            assert bool(newest) is (narrowed.user_id != "nobody")
            read = partial(store.threads.page, narrowed, order)
            await check(read, newest, chance)
            for forward in (True, False):
                assert await walk(read, chance.choice(SIZES), forward=forward) == [thread.id for thread in newest]


async def test_users_that_own_threads_come_once_each_in_exact_pages(empty_store: Store) -> None:
    """Behaviour row 8; threads of nobody, and of the nameless, give none."""
    owners = ["ann", "Zoë", "bob", "ann", None, "", "bob", "ann", "çelik", "10", "9"]
    await empty_store.threads.collection.insert_many([thread_doc(thread_value(user_id=owner)) for owner in owners])
    users = sorted({owner for owner in owners if owner}, key=str.encode)
    for size in (1, 2, len(users), 50):
        request, seen = PageRequest(size), list[str]()
        while True:
            page = await empty_store.threads.owners(request)
            assert page.nodes == users[len(seen) : len(seen) + size]
            assert page.has_previous is bool(seen)
            seen += page.nodes
            assert page.has_next is (len(seen) < len(users))
            if not page.has_next:
                break
            request = PageRequest(size, after=page.edges[-1].cursor)
    after_all = await empty_store.threads.owners(PageRequest(after=encode_cursor(users[-1:])))
    assert (after_all.nodes, after_all.has_next, after_all.has_previous) == ([], False, True)
    with pytest.raises(InputError):
        await empty_store.threads.owners(PageRequest(after="garbage"))


async def test_pages_of_rows_are_those_of_the_history(store: Store) -> None:
    chance = random.Random(2)
    rows = await stored_history(store, chance, 25, 5)
    await stored_history(store, chance, 3, 5)
    thread_id, middle = rows[0].thread_id, rows[len(rows) // 2]
    for statuses in (None, [MessageStatus.SUCCESS], [MessageStatus.FAILED, MessageStatus.PENDING], []):
        for exclude_tool in (False, True):
            for last in (None, middle):
                up_to = None if last is None else last.id
                read = partial(
                    store.messages.page,
                    thread_id,
                    statuses=statuses,
                    exclude_tool=exclude_tool,
                    up_to_message_id=up_to,
                )
                shown = [
                    one
                    for one in rows
                    if (statuses is None or one.status in statuses)
                    and not (exclude_tool and one.tool)
                    and (last is None or one.order <= last.order)
                ]
                await check(read, shown, chance)
                assert await walk(read, 7, forward=False) == [one.id for one in shown]


async def test_a_list_up_to_a_message_of_another_thread_is_refused(store: Store) -> None:
    chance = random.Random(3)
    mine, theirs = await stored_history(store, chance, 1, 1), await stored_history(store, chance, 1, 1)
    for id_ in (theirs[0].id, "msg_none"):
        with pytest.raises(InputError) as caught:
            await store.messages.page(mine[0].thread_id, PageRequest(), up_to_message_id=id_)
        assert (caught.value.reason, caught.value.path) == (ErrorCode.NOT_FOUND, ("upToAndIncludingMessageId",))


async def test_pages_of_generations_are_in_the_order_they_were_asked_for(store: Store) -> None:
    chance = random.Random(4)
    mine = [generation_at(number, id=f"gen_{2 * number:04}", thread_id="thr_1") for number in range(30)]
    theirs = [generation_at(number, id=f"gen_{2 * number + 1:04}", thread_id="thr_2") for number in range(30)]
    await store.generations.collection.insert_many([generation_doc(one) for one in chance.sample(mine + theirs, 60)])
    read = partial(store.generations.page, "thr_1")
    await check(read, mine, chance)
    assert (await read(PageRequest(1))).nodes == mine[:1]
