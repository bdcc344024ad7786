"""A stranger walks the whole API with the ids of somebody else: every answer is the one for ids that name nothing,
nothing of the other's is in any of them, and nothing of the other's has changed. What is new in the schema is walked
at once; a field whose arguments the walk does not know fails it.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from typing import Final

import pytest
import pytest_asyncio
from tests.api.strangers import ANN, MARK, STRANGERS, World, anns, asked_of, codes_of, names_of_nothing, normal, wipe
from tests.api.walk import roots

from weft import Agent
from weft.agents.weft import Weft
from weft.storage.store import Store
from weft.storage.types import Client
from weft.testing import Call, ScriptedModel
from weft.threads import ids

WALKS: Final[Mapping[str, Collection[str]]] = {
    "with everything": (),
    "without what may itself be refused": ("userId", "clientId", "filter", "status", "content", "scopes", "messages"),
    "without another thread": ("threadId", "userId", "messageId", "promptMessageId", "targetMessageId"),
}
"""What is left out where it may be."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(client: Client) -> AsyncGenerator[World, None]:
    database = client[f"test_{ids.new_id('walk')}"]
    model = ScriptedModel([[Call("wipe", {"what": MARK}, id="call_of_ann")]], repeat=True)
    agent = Agent("helper", model=model, tools=[wipe], instructions="be kind")
    async with Weft(Store(database), [agent]) as weft:
        yield World(weft, database, await anns(weft))
    await client.drop_database(database)


FIELDS: Final = [
    (kind, name)
    for kind, type_ in (("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription"))
    for name in roots(type_)
]
NOT_ANSWERED: Final = {"generateText", "generateObject"}
"""Where a stranger asks without a thread they are answered, and wait for it; in ann's they are refused at once."""


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize(("kind", "name"), FIELDS)
async def test_a_stranger_is_told_what_is_told_of_ids_that_name_nothing(
    world: World, who: str, kind: str, name: str
) -> None:
    viewer, nothing = STRANGERS[who], names_of_nothing(world.known)
    before = await world.held(MARK)
    for without in WALKS.values():
        if name in NOT_ANSWERED and "threadId" in without:
            continue
        async with asyncio.timeout(20):
            of_anns = await world.ask(viewer, asked_of(kind, name, world.known, without))
            nobodys = await world.ask(viewer, asked_of(kind, name, nothing, without))
        told = normal(of_anns, world.known)
        assert told == normal(nobodys, nothing)
        assert MARK not in told.replace(f'"searchText":"{MARK}"', "")
        assert not [code for code in codes_of(of_anns) if code in ("INTERNAL", "GRAPHQL_VALIDATION_FAILED")], of_anns
    assert await world.held(MARK) == before


@pytest.mark.parametrize("prefix", ["threadId", "messageId", "generationId", "streamId"])
@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_finds_nothing_under_any_id(world: World, who: str, prefix: str) -> None:
    text = f'{{ node(id: "{world.known[prefix]}") {{ __typename id }} nodes(ids: ["{world.known[prefix]}"]) {{ id }} }}'
    assert await world.ask(STRANGERS[who], text) == {"data": {"node": None, "nodes": [None]}}
    assert (await world.ask(ANN, text))["data"]["node"]["id"] == world.known[prefix]
