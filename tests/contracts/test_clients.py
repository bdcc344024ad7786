"""Weft on a client that the application made: the same with PyMongo's and with Motor's, whatever its options are."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient

from weft import Agent, create_app
from weft.errors import ConfigError
from weft.settings import Settings
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database
from weft.testing import ScriptedModel
from weft.threads.events import GenerationChanged
from weft.threads.generations import GenerationStatus

MAKERS: dict[str, Callable[..., Any]] = {"pymongo": AsyncMongoClient, "motor": AsyncIOMotorClient}


@pytest.fixture(params=sorted(MAKERS))
def make(request: pytest.FixtureRequest) -> Callable[..., Any]:
    return MAKERS[request.param]


async def test_a_client_of_the_application_serves_a_whole_answer_and_stays_open(
    make: Callable[..., Any], mongod: EmbeddedMongo, db: Database
) -> None:
    client = make(mongod.uri, w=1, readPreference="secondaryPreferred")
    agent = Agent("echo", model=ScriptedModel(["the answer"]))
    app = create_app([agent], client=client, settings=Settings(database=db.name))
    async with app.opened() as weft, asyncio.timeout(20):
        thread = await weft.threads.create(title="mine")
        reader = await weft.feeds.thread(thread.id, None)
        await weft.messages.send(thread.id, prompt="a question")
        async for item in reader:
            if isinstance(item.event, GenerationChanged):
                assert item.event.generation.queued_at.tzinfo is not None
                if item.event.generation.status is GenerationStatus.SUCCEEDED:
                    break
        await reader.aclose()
    assert (await client[db.name]["messages"].find_one({"order": 0, "stepOrder": 1}))["text"] == "the answer"
    closing = client.close()
    if closing is not None:
        await closing


async def test_what_is_no_client_is_refused() -> None:
    app = create_app([], client="mongodb://localhost")
    with pytest.raises(ConfigError, match="client is str; give an AsyncMongoClient or a Motor client"):
        async with app.opened():
            pass
