"""GraphQL over HTTP: media types, statuses, and what is refused before GraphQL is looked at."""

import asyncio
import gzip
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from graphql import get_introspection_query
from starlette.applications import Starlette
from tests.protocol.client import DEADLINE
from tests.protocol.world import World, address, make_app, schema, serve

from weft.resolvers.engine import Engine
from weft.resolvers.routes import graphql_routes

JSON = "application/json"
RESPONSE = "application/graphql-response+json"


@pytest_asyncio.fixture
async def http(server: str) -> AsyncGenerator[httpx2.AsyncClient, None]:
    async with httpx2.AsyncClient(base_url=f"http://{server}", timeout=DEADLINE) as client:
        yield client


async def ask(http: httpx2.AsyncClient, query: str, **more: Any) -> Any:
    return (await http.post("/graphql", json={"query": query, **more})).json()


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, {JSON};q=0.9", RESPONSE),
        (f"{RESPONSE};q=0.5, {JSON}", JSON),
        (f"{JSON};q=0.1, {RESPONSE};q=0.2, */*;q=0.05", RESPONSE),
        ("text/html", JSON),
        ("text/plain;q=nonsense", JSON),
    ],
)
async def test_the_accept_header_chooses_the_media_type(
    http: httpx2.AsyncClient, accept: str | None, media: str
) -> None:
    headers = {} if accept is None else {"accept": accept}
    answer = await http.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media}; charset=utf-8"
    assert answer.headers["vary"] == "Accept"
    assert answer.json() == {"data": {"hello": "hello world"}}


@pytest.mark.parametrize(("media", "status"), [(JSON, 200), (RESPONSE, 400)])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: Int!) { big(size: $n) }", "variables": {"n": "x"}}, "BAD_USER_INPUT"),
        ({"query": "query A { hello }", "operationName": "B"}, "BAD_USER_INPUT"),
        ({"query": "{ hello }" + "#" * 100_000}, "QUERY_TOO_COMPLEX"),
        ({"query": "{" + "hello " * 5000 + "}"}, "QUERY_TOO_COMPLEX"),
        ({"query": "{ self " * 15 + "{ hello }" + "}" * 15}, "QUERY_TOO_COMPLEX"),
        (
            {"query": "{ hello ...F } fragment F on Query { " + " ".join(f"a{n}: hello" for n in range(101)) + " }"},
            "QUERY_TOO_COMPLEX",
        ),
    ],
)
async def test_a_request_that_graphql_refuses_has_no_data_and_is_400_only_in_the_new_media_type(
    http: httpx2.AsyncClient, media: str, status: int, body: dict[str, Any], code: str
) -> None:
    answer = await http.post("/graphql", json=body, headers={"accept": media})
    assert answer.status_code == status
    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_an_operation_as_large_as_the_limits_is_served(http: httpx2.AsyncClient) -> None:
    deep = "{ self " * 14 + "{ hello }" + "}" * 14
    wide = "{" + " ".join(f"a{n}: hello" for n in range(100)) + "}"
    for query in (deep, wide):
        assert "errors" not in await ask(http, query)


