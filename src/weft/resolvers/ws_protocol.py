"""The messages of graphql-transport-ws (enisdenjo/graphql-ws, PROTOCOL.md): read strictly, written as text."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLFormattedError

from weft.resolvers.encoding import decode, encode, why_not
from weft.resolvers.engine import Request
from weft.resolvers.errors import RequestError
from weft.resolvers.requests import is_object, parse_request

SUBPROTOCOL = "graphql-transport-ws"

BAD_REQUEST = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
SUBPROTOCOL_NOT_ACCEPTABLE = 4406
INIT_TIMEOUT = 4408
SUBSCRIBER_EXISTS = 4409
TOO_MANY_INITS = 4429
TOO_BIG = 1009
TRY_AGAIN_LATER = 1013

LONGEST_ID = 1000
"""Characters. Ids are kept as long as their operations, and come back in every message."""


class ProtocolError(Exception):
    """The peer broke the protocol: the socket is closed with this code and reason (at most 123 bytes)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:123].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Init:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Ping:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class Subscribe:
    id: str
    request: Request


@dataclass(frozen=True, slots=True)
class Complete:
    id: str


ClientMessage = Init | Ping | Pong | Subscribe | Complete


def read(text: str | None) -> ClientMessage:
    """Raises ProtocolError with 4400 for anything the protocol does not know. None stands for a binary frame."""
    if text is None:
        raise ProtocolError(BAD_REQUEST, "Messages are JSON in text frames")
    try:
        message = decode(text)
    except ValueError as error:
        raise ProtocolError(BAD_REQUEST, f"The message {why_not(error)}") from None
    if not is_object(message):
        raise ProtocolError(BAD_REQUEST, "A message is a JSON object")
    match message.get("type"):
        case "connection_init":
            return Init(_payload(message, "connection_init"))
        case "ping":
            return Ping(_payload(message, "ping"))
        case "pong":
            _payload(message, "pong")
            return Pong()
        case "subscribe":
            return Subscribe(_id(message), _request(message))
        case "complete":
            return Complete(_id(message))
        case other:
            raise ProtocolError(BAD_REQUEST, f"Unknown message type {other!r:.60}")


def _payload(message: Any, kind: str) -> dict[str, Any] | None:
    payload = message.get("payload")
    if payload is None or is_object(payload):
        return payload

    raise ProtocolError(BAD_REQUEST, f"The payload of {kind} must be an object or null")


def _id(message: Any) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_ID:
        raise ProtocolError(BAD_REQUEST, f"`id` must be a string of 1 to {LONGEST_ID} characters")
    return found


def _request(message: Any) -> Request:
    try:
        return parse_request(message.get("payload"))
    except RequestError as error:
        raise ProtocolError(BAD_REQUEST, str(error)) from None


ACK = '{"type":"connection_ack"}'
PING = '{"type":"ping"}'


def pong(payload: dict[str, Any] | None) -> str:
    return encode({"type": "pong"} | ({} if payload is None else {"payload": payload})).decode()


def next_head(id: str) -> str:
    """A `next` message up to its payload, which is followed by one more brace."""
    return f'{{"type":"next","id":{_json(id)},"payload":'


def error(id: str, errors: list[GraphQLFormattedError]) -> str:
    return encode({"type": "error", "id": id, "payload": errors}).decode()


def complete(id: str) -> str:
    return f'{{"type":"complete","id":{_json(id)}}}'


def _json(text: str) -> str:
    return encode({"": text})[4:-1].decode()
