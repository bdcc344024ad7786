"""GraphQL over HTTP, after the GraphQL-over-HTTP specification: POST with a JSON body, and queries and subscriptions
by GET."""

import asyncio
from collections.abc import Callable
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from weft.errors import RateLimitedError, UnauthenticatedError, UnavailableError
from weft.resolvers.cuts import WORDS, Watch, watched
from weft.resolvers.doors import Door
from weft.resolvers.encoding import decode, why_not
from weft.resolvers.engine import Operation, Result
from weft.resolvers.engine import Request as Asked
from weft.resolvers.errors import Code, RequestError, masked, refusal
from weft.resolvers.http_response import ResultResponse
from weft.resolvers.http_stream import OpenStreams, StreamedOperation, StreamedResponse, StreamLimits
from weft.resolvers.media import MULTIPART, is_json, negotiate, negotiate_stream, status
from weft.resolvers.multipart import MultipartOperation
from weft.resolvers.operation import Service
from weft.resolvers.origins import Origins
from weft.resolvers.requests import context_for, parse_request
from weft.resolvers.resuming import cursor_variable, resumed
from weft.resolvers.sse import EventStreamOperation, ResumableEventStreamOperation

CHALLENGE = 'Bearer realm="weft"'
"""`WWW-Authenticate` of a 401."""

_SMALL_BODY = 64 * 1024

_STOPPING = "The server is stopping; what was begun and is stored goes on. Ask again"

_HOW_TO_SUBSCRIBE = (
    "Subscriptions are streams: use WebSocket (graphql-transport-ws) at this address, or send "
    "`Accept: text/event-stream`, or `Accept: multipart/mixed;subscriptionSpec=1.0`"
)


