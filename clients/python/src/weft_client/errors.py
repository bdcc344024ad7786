"""Every error that this client raises. `code` is for programs and stable, the text for people.

WeftError
├── UnavailableError        the server cannot be reached, or cannot answer now; asking again later may work
│   └── DisconnectedError   a socket was cut; `close_code` says how
├── UnauthenticatedError    the server does not know who is asking
├── ForbiddenError          whoever asks may not do this
├── NotFoundError           nothing with this id, or nothing that may be seen
├── InvalidInputError       a value is not allowed; `path` leads to it
├── ConflictError           it contradicts the present state
├── AlreadyHandledError     somebody else decided this before
├── RateLimitedError        too much, too often; `retry_after` and `retry_at` say when to come again
├── TooLargeError           a value exceeds its limit
├── UnsupportedError        this agent or model cannot do that
├── AnswerError             an answer that was waited for failed
│   ├── ProviderError       the model provider refused or failed
│   ├── ObjectInvalidError  the model's answer does not fit the schema
│   └── AbortedError        it was stopped before it was done
├── ProtocolError           this is no Weft server, or one of another version
└── ServerError             anything else that the server says
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from weft_client.json_values import as_list, as_object

T = TypeVar("T")


class WeftError(Exception):
    """Base of all. `path` leads to what is to blame, in the API's names; `data` is what else the server said."""

    default_code = "INTERNAL"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        path: Sequence[str | int] = (),
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.path = tuple(path)
        self.data = dict(data or {})


class UnavailableError(WeftError):
    """The server was not reached, or could not answer now. What was asked may have been done all the same."""

    default_code = "UNAVAILABLE"


class DisconnectedError(UnavailableError):
    """A socket ended. `close_code` is that of the WebSocket; 1006 where nobody said goodbye."""

    def __init__(self, message: str, *, close_code: int = 1006) -> None:
        super().__init__(message)
        self.close_code = close_code


class UnauthenticatedError(WeftError):
    """No token, or none that is good. The server never says which."""

    default_code = "UNAUTHENTICATED"


class ForbiddenError(WeftError):
    """The caller's scopes do not allow it."""

    default_code = "FORBIDDEN"


class NotFoundError(WeftError):
    """An id names nothing that the caller may see."""

    default_code = "NOT_FOUND"


class InvalidInputError(WeftError):
    """A value is not allowed."""

    default_code = "INVALID"


class ConflictError(WeftError):
    """What is asked contradicts the present state."""

    default_code = "CONFLICT"


class AlreadyHandledError(WeftError):
    """Somebody else decided or answered this before."""

    default_code = "ALREADY_HANDLED"


class RateLimitedError(WeftError):
    """Too much at once, or too often. Nothing was changed."""

    default_code = "RATE_LIMITED"

    @property
    def limit_name(self) -> str | None:
        """What is limited, for programs: `generations`."""
        return _known(self.data.get("name"), str)

    @property
    def retry_at(self) -> datetime | None:
        """When it may be worth asking again; None if the server did not say."""
        given = self.data.get("retryAt")
        return datetime.fromisoformat(given) if isinstance(given, str) else None

    @property
    def retry_after(self) -> float | None:
        """Seconds until then, measured by the server."""
        given = self.data.get("retryAfterMs")
        return given / 1000 if isinstance(given, int | float) else None


class TooLargeError(WeftError):
    """A value exceeds its limit; the message names the limit."""

    default_code = "TOO_LARGE"


class UnsupportedError(WeftError):
    """This agent or model cannot do that."""

    default_code = "UNSUPPORTED"


class AnswerError(WeftError):
    """An answer that was waited for failed. `generation_id`: the durable generation; None if nothing was stored."""

    default_code = "FAILED"

    @property
    def generation_id(self) -> str | None:
        return _known(self.data.get("generationId"), str)


class ProviderError(AnswerError):
    """The model provider refused or failed."""

    default_code = "PROVIDER_ERROR"

    @property
    def provider_code(self) -> str | None:
        """The provider's own code; None if it gave none."""
        return _known(self.data.get("providerCode"), str)

    @property
    def http_status(self) -> int | None:
        """The HTTP status of the provider's answer; None if there was none."""
        return _known(self.data.get("httpStatus"), int)


class ObjectInvalidError(AnswerError):
    """The model's answer does not fit the schema that was asked for."""

    default_code = "OBJECT_INVALID"


class AbortedError(AnswerError):
    """It was stopped before it was done."""

    default_code = "ABORTED"


class ProtocolError(WeftError):
    """What answers is no Weft server, or one that is newer or older than this client."""

    default_code = "PROTOCOL"


class ServerError(WeftError):
    """Anything else that the server says; `code` is its `extensions.code`."""


_CODES: Final[dict[str, type[WeftError]]] = {
    "UNAVAILABLE": UnavailableError,
    "THROTTLED": UnavailableError,
    "DEADLINE_EXCEEDED": UnavailableError,
    "UNAUTHENTICATED": UnauthenticatedError,
    "FORBIDDEN": ForbiddenError,
    "NOT_FOUND": NotFoundError,
    "INVALID": InvalidInputError,
    "BAD_USER_INPUT": InvalidInputError,
    "CONFLICT": ConflictError,
    "ALREADY_HANDLED": AlreadyHandledError,
    "RATE_LIMITED": RateLimitedError,
    "TOO_LARGE": TooLargeError,
    "UNSUPPORTED": UnsupportedError,
    "PROVIDER_ERROR": ProviderError,
    "OBJECT_INVALID": ObjectInvalidError,
    "ABORTED": AbortedError,
    "GRAPHQL_VALIDATION_FAILED": ProtocolError,
    "GRAPHQL_PARSE_FAILED": ProtocolError,
}


def error_of(code: str | None, message: str, path: Sequence[str | int], data: Mapping[str, Any]) -> WeftError:
    """The error that a code stands for."""
    return _CODES.get(code or "", ServerError)(message, code=code, path=path, data=data)


def top_level(errors: Any) -> WeftError:
    """What `errors` of a response say: the first of them, with the others in its `data["errors"]`."""
    given = as_list(errors)
    first = as_object(given[0]) if given else {}
    extensions = as_object(first.get("extensions"))
    message = _known(first.get("message"), str) or "The server sent an error without a message."
    more = {"errors": given} if len(given) > 1 else {}
    code = _known(extensions.get("code"), str)
    return error_of(code, message, as_list(first.get("path")), {**extensions, **more})


def user_error(errors: Sequence[Mapping[str, Any]]) -> WeftError:
    """What `userErrors` of a payload say: the first of them, with the others in its `data["errors"]`."""
    first = errors[0]
    known = {"__typename", "code", "errorMessage", "path"}
    data = {name: value for name, value in first.items() if name not in known}
    more = {"errors": list(errors)} if len(errors) > 1 else {}
    return error_of(first["code"], first["errorMessage"], first.get("path") or (), {**data, **more})


def _known(value: Any, kind: type[T]) -> T | None:
    return value if isinstance(value, kind) else None
