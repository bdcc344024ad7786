"""The page of codes: those of mutations from the schema, those of requests and sockets from the code that gives them.

A code that is new without being explained here stops the build.
"""

from collections.abc import Mapping
from typing import Final

from graphql import GraphQLEnumType, build_schema
from tools.docs.markdown import plain, table

from weft.resolvers import ws_protocol
from weft.resolvers.errors import Code

REQUESTS: Final[Mapping[Code, str]] = {
    Code.BAD_USER_INPUT: "An argument or a field of an input is wrong: `reason` says how, `path` leads to it.",
    Code.UNAUTHENTICATED: "Nobody knows who asks. Send a token or an API key that is good.",
    Code.FORBIDDEN: "The caller's scopes do not allow it, or the document is not on the server's list.",
    Code.NOT_FOUND: "What the operation is about is not there, or not for this viewer: the two look the same.",
    Code.THROTTLED: "Too much at once. Where there is a time it is `retryAfterMs`.",
    Code.QUERY_TOO_COMPLEX: "The document is larger, deeper or costlier than a limit; the message names it.",
    Code.PERSISTED_QUERY_NOT_FOUND: "The server does not know a document with this hash: send the document too.",
    Code.DEADLINE_EXCEEDED: "The operation took longer than it may. What it had asked for durably goes on.",
    Code.UNAVAILABLE: "MongoDB, or the provider of an embedding model, does not answer. Trying again later may work.",
    Code.INTERNAL: "A fault of the server. The log has more under `errorId`.",
    Code.GRAPHQL_PARSE_FAILED: "The document is not GraphQL.",
    Code.GRAPHQL_VALIDATION_FAILED: "The document does not fit the schema.",
}
_STOPPING: Final = 1012
_CLOSES: Final[Mapping[int, tuple[str, bool]]] = {
    ws_protocol.BAD_REQUEST: ("A message that the protocol does not know.", False),
    ws_protocol.UNAUTHORIZED: ("`subscribe` before `connection_ack`.", False),
    ws_protocol.FORBIDDEN: ("No token or none that is good, `Token expired`, or `Key revoked`.", True),
    ws_protocol.SUBPROTOCOL_NOT_ACCEPTABLE: ("The client does not speak `graphql-transport-ws`.", False),
    ws_protocol.INIT_TIMEOUT: ("No `connection_init` within ten seconds.", True),
    ws_protocol.SUBSCRIBER_EXISTS: ("An operation with this id is under way.", False),
    ws_protocol.TOO_MANY_INITS: ("A second `connection_init`.", False),
    ws_protocol.TOO_BIG: ("A message larger than `WEFT_LIMIT_FRAME_BYTES`.", False),
    ws_protocol.TRY_AGAIN_LATER: ("Too many sockets of this viewer, or it cannot be found out now who they are.", True),
    _STOPPING: ("The server stops or restarts.", True),
}  # fmt: skip
_HEAD: Final = """# Errors and codes

A mutation that cannot do what was asked answers with `userErrors`: data, not an exception. Nothing was changed, and
`code` is for programs. Anything else that goes wrong is a top-level error of GraphQL with `extensions.code`. A socket
that cannot go on is closed with a code. How each transport carries them is in [Transports](../transports.md#errors).

"""


def errors_reference(sdl: str) -> str:
    """The page."""
    codes = build_schema(sdl).type_map["UserErrorCode"]
    assert isinstance(codes, GraphQLEnumType)
    assert set(REQUESTS) == set(Code), "every code is explained"
    named = {value for name, value in vars(ws_protocol).items() if name.isupper() and isinstance(value, int)}
    assert {value for value in named if value > _STOPPING - 4} | {_STOPPING} == set(_CLOSES), "every close code is"
    mutations = [(f"`{name}`{{ #{name} }}", plain(value.description or "")) for name, value in codes.values.items()]
    requests = [(f"`{code.value}`", says) for code, says in REQUESTS.items()]
    closes = [(f"`{code}`", says, "yes" if again else "no") for code, (says, again) in sorted(_CLOSES.items())]
    return (
        f"{_HEAD}## Of mutations\n\n`userErrors {{ code errorMessage path }}`; a "
        "[`RateLimitError`](graphql/objects.md#RateLimitError) and a "
        "[`GenerationError`](graphql/objects.md#GenerationError) say more.\n\n"
        + table(("`code`", "Meaning"), mutations)
        + "## Of requests\n\n`errors[].extensions.code`\n\n"
        + table(("`code`", "Meaning"), requests)
        + "## Of sockets\n\nClients of graphql-ws come back by themselves where it makes sense.\n\n"
        + table(("Close code", "When", "Come back?"), closes)
    )
