"""What only operators may read. Where callers are asked who they are, that is an admin or a service."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from weft.errors import UnauthenticatedError, UnavailableError
from weft.metrics import CONTENT_TYPE
from weft.resolvers.http import CHALLENGE
from weft.threads.viewers import Viewer

PATH: Final = "/metrics"
_FORBIDDEN: Final = "Metrics are for operators: use an API key with the scope admin or service\n"


def metrics_route(
    text: Callable[[], Awaitable[bytes]], watcher: Callable[[HTTPConnection], Awaitable[Viewer | None]]
) -> Route:
    """`watcher` says who asks, None where nobody is asked; it raises as `Recognise` does."""

    async def answer(request: Request) -> Response:
        try:
            viewer = await watcher(request)
        except UnauthenticatedError as error:
            return PlainTextResponse(f"{error.message}\n", 401, {"www-authenticate": CHALLENGE})
        except UnavailableError as error:
            return PlainTextResponse(f"{error.message}\n", 503)
        if viewer is not None and not viewer.trusted:
            return PlainTextResponse(_FORBIDDEN, 403)
        return Response(await text(), headers={"content-type": CONTENT_TYPE, "cache-control": "no-store"})

    return Route(PATH, answer)
