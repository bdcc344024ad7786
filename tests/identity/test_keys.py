"""API keys (decisions.md 32): random, shown once, stored as a hash, with name, scopes, expiry and last use."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from tests.support import LONG_AGO, wait_until

from weft import Viewer
from weft.agents import keys
from weft.agents.keys import IssuedKey
from weft.agents.weft import Weft
from weft.errors import ErrorCode, InputError, UnavailableError
from weft.storage.store import Store
from weft.threads.api_keys import new_secret, read_secret
from weft.threads.clock import utc_now
from weft.threads.paging import PageRequest

HOUR = timedelta(hours=1)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def weft(store: Store) -> AsyncGenerator[Weft, None]:
    async with Weft(store, work=False) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def elsewhere(other_store: Store) -> AsyncGenerator[Weft, None]:
    """As another process on the same database."""
    async with Weft(other_store, work=False) as opened:
        yield opened


async def newest(weft: Weft, count: int) -> list[str]:
    """The ids of the newest keys."""
    return [key.id for key in (await weft.keys.page(PageRequest.of(first=count))).nodes]


async def test_a_key_is_known_by_its_secret(weft: Weft) -> None:
    issued = await weft.keys.issue(name="backend", scopes=["service"], user_id="ann", expires_at=utc_now() + HOUR)
    assert await weft.keys.viewer(issued.secret) == Viewer("ann", ("service",), issued.key.id, issued.key.expires_at)


async def test_a_secret_has_256_random_bits_and_names_its_key(weft: Weft) -> None:
    secrets = [new_secret() for _ in range(200)]
    randoms = [secret.text.rpartition("_")[2] for secret in secrets]
    assert len(set(randoms)) == 200
    assert {len(random) for random in randoms} == {52}
    assert all(len({random[place] for random in randoms}) > 16 for place in range(1, 52))
    assert {random[0] for random in randoms} == {"0", "1"}  # 51 characters of five bits, and one of one
    read = read_secret(secrets[0].text)
    assert read is not None
    assert read.key_id == secrets[0].key_id


async def test_only_the_hash_of_a_secret_is_stored_and_no_repr_shows_either(weft: Weft) -> None:
    issued = await weft.keys.issue(name="backend")
    random = issued.secret.rpartition("_")[2]
    doc = await weft.store.api_keys.collection.find_one({"_id": issued.key.id})
    assert doc is not None
    assert random not in repr(doc)
    assert len(doc["digest"]) == 32
    shown = repr([issued, issued.key, read_secret(issued.secret), await weft.keys.page(PageRequest.of())])
    assert random not in shown
    assert repr(doc["digest"]) not in shown


async def test_what_only_looks_like_a_key_is_nobody(weft: Weft) -> None:
    issued = await weft.keys.issue()
    good = issued.secret
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    for text in ("", "weft_", good.upper(), f" {good}", f"{good}\n", good[:-1], wrong, new_secret().text, "weft__"):
        assert await weft.keys.viewer(text) is None
    assert await weft.keys.viewer(good)


async def test_a_key_opens_nothing_after_its_time_also_where_it_is_remembered(
    weft: Weft, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = utc_now() + timedelta(hours=1)
    issued = await weft.keys.issue(expires_at=ends)
    assert await weft.keys.viewer(issued.secret)
    monkeypatch.setattr(keys, "utc_now", lambda: ends)
    assert await weft.keys.viewer(issued.secret) is None


async def test_issuing_a_name_again_revokes_the_key_that_had_it(weft: Weft) -> None:
    first = await weft.keys.issue(name="again")
    second = await weft.keys.issue(name="again")
    assert (first.revoked, second.revoked) == (None, first.key.id)
    assert await weft.keys.viewer(first.secret) is None
    assert await weft.keys.viewer(second.secret)


async def test_keys_without_a_name_are_side_by_side(weft: Weft) -> None:
    keys = [await weft.keys.issue() for _ in range(3)]
    assert all([await weft.keys.viewer(key.secret) for key in keys])


async def test_a_name_that_many_issue_at_once_has_one_key_in_the_end(weft: Weft, elsewhere: Weft) -> None:
    issued: list[IssuedKey] = await asyncio.gather(
        *((weft, elsewhere)[n % 2].keys.issue(name="raced") for n in range(8))
    )
    docs = await weft.store.api_keys.collection.find({"name": "raced", "revokedAt": {"$exists": False}}).to_list()
    assert len(docs) == 1
    revoked = [each.revoked for each in issued if each.revoked is not None]
    assert sorted([*revoked, docs[0]["_id"]]) == sorted(each.key.id for each in issued)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["owner"]}, "scopes"),
        ({"scopes": ["ADMIN"]}, "scopes"),
        ({"scopes": ["user", ""]}, "scopes"),
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"user_id": ""}, "userId"),
        ({"user_id": "x" * 2001}, "userId"),
        ({"expires_at": LONG_AGO}, "expiresAt"),
        ({"expires_at": datetime(2100, 1, 1)}, "expiresAt"),
    ],
)
async def test_bad_input_makes_no_key(weft: Weft, fields: dict[str, Any], path: str) -> None:
    last = await weft.keys.issue()
    with pytest.raises(InputError) as refused:
        await weft.keys.issue(**fields)
    assert refused.value.path == ("input", path)
    assert await newest(weft, 1) == [last.key.id]


async def test_a_key_is_revoked_by_its_id_or_by_its_name_and_once(weft: Weft) -> None:
    first, second = await weft.keys.issue(), await weft.keys.issue(name="backend")
    assert await weft.keys.revoke(key_id=first.key.id) == [first.key.id]
    assert await weft.keys.revoke(key_id=first.key.id) == []
    assert await weft.keys.revoke(name="backend") == [second.key.id]
    assert [await weft.keys.viewer(key.secret) for key in (first, second)] == [None, None]


async def test_row_178_revoking_says_what_is_missing_or_does_not_match(weft: Weft) -> None:
    issued = await weft.keys.issue(name="backend")
    for given, reason, path in (
        ({}, ErrorCode.INVALID, ()),
        ({"name": "other"}, ErrorCode.NOT_FOUND, ("name",)),
        ({"key_id": "key_none"}, ErrorCode.NOT_FOUND, ("keyId",)),
        ({"key_id": issued.key.id, "name": "other"}, ErrorCode.CONFLICT, ("name",)),
    ):
        with pytest.raises(InputError) as refused:
            await weft.keys.revoke(**given)
        assert (refused.value.reason, refused.value.path) == (reason, ("input", *path))
    assert await weft.keys.viewer(issued.secret)
    assert await weft.keys.revoke(key_id=issued.key.id, name="backend") == [issued.key.id]


async def test_a_key_that_was_used_here_is_nobody_the_moment_another_process_has_revoked_it(
    weft: Weft, elsewhere: Weft
) -> None:
    issued = await weft.keys.issue()
    assert await elsewhere.keys.viewer(issued.secret)
    heard = asyncio.Event()
    elsewhere.keys.listen(lambda _: heard.set())
    await weft.keys.revoke(key_id=issued.key.id)
    async with asyncio.timeout(40):
        # What is heard first may be that it was issued. Nobody is asked again without being told.
        while await elsewhere.keys.viewer(issued.secret) is not None:
            await heard.wait()
            heard.clear()


async def test_a_key_is_looked_up_once_and_then_remembered(weft: Weft, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = await weft.keys.issue()
    assert await weft.keys.viewer(issued.secret)

    async def nowhere(_: str) -> None:
        raise AssertionError("it was looked up again")

    monkeypatch.setattr(weft.store.api_keys, "get", nowhere)
    assert await weft.keys.viewer(issued.secret)


async def test_the_last_use_of_a_key_is_noted_later_and_never_set_back(weft: Weft, elsewhere: Weft) -> None:
    issued = await weft.keys.issue()
    await weft.keys.viewer(issued.secret)
    await elsewhere.keys.viewer(issued.secret)
    assert (await weft.store.api_keys.get(issued.key.id)) == issued.key
    await elsewhere.keys.note_use()
    later = await weft.keys.find(issued.key.id)
    await weft.keys.note_use()
    assert later is not None
    assert later.last_used_at is not None
    assert later.last_used_at >= issued.key.created_at
    assert await weft.keys.find(issued.key.id) == later


async def test_noting_its_use_does_not_end_what_a_key_has_open(weft: Weft, elsewhere: Weft) -> None:
    used, revoked = await weft.keys.issue(), await weft.keys.issue()
    heard: list[Any] = []
    elsewhere.keys.listen(heard.append)
    await weft.keys.viewer(used.secret)
    await weft.keys.note_use()
    await weft.keys.revoke(key_id=revoked.key.id)

    async def revocation_is_heard() -> bool:
        return [revoked.key.id] in heard

    await wait_until(revocation_is_heard)
    assert [used.key.id] not in heard


async def test_what_cannot_be_noted_now_is_noted_the_next_time(weft: Weft, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = await weft.keys.issue()
    await weft.keys.viewer(issued.secret)

    async def away(_: object) -> None:
        raise UnavailableError("MongoDB does not answer")

    with monkeypatch.context() as patched:
        patched.setattr(weft.store.api_keys, "note_use", away)
        await weft.keys.note_use()
    await weft.keys.note_use()
    noted = await weft.keys.find(issued.key.id)
    assert noted is not None
    assert noted.last_used_at is not None


async def test_revoked_keys_are_kept_for_a_while_to_tell_of(weft: Weft) -> None:
    issued = [await weft.keys.issue(name=f"n{number}") for number in range(3)]
    await weft.keys.revoke(name="n1")
    page = await weft.keys.page(PageRequest.of(first=2))
    assert [key.id for key in page.nodes] == [issued[2].key.id, issued[1].key.id]
    assert page.nodes[1].revoked_at is not None
    assert page.nodes[1].name == "n1"
    rest = await weft.keys.page(PageRequest.of(first=1, after=page.edges[-1].cursor))
    assert [key.id for key in rest.nodes] == [issued[0].key.id]
