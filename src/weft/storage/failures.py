"""The driver's failures become Weft's: callers above this room never see a pymongo exception."""

from collections.abc import Generator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
)

from weft.errors import ErrorCode, InputError, UnavailableError

_GONE = (ConnectionFailure, ExecutionTimeout, NetworkTimeout)
_NOT_STORABLE = (
    "MongoDB cannot store this: half a character, a number beyond 64 bits, a name with a NUL in it, "
    "or about 180 levels of nesting"
)


@contextmanager
def translated() -> Generator[None, None, None]:
    """Raises UnavailableError when MongoDB does not answer in time, InputError when it cannot hold what it is given."""
    try:
        yield
    except DocumentTooLarge:
        raise _too_large() from None
    except (BSONError, OverflowError, UnicodeEncodeError):
        raise InputError(_NOT_STORABLE) from None
    except _GONE as error:
        raise UnavailableError(f"MongoDB does not answer: {type(error).__name__}; try again") from error
    except PyMongoError as error:
        if error.timeout or error.has_error_label("TransientTransactionError"):
            raise UnavailableError(f"MongoDB is busy: {type(error).__name__}; try again") from error
        match _code(error):
            case 10334:  # BSONObjectTooLarge
                raise _too_large() from None
            case 15:  # Overflow: nested too deep
                raise InputError(_NOT_STORABLE) from None
            case _:
                raise


def _too_large() -> InputError:
    return InputError("the content is larger than MongoDB can store (16 MB)", reason=ErrorCode.TOO_LARGE)


def _code(error: PyMongoError) -> int | None:
    """The server's code of an error: of the first one, when several documents were written."""
    if isinstance(error, BulkWriteError):
        errors = error.details["writeErrors"]
        return int(errors[0]["code"]) if errors else None
    return error.code if isinstance(error, OperationFailure) else None
