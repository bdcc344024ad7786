"""The address of the API: POST and WebSocket at one path."""

from collections.abc import Collection

from starlette.routing import Route, WebSocketRoute

from weft.resolvers.engine import Engine
from weft.resolvers.http import HTTPEndpoint
from weft.resolvers.requests import MakeContext
from weft.resolvers.sharing import Together
from weft.resolvers.websocket import SocketLimits, WebSocketEndpoint

METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]


def graphql_routes(
    engine: Engine,
    make_context: MakeContext,
    *,
    path: str = "/graphql",
    allowed_origins: Collection[str] = (),
    socket_limits: SocketLimits | None = None,
    page: str | None = None,
) -> list[Route | WebSocketRoute]:
    """`allowed_origins` are pages, such as "https://app.example.com", that may open sockets besides our own.
    `page` is where a browser is sent that opens the address itself."""
    http = HTTPEndpoint(engine, make_context, page)
    sockets = WebSocketEndpoint(engine, make_context, Together(), allowed_origins=allowed_origins, limits=socket_limits)
    return [Route(path, http.__call__, methods=METHODS), WebSocketRoute(path, sockets)]
