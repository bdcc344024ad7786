"""A server that stands in for Atlas: a real mongod with search stages and search indexes as atlas-search.md says.

    async with atlas(mongod.uri, rank_fusion=True) as server:
        database = await connect(server.uri, database="weft")
        await database["docs"].create_search_index(SearchIndexModel({...}, name="vec", type="vectorSearch"))
        await server.finish_building()  # the index is queryable
        await database["docs"].insert_one({...})
        await server.caught_up()  # every write so far is in the indexes

Everything but search goes through to the mongod, byte for byte. `$vectorSearch`, `$search`, `$rankFusion`,
`$listSearchIndexes` and the three commands for search indexes are answered as Atlas does, found by exact search. What
Atlas refuses is refused with its code and, where it is known, its text. What Atlas may do but atlas-search.md does not
say exactly is refused with code 238, so that nothing is built on a guess.

Indexes follow their collection by a change stream, as Atlas's do: a write is found some time after it returned.
`hold` and `release` make that time as long as a test wants, `caught_up` waits for its end. An index that was made is
built in the background; `hold_builds` and `finish_building` do the same for that.
`set_state`, `fail` and `hang_up` are for what goes wrong; `mode` is for servers that have no search (see `Mode`).
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from tests.atlas.indexes import State
from tests.atlas.modes import Mode
from tests.atlas.server import AtlasServer

__all__ = ["AtlasServer", "Mode", "State", "atlas"]


@asynccontextmanager
async def atlas(
    mongod_uri: str, *, mode: Mode = Mode.ATLAS, rank_fusion: bool = True
) -> AsyncGenerator[AtlasServer, None]:
    """A server in front of the mongod at `mongod_uri`, a replica set of one.

    Args:
        mongod_uri: As `EmbeddedMongo.uri`.
        mode: Which server it plays.
        rank_fusion: Whether it is one of 8.0 or newer, which has `$rankFusion` and `{$meta: "score"}`.
    """
    server = AtlasServer(mongod_uri, mode=mode, rank_fusion=rank_fusion)
    await server.start()
    try:
        yield server
    finally:
        await server.close()
