"""The engine by itself: what it keeps, what it refuses, and that nothing but RequestError leaves it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.testclient import TestClient

from weft.errors import ConfigError, ProviderError
from weft.resolvers.deadlines import Clock, waiting_for_an_answer
from weft.resolvers.documents import Documents
from weft.resolvers.engine import Engine, Request, Result
from weft.resolvers.errors import RequestError
from weft.resolvers.limits import Limits
from weft.resolvers.lru import Lru
from weft.resolvers.routes import graphql_routes
from weft.resolvers.ws_protocol import SUBPROTOCOL


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "hello"

    @strawberry.field
    def coded(self) -> str | None:
        raise GraphQLError("not you", extensions={"code": "FORBIDDEN", "more": 1})

    @strawberry.field
    def uncoded(self) -> str | None:
        raise GraphQLError("the secret of a library", extensions={"code": "ODD"})

    @strawberry.field
    def provider(self) -> str | None:
        raise ProviderError("the model is busy", provider="openai", provider_code="overloaded", http_status=529)

    @strawberry.field
    def config(self) -> str | None:
        raise ConfigError("mongodb://user:password@host is wrong")

    @strawberry.field
    def out_of_range(self) -> int | None:
        return 2**40

    @strawberry.field
    async def own_timeout(self) -> str | None:
        raise TimeoutError("the secret of a driver")

    @strawberry.field
    async def cancelled(self) -> str:
        raise asyncio.CancelledError

    @strawberry.field
    def data(self) -> strawberry.scalars.JSON:
        return strawberry.scalars.JSON({"when": object()})

    @strawberry.field
    def nested(self) -> strawberry.scalars.JSON:
        value: list[Any] = []
        for _ in range(5000):
            value = [value]
        return strawberry.scalars.JSON(value)


answered = asyncio.Event()


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def answer(self) -> bool:
        with waiting_for_an_answer():
            return await answered.wait()

    @strawberry.mutation
    async def hang(self) -> bool:
        return await asyncio.Event().wait()


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1

    @strawberry.subscription
    async def endless(self) -> AsyncIterator[int]:
        await asyncio.Event().wait()
        yield 1


schema = strawberry.Schema(Query, mutation=Mutation, subscription=Subscription)


@pytest.fixture
def engine() -> Engine:
    return Engine(schema)


async def run(engine: Engine, query: str) -> dict[str, Any]:
    return (await engine.execute(engine.prepare(Request(query)), None)).body()


def refused(engine: Engine, query: str, operation_name: str | None = None) -> list[dict[str, Any]]:
    with pytest.raises(RequestError) as error:
        engine.prepare(Request(query, operation_name))
    errors: list[dict[str, Any]] = Result.refused(error.value).body()["errors"]
    return errors


def test_a_valid_document_is_parsed_once_and_a_bad_one_never_kept() -> None:
    documents = Documents(Engine(schema).schema, Limits())
    assert documents.get("{ hello }") is documents.get("{ hello }")
    for bad in ("{", "{ nothing }"):
        with pytest.raises(RequestError):
            documents.get(bad)
    assert len(documents) == 1


def test_what_was_used_last_is_kept_within_the_weight_allowed() -> None:
    kept: Lru[str, int] = Lru(10)
    for name, weight in (("a", 4), ("b", 4)):
        kept.put(name, weight, weight)
    assert kept.get("a") == 4
    kept.put("c", 4, 4)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (4, None, 4)
    kept.put("d", 99, 99)
    assert (len(kept), kept.get("d")) == (1, 99)
    kept.put("d", 1, 1)
    kept.put("e", 1, 1)
    assert len(kept) == 2


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("{ hello }" + " " * 200, "longer than 200 characters"),
        ("{" + "hello " * 25 + "}", "more than 20 tokens"),
        ("{ hello }" + "#\n" * 6, "comment"),
        ("{" + "hello " * 6 + "}", "fields, 6, exceeds the limit of 5"),
        ("{ a: hello b: hello c: hello }", "aliases, 3, exceeds the limit of 2"),
        ("{ a: hello @skip(if: false) @include(if: true) }", "directives, 2, exceeds the limit of 1"),
        ("query @a @b { hello }", "directives, 2, exceeds the limit of 1"),
        ("query($n: Int @a @b) { hello }", "directives, 2, exceeds the limit of 1"),
        ("{ __typename { a { b } } }", "depth, 3, exceeds the limit of 2"),
        ("{ ...A } fragment A on Query { a: hello ...B } fragment B on Query { b: hello c: hello }", "aliases, 3"),
        ("{ ...A } fragment A on Query { ...A a: hello b: hello c: hello }", "aliases, 3"),
    ],
)
def test_each_limit_is_named_when_it_is_exceeded(query: str, says: str) -> None:
    tight = Limits(characters=200, tokens=20, comments=5, depth=2, aliases=2, fields=5, directives=1)
    if "fragment" in query:
        tight = Limits(aliases=2)
    [error] = refused(Engine(schema, limits=tight), query)
    assert says in error["message"]
    assert error["extensions"] == {"code": "QUERY_TOO_COMPLEX"}


def test_a_chain_of_fragments_deeper_than_the_stack_is_refused(engine: Engine) -> None:
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(600))
    [error] = refused(engine, f"{{ ...F0 }} {chain}")
    assert error["extensions"]["code"] in ("QUERY_TOO_COMPLEX", "GRAPHQL_VALIDATION_FAILED")


@pytest.mark.parametrize(
    ("query", "name", "says"),
    [
        ("query A { hello }", "B", "Unknown operation named 'B'."),
        ("query A { hello }", "", "Unknown operation named ''."),
        ("query A { hello } query B { hello }", None, "Must provide operation name"),
    ],
)
def test_the_operation_must_be_named_when_it_is_not_clear(
    engine: Engine, query: str, name: str | None, says: str
) -> None:
    [error] = refused(engine, query, name)
    assert says in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_errors_with_a_code_of_the_list_are_shown_and_all_others_masked(engine: Engine) -> None:
    body = await run(engine, "{ coded provider uncoded config outOfRange ownTimeout hello }")
    shown = {error["path"][0]: (error["message"], error["extensions"]) for error in body["errors"]}
    assert shown.pop("coded") == ("not you", {"code": "FORBIDDEN", "more": 1})
    provider = {"code": "UNAVAILABLE", "providerCode": "overloaded", "httpStatus": 529}
    assert shown.pop("provider") == ("the model is busy", provider)
    assert sorted(shown) == ["config", "outOfRange", "ownTimeout", "uncoded"]
    for message, extensions in shown.values():
        assert (message, extensions["code"]) == ("Internal error", "INTERNAL")
    assert body["data"]["hello"] == "hello"


@pytest.mark.parametrize("query", ["{ data }", "{ nested }"])
async def test_a_value_that_is_no_json_is_an_internal_error(
    engine: Engine, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        result = await engine.execute(engine.prepare(Request(query)), None)
        assert b'"code":"INTERNAL"' in result.encoded()


async def test_being_cancelled_is_not_an_error_of_the_operation(engine: Engine) -> None:
    with pytest.raises(asyncio.CancelledError):
        await run(engine, "{ cancelled }")


async def test_waiting_for_an_answer_may_take_longer_than_anything_else() -> None:
    engine = Engine(schema, deadline=0.5)
    answered.clear()
    async with asyncio.timeout(40):
        answering = asyncio.create_task(run(engine, "mutation { first: answer second: answer }"))
        with pytest.raises(RequestError, match=r"longer than 0\.5 s"):
            await run(engine, "mutation { hang }")
        assert not answering.done()
        answered.set()
        assert await answering == {"data": {"first": True, "second": True}}


@pytest.mark.parametrize("query", ["mutation { hang answer }", "mutation { answer hang }"])
async def test_what_does_not_wait_for_an_answer_has_no_longer_beside_one_that_does(query: str) -> None:
    answered.set()
    async with asyncio.timeout(40):
        with pytest.raises(RequestError, match="longer than"):
            await run(Engine(schema, deadline=0.05), query)


async def test_an_answer_has_a_deadline_too() -> None:
    answered.clear()
    async with asyncio.timeout(40):
        with pytest.raises(RequestError, match=r"longer than 0\.1 s"):
            await run(Engine(schema, deadline=0.05, answer_deadline=0.1), "mutation { answer }")


async def test_the_time_spent_waiting_is_given_back_but_all_of_it_has_one_limit() -> None:
    async with Clock(30.0, 600.0) as clock:
        started = clock.ends_at - 30.0
        for _ in range(2):
            with waiting_for_an_answer():
                assert clock.limit == 600.0
                assert clock.ends_at == pytest.approx(started + 600.0)
            assert clock.ends_at == pytest.approx(started + clock.limit)
            assert 30.0 <= clock.limit < 60.0
    with waiting_for_an_answer():
        assert clock.limit < 60.0


async def test_a_subscription_is_not_executed_as_a_query(engine: Engine) -> None:
    with pytest.raises(RequestError, match="WebSocket"):
        await run(engine, "subscription { ticks }")


async def test_a_subscription_yields_its_events(engine: Engine) -> None:
    subscription = await engine.subscribe(engine.prepare(Request("subscription { ticks }")), None)
    results = [subscription.result(event) async for event in subscription.source]
    assert [result.body() for result in results if isinstance(result, Result)] == [{"data": {"ticks": 1}}]


def test_without_the_middleware_and_on_another_server_sockets_work_too() -> None:
    async def context(_: object) -> None:
        return None

    app = Starlette(routes=graphql_routes(Engine(schema), context))
    with TestClient(app) as client, client.websocket_connect("/graphql", subprotocols=[SUBPROTOCOL]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": "subscription { ticks }"}})
        assert socket.receive_json() == {"type": "next", "id": "1", "payload": {"data": {"ticks": 1}}}
        assert socket.receive_json() == {"type": "complete", "id": "1"}
        socket.send_text("nonsense")
        assert socket.receive()["code"] == 4400
