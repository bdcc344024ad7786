"""The driver's failures become Weft's: callers above this room never see a pymongo exception."""

from collections.abc import Generator
from contextlib import contextmanager

from pymongo.errors import ConnectionFailure, DocumentTooLarge, ExecutionTimeout, NetworkTimeout, PyMongoError

from weft.errors import ErrorCode, InputError, UnavailableError

_GONE = (ConnectionFailure, ExecutionTimeout, NetworkTimeout)


@contextmanager
def translated() -> Generator[None, None, None]:
    """Raises UnavailableError when MongoDB does not answer in time, InputError when a document exceeds 16 MB."""
    try:
        yield
    except DocumentTooLarge:
        raise InputError("the content is larger than MongoDB can store (16 MB)", reason=ErrorCode.TOO_LARGE) from None
    except _GONE as error:
        raise UnavailableError(f"MongoDB does not answer: {type(error).__name__}; try again") from error
    except PyMongoError as error:
        if error.timeout or error.has_error_label("TransientTransactionError"):
            raise UnavailableError(f"MongoDB is busy: {type(error).__name__}; try again") from error
        raise
