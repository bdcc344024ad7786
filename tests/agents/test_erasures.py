"""An erasure has a receipt: how much there was, by collection, and when it was all gone."""

import asyncio
from datetime import timedelta

import pytest
from tests.agents.deleting import deleting, filled, left
from tests.support import new_thread, wait_until

from weft.agents.deletion.requests import Deletions
from weft.agents.users import UserService
from weft.agents.weft import Weft
from weft.errors import UnavailableError
from weft.storage.store import Store
from weft.storage.types import Database
from weft.threads.api_keys import ApiKey
from weft.threads.clock import utc_now
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


async def test_keys_of_the_user_open_nothing_from_the_start_and_are_counted(db: Database) -> None:
    async with Weft(Store(db), work=False) as weft:
        await weft.threads.create(user_id="ann")
        keys = [await weft.keys.issue(user_id="ann", name=name) for name in ("one", None)]
        before = await weft.keys.issue(user_id="ann", name="one")
        service = await weft.keys.issue(scopes=["service"], user_id="ann")
        others = [await weft.keys.issue(user_id="bob", name="two"), await weft.keys.issue(scopes=["admin"])]
        receipt = await weft.users.erase("ann")
        assert receipt.finished_at is not None
        assert receipt.counts["apiKeys"] == 4
        for gone in (*keys, before, service):

            async def nobody(secret: str = gone.secret) -> bool:
                return await weft.keys.viewer(secret) is None

            await wait_until(nobody)
            assert await weft.keys.find(gone.key.id) is None
        for other in others:
            assert await weft.keys.viewer(other.secret) is not None


async def test_keys_are_revoked_before_anything_else_whatever_becomes_of_the_rest(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise UnavailableError("away")

    async with Weft(Store(db), work=False) as weft:
        issued = await weft.keys.issue(user_id="ann")
        with monkeypatch.context() as patched:
            patched.setattr(weft.store.erasures, "insert", away)
            with pytest.raises(UnavailableError):
                await weft.users.erase("ann")
        key = await weft.keys.find(issued.key.id)
        assert key is not None
        assert key.revoked_at is not None
        assert (await weft.users.erase("ann")).counts == {"apiKeys": 1}


async def test_a_key_that_the_user_was_given_later_is_left(empty_store: Store) -> None:
    later = ApiKey("key_later", None, ("user",), "ann", utc_now() + timedelta(minutes=1), b"d" * 32)
    await empty_store.issue_key(later)
    assert (await UserService(empty_store).erase("ann")).counts == {}
    found = await empty_store.api_keys.get(later.id)
    assert found is not None
    assert found.revoked_at is None
