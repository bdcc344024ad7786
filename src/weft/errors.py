"""Every error Weft raises on purpose: it carries a code and data; the text is for people.

WeftError
├── ConfigError        the operator or developer must change something before Weft can start
├── UnavailableError   something Weft needs does not answer now; trying again later may work
├── InputError         the caller asked for something that cannot be done as asked
├── UnauthenticatedError  it is not known who the caller is
├── ForbiddenError     the caller may not do this, whoever's it is
├── RateLimitedError   too much at once, or too often; it may be asked again later
├── ProviderError      a model provider refused or failed
└── GenerationFailed   an answer that somebody waited for did not come to its end
"""

from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """Why a request failed, in the words of the API's `UserErrorCode`."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    ALREADY_HANDLED = "ALREADY_HANDLED"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED = "UNSUPPORTED"
    PROVIDER_ERROR = "PROVIDER_ERROR"
    OBJECT_INVALID = "OBJECT_INVALID"
    ABORTED = "ABORTED"
    RATE_LIMITED = "RATE_LIMITED"


class WeftError(Exception):
    """Base of all. `code` is stable and meant for programs, `message` for people, `data` for both."""

    code: str = "INTERNAL"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


class ConfigError(WeftError):
    """The setting, command line or environment is wrong; the message says how to mend it."""

    code = "CONFIG"


class UnavailableError(WeftError):
    """MongoDB or another part does not answer."""

    code = "UNAVAILABLE"


class InputError(WeftError):
    """The input is wrong. `path` leads to the offending field, in the API's names: `("input", "prompt")`."""

    def __init__(self, message: str, *, reason: ErrorCode = ErrorCode.INVALID, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.path = path
        self.code = reason.value


class UnauthenticatedError(WeftError):
    """The caller has no credentials, or none that are good. The message never says which, or why not."""

    code = "UNAUTHENTICATED"

    def __init__(self, message: str = "Who are you? Send a token or an API key that is good") -> None:
        super().__init__(message)


class ForbiddenError(WeftError):
    """The caller's scopes do not allow it. What they may not even see is NOT_FOUND instead."""

    code = "FORBIDDEN"

    def __init__(self, message: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


class RateLimitedError(WeftError):
    """A limit on how much one viewer may do at once. `name` is what is limited, `retry_after` a guess in seconds."""

    code = ErrorCode.RATE_LIMITED.value

    def __init__(self, message: str, *, name: str, retry_after: float) -> None:
        super().__init__(message)
        self.name = name
        self.retry_after = retry_after


class ProviderError(WeftError):
    """A model provider failed. `provider_code` and `http_status` are the provider's own, when it gave them.

    `retry_after`: seconds after which the provider says that it may be asked again.
    """

    code = "PROVIDER_ERROR"

    def __init__(
        self,
        message: str,
        *,
        provider: str,
        provider_code: str | None = None,
        http_status: int | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.provider = provider
        self.provider_code = provider_code
        self.http_status = http_status
        self.retryable = retryable
        self.retry_after = retry_after


class GenerationFailed(WeftError):
    """An answer that the caller waited for failed. `reason`: PROVIDER_ERROR, OBJECT_INVALID or ABORTED.

    `provider_code` and `http_status` are the provider's own, when it gave them. `generation_id` is the durable
    generation that failed; None when the answer was not stored.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: ErrorCode,
        provider_code: str | None = None,
        http_status: int | None = None,
        generation_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.provider_code = provider_code
        self.http_status = http_status
        self.generation_id = generation_id
        self.code = reason.value


def not_found(kind: str, id_: str, *path: str) -> InputError:
    """The error for an id that names nothing the caller may see."""
    return InputError(f"{kind} {id_} not found", reason=ErrorCode.NOT_FOUND, path=path)
