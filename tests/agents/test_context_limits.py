"""What a context costs in a long thread, what it never waits for, and what a viewer sees of it."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any, Final

import pytest
import pytest_asyncio
from pymongo import AsyncMongoClient
from tests.agents.contexts import ASSISTANT, USER, agent, context, pending, place, stored, turn
from tests.agents.embedders import ByThings
from tests.agents.runs import agent as runner
from tests.agents.runs import model_of, thread_of
from tests.storage.explain import Recorder, explain
from tests.support import text

from weft.agents.access.seen import seen_by
from weft.agents.context import findings as context_findings
from weft.agents.context.history import Place
from weft.agents.context.options import ContextOptions
from weft.agents.search import SearchService
from weft.agents.weft import Weft
from weft.errors import ForbiddenError, GenerationFailed, InputError, UnavailableError
from weft.storage.embedded import EmbeddedMongo
from weft.storage.store import Store
from weft.threads.drafts import draft
from weft.threads.generations import ContextChanges, Given
from weft.threads.messages import Message
from weft.threads.search import Reach, SearchChanges, SearchOptions, TextHit, VectorHit
from weft.threads.vectors import Space
from weft.threads.viewers import Scope, Viewer

RECORDER: Final = Recorder()
LONG: Final = 10_000
WORDS = SearchOptions(vector=False, before=1, after=1)


@pytest_asyncio.fixture(loop_scope="session")
async def listened(empty_store: Store, mongod: EmbeddedMongo) -> AsyncGenerator[Store, None]:
    """On a client that is listened to."""
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongod.uri, tz_aware=True, event_listeners=[RECORDER])
    yield Store(client[empty_store.database.name])
    await client.close()


async def examined(store: Store, rows: list[Message], options: ContextOptions) -> tuple[int, int]:
    """How many queries a context takes, and how many keys or documents they look at."""
    with RECORDER.listening() as sent:
        await context(store, place(rows), options)
    plans = [await explain(store.database, command) for command in sent]
    return len(sent), sum(plan.examined for plan in plans)


async def test_the_context_of_a_thread_of_ten_thousand_messages_reads_what_it_shows(listened: Store) -> None:
    rows = await stored(
        listened,
        *(one for order in range(LONG // 2) for one in turn(order, USER, ASSISTANT)),
        *turn(LONG // 2, USER),
        pending(LONG // 2, 1),
    )
    queries, looked_at = await examined(listened, rows, ContextOptions(100))
    assert (queries, looked_at <= 110) == (2, True)
    assert await examined(listened, rows, ContextOptions(0)) == (1, 2)
    middle = rows[:5000]
    queries, looked_at = await examined(listened, middle, ContextOptions(100))
    assert (queries, looked_at <= 110) == (2, True)


async def test_hits_bring_no_more_rows_than_may_be_read_and_whole_turns_of_the_best(
    weft: Weft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context_findings, "MOST_ROWS", 7)
    thread = await thread_of(weft)
    for number in range(12):
        said = "dog" if number == 9 else "the dog with many other words" if number == 4 else f"turn {number}"
        await weft.messages.save(thread, [draft(prompt=said), draft(role=ASSISTANT, content="ok")])
    given = Given(prompt=text("dog"))
    found = await context(weft, Place(thread, 12, 0, None), ContextOptions(0, search=WORDS), given)
    shown = [item.row.order for item in found.items if item.row is not None]
    assert shown == [4, 8, 8, 9, 9, 10, 10]


class Building:
    """A way to search whose index is not ready."""

    name = "building"

    async def text(self, query: str, reach: Reach, limit: int) -> Sequence[TextHit]:
        raise UnavailableError("the search index is still being built")

    async def vector(self, vector: Sequence[float], space: Space, reach: Reach, limit: int) -> Sequence[VectorHit]:
        raise UnavailableError("the search index is still being built")

    async def both(
        self, query: str, vector: Sequence[float], space: Space, reach: Reach, limit: int
    ) -> tuple[Sequence[TextHit], Sequence[VectorHit]]:
        raise UnavailableError("the search index is still being built")

    async def prepare(self, spaces: Sequence[Space]) -> None:
        return None


@pytest.fixture
def building(weft: Weft, monkeypatch: pytest.MonkeyPatch) -> Weft:
    monkeypatch.setattr(weft, "search", SearchService(weft, Building()))
    return weft


async def test_an_index_that_is_still_built_fails_no_answer(building: Weft) -> None:
    thread = await thread_of(building)
    await building.messages.save(thread, [draft(prompt="The dog Rex")])
    helper = runner("Rex.", context=ContextOptions(0, search=SearchOptions()), embedding_model=ByThings())
    answer = await building.answers.generate_text(helper, thread_id=thread, prompt="dog?")
    assert answer.generation is not None
    record = await building.contexts.of_generation(answer.generation)
    assert record.problems == [
        "the search by meaning failed, words were searched for: the search index is still being built",
        "the search failed: the search index is still being built",
    ]


async def test_an_answer_that_requires_its_search_fails_once_and_is_not_tried_again_and_again(building: Weft) -> None:
    """A store that fails lets an answer be tried again at once; a search that does not answer must not."""
    thread = await thread_of(building)
    await building.messages.save(thread, [draft(prompt="The dog Rex")])
    helper = runner("Rex.", context=ContextOptions(0, search=SearchOptions(vector=False, required=True)))
    with pytest.raises(GenerationFailed, match="still being built") as failed:
        await building.answers.generate_text(helper, thread_id=thread, prompt="dog?")
    generation = await building.generations.get(failed.value.generation_id or "")
    assert generation is not None
    assert (generation.attempts, generation.failure and generation.failure.provider_code) == (1, "search_unavailable")
    assert model_of(helper).requests == []


@pytest.fixture
def trusting(weft: Weft) -> Weft:
    weft.agents.setdefault("helper", agent())
    return weft


async def test_a_viewer_previews_only_their_own_threads_and_for_themselves(trusting: Weft) -> None:
    anns, bobs = await thread_of(trusting, "ann"), await thread_of(trusting, "bob")
    bob = seen_by(trusting, Viewer("bob", (Scope.USER,)))
    assert (await bob.contexts.preview("helper", thread_id=bobs, prompt="Hi")).items
    with pytest.raises(InputError, match="not found"):
        await bob.contexts.preview("helper", thread_id=anns, prompt="Hi")
    with pytest.raises(ForbiddenError):
        await bob.contexts.preview("helper", thread_id=bobs, user_id="ann", prompt="Hi")
    with pytest.raises(ForbiddenError):
        await bob.contexts.preview("helper", user_id="ann", prompt="Hi")


async def test_of_threads_that_a_viewer_does_not_see_a_context_shows_nothing(trusting: Weft) -> None:
    """Somebody who was let into one thread of Ann's by an application's own rule."""
    shared, private = await thread_of(trusting, "ann"), await thread_of(trusting, "ann")
    await trusting.messages.save(private, [draft(prompt="The dog is my secret.")])
    guest = seen_by(trusting, Viewer("bob", (Scope.USER,)), lambda _, __, thread: thread.id == shared)
    changes = ContextChanges(search=SearchChanges(limit=3), search_other_threads=True)
    record = await guest.contexts.preview("helper", thread_id=shared, prompt="dog?", changes=changes)
    assert [(item.content, item.row, item.message_id) for item in record.items[:-1]] == [([], None, None)]
    own = await trusting.contexts.preview("helper", thread_id=shared, prompt="dog?", changes=changes)
    assert own.items[0].content == text("The dog is my secret.")
