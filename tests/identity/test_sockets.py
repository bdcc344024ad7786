"""Who asks over a socket: told once, when it begins, before anything is acknowledged."""

import asyncio
from typing import Any

import pytest
from tests.identity.issuer import SECRET, token
from tests.identity.sockets import init, known
from tests.identity.world import WHO, Server, asking
from tests.protocol.client import Client, opened, ready

from weft import Credentials, Viewer
from weft.errors import UnavailableError
from weft.storage.types import Database

FORBIDDEN = (4403, "Forbidden")


async def who(client: Client) -> Any:
    await client.subscribe("who", WHO)
    told = (await client.next("who"))["data"]["viewer"]
    assert await client.receive() == {"type": "complete", "id": "who"}
    return told


async def test_a_socket_says_who_asks_in_its_first_message(server: Server) -> None:
    key = await server.key("service", user="bob")
    for params, wanted in (
        ({"authorization": f"Bearer {token()}"}, "ann"),
        ({"Authorization": f"bearer {token()}"}, "ann"),
        ({"token": token()}, "ann"),
        ({"apiKey": key}, "bob"),
        ({"token": key}, "bob"),
    ):
        async with opened(server.address) as client:
            await init(client, **params)
            assert await client.receive() == {"type": "connection_ack"}
            assert (await who(client))["userId"] == wanted


async def test_or_in_the_headers_of_its_handshake_which_its_first_message_goes_before(server: Server) -> None:
    async with ready(server.address, authorization=f"Bearer {token()}") as client:
        assert (await who(client))["userId"] == "ann"
    async with ready(server.address, x_api_key=await server.key(user="bob")) as client:
        assert (await who(client))["userId"] == "bob"
    async with opened(server.address, authorization=f"Bearer {token()}") as client:
        await init(client, token=token(sub="eve"))
        assert await client.receive() == {"type": "connection_ack"}
        assert (await who(client))["userId"] == "eve"
    async with opened(server.address, authorization=f"Bearer {token()}") as client:
        await init(client, token=token(exp=1))
        assert await client.closed() == FORBIDDEN


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"token": ""},
        {"token": None},
        {"token": 7},
        {"token": ["x"]},
        {"apiKey": {"x": 1}},
        {"authorization": "Bearer"},
        {"authorization": f"Basic {token()}"},
        {"token": token(exp=1)},
        {"apiKey": "weft_nobody"},
        {"apiKey": token()},
        {"Token": token()},
    ],
)
async def test_whoever_is_not_known_is_closed_before_any_acknowledgement(server: Server, params: Any) -> None:
    async with opened(server.address) as client:
        await init(client, **params)
        assert await client.closed() == FORBIDDEN
    async with opened(server.address) as client:
        await client.send({"type": "connection_init"})
        assert await client.closed() == FORBIDDEN


class Door:
    """An application's function that the test answers for."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer: asyncio.Future[Viewer | None] = asyncio.get_running_loop().create_future()
        self.left = asyncio.Event()

    async def __call__(self, _: Credentials) -> Viewer | None:
        self.asked.set()
        try:
            return await self.answer
        finally:
            self.left.set()


async def test_nothing_may_be_asked_until_it_is_known_who_asks(db: Database) -> None:
    door = Door()
    async with asking(db, authenticate=door) as server, opened(server.address) as client:
        await init(client)
        await door.asked.wait()
        await client.send({"type": "ping"})
        assert await client.receive() == {"type": "pong"}
        await client.subscribe("1", WHO)
        assert await client.closed() == (4401, "Unauthorized")
        async with asyncio.timeout(40):
            await door.left.wait()


async def test_a_second_beginning_is_refused_also_while_the_first_is_looked_at(db: Database) -> None:
    door = Door()
    async with asking(db, authenticate=door) as server, opened(server.address) as client:
        await init(client)
        await door.asked.wait()
        await init(client)
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_a_socket_that_goes_meanwhile_is_not_waited_for(db: Database) -> None:
    door = Door()
    async with asking(db, authenticate=door) as server:
        async with opened(server.address) as client:
            await init(client)
            await door.asked.wait()
        async with asyncio.timeout(40):
            await door.left.wait()


async def test_when_it_cannot_be_found_out_who_asks_the_client_is_told_to_come_again(db: Database) -> None:
    async def broken(_: Credentials) -> Viewer:
        raise RuntimeError(SECRET)

    async def away(_: Credentials) -> Viewer:
        raise UnavailableError("later")

    for own in (broken, away):
        async with asking(db, authenticate=own) as server, opened(server.address) as client:
            await init(client)
            assert await client.closed() == (1013, "Try again later")


async def test_each_operation_sees_what_is_the_viewers(server: Server) -> None:
    thread = await server.thread(token(sub="ann"))
    asked = "query($thread: ID!) { thread(id: $thread) { userId } }"
    for user, seen in (("ann", {"userId": "ann"}), ("bob", None)):
        async with known(server, token(sub=user)) as client:
            await client.subscribe("1", asked, thread=thread)
            assert (await client.next("1"))["data"]["thread"] == seen


async def test_who_asks_is_found_out_once_a_socket(db: Database) -> None:
    asked = 0

    def own(credentials: Credentials) -> Viewer:
        nonlocal asked
        asked += 1
        return Viewer(credentials.token, ("user",))

    async with asking(db, authenticate=own) as server, known(server, "ann") as client:
        for _ in range(3):
            assert (await who(client))["userId"] == "ann"
    assert asked == 1
