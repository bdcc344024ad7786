"""API keys over GraphQL: for admins, and for nobody else."""

from typing import Any

import pytest
from tests.identity.issuer import token
from tests.identity.world import Server

ISSUE = """mutation($input: IssueApiKeyInput!) {
  issueApiKey(input: $input) { secret keyId userErrors { code path errorMessage } } }"""
REVOKE = "mutation($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { revokedIds userErrors { code path } } }"
KEYS = """query($first: Int) { apiKeys(first: $first) { edges { node {
  id name scopes userId createdAt expiresAt lastUsedAt revokedAt } } } }"""


async def test_an_admin_issues_sees_and_revokes_keys(server: Server) -> None:
    admin = await server.key("admin")
    wanted = {"name": "backend", "scopes": ["service"], "userId": "ann", "expiresAt": "2100-01-01T00:00:00.000Z"}
    issued = (await server.told(ISSUE, by=admin, input=wanted))["issueApiKey"]
    assert issued["userErrors"] == []
    assert (await server.told(by=issued["secret"]))["viewer"] == {"userId": "ann", "scopes": ["service"]}
    (edge,) = (await server.told(KEYS, by=admin, first=1))["apiKeys"]["edges"]
    shown = edge["node"]
    assert shown.pop("createdAt")
    assert shown == wanted | {"id": issued["keyId"], "lastUsedAt": None, "revokedAt": None}
    assert (await server.told(REVOKE, by=admin, input={"name": "backend"}))["revokeApiKey"] == {
        "revokedIds": [issued["keyId"]],
        "userErrors": [],
    }
    assert (await server.ask(by=issued["secret"])).status_code == 401
    (edge,) = (await server.told(KEYS, by=admin, first=1))["apiKeys"]["edges"]
    assert edge["node"]["revokedAt"]


async def test_a_key_without_scopes_is_a_users(server: Server) -> None:
    admin = await server.key("admin")
    issued = (await server.told(ISSUE, by=admin, input={}))["issueApiKey"]
    assert (await server.told(by=issued["secret"]))["viewer"] == {"userId": None, "scopes": ["user"]}


async def test_what_is_wrong_with_a_new_key_is_data(server: Server) -> None:
    admin = await server.key("admin")
    refused = (await server.told(ISSUE, by=admin, input={"scopes": ["root"]}))["issueApiKey"]
    (error,) = refused.pop("userErrors")
    assert (error["code"], error["path"]) == ("INVALID", ["input", "scopes"])
    assert "admin, service, user" in error["errorMessage"]
    assert refused == {"secret": None, "keyId": None}
    unknown = (await server.told(REVOKE, by=admin, input={"keyId": "key_none"}))["revokeApiKey"]
    assert unknown == {"revokedIds": [], "userErrors": [{"code": "NOT_FOUND", "path": ["input", "keyId"]}]}


@pytest.mark.parametrize("who", ["user", "service", "token"])
async def test_keys_are_for_admins_alone(server: Server, who: str) -> None:
    theirs = token() if who == "token" else await server.key(who, user="ann", name=f"their {who}")
    issued = await server.weft.keys.issue(name="target")
    asked: list[tuple[str, dict[str, Any]]] = [
        (ISSUE, {"input": {"scopes": ["admin"]}}),
        (REVOKE, {"input": {"name": "target"}}),
        (KEYS, {"first": 1}),
    ]
    for document, variables in asked:
        assert await server.code(document, by=theirs, **variables) == "FORBIDDEN"
    assert await server.weft.keys.viewer(issued.secret)
