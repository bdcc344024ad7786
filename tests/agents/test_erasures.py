"""An erasure has a receipt: how much there was, by collection, and when it was all gone."""

import asyncio

import pytest
from tests.agents.deleting import deleting, filled, left
from tests.support import new_thread, wait_until

from weft.agents.deletion.requests import Deletions
from weft.agents.users import UserService
from weft.storage.store import Store
from weft.threads.erasures import Erasure

GONE = ("generations", "messages", "searchEntries", "streams", "deltas")


async def finished(users: UserService, erasure: Erasure) -> Erasure:
    """The receipt, once it is closed."""
    found = erasure

    async def closed() -> bool:
        nonlocal found
        found = await users.erasure(erasure.id) or erasure
        return found.finished_at is not None

    await wait_until(closed)
    return found


@pytest.mark.parametrize("seconds", [60.0, 0.0])
async def test_the_receipt_says_exactly_what_there_was(empty_store: Store, seconds: float) -> None:
    """In one call, or by workers that take it over after its first batch."""
    for user_id in ("ann", "ann", "bob"):
        await filled(empty_store, await new_thread(empty_store, user_id=user_id), 3)
    before = await left(empty_store)
    users = UserService(empty_store, Deletions(empty_store, call_seconds=seconds))
    erasure = await users.erase("ann")
    async with deleting(empty_store):
        receipt = await finished(users, erasure)
    after = await left(empty_store)
    assert receipt.counts["threads"] == 2
    assert {name: before[name] - after[name] for name in GONE} == {name: receipt.counts[name] for name in GONE}
    assert after["threads"] == 1
    assert receipt.finished_at is not None
    assert receipt.finished_at >= receipt.requested_at


async def test_whoever_has_nothing_gets_a_receipt_too(empty_store: Store) -> None:
    receipt = await UserService(empty_store).erase("nobody")
    assert (receipt.user_id, dict(receipt.counts)) == ("nobody", {})
    assert receipt.finished_at is not None


async def test_two_erasures_at_once_count_each_thread_once(empty_store: Store) -> None:
    for _ in range(4):
        await filled(empty_store, await new_thread(empty_store, user_id="ann"), 1)
    users = UserService(empty_store)
    both = await asyncio.gather(users.erase("ann"), users.erase("ann"))
    async with deleting(empty_store):
        receipts = [await finished(users, each) for each in both]
    assert sum(receipt.counts.get("threads", 0) for receipt in receipts) == 4
    assert (await left(empty_store)).get("threads", 0) == 0
