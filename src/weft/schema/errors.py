"""Expected failures of a mutation, as data. `InputError` here is the API's picture of `weft.errors.InputError`."""

from datetime import datetime, timedelta
from enum import Enum

import strawberry

from weft import errors
from weft.threads.clock import utc_now


@strawberry.enum(description="Why a mutation did not do what was asked. Programs switch on this, people read the text.")
class UserErrorCode(Enum):
    INVALID = strawberry.enum_value("INVALID", description="A value is not allowed. `path` leads to it.")
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="An id names nothing that the viewer may see.")
    CONFLICT = strawberry.enum_value(
        "CONFLICT", description="What is asked contradicts the present state, for example a `clientId` used otherwise."
    )
    ALREADY_HANDLED = strawberry.enum_value("ALREADY_HANDLED", description="Somebody else has decided this before.")
    RATE_LIMITED = strawberry.enum_value("RATE_LIMITED", description="Too much, too often; try again later.")
    TOO_LARGE = strawberry.enum_value(
        "TOO_LARGE", description="A value exceeds its limit; the message names the limit."
    )
    UNSUPPORTED = strawberry.enum_value("UNSUPPORTED", description="This agent or model cannot do that.")
    PROVIDER_ERROR = strawberry.enum_value("PROVIDER_ERROR", description="The model provider refused or failed.")
    OBJECT_INVALID = strawberry.enum_value(
        "OBJECT_INVALID", description="The model's answer does not fit the schema that was asked for."
    )
    ABORTED = strawberry.enum_value("ABORTED", description="It was stopped before it was done.")


@strawberry.interface(description="An expected failure of a mutation, as data.")
class UserError:
    code: UserErrorCode = strawberry.field(description="The kind of failure, for programs.")
    error_message: str = strawberry.field(description="What is wrong and what to do about it, in English, for people.")
    path: list[str] | None = strawberry.field(
        description='Leads to the offending input, for example `["input", "prompt"]`; null if none is to blame.'
    )


@strawberry.type(
    description="The input cannot be accepted as it is, or names something that is not there. Nothing was changed."
)
class InputError(UserError):
    @classmethod
    def of(cls, error: errors.InputError) -> "InputError":
        path = error.path if error.path[:1] == ("input",) else ("input", *error.path)
        code = UserErrorCode[error.reason.name]
        return cls(code=code, error_message=error.message, path=list(path) if error.path else None)


@strawberry.type(
    description="Too much at once, or too often. Nothing was changed, and the same may be asked again later."
)
class RateLimitError(UserError):
    name: str = strawberry.field(description="What is limited, for programs: `generations`.")
    retry_at: datetime = strawberry.field(description="When it may be worth asking again.")
    retry_after_ms: float = strawberry.field(description="Milliseconds from now until then.")

    @classmethod
    def of(cls, error: errors.RateLimitedError) -> "RateLimitError":
        return cls(
            code=UserErrorCode.RATE_LIMITED,
            error_message=error.message,
            path=None,
            name=error.name,
            retry_at=utc_now() + timedelta(seconds=error.retry_after),
            retry_after_ms=error.retry_after * 1000,
        )


@strawberry.type(
    description="An answer that the caller waited for failed. What was stored of it until then stays, with its error."
)
class GenerationError(UserError):
    provider_code: str | None = strawberry.field(
        description="With PROVIDER_ERROR, the provider's own code; null if it gave none."
    )
    http_status: int | None = strawberry.field(
        description="With PROVIDER_ERROR, the HTTP status of the provider's answer; null if there was none."
    )
    generation_id: strawberry.ID | None = strawberry.field(
        description="The generation that failed; null if the answer was not to be stored."
    )

    @classmethod
    def of(cls, error: errors.GenerationFailed) -> "GenerationError":
        return cls(
            code=UserErrorCode[error.reason.name],
            error_message=error.message,
            path=None,
            provider_code=error.provider_code,
            http_status=error.http_status,
            generation_id=None if error.generation_id is None else strawberry.ID(error.generation_id),
        )


def user_errors_field() -> list[UserError]:
    """The `userErrors` of a payload."""
    field: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done; empty on success."
    )
    return field
