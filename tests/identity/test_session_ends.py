"""What is open for somebody ends, within seconds, when they are nobody any more."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from tests.identity.issuer import SECRET, token
from tests.identity.sockets import follow, known, retitled
from tests.identity.world import EVENTS, Server, asking, bearer
from tests.support import wait_until

from weft.agents.weft import Weft
from weft.storage.store import Store
from weft.storage.types import Client
from weft.threads.clock import utc_now

EXPIRED = (4403, "Token expired")
REVOKED = (4403, "Key revoked")
SOON = timedelta(seconds=2)
EVENT_STREAM = "text/event-stream"
MULTIPART = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict(client: Client, server: Server) -> AsyncGenerator[Server, None]:
    """On the same database as `server`, with no patience for clocks that differ."""
    db = client[server.app.settings.database]
    async with asking(db, settings={"jwt_secret": SECRET, "jwt_leeway": 0}) as running:
        yield running


def short(**changed: Any) -> str:
    """A token that is good for two or three seconds: tokens have whole ones."""
    return token(aud=None, exp=int(utc_now().timestamp()) + 3, **changed)


async def test_a_socket_is_closed_when_its_token_expires(strict: Server) -> None:
    thread = await strict.thread(token(aud=None))
    async with known(strict, short()) as client:
        await follow(client, thread)
        await retitled(strict, thread, client)
        assert await client.closed() == EXPIRED


async def test_a_socket_that_asks_for_nothing_is_closed_too(strict: Server) -> None:
    async with known(strict, short()) as client:
        assert await client.closed() == EXPIRED


async def test_a_socket_is_closed_when_its_key_expires(strict: Server) -> None:
    async with known(strict, await strict.key(expires_at=utc_now() + SOON)) as client:
        assert await client.closed() == EXPIRED


async def test_clocks_may_differ_also_for_what_is_open(server: Server) -> None:
    thread = await server.thread(token())
    async with known(server, token(exp=utc_now() - SOON)) as client:
        await follow(client, thread)
        await retitled(server, thread, client)


@pytest.mark.parametrize("accept", [EVENT_STREAM, MULTIPART])
async def test_a_response_that_is_open_ends_when_the_token_expires_without_saying_that_it_is_complete(
    strict: Server, accept: str
) -> None:
    thread = await strict.thread(token(aud=None))
    asked = {"query": EVENTS, "variables": {"thread": thread}}
    headers = {"accept": accept} | bearer(short())
    async with asyncio.timeout(40), strict.http.stream("POST", "/graphql", json=asked, headers=headers) as response:
        assert response.status_code == 200
        said = (await response.aread()).decode()
    assert "complete" not in said
    assert "--graphql--" not in said
    assert (await strict.http.post("/graphql", json=asked, headers=headers)).status_code == 401


async def test_revoking_a_key_closes_its_sockets_and_no_others(server: Server) -> None:
    mine, other = await server.weft.keys.issue(user_id="ann"), await server.key(user="ann")
    thread = await server.thread(other)
    async with (
        known(server, mine.secret) as first,
        known(server, mine.secret) as second,
        known(server, other) as spared,
        known(server, token()) as by_token,
    ):
        for client in (first, second, spared, by_token):
            await follow(client, thread)
            await retitled(server, thread, client)
        await server.weft.keys.revoke(key_id=mine.key.id)
        assert await first.closed() == REVOKED
        assert await second.closed() == REVOKED
        await server.weft.threads.update(thread, {"title": "After"})
        for client in (spared, by_token):
            while (await client.next("1"))["data"]["threadEvents"].get("thread") != {"title": "After"}:
                pass


async def test_a_key_that_is_issued_again_ends_what_the_old_one_has_open(server: Server) -> None:
    async with known(server, await server.key(name="rotated")) as client:
        await server.key(name="rotated")
        assert await client.closed() == REVOKED


@pytest_asyncio.fixture(loop_scope="session")
async def elsewhere(strict: Server, other_client: Client) -> AsyncGenerator[Weft, None]:
    """As another process on the same database."""
    async with Weft(Store(other_client[strict.app.settings.database]), work=False) as opened:
        yield opened


async def test_a_key_that_another_process_revokes_is_closed_here(server: Server, elsewhere: Weft) -> None:
    issued = await server.weft.keys.issue(user_id="ann")
    thread = await server.thread(issued.secret)
    asked = {"query": EVENTS, "variables": {"thread": thread}}
    headers = {"accept": EVENT_STREAM} | bearer(issued.secret)
    async with (
        asyncio.timeout(40),
        known(server, issued.secret) as client,
        server.http.stream("POST", "/graphql", json=asked, headers=headers) as response,
    ):
        await follow(client, thread)
        await retitled(server, thread, client)
        await elsewhere.keys.revoke(key_id=issued.key.id)
        assert await client.closed() == REVOKED
        assert b"complete" not in await response.aread()
    assert (await server.ask(by=issued.secret)).status_code == 401


async def test_a_revocation_that_nobody_heard_of_is_found_out_when_history_was_lost(server: Server) -> None:
    issued, kept = await server.weft.keys.issue(), await server.key()
    async with known(server, issued.secret) as client, known(server, kept) as spared:
        unheard = {"$set": {"revokedAt": utc_now(), "lastUsedAt": utc_now()}}  # the feed passes notes of use over
        await server.weft.store.api_keys.collection.update_one({"_id": issued.key.id}, unheard)
        assert await server.weft.keys.viewer(issued.secret)  # it is remembered
        await client.quiet()
        server.weft.keys.missed()
        assert await client.closed() == REVOKED
        assert await server.weft.keys.viewer(issued.secret) is None
        await spared.quiet()


async def test_a_key_revoked_while_its_socket_begins_opens_nothing_for_long(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revocation is heard of after the key was found good, and before its socket is known of."""
    issued = await server.weft.keys.issue()
    good = server.weft.keys.viewer

    async def late(text: str) -> Any:
        viewer = await good(text)
        await server.weft.keys.revoke(key_id=issued.key.id)
        return viewer

    monkeypatch.setattr(server.weft.keys, "viewer", late)
    async with known(server, issued.secret) as client:
        assert await client.closed() == REVOKED


async def test_nothing_is_kept_of_sessions_that_have_ended(server: Server) -> None:
    issued = await server.weft.keys.issue()
    thread = await server.thread(issued.secret)
    for _ in range(5):
        async with known(server, issued.secret) as client:
            await follow(client, thread)
            await retitled(server, thread, client)

    async def nothing() -> bool:
        return server.app.sessions.keys == 0

    await wait_until(nothing)


async def test_a_client_that_does_not_answer_the_close_holds_nothing(strict: Server) -> None:
    """It follows a thread, stops reading, and its token expires."""
    thread = await strict.thread(token(aud=None))
    async with known(strict, short()) as client:
        await follow(client, thread)
        await retitled(strict, thread, client)
        client.socket.transport.pause_reading()

        async def nobody_follows() -> bool:
            return strict.weft.feeds.topics == 0

        await wait_until(nobody_follows)
        client.socket.transport.resume_reading()
