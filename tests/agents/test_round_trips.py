"""What a write asks of MongoDB besides its inserts and the commit: its thread is read and written by one command."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import pytest_asyncio
from pymongo import AsyncMongoClient
from tests.storage.explain import Recorder
from tests.support import helper

from weft.agents.saving import SaveOptions
from weft.agents.weft import Weft
from weft.storage.embedded import EmbeddedMongo
from weft.storage.store import Store
from weft.threads.drafts import Draft, draft
from weft.threads.messages import MessageRole

U, A = MessageRole.USER, MessageRole.ASSISTANT
RECORDER: Final = Recorder()


@pytest_asyncio.fixture(loop_scope="session")
async def weft(empty_store: Store, mongod: EmbeddedMongo) -> AsyncGenerator[Weft, None]:
    """On a client that is listened to."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongod.uri, tz_aware=True, event_listeners=[RECORDER])
    yield Weft(Store(client[empty_store.database.name]), [helper()], work=False)
    await client.close()


def drafts(*roles: MessageRole) -> list[Draft]:
    return [draft(role=role, content="words") for role in roles]


async def save(weft: Weft, thread_id: str, *roles: MessageRole, **options: Any) -> list[str]:
    """The commands of one save, the inserts and the commit left out."""
    with RECORDER.listening() as heard:
        await weft.messages.save(thread_id, drafts(*roles), SaveOptions(**options))
    return [next(iter(command)) for command in heard]


async def test_saved_turns_write_their_thread_once(weft: Weft) -> None:
    thread = await weft.threads.create()
    for roles in ((U, A) * 5, (U,), (U, U, A)):
        assert await save(weft, thread.id, *roles) == ["findAndModify"]
        assert await save(weft, thread.id, *roles, next_order=True) == ["findAndModify"]


async def test_answers_saved_into_a_turn_write_their_thread_once(weft: Weft) -> None:
    thread = await weft.threads.create()
    await save(weft, thread.id, U)
    assert await save(weft, thread.id, A, A, U) == ["findAndModify", "find"]
    assert await save(weft, thread.id, A, order=1) == ["findAndModify", "find"]


async def test_a_place_beyond_what_was_expected_writes_the_thread_again(weft: Weft) -> None:
    thread = await weft.threads.create()
    assert await save(weft, thread.id, A, order=7) == ["findAndModify", "find", "update"]


async def test_a_sent_message_writes_its_thread_once(weft: Weft) -> None:
    thread = await weft.threads.create()
    for generate in (False, True):
        with RECORDER.listening() as heard:
            await weft.messages.send(thread.id, prompt="words", generate=generate)
        assert [next(iter(command)) for command in heard] == ["findAndModify"]
