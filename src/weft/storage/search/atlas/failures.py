"""What the server says when it cannot search, in words that tell what to do (atlas-search.md D.1)."""

import asyncio
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from pymongo.errors import OperationFailure

from weft.errors import ConfigError, InputError, UnavailableError, WeftError
from weft.storage.failures import translated
from weft.storage.search.detection import Ability, ability_told_by, reason_of

_STATE = re.compile(r"while in state (\w+)")
_NOT_YET = re.compile(r"Index .* not initialized")
_DIMENSIONS = re.compile(r"indexed with \d+ dimensions but queried with \d+")
_NO_DIRECTION = re.compile(r"zero vector|must be finite|NaN|[Ii]nfinit|non-finite")
_BAD_LIMIT = re.compile(r"Expected limit to be positive|numCandidates")
_NOT_INDEXED = re.compile(r"is not indexed as|needs to be indexed as")
_MEND = "run `weft search create-indexes`"


def state_of(error: OperationFailure) -> str | None:
    """The state that keeps an index from answering; None when the error is about something else."""
    text = str(error)
    state = _STATE.search(text)
    if state is not None:
        return state[1]
    return "NOT_STARTED" if _NOT_YET.search(text) else None


@asynccontextmanager
async def within(seconds: float) -> AsyncGenerator[None, None]:
    """A deadline. Not the driver's: with that, it would ask a mongot that is away again and again until it is over.

    Raises UnavailableError.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise UnavailableError(f"MongoDB did not answer a search within {seconds:g} s; try again") from error


@contextmanager
def explained(index: str = "") -> Generator[None, None, None]:
    """Raises InputError, UnavailableError or ConfigError for what the server says of searches and their indexes.

    `index`: the one in question, for the message.
    """
    with translated():
        try:
            yield
        except OperationFailure as error:
            told = _told(error, f"the search index {index}" if index else "a search index")
            if told is None:
                raise
            raise told from error


def _told(error: OperationFailure, index: str) -> WeftError | None:
    state = state_of(error)
    if state == "FAILED":
        mend = "drop it (`weft search drop-indexes`) and create it again (`weft search create-indexes`)"
        return UnavailableError(f"MongoDB could not build {index}: {mend}")
    if state is not None:
        return UnavailableError(f"MongoDB still builds {index} (state {state}); try again in a moment")
    return _of_the_query(error, index) or _of_the_server(error, index)


def _of_the_query(error: OperationFailure, index: str) -> WeftError | None:
    reason = reason_of(error)
    if _DIMENSIONS.search(reason):
        return InputError(f"the vector has another dimension than its index: {reason}")
    if _NO_DIRECTION.search(reason):
        return InputError(f"the vector cannot be compared: {reason}")
    if _BAD_LIMIT.search(reason):
        return InputError(f"the limit of the search is out of range: {reason}")
    if _NOT_INDEXED.search(reason):
        return UnavailableError(f"{index} does not have all that is searched by: {_MEND} ({reason})")
    return None


def _of_the_server(error: OperationFailure, index: str) -> WeftError | None:
    reason = reason_of(error)
    match ability_told_by(error):
        case Ability.FORBIDDEN:
            return ConfigError(
                f"the MongoDB user may not work with {index}: give it the role readWrite of the database, "
                f"or {_MEND} once as a user who has it"
            )
        case Ability.AWAY:
            return UnavailableError(
                f"the search part of MongoDB (mongot) does not answer: {reason}; see that it runs, and try again"
            )
        case Ability.NONE:
            return UnavailableError(
                "this MongoDB has no search any more: restart Weft, which then searches by itself, "
                "or set WEFT_SEARCH=embedded"
            )
        case _:
            return None
