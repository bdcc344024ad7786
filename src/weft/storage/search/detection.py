"""Whether the server has search of its own (Atlas, or a mongot beside it): see atlas-search.md D.5."""

import asyncio
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pymongo.errors import OperationFailure

from weft.storage.failures import translated
from weft.storage.types import Database, Doc

PATIENCE_SECONDS: Final = 5.0
"""How long it is waited for the part of the server that manages search indexes."""

_NO_SEARCH = {31082, 40324, 59, 115, 6047401}
_NO_SEARCH_TEXT = re.compile(
    r"requires additional configuration|only allowed on MongoDB Atlas|not allowed with the current configuration"
    r"|Unrecognized pipeline stage name|no such command",
    re.IGNORECASE,
)
_FORBIDDEN = {13}
_FORBIDDEN_TEXT = re.compile(r"not allowed to do action|not authorized", re.IGNORECASE)
_AWAY = {6, 7, 89, 125, 9001}  # HostUnreachable, HostNotFound, NetworkTimeout, CommandFailed, SocketException


class Ability(StrEnum):
    """What a server says when it is asked for its search indexes."""

    HERE = "here"
    NONE = "none"
    FORBIDDEN = "forbidden"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Detected:
    """`reason`: the server's words, when the answer is not HERE."""

    ability: Ability
    reason: str = ""


async def detect(database: Database) -> Detected:
    """Asks the server. Raises UnavailableError when MongoDB does not answer at all, and any other error as it is."""
    with translated():
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await _ask(database)
        except OperationFailure as error:
            ability = ability_told_by(error)
            if ability is None:
                raise
            return Detected(ability, reason_of(error))
        except TimeoutError:
            return Detected(Ability.AWAY, f"no answer within {PATIENCE_SECONDS:g} s")
    return Detected(Ability.HERE)


async def _ask(database: Database) -> None:
    """Some builds without search list no index instead of an error; a search by an index that is not there is none."""
    entries = database["searchEntries"]
    cursor = await entries.list_search_indexes()
    if not await cursor.to_list():
        nothing: Doc = {"$search": {"index": "weft_none", "exists": {"path": "threadId"}}}
        await (await entries.aggregate([nothing, {"$limit": 1}])).to_list()


def ability_told_by(error: OperationFailure) -> Ability | None:
    """What an error to a search or to a command of its indexes tells; None when it is about something else."""
    text = str(error)
    if error.code in _NO_SEARCH or _NO_SEARCH_TEXT.search(text):
        return Ability.NONE
    if error.code in _FORBIDDEN or _FORBIDDEN_TEXT.search(text):
        return Ability.FORBIDDEN
    if error.code in _AWAY or error.timeout:
        return Ability.AWAY
    return None


def reason_of(error: OperationFailure) -> str:
    """The server's own words, without the driver's copy of the whole reply."""
    said = (error.details or {}).get("errmsg") or str(error).partition(", full error")[0]
    return str(said).rpartition(":: caused by :: ")[2]