@pytest.mark.parametrize("media", [JSON, RESPONSE])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"query": "\xff"}', "not JSON"),
        (b'{"query": "{ hello }", "variables": {"a":' + b"[" * 255 + b"]" * 255 + b"}}", "nested more than 254 deep"),
        (b"[" * 100_000 + b"]" * 100_000, "nested more than 254 deep"),
        (b"[]", "batches"),
        (b'[{"query": "{ hello }"}]', "batches"),
        (b'"{ hello }"', "batches"),
        (b"{}", "`query`"),
        (b'{"query": 5}', "`query`"),
        (b'{"query": "{ hello }", "variables": []}', "`variables`"),
        (b'{"query": "{ hello }", "operationName": 5}', "`operationName`"),
        (b'{"query": "{ hello }", "extensions": "x"}', "`extensions`"),
        (b'{"query": "subscription { steps }"}', "WebSocket"),
    ],
)
async def test_a_body_of_the_wrong_shape_is_400_and_says_why(
    http: httpx2.AsyncClient, media: str, content: bytes, says: str
) -> None:
    answer = await http.post("/graphql", content=content, headers={"content-type": JSON, "accept": media})
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert says in error["message"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_a_persisted_query_is_asked_for_in_full(http: httpx2.AsyncClient) -> None:
    body = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}
    [error] = (await http.post("/graphql", json=body)).json()["errors"]
    assert error == {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16"]
)
async def test_a_body_that_is_not_declared_as_json_is_415(http: httpx2.AsyncClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = await http.post("/graphql", content=b'{"query": "mutation { bump }"}', headers=headers)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["errors"][0]["message"]


async def test_a_body_that_is_compressed_is_415_and_says_so(http: httpx2.AsyncClient) -> None:
    headers = {"content-type": JSON, "content-encoding": "gzip"}
    answer = await http.post("/graphql", content=gzip.compress(b'{"query": "{ hello }"}'), headers=headers)
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "identity"
    assert "compressed" in answer.json()["errors"][0]["message"]


async def test_a_body_over_four_mebibytes_is_413_also_when_its_length_is_not_declared(http: httpx2.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(65):
            yield b" " * 65_536

    for content in (b" " * (4 * 1024 * 1024 + 1), chunks()):
        answer = await http.post("/graphql", content=content, headers={"content-type": JSON})
        assert answer.status_code == 413
        assert "larger than" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
async def test_other_methods_are_405_and_named(http: httpx2.AsyncClient, method: str) -> None:
    answer = await http.request(method, "/graphql")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


async def test_get_runs_queries(http: httpx2.AsyncClient) -> None:
    query = {"query": "query A($n: String!) { hello(name: $n) }", "operationName": "A", "variables": '{"n": "x"}'}
    assert (await http.get("/graphql", params=query)).json() == {"data": {"hello": "hello x"}}


@pytest.mark.parametrize("variables", ["{", "[]"])
async def test_variables_of_get_must_be_a_json_object(http: httpx2.AsyncClient, variables: str) -> None:
    answer = await http.get("/graphql", params={"query": "{ hello }", "variables": variables})
    assert answer.status_code == 400


async def test_get_does_not_run_mutations(http: httpx2.AsyncClient, world: World) -> None:
    answer = await http.get("/graphql", params={"query": "mutation { bump }"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert world.bumps == 0


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
)
async def test_get_from_a_page_of_another_site_is_refused(http: httpx2.AsyncClient, site: str, status: int) -> None:
    answer = await http.get("/graphql", params={"query": "{ hello }"}, headers={"sec-fetch-site": site})
    assert answer.status_code == status


async def test_a_browser_that_opens_the_address_is_sent_to_the_page(world: World) -> None:
    async def context(_: object) -> object:
        return world

    app = Starlette(routes=graphql_routes(Engine(schema), context, page="/graphiql"))
    async with serve(app) as running, httpx2.AsyncClient(base_url=f"http://{address(running)}") as http:
        answer = await http.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})
        assert (answer.status_code, answer.headers["location"]) == (307, "/graphiql")
        assert (await http.get("/graphql", headers={"accept": JSON})).status_code == 400


async def test_errors_of_fields_keep_the_data_and_carry_a_code(http: httpx2.AsyncClient) -> None:
    body = await ask(http, "{ hello missing unavailable }")
    assert body["data"] == {"hello": "hello world", "missing": None, "unavailable": None}
    assert [(error["path"], error["message"], error["extensions"]) for error in body["errors"]] == [
        (["missing"], "thread thr_0 not found", {"code": "NOT_FOUND", "reason": "NOT_FOUND", "path": ["id"]}),
        (["unavailable"], "MongoDB does not answer", {"code": "UNAVAILABLE"}),
    ]


async def test_an_unexpected_error_is_masked_and_logged_under_its_id(
    http: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    body = await ask(http, "query Q($secret: String) { fails hello(name: $secret) }", variables={"secret": "hush"})
    [error] = body["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("Internal error", "INTERNAL")
    assert "secret" not in str(error)
    [record] = [record for record in caplog.records if getattr(record, "error_id", None)]
    assert error["extensions"]["errorId"] == record.__dict__["error_id"]
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "the secret of this resolver"
    assert "hush" not in caplog.text


async def test_an_operation_that_takes_too_long_is_ended(world: World) -> None:
    app = make_app(world, deadline=0.02)
    async with serve(app) as running, httpx2.AsyncClient(base_url=f"http://{address(running)}") as http:
        body = await ask(http, "{ waits }")
    assert body == {
        "errors": [{"message": "The operation took longer than 0.02 s", "extensions": {"code": "DEADLINE_EXCEEDED"}}]
    }
    async with asyncio.timeout(DEADLINE):
        await world.stopped.wait()


async def test_a_context_that_cannot_be_made_is_an_error_of_the_request(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/graphql", json={"query": "{ hello }"}, headers={"x-viewer": "nobody"})
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAVAILABLE"}


async def test_numbers_and_text_that_orjson_refuses_are_answered_all_the_same(http: httpx2.AsyncClient) -> None:
    body = await ask(http, "query ($v: JSON!) { echo(value: $v) }", variables={"v": [2**63, "é", 1.5, None]})
    assert body == {"data": {"echo": [2**63, "é", 1.5, None]}}
    assert await ask(http, "{ echo(value: 123456789012345678901234567890) }") == {
        "data": {"echo": 123456789012345678901234567890}
    }


async def test_introspection_as_tools_send_it_is_within_the_limits(http: httpx2.AsyncClient) -> None:
    assert "errors" not in await ask(http, get_introspection_query(descriptions=True, input_value_deprecation=True))
