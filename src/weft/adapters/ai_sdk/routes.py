"""The addresses of the AI SDK adapter. Every refusal is JSON: `{"error": {"code", "message", "path"}}`."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import wraps
from typing import Final
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route

from weft.adapters.ai_sdk.answers import live_generation
from weft.adapters.ai_sdk.chats import Caller, find_chat, is_thread_id, messages_of, open_chat, require_chat, stop
from weft.adapters.ai_sdk.encoding import MAX_BODY, body_of, encode
from weft.adapters.ai_sdk.event_stream import EventStream, OpenStreams, StreamLimits
from weft.adapters.ai_sdk.following import Following
from weft.adapters.ai_sdk.frames import Frame
from weft.adapters.ai_sdk.places import Place
from weft.adapters.ai_sdk.requests import parse_chat_request
from weft.adapters.ai_sdk.sending import may_be_first, start
from weft.errors import (
    ErrorCode,
    ForbiddenError,
    InputError,
    RateLimitedError,
    UnauthenticatedError,
    UnavailableError,
    not_found,
)
from weft.threads.json_values import is_object, string
from weft.threads.paging import PageRequest

_LOG = logging.getLogger(__name__)

MakeCaller = Callable[[HTTPConnection], Awaitable[Caller]]
Foreign = Callable[[Headers], bool]
Endpoint = Callable[[Request], Awaitable[Response]]

_STATUS: Final = {
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.ALREADY_HANDLED: 409,
    ErrorCode.TOO_LARGE: 413,
}


def ai_sdk_routes(
    make_caller: MakeCaller,
    *,
    path: str = "/ai/chat",
    limits: StreamLimits | None = None,
    open_streams: OpenStreams | None = None,
    max_body: int = MAX_BODY,
    foreign: Foreign | None = None,
) -> list[Route]:
    """`max_body`: bytes of a post. `foreign`: whether headers are those of a page of a site that may not come here.

    `make_caller` says who asks; what it raises ends the request. The server ends `open_streams` when it stops."""
    chat = _Chat(make_caller, limits or StreamLimits(), open_streams, max_body, foreign or _of_other_sites)
    return [
        Route(path, _refusing(chat.post), methods=["POST"]),
        Route(path + "/{id}", _refusing(chat.messages), methods=["GET"]),
        Route(path + "/{id}/stream", _refusing(chat.resume), methods=["GET"]),
        Route(path + "/{id}/stop", _refusing(chat.stop), methods=["POST"]),
    ]


class _Chat:
    def __init__(
        self,
        make_caller: MakeCaller,
        limits: StreamLimits,
        open_streams: OpenStreams | None,
        max_body: int,
        foreign: Foreign,
    ) -> None:
        self._foreign = foreign
        self._max_body = max_body
        self._make_caller = make_caller
        self._limits = limits
        self._open_streams = open_streams

    async def post(self, request: Request) -> Response:
        """Sends, and streams the answer."""
        caller = await self._make_caller(request)
        _require_json(request)
        caller.check_room()
        asked = parse_chat_request(await body_of(request, self._max_body))
        find = open_chat if may_be_first(caller.weft, asked) else require_chat
        thread = await find(caller, asked.chat_id, asked.user_id)
        started = await start(caller.weft, thread, asked)
        following = Following(caller.weft, started.generation, started.told, nothing_new=started.nothing_new)
        return self._stream(caller, following.batches(), thread.id, started.generation.id)

    async def resume(self, request: Request) -> Response:
        """What is being answered, from its beginning or from a place on; 204 when there is nothing."""
        caller = await self._make_caller(request)
        chat_id = request.path_params["id"]
        thread = await find_chat(caller, chat_id, request.query_params.get("userId"))
        if thread is None:
            if is_thread_id(chat_id):
                raise not_found("chat", f"{chat_id:.80}", "id")
            return Response(status_code=204)
        after = request.query_params.get("after") or request.headers.get("last-event-id")
        if after is not None:
            return await self._go_on(caller, thread.id, Place.decode(after))
        generation = await live_generation(caller.weft, thread.id)
        if generation is None:
            return Response(status_code=204)
        return self._stream(caller, Following(caller.weft, generation).batches(), thread.id, generation.id)

    async def _go_on(self, caller: Caller, thread_id: str, place: Place) -> Response:
        following = await Following.after(caller.weft, thread_id, place)
        batches: AsyncGenerator[Sequence[Frame], None] = following.batches()
        if await following.settled():
            rest = [frames async for frames in batches if frames]
            if not rest:
                return Response(status_code=204)
            batches = _again(rest)
        return self._stream(caller, batches, thread_id, following.generation_id)

    def _stream(
        self, caller: Caller, batches: AsyncGenerator[Sequence[Frame], None], thread_id: str, generation_id: str
    ) -> EventStream:
        caller.check_room()
        named = {"x-weft-thread-id": thread_id, "x-weft-generation-id": generation_id}
        return EventStream(batches, named, self._limits, caller.open_streams or self._open_streams)

    async def messages(self, request: Request) -> Response:
        """The last messages, oldest first, as AI SDK `UIMessage`s."""
        caller, asked = await self._make_caller(request), request.query_params
        thread = await require_chat(caller, request.path_params["id"], asked.get("userId"))
        page = PageRequest.of(last=_number(asked.get("last", "100")), before=asked.get("before"))
        shown = await messages_of(caller.weft, thread, page)
        headers = {"x-weft-thread-id": thread.id, "cache-control": "no-store"}
        if shown.has_previous and shown.edges:
            headers["x-weft-before"] = shown.edges[0].cursor
        return _json([message.ai_sdk() for message in shown.nodes], 200, headers)

    async def stop(self, request: Request) -> Response:
        """Stops what is being answered; what was written is kept."""
        caller = await self._make_caller(request)
        if self._foreign(request.headers):
            raise _OtherSite
        thread = await require_chat(caller, request.path_params["id"], request.query_params.get("userId"))
        body = await body_of(request, self._max_body)
        reason = string(body, "reason") if is_object(body) else None
        return _json({"stopped": await stop(caller.weft, thread, reason)})


async def _again(batches: Sequence[Sequence[Frame]]) -> AsyncGenerator[Sequence[Frame], None]:
    for frames in batches:
        yield frames


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise InputError("last must be a number", path=("last",))
    return int(text)


class _NotJson(Exception):
    """The request has another content type."""


def _require_json(request: Request) -> None:
    """Also what keeps a page of another site from sending: a browser asks us first, and is not allowed."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _NotJson


