"""The address of the API: HTTP and WebSocket at one path."""

from collections.abc import Collection

from starlette.routing import Route, WebSocketRoute

from weft.resolvers.engine import Engine
from weft.resolvers.entrance import Entrance
from weft.resolvers.http import HTTPEndpoint
from weft.resolvers.http_stream import OpenStreams, StreamLimits
from weft.resolvers.operation import Service
from weft.resolvers.origins import Origins
from weft.resolvers.requests import MakeContext
from weft.resolvers.sharing import Together
from weft.resolvers.websocket import SocketLimits, WebSocketEndpoint

MAX_BODY = 4 * 1024 * 1024
METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"]
"""All, so that each is answered in the same form; all but GET and POST with 405."""


def graphql_routes(
    engine: Engine,
    make_context: MakeContext,
    *,
    path: str = "/graphql",
    allowed_origins: Collection[str] = (),
    socket_limits: SocketLimits | None = None,
    stream_limits: StreamLimits | None = None,
    open_streams: OpenStreams | None = None,
    page: str | None = None,
    entrance: Entrance | None = None,
    max_body: int = MAX_BODY,
) -> list[Route | WebSocketRoute]:
    """`allowed_origins` are pages, such as "https://app.example.com", that may do what our own may: open sockets, and
    query by GET.
    `open_streams` is told of the HTTP responses that stay open, so that a server that stops can end them.
    `max_body`: bytes of a request's body.
    `page` is where a browser is sent that opens the address itself. `entrance` asks callers who they are."""
    service = Service(engine, make_context, Together(), Entrance() if entrance is None else entrance)
    streams = OpenStreams() if open_streams is None else open_streams
    origins = Origins(allowed_origins)
    http = HTTPEndpoint(service, page, stream_limits or StreamLimits(), streams, max_body, origins)
    sockets = WebSocketEndpoint(service, origins, socket_limits)
    return [Route(path, http, methods=METHODS), WebSocketRoute(path, sockets)]
