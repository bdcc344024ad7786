"""JSON in and out. orjson does it; the values it refuses (integers over 64 bits, lone surrogates) go the slow way."""

import json
from typing import Any, Final

import orjson
from starlette.requests import ClientDisconnect, Request

from weft.errors import ErrorCode, InputError

MAX_BODY: Final = 16 * 1024 * 1024
"""Bytes of a request's body: the AI SDK sends all messages of a chat each time, unless it is told not to."""


def encode(value: Any) -> bytes:
    """The value as JSON. Raises TypeError or ValueError for what is no JSON value."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


async def body_of(request: Request, most: int = MAX_BODY) -> Any:
    """The request's body as JSON; None when it is empty. Raises InputError when it is none, or over `most` bytes."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                message = (
                    f"the body is larger than {most} bytes; send only the last message, "
                    "as `prepareSendMessagesRequest` in docs/ai-sdk.md does"
                )
                raise InputError(message, reason=ErrorCode.TOO_LARGE)
        return orjson.loads(body) if body.strip() else None
    except (orjson.JSONDecodeError, ClientDisconnect):
        raise InputError("the body is not JSON") from None