class _OtherSite(Exception):
    """A page of another site asks, in the name of its visitor."""


def _of_other_sites(headers: Headers) -> bool:
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def _refusing(endpoint: Endpoint) -> Endpoint:
    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:
            return _refusal(error) or _masked(error)

    return guarded


def _refusal(error: Exception) -> Response | None:
    """What a caller is told of an error that is meant for callers."""
    match error:
        case InputError():
            return _error(_STATUS.get(error.reason, 400), error.reason.value, error.message, error.path)
        case UnauthenticatedError():
            return _error(401, error.code, error.message, headers={"www-authenticate": 'Bearer realm="weft"'})
        case ForbiddenError():
            return _error(403, error.code, error.message, error.path)
        case RateLimitedError():
            return _error(429, error.code, error.message, headers={"retry-after": f"{error.retry_after:.0f}"})
        case UnavailableError():
            return _error(503, error.code, error.message)
        case _NotJson():
            return _error(415, "UNSUPPORTED", "The body must be JSON: send `Content-Type: application/json`")
        case _OtherSite():
            return _error(403, "FORBIDDEN", "Pages of other sites may not do this")
        case _:
            return None


def _masked(error: Exception) -> Response:
    """Logs an error under a new id, and returns what the caller sees instead of it."""
    error_id = uuid4().hex
    _LOG.error("Internal error %s", error_id, exc_info=error, extra={"error_id": error_id})
    return _json({"error": {"code": "INTERNAL", "message": "Internal error", "errorId": error_id}}, 500)


def _error(
    status: int, code: str, message: str, path: Sequence[str] = (), headers: dict[str, str] | None = None
) -> Response:
    where = {"path": list(path)} if path else {}
    return _json({"error": {"code": code, "message": message, **where}}, status, headers)


def _json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(encode(value), status, {"content-type": "application/json", **(headers or {})})