class _Refused(Exception):
    """Refused as HTTP, before GraphQL is looked at."""

    def __init__(self, status_code: int, message: str, code: Code = Code.BAD_USER_INPUT, **headers: str) -> None:
        self.status_code = status_code
        self.message = message
        self.code = code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class HTTPEndpoint:
    """An ASGI app: one operation a request. Whatever is wrong with it is answered with an error in GraphQL's own form.

    A query or mutation gets one result. A subscription, and whatever else asks for it, gets a stream of results.
    """

    def __init__(
        self,
        service: Service,
        page: str | None,
        limits: StreamLimits,
        open_streams: OpenStreams,
        max_body: int,
        origins: Origins,
    ) -> None:
        self._service = service
        self._max_body = max_body
        self._origins = origins
        self._page = page
        self._limits = limits
        self._open_streams = open_streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(Request(scope, receive))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        if self._page is not None and _is_a_person(request):
            return RedirectResponse(self._page, headers={"vary": "Accept"})
        media = negotiate(request.headers.get("accept"))
        try:
            _refuse_preflight(request.method)
            await self._enter(request)
            return await self._answered(request, parse_request(await self._payload(request)), media)
        except _Refused as refused:
            error = Result.refused(refusal(refused.message, refused.code))
            return ResultResponse(error, media, refused.status_code, refused.headers)
        except RequestError as error:
            return ResultResponse(Result.refused(error), media, 400)
        except asyncio.CancelledError:  # by a server that stops, and has waited for this long enough
            stopping = Result.refused(refusal(_STOPPING, Code.UNAVAILABLE))
            return ResultResponse(stopping, media, 503, {"connection": "close"})

    async def _enter(self, request: Request) -> None:
        try:
            await self._service.entrance.enter(request.scope)
        except UnauthenticatedError as error:
            headers = {"www_authenticate": CHALLENGE} | ({"connection": "close"} if _has_much_to_say(request) else {})
            raise _Refused(401, error.message, Code.UNAUTHENTICATED, **headers) from None
        except UnavailableError as error:
            raise _Refused(503, error.message, Code.UNAVAILABLE) from None

    async def _payload(self, request: Request) -> object:
        if request.method == "GET":
            if self._origins.foreign(request.headers):
                raise _Refused(403, "Pages of other sites must use POST with a JSON body")
            return _from_the_address(request)
        if request.method != "POST":
            raise _unknown_method()
        if not is_json(request.headers.get("content-type")):
            raise _Refused(415, "The body must be JSON: send `Content-Type: application/json`")
        if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise _Refused(
                415, "The body must not be compressed: send no `Content-Encoding`", accept_encoding="identity"
            )
        try:
            return decode(await _body(request, self._max_body))
        except ValueError as error:
            raise _Refused(400, f"The body {why_not(error)}") from None
        except ClientDisconnect:
            raise _Refused(400, "The body is cut short") from None

    async def _answered(self, request: Request, asked: Asked, media: str) -> ASGIApp:
        try:
            operation = self._service.prepare(asked, request.scope)
        except RequestError as error:
            return self._refused(request, error, media)
        except Exception as error:
            return ResultResponse(Result(None, [masked(error)]), media, 200)
        if operation.is_mutation and request.method == "GET":
            raise _Refused(405, "GET may only query: send mutations by POST", allow="POST")
        stream = negotiate_stream(request.headers.get("accept"), subscription=operation.is_subscription)
        if stream is not None:
            self._require_room(request)
            return self._streamed(request, operation, stream)
        if operation.is_subscription:
            raise _Refused(400, _HOW_TO_SUBSCRIBE)
        result = await self._executed(request, operation)
        return ResultResponse(result, media, status(media, result))

    def _require_room(self, request: Request) -> None:
        try:
            self._service.entrance.check(request.scope, Door.STREAMS)
        except RateLimitedError as error:
            raise _Refused(429, error.message, Code.THROTTLED, retry_after=f"{error.retry_after:.0f}") from None

    async def _executed(self, request: Request, operation: Operation) -> Result:
        if not operation.is_mutation or not self._service.entrance.asks:
            return await self._outcome(request, operation)
        watch = Watch(partial(self._service.entrance.watch, request.scope))
        with watched(watch):
            result = await self._outcome(request, operation)
        if watch.ended is not None:
            raise _Refused(401, WORDS.format(watch.ended), Code.UNAUTHENTICATED, www_authenticate=CHALLENGE)
        return result

    async def _outcome(self, request: Request, operation: Operation) -> Result:
        try:
            context = await context_for(request, self._service.make_context)
            return await self._service.engine.execute(operation, context)
        except RequestError as error:
            return Result.refused(error)
        except Exception as error:
            return Result(None, [masked(error)])

    def _refused(self, request: Request, error: RequestError, media: str) -> ASGIApp:
        """An operation that cannot be known is refused in a stream only to those who read nothing else."""
        if negotiate_stream(request.headers.get("accept"), subscription=False) is None:
            result = Result.refused(error)
            return ResultResponse(result, media, status(media, result))

        def prepare() -> Operation:
            raise error

        return self._response(EventStreamOperation, prepare)

    def _streamed(self, request: Request, operation: Operation, media: str) -> ASGIApp:
        if media == MULTIPART:
            return self._response(MultipartOperation, lambda: operation)
        if not operation.is_subscription or cursor_variable(operation) is None:
            return self._response(EventStreamOperation, lambda: operation)
        seen = request.headers.get("last-event-id")
        going_on = resumed(operation, seen) if seen else operation
        return self._response(ResumableEventStreamOperation, lambda: going_on)

    def _response(self, kind: type[StreamedOperation], prepare: Callable[[], Operation]) -> ASGIApp:
        return StreamedResponse(kind, prepare, self._service, self._limits, self._open_streams)


def _refuse_preflight(method: str) -> None:
    """A browser's never says who asks. Those of pages that are welcome do not come here."""
    if method == "OPTIONS":
        raise _unknown_method()


def _unknown_method() -> _Refused:
    return _Refused(405, "Send GraphQL by POST with a JSON body", allow="GET, POST")


def _is_a_person(request: Request) -> bool:
    """A browser that opens the address itself, not a program that asks it something."""
    if request.method != "GET" or "query" in request.query_params:
        return False
    return "text/html" in request.headers.get("accept", "")


def _has_much_to_say(request: Request) -> bool:
    """Whether reading on to the next request of the connection could mean to read a long body of this one."""
    length = request.headers.get("content-length", "0")
    return "transfer-encoding" in request.headers or not length.isdecimal() or int(length) > _SMALL_BODY


def _from_the_address(request: Request) -> object:
    """A query in the URL. A page of another site could send one with its visitor's rights and time the answer, so
    browsers, which always say where a request comes from, may only ask for pages of our own."""
    given: dict[str, object] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in given:
            try:
                given[name] = decode(request.query_params[name])
            except ValueError as error:
                raise _Refused(400, f"`{name}` {why_not(error)}") from None
    return given


async def _body(request: Request, most: int) -> bytes:
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            raise _Refused(413, f"The body is larger than {most} bytes", connection="close")
    return b"".join(pieces)
