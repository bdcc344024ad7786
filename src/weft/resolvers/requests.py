"""The shape of a GraphQL request, the same over HTTP and WebSocket."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeGuard

from graphql import GraphQLError
from starlette.requests import HTTPConnection

from weft.resolvers.engine import Request
from weft.resolvers.errors import Code, RequestError, refusal

MakeContext = Callable[[HTTPConnection], Awaitable[object]]
"""Makes what resolvers find in `info.context`; one for each HTTP request and each operation of a socket."""


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def parse_request(payload: object) -> Request:
    """Raises RequestError naming the member that has the wrong type."""
    if not is_object(payload):
        raise refusal("The request must be a JSON object with a member `query`; batches are not served")
    query = payload.get("query")
    if query is None and is_object(payload.get("extensions")) and "persistedQuery" in payload["extensions"]:
        raise refusal("PersistedQueryNotFound", Code.PERSISTED_QUERY_NOT_FOUND)
    if not isinstance(query, str):
        raise refusal("`query` must be a string: the GraphQL document")
    name, variables, extensions = (payload.get(key) for key in ("operationName", "variables", "extensions"))
    if not isinstance(name, str | None):
        raise refusal("`operationName` must be a string or null")
    if variables is not None and not is_object(variables):
        raise refusal("`variables` must be an object or null")
    if extensions is not None and not is_object(extensions):
        raise refusal("`extensions` must be an object or null")
    return Request(query, name, variables or {})


async def context_for(connection: HTTPConnection, make_context: MakeContext) -> object:
    """Raises RequestError when the context cannot be made, for example because the caller is not known."""
    try:
        return await make_context(connection)
    except Exception as error:
        raise RequestError([GraphQLError(str(error), original_error=error)]) from error
