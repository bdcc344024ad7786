"""Who is told of the schema, and which documents are executed for whom, over every transport."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.identity.issuer import AUDIENCE, ISSUER, SECRET, token
from tests.identity.sockets import known
from tests.identity.world import WHO, Server, asking, bearer
from tests.protocol.world import address, serve

from weft import create_app
from weft.errors import ConfigError
from weft.resolvers.document_list import DocumentList
from weft.settings import Settings
from weft.storage.types import Database

INTROSPECTING = [
    "{ __schema { queryType { name } } }",
    '{ __type(name: "Thread") { name } }',
    "{ viewer { userId } ...F } fragment F on Query { __schema { queryType { name } } }",
    "{ ... on Query { a: __schema { queryType { name } } } }",
]
MISSPELT: list[tuple[str, dict[str, Any]]] = [
    ("{ viwer { userId } }", {}),
    ("{ viewer { userIdd } }", {}),
    ("{ threads(frist: 1) { edges { cursor } } }", {}),
    ("{ threads(orderBy: CREATE) { edges { cursor } } }", {}),
    ("query($s: ThreadOrder) { threads(orderBy: $s) { edges { cursor } } }", {"s": "CREATE"}),
    ("mutation($i: CreateThreadInput!) { createThread(input: $i) { thread { id } } }", {"i": {"titel": "x"}}),
]
TOKENS: dict[str, Any] = {"jwt_secret": SECRET, "jwt_audience": AUDIENCE, "jwt_issuer": ISSUER}
LISTED = "query Who { viewer { userId scopes } }"
OTHER = "{ serverInfo { version } }"
ID = sha256(LISTED.encode()).hexdigest()


async def says(server: Server, by: str, query: str, **variables: Any) -> tuple[str, str]:
    """The one error: its code and message."""
    (error,) = (await server.ask(query, by=by, **variables)).json()["errors"]
    return error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("query", INTROSPECTING)
async def test_only_those_who_are_trusted_are_told_the_schema(server: Server, query: str) -> None:
    service, admin = await server.key("service"), await server.key("admin")
    for _ in range(2):
        for by in (service, admin):
            await server.told(query, by=by)
        assert (await says(server, token(), query))[0] == "FORBIDDEN"


async def test_the_names_of_types_are_part_of_answers_and_no_secret(server: Server) -> None:
    assert await server.told("{ __typename viewer { __typename } }", by=token())


@pytest.mark.parametrize(("query", "variables"), MISSPELT)
async def test_only_those_who_are_trusted_are_told_what_they_may_have_meant(
    server: Server, query: str, variables: dict[str, Any]
) -> None:
    service = await server.key("service")
    for _ in range(2):
        assert "Did you mean" in (await says(server, service, query, **variables))[1]
        assert "Did you mean" not in (await says(server, token(), query, **variables))[1]


async def test_sockets_and_streams_tell_no_more(server: Server) -> None:
    async with known(server, token()) as client:
        for id_, query in (("1", INTROSPECTING[0]), ("2", MISSPELT[0][0])):
            await client.subscribe(id_, query)
            told = await client.receive()
            assert (told["id"], told["type"]) == (id_, "error")
            assert "Did you mean" not in str(told)
    headers = {"accept": "text/event-stream"} | bearer(token())
    streamed = await server.http.post("/graphql", json={"query": INTROSPECTING[0]}, headers=headers)
    assert "FORBIDDEN" in streamed.text
    assert "queryType" not in streamed.text


@pytest.mark.parametrize(
    ("setting", "user", "service"), [("on", True, True), ("trusted", False, True), ("off", False, False)]
)
async def test_a_setting_says_whom(db: Database, setting: str, user: bool, service: bool) -> None:
    async with asking(db, settings=TOKENS | {"introspection": setting}) as server:
        for by, told in ((token(), user), (await server.key("service"), service)):
            body = (await server.ask(INTROSPECTING[0], by=by)).json()
            assert ("data" in body) == told
            assert ("Did you mean" in (await says(server, by, MISSPELT[0][0]))[1]) == told


async def local(db: Database, path: str, **settings: Any) -> httpx2.Response:
    """What a server without authentication answers."""
    app = create_app([], client=db.client, settings=Settings(database=db.name, **settings))
    async with app.router.lifespan_context(app), serve(app) as running, httpx2.AsyncClient(timeout=20) as http:
        return await http.get(f"http://{address(running)}{path}")


async def test_without_authentication_everything_is_shown(db: Database) -> None:
    assert "queryType" in (await local(db, "/graphql?query={__schema{queryType{name}}}")).json()["data"]["__schema"]
    assert (await local(db, "/graphiql")).status_code == 200


async def test_with_it_graphiql_is_there_only_if_asked_for(db: Database, server: Server) -> None:
    html = {"accept": "text/html"}
    for path in ("/graphiql", "/graphiql/assets/x.js"):
        assert (await server.http.get(path)).status_code == 404
    assert (await server.http.get("/graphql", headers=html)).status_code != 307
    assert (await server.http.get("/")).status_code == 200
    async with asking(db, settings=TOKENS | {"graphiql": "on"}) as asked:
        assert (await asked.http.get("/graphiql")).status_code == 200
        assert (await asked.http.get("/graphql", headers=html)).status_code == 307
    assert (await local(db, "/graphiql", graphiql="off")).status_code == 404


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "persisted.json"
    file.write_text(json.dumps({f"sha256:{ID}": LISTED}))
    return file


async def test_a_list_of_documents_is_all_that_is_executed(db: Database, manifest: Path) -> None:
    async with asking(db, settings=TOKENS | {"documents": manifest}) as server:
        admin = await server.key("admin")
        for by in (token(), admin):

            async def post(by: str = by, **body: Any) -> Any:
                return (await server.http.post("/graphql", json=body, headers=bearer(by))).json()

            persisted = {"persistedQuery": {"version": 1, "sha256Hash": ID}}
            bodies: list[dict[str, Any]] = [
                {"documentId": ID},
                {"documentId": f"sha256:{ID.upper()}"},
                {"extensions": persisted},
                {"query": LISTED},
                {"query": LISTED, "documentId": ID},
            ]
            for body in bodies:
                assert "scopes" in (await post(**body))["data"]["viewer"]
            other = sha256(OTHER.encode()).hexdigest()
            for body, code in (
                ({"query": OTHER}, "FORBIDDEN"),
                ({"query": LISTED + " "}, "FORBIDDEN"),
                ({"query": OTHER, "documentId": other}, "FORBIDDEN"),
                ({"query": OTHER, "documentId": ID}, "FORBIDDEN"),
                ({"query": LISTED, "documentId": other}, "FORBIDDEN"),
                ({"documentId": other}, "PERSISTED_QUERY_NOT_FOUND"),
                ({"query": "{ nonsense"}, "FORBIDDEN"),
            ):
                (error,) = (await post(**body))["errors"]
                assert error["extensions"]["code"] == code


async def test_the_list_holds_on_every_transport(db: Database, manifest: Path) -> None:
    async with asking(db, settings=TOKENS | {"documents": manifest}) as server:
        async with known(server, token()) as client:
            await client.subscribe("1", OTHER)
            told = await client.receive()
            assert told["payload"][0]["extensions"]["code"] == "FORBIDDEN"
            await client.send({"id": "2", "type": "subscribe", "payload": {"documentId": ID}})
            assert (await client.next("2"))["data"]["viewer"]["userId"] == "ann"
        for accept in ("text/event-stream", "multipart/mixed;subscriptionSpec=1.0", "application/json"):
            headers = {"accept": accept} | bearer(token())
            answer = await server.http.post("/graphql", json={"query": OTHER}, headers=headers)
            assert "FORBIDDEN" in answer.text
            answer = await server.http.get(f"/graphql?query={OTHER}", headers=headers)
            assert "FORBIDDEN" in answer.text
            answer = await server.http.get(f"/graphql?documentId={ID}", headers=headers)
            assert '"ann"' in answer.text


async def test_admins_are_excepted_if_asked_for_and_what_they_send_is_for_nobody_else(
    db: Database, manifest: Path
) -> None:
    excepting = TOKENS | {"documents": manifest, "documents_except_admins": True}
    async with asking(db, settings=excepting) as server:
        admin, service = await server.key("admin"), await server.key("service")
        other = sha256(OTHER.encode()).hexdigest()
        body = {"query": OTHER, "documentId": other}
        assert "data" in (await server.http.post("/graphql", json=body, headers=bearer(admin))).json()
        by_id = await server.http.post("/graphql", json={"documentId": ID}, headers=bearer(admin))
        assert "data" in by_id.json()
        for by in (token(), service):
            assert await server.code(OTHER, by=by) == "FORBIDDEN"
            told = await server.http.post("/graphql", json={"documentId": other}, headers=bearer(by))
            assert told.json()["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


async def test_without_a_list_persisted_documents_are_a_cache(server: Server) -> None:
    other = sha256(WHO.encode()).hexdigest()
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": other}}
    for body in ({"query": WHO, "extensions": persisted}, {"extensions": persisted}):
        told = await server.http.post("/graphql", json=body, headers=bearer(token()))
        assert told.json()["data"]["viewer"]["userId"] == "ann"


def test_manifests_may_be_several_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "relay.json").write_text(json.dumps({"AB12": LISTED}))
    (tmp_path / "codegen.json").write_text(json.dumps({"sha256:cd34": OTHER, "sha256:ab12": LISTED}))
    listed = DocumentList.read(tmp_path)
    assert listed.by_id == {"ab12": LISTED, "cd34": OTHER}
    assert listed.texts == {LISTED, OTHER}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[]", "is no manifest"),
        ('{"a": {"query": "x"}}', "is no manifest"),
        ("{", "is not JSON"),
        ("{}", "has no documents"),
        ('{"a": "{ viewer { nonsense } }"}', "the document a is not usable: Cannot query field"),
        ('{"a": "{ viewer { userId } }", "A": "{ viewer { scopes } }"}', "another document for the id a"),
        (None, "cannot be read"),
    ],
)
def test_a_list_that_is_not_usable_is_found_out_at_once(tmp_path: Path, content: str | None, says: str) -> None:
    file = tmp_path / "persisted.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigError, match=says):
        create_app([], settings=Settings(documents=file))
