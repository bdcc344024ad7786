"""Documents named by their hash: Apollo's automatic persisted queries, and `documentId`, on every transport."""

import json
from collections.abc import AsyncGenerator
from hashlib import sha256
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from tests.protocol.client import DEADLINE, ready
from tests.protocol.streams import COMPLETE, Event, events
from tests.protocol.world import World, address, make_app, schema, serve

from weft.resolvers.document_list import DocumentList
from weft.resolvers.documents import Documents
from weft.resolvers.errors import RequestError
from weft.resolvers.limits import Limits

NOT_FOUND = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
QUERY = "query Persisted($n: String!) { hello(name: $n) }"
ANSWER = {"data": {"hello": "hello Weft"}}


def hashed(query: str) -> str:
    return sha256(query.encode()).hexdigest()


def apollos(query: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(query)}}}


def by_id(query: str) -> dict[str, Any]:
    return {"documentId": f"sha256:{hashed(query)}"}


def as_relay_has_it(query: str) -> dict[str, Any]:
    return {"documentId": hashed(query).upper()}


NAMED = pytest.mark.parametrize("named", [apollos, by_id, as_relay_has_it])
VARIABLES = {"variables": {"n": "Weft"}}


@pytest_asyncio.fixture
async def fresh(world: World) -> AsyncGenerator[str, None]:
    """A server that has seen no document yet."""
    async with serve(make_app(world)) as running:
        yield address(running)


@pytest_asyncio.fixture
async def http(fresh: str) -> AsyncGenerator[httpx2.AsyncClient, None]:
    async with httpx2.AsyncClient(base_url=f"http://{fresh}", timeout=DEADLINE) as client:
        yield client


async def post(http: httpx2.AsyncClient, payload: dict[str, Any]) -> Any:
    return (await http.post("/graphql", json=payload)).json()


@NAMED
async def test_a_document_is_asked_for_in_full_once_and_then_known_by_its_hash(
    http: httpx2.AsyncClient, named: Any
) -> None:
    short = {**named(QUERY), **VARIABLES}
    assert await post(http, short) == {"errors": [NOT_FOUND]}
    assert await post(http, {**short, "query": QUERY}) == ANSWER
    assert await post(http, short) == ANSWER


async def test_get_takes_the_hash_too(http: httpx2.AsyncClient) -> None:
    extensions = json.dumps(apollos("{ hello }")["extensions"])
    assert (await http.get("/graphql", params={"extensions": extensions})).json() == {"errors": [NOT_FOUND]}
    await post(http, {**by_id("{ hello }"), "query": "{ hello }"})
    known = {"data": {"hello": "hello world"}}
    assert (await http.get("/graphql", params={"extensions": extensions})).json() == known
    assert (await http.get("/graphql", params=by_id("{ hello }"))).json() == known


@NAMED
async def test_sockets_are_told_in_error_and_stay_open(fresh: str, named: Any) -> None:
    payload = {**named(QUERY), **VARIABLES}
    async with ready(fresh) as client:
        await client.send({"id": "1", "type": "subscribe", "payload": payload})
        assert await client.receive() == {"id": "1", "type": "error", "payload": [NOT_FOUND]}
        for more in ({"query": QUERY}, {}):
            await client.send({"id": "1", "type": "subscribe", "payload": {**payload, **more}})
            assert await client.next("1") == ANSWER
            assert await client.receive() == {"id": "1", "type": "complete"}


async def test_subscriptions_can_be_named_by_their_hash(fresh: str, world: World) -> None:
    world.steps.put_nowait(None)
    query = "subscription { steps }"
    async with events(fresh, query, **apollos(query)) as stream:
        assert await stream.ended() == [COMPLETE]
    world.steps.put_nowait(7)
    async with events(fresh, **apollos(query)) as stream:
        assert await stream.event() == Event("next", {"data": {"steps": 7}})


@NAMED
async def test_a_hash_of_another_document_is_refused_and_not_kept(http: httpx2.AsyncClient, named: Any) -> None:
    [error] = (await post(http, {**named(QUERY), "query": "{ hello }"}))["errors"]
    assert "SHA-256" in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert await post(http, {**named(QUERY), **VARIABLES}) == {"errors": [NOT_FOUND]}


async def test_a_document_that_is_not_valid_is_not_kept(http: httpx2.AsyncClient) -> None:
    bad = "{ nothing }"
    [error] = (await post(http, {**apollos(bad), "query": bad}))["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert await post(http, apollos(bad)) == {"errors": [NOT_FOUND]}


@pytest.mark.parametrize(
    "payload",
    [
        {"documentId": 5},
        {"documentId": []},
        {"extensions": {"persistedQuery": 5}},
        {"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": 5}}},
        {"query": "{ hello }", "extensions": {"persistedQuery": {"sha256Hash": "x"}}},
        {"documentId": "x", "query": 5},
        {"extensions": {"persistedQuery": None}},
    ],
)
async def test_a_name_of_the_wrong_shape_is_400_and_says_which(
    http: httpx2.AsyncClient, payload: dict[str, Any]
) -> None:
    answer = await http.post("/graphql", json=payload)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert "`" in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_names_are_forgotten_before_they_fill_the_memory() -> None:
    documents = Documents(schema._schema, Limits())  # pyright: ignore[reportPrivateUsage]
    first, *others = ["{ hello }" + "#" * 90_000 + str(n) for n in range(50)]
    documents.find(first, hashed(first))
    assert documents.find(None, hashed(first)).text == first
    for text in others:
        documents.find(text, hashed(text))
    with pytest.raises(RequestError, match="PersistedQueryNotFound"):
        documents.find(None, hashed(first))
    assert documents.find(None, hashed(others[-1])).text == others[-1]
    assert len(documents) < 50


async def test_documents_take_a_bounded_room_and_those_of_a_list_have_room_of_their_own() -> None:
    listed = {hashed(text): text for text in ("{ hello }" + "#" * 90_000 + str(n) for n in range(8))}
    given = DocumentList(listed, frozenset(listed.values()))
    documents = Documents(schema._schema, Limits(), given)  # pyright: ignore[reportPrivateUsage]
    assert len(documents) == len(listed)
    for n in range(300):
        documents.find("{ hello }" + "#" * 10_000 + str(n), None)
    assert len(documents) < 150
