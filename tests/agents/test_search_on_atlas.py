"""Messages are searched by MongoDB's own indexes when Weft runs on a server that has them."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from tests.agents.embedders import ByThings, vector_of
from tests.storage.atlas_world import World, world
from tests.support import wait_until

from weft.agents.agent import Agent
from weft.agents.weft import Weft
from weft.errors import UnavailableError
from weft.storage.embedded import EmbeddedMongo
from weft.storage.search.atlas.indexes import vector_index_name
from weft.testing import ScriptedModel
from weft.threads.vectors import Space

THINGS = Space("test:things", len(vector_of("")))
AGENT = Agent("helper", model=ScriptedModel(["Yes."]), embedding_model=ByThings())


@pytest_asyncio.fixture(loop_scope="session")
async def there(mongod: EmbeddedMongo, database: str) -> AsyncGenerator[World, None]:
    async with world(mongod, database) as opened:
        yield opened


async def test_messages_are_found_by_words_and_by_meaning_from_the_first_vector_on(there: World) -> None:
    async with Weft(there.store, [AGENT], work=False) as weft:
        assert weft.search.name == "atlas"
        thread = await there.thread("ann")
        lines = ("The wheel of my bicycle is bent.", "The invoice is too high.", "A sunny day, is it not?")
        bicycle, invoice, _ = [await there.say(thread, line, vector_of(line), space=THINGS) for line in lines]

        async def has_index() -> bool:
            return vector_index_name(THINGS) in await there.search.indexes.names()

        await wait_until(has_index)
        await there.server.finish_building()
        await there.server.caught_up()
        by_words, by_meaning = [await weft.search.messages(query, user_id="ann") for query in ("invoices", "bike")]
        assert (by_words[0].hit.message_id, by_words[0].hit.text_rank) == (invoice, 1)
        assert (by_meaning[0].hit.message_id, by_meaning[0].hit.text_rank) == (bicycle, None)
        assert by_meaning[0].hit.vector_rank == 1
        assert await weft.search.messages("invoices", user_id="bob") == []


async def test_a_search_while_indexes_are_built_says_so(there: World) -> None:
    there.server.hold_builds()
    async with Weft(there.store, [AGENT], work=False) as weft:
        await there.say(await there.thread("ann"), "The wheel is bent.", vector_of("wheel"), space=THINGS)
        with pytest.raises(UnavailableError, match=r"builds? .*search index"):
            await weft.search.messages("wheel", user_id="ann")
