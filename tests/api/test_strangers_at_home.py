"""A stranger in a thread of their own names messages, approvals, streams and answers of somebody else: they are told
what is told of ids that name nothing, and nothing of the other's is in it or has changed.

A thread may be asked for together with something in it: to see the thread must not be taken for seeing the other.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
import pytest_asyncio
from tests.api.strangers import MARK, World, anns, asked_of, codes_of, names_of_nothing, normal, wipe
from tests.api.walk import roots

from weft import Agent
from weft.agents.access.seen import seen_by
from weft.agents.weft import Weft
from weft.storage.store import Store
from weft.storage.types import Client
from weft.testing import Call, ScriptedModel
from weft.threads import ids
from weft.threads.viewers import Scope, Viewer

COUNTED: Final = itertools.count(1)
FRESH: Final[Mapping[str, Callable[[int], Viewer]]] = {
    "another user": lambda number: Viewer(f"guest{number:04}", (Scope.USER,)),
    "a key without a user": lambda number: Viewer(None, (Scope.USER,), f"key_guest{number:04}"),
}
"""Nobody asks twice: what an answer may have begun is none of the next one's."""

MAY_BE_REFUSED: Final = ("userId", "clientId", "filter", "status", "content", "scopes", "messages")
WALKS: Final[Mapping[str, Collection[str]]] = {
    "with everything": (),
    "without what may itself be refused": MAY_BE_REFUSED,
    "without a prompt": ("prompt", *MAY_BE_REFUSED),
    "without a prompt and a range": ("prompt", "startOrder", "endOrder", "start", *MAY_BE_REFUSED),
    "without ids of messages": ("promptMessageId", "messageId", "targetMessageId", "messageIds", *MAY_BE_REFUSED),
}
"""What is left out where it may be."""
FIELDS: Final = [
    (kind, name)
    for kind, type_ in (("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription"))
    for name in roots(type_)
]
WAITS: Final = {"generateText", "generateObject"}
"""With nothing of ann's in it this is an answer in one's own thread, which nobody makes here."""


@dataclass(frozen=True, slots=True)
class Home:
    """Ann's things, and a Weft that makes no answers: what a stranger begins stays as it was begun."""

    world: World

    async def told(self, who: str, kind: str, name: str, named: Mapping[str, Any], without: Collection[str]) -> Any:
        viewer = FRESH[who](next(COUNTED))
        own = await seen_by(self.world.weft, viewer).threads.create()
        named = {**named, "threadId": own.id}
        async with asyncio.timeout(20):
            answer = await self.world.ask(viewer, asked_of(kind, name, named, without))
        mine = {"own": viewer.user_id or viewer.key}
        return answer, normal(answer, {**named, **mine})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(client: Client) -> AsyncGenerator[Home, None]:
    database = client[f"test_{ids.new_id('home')}"]
    model = ScriptedModel([[Call("wipe", {"what": MARK}, id="call_of_ann")]], repeat=True)
    anns_agent = Agent("hers", model=model, tools=[wipe])
    async with Weft(Store(database), [anns_agent]) as weft:
        world = World(weft, database, await anns(weft, "hers"))
        helper = Agent("helper", model=ScriptedModel(["Hello."], repeat=True))
        async with Weft(Store(database), [anns_agent, helper], work=False) as idle:
            yield Home(replace(world, weft=idle))
    await client.drop_database(database)


@pytest.mark.parametrize("who", FRESH)
@pytest.mark.parametrize(("kind", "name"), FIELDS)
async def test_in_their_own_thread_a_stranger_reaches_nothing_of_anothers(
    home: Home, who: str, kind: str, name: str
) -> None:
    known = home.world.known
    before = await home.world.held()
    for without in WALKS.values():
        if name in WAITS and "promptMessageId" in without:
            continue
        of_anns, told = await home.told(who, kind, name, known, without)
        _, nothing = await home.told(who, kind, name, names_of_nothing(known), without)
        assert told == nothing
        assert "call_of_ann" not in told
        assert not [code for code in codes_of(of_anns) if code in ("INTERNAL", "GRAPHQL_VALIDATION_FAILED")]
    assert await home.world.held() == before


async def test_what_the_walk_names_is_there_for_its_owner(home: Home) -> None:
    """Else it would prove nothing."""
    ann = Viewer("ann", (Scope.USER,))
    for name in ("messageId", "generationId", "streamId"):
        text = f'{{ node(id: "{home.world.known[name]}") {{ id }} }}'
        assert (await home.world.ask(ann, text))["data"]["node"] is not None
    assert len(await home.world.weft.approvals.pending(home.world.known["threadId"])) == 1
