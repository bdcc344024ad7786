"""The shape of a GraphQL request, the same on every transport."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeGuard

from graphql import GraphQLError
from starlette.requests import HTTPConnection

from weft.resolvers.document_list import normal_id
from weft.resolvers.engine import Request
from weft.resolvers.errors import RequestError, refusal

MakeContext = Callable[[HTTPConnection], Awaitable[object]]
"""Makes what resolvers find in `info.context`; one for each HTTP request and each operation of a socket."""


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def parse_request(payload: object) -> Request:
    """Raises RequestError naming the member that has the wrong type."""
    if not is_object(payload):
        raise refusal("The request must be a JSON object with a member `query`; batches are not served")
    query = payload.get("query")
    name, variables, extensions = (payload.get(key) for key in ("operationName", "variables", "extensions"))
    if not isinstance(name, str | None):
        raise refusal("`operationName` must be a string or null")
    if variables is not None and not is_object(variables):
        raise refusal("`variables` must be an object or null")
    if extensions is not None and not is_object(extensions):
        raise refusal("`extensions` must be an object or null")
    document_id = _document_id(payload.get("documentId"), (extensions or {}).get("persistedQuery"))
    if not isinstance(query, str) and (query is not None or document_id is None):
        raise refusal("`query` must be a string: the GraphQL document")
    return Request(query, name, variables or {}, document_id)


def _document_id(named: object, persisted: object) -> str | None:
    """Two ways to name a document: `documentId` of GraphQL over HTTP, and Apollo's automatic persisted queries."""
    if named is not None:
        if not isinstance(named, str):
            raise refusal("`documentId` must be a string: `sha256:` and the hash of the document in hex")
        return normal_id(named)
    if persisted is None:
        return None
    given = persisted if is_object(persisted) else {}
    found = given.get("sha256Hash")
    if given.get("version") != 1 or not isinstance(found, str):
        raise refusal("`extensions.persistedQuery` must be an object with `version` 1 and a string `sha256Hash`")
    return found.lower()


async def context_for(connection: HTTPConnection, make_context: MakeContext) -> object:
    """Raises RequestError when the context cannot be made, for example because the caller is not known."""
    try:
        return await make_context(connection)
    except Exception as error:
        raise RequestError([GraphQLError(str(error), original_error=error)]) from error
