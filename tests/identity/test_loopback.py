"""Without authentication a server answers to its own machine alone, by a name of it (decisions.md 31)."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.identity.world import WHO, Server, asking
from tests.protocol.client import opened, ready
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from weft.resolvers.loopback import LoopbackOnly, is_loopback
from weft.storage.types import Client


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def trusting(client: Client) -> AsyncGenerator[Server, None]:
    """A server that asks nobody who they are."""
    db = client["test_loopback"]
    async with asking(db, settings={"auth": "off"}) as running:
        yield running
    await client.drop_database(db.name)


def test_what_names_this_machine() -> None:
    for name in ("localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]"):
        assert is_loopback(name), name
    for name in ("", "example.com", "localhost.evil.com", "evillocalhost", "0.0.0.0", "::", "10.0.0.1", "127.0.0.1.x"):
        assert not is_loopback(name), name


async def test_on_its_own_machine_everybody_is_the_operator(trusting: Server) -> None:
    assert (await trusting.told())["viewer"] == {"userId": None, "scopes": ["admin"]}
    async with ready(trusting.address) as client:
        await client.subscribe("1", WHO)
        assert (await client.next("1"))["data"]["viewer"]["scopes"] == ["admin"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "10.0.0.1", "[::2]", ""]
)
async def test_a_name_that_was_made_to_lead_here_is_refused(trusting: Server, host: str) -> None:
    for method, path in (("POST", "/graphql"), ("GET", "/graphql"), ("POST", "/ai/chat"), ("GET", "/")):
        answer = await trusting.http.request(method, path, headers={"host": host}, json={"query": WHO})
        assert answer.status_code == 403
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert "weft keys issue" in error["message"]
        assert "WEFT_AUTH=on" in error["message"]


async def test_a_socket_by_such_a_name_is_refused(trusting: Server) -> None:
    where, port = trusting.address.split(":")
    with pytest.raises(InvalidStatus) as refused:
        await connect("ws://evil.example/graphql", host=where, port=int(port))
    assert refused.value.response.status_code == 403
    with pytest.raises(InvalidStatus):
        async with opened(trusting.address, host="evil.example"):  # beside the right one
            pass


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1", "[::1]:8000", "weft.localhost:80"])
async def test_every_name_of_the_machine_itself_is_good(trusting: Server, host: str) -> None:
    answer = await trusting.http.post("/graphql", json={"query": WHO}, headers={"host": host})
    assert answer.status_code == 200


async def test_whether_it_lives_may_be_asked_by_any_name(trusting: Server) -> None:
    for path in ("/healthz", "/readyz"):
        assert (await trusting.http.get(path, headers={"host": "10.1.2.3"})).status_code == 200


@pytest.mark.parametrize(
    ("client", "let_in"),
    [
        (("127.0.0.1", 5), True),
        (("::1", 5), True),
        (("::ffff:127.0.0.1", 5), True),
        (None, True),
        (("10.0.0.7", 5), False),
        (("::ffff:10.0.0.7", 5), False),
        (("fe80::1", 5), False),
    ],
)
async def test_another_machine_is_refused_whatever_name_it_gives(client: tuple[str, int] | None, let_in: bool) -> None:
    """Where somebody runs the app by another server, on an address that others can reach."""
    reached: list[str] = []

    async def inner(*_: object) -> None:
        reached.append("in")

    async def send(_: object) -> None:
        reached.append("out")

    async def receive() -> dict[str, str]:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "path": "/graphql",
        "method": "GET",
        "headers": [(b"host", b"localhost")],
        "client": client,
    }
    await LoopbackOnly(inner)(scope, receive, send)
    assert (reached == ["in"]) is let_in
