"""Whether the server has search of its own (Atlas, or a mongot beside it): see atlas-search.md D.5."""

from pymongo.errors import OperationFailure

from weft.storage.failures import translated
from weft.storage.types import Database

_NO_SEARCH = {31082, 40324, 59, 115, 6047401}


async def has_search(database: Database) -> bool:
    """True when search indexes can be listed, and so made."""
    with translated():
        try:
            cursor = await database["messages"].list_search_indexes()
            await cursor.to_list()
        except OperationFailure as error:
            if error.code in _NO_SEARCH:
                return False
            raise
    return True
