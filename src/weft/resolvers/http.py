"""GraphQL over HTTP, after the GraphQL-over-HTTP specification: POST with a JSON body, and queries by GET."""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from weft.resolvers.encoding import decode
from weft.resolvers.engine import Engine, Result
from weft.resolvers.errors import RequestError, masked, refusal
from weft.resolvers.media import is_json, negotiate, status
from weft.resolvers.requests import MakeContext, context_for, parse_request

MAX_BODY = 4 * 1024 * 1024
"""Bytes of a request's body."""


class _Refused(Exception):
    """Refused as HTTP, before GraphQL is looked at."""

    def __init__(self, status_code: int, message: str, **headers: str) -> None:
        self.status_code = status_code
        self.message = message
        self.headers = headers


class HTTPEndpoint:
    """One query or mutation a request. Whatever is wrong with it is answered with an error in GraphQL's own form."""

    def __init__(self, engine: Engine, make_context: MakeContext, page: str | None) -> None:
        self._engine = engine
        self._make_context = make_context
        self._page = page

    async def __call__(self, request: Request) -> Response:
        if self._page is not None and _is_a_person(request):
            return RedirectResponse(self._page, headers={"vary": "Accept"})
        media = negotiate(request.headers.get("accept"))
        try:
            result = await self._result(request, await _payload(request))
        except _Refused as refused:
            error = Result.refused(refusal(refused.message))
            return _response(error, media, refused.status_code, refused.headers)
        except RequestError as error:
            return _response(Result.refused(error), media, 400)
        return _response(result, media, status(media, result))

    async def _result(self, request: Request, payload: object) -> Result:
        """Raises RequestError only for a request of the wrong shape, which is 400 in either media type."""
        asked = parse_request(payload)
        try:
            operation = self._engine.prepare(asked)
            if operation.is_subscription:
                raise _Refused(400, "Subscriptions are served over WebSocket (graphql-transport-ws) at this address")
            if operation.is_mutation and request.method == "GET":
                raise _Refused(405, "GET may only query: send mutations by POST", allow="POST")
            return await self._engine.execute(operation, await context_for(request, self._make_context))
        except RequestError as error:
            return Result.refused(error)
        except _Refused:
            raise
        except Exception as error:
            return Result(None, [masked(error)])


def _is_a_person(request: Request) -> bool:
    """A browser that opens the address itself, not a program that asks it something."""
    wants_page = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and wants_page and "query" not in request.query_params


async def _payload(request: Request) -> object:
    if request.method == "GET":
        return _from_the_address(request)
    if request.method != "POST":
        raise _Refused(405, "Send GraphQL by POST with a JSON body", allow="GET, POST")
    if not is_json(request.headers.get("content-type")):
        raise _Refused(415, "The body must be JSON: send `Content-Type: application/json`")
    try:
        return decode(await _body(request))
    except ValueError:
        raise _Refused(400, "The body is not JSON") from None
    except ClientDisconnect:
        raise _Refused(400, "The body is cut short") from None


def _from_the_address(request: Request) -> object:
    """A query in the URL. A page of another site could send one with its visitor's rights and time the answer, so
    browsers, which always say where a request comes from, may only ask for pages of our own."""
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise _Refused(403, "Pages of other sites must use POST with a JSON body")
    given: dict[str, object] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in given:
            try:
                given[name] = decode(request.query_params[name])
            except ValueError:
                raise _Refused(400, f"`{name}` is not JSON") from None
    return given


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise _Refused(413, f"The body is larger than {MAX_BODY} bytes", connection="close")
    return bytes(body)


def _response(result: Result, media: str, status_code: int, headers: dict[str, str] | None = None) -> Response:
    content_type = f"{media}; charset=utf-8"
    return Response(result.encoded(), status_code, {"vary": "Accept", "content-type": content_type, **(headers or {})})
