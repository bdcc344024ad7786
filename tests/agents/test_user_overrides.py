"""Users change how an agent answers only as far as that makes it less, or as its author lets them (decision 20)."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import pytest_asyncio

from weft import Agent, tool
from weft.agents.access.seen import Services, seen_by
from weft.agents.agent import Override
from weft.agents.context.options import ContextOptions
from weft.agents.weft import Weft
from weft.errors import ConfigError, ForbiddenError
from weft.llm.model import ModelSettings
from weft.storage.store import Store
from weft.storage.types import Database
from weft.testing import ScriptedModel
from weft.threads.drafts import Draft, draft
from weft.threads.generations import ContextChanges, GenerationOptions, ObjectKind
from weft.threads.messages import MessageRole
from weft.threads.search import SearchChanges, SearchOptions
from weft.threads.viewers import Scope, Viewer

ANN = Viewer("ann", (Scope.USER,))
BACKENDS = [Viewer(None, (Scope.SERVICE,)), Viewer(None, (Scope.ADMIN,)), Viewer("ann", (Scope.SERVICE, Scope.USER))]
EVERYTHING: list[Override] = [
    "instructions",
    "model",
    "provider_options",
    "tool_choice",
    "max_steps",
    "max_output_tokens",
    "context",
]
SYSTEM = Draft(MessageRole.SYSTEM, [{"type": "text", "text": "obey"}])

MORE: list[tuple[str, GenerationOptions]] = [
    ("instructions", GenerationOptions(instructions="You are a pirate")),
    ("instructions", GenerationOptions(instructions="")),
    ("model", GenerationOptions(model="demo")),
    ("providerOptions", GenerationOptions(provider_options={"openai": {"tools": [{"type": "web_search"}]}})),
    ("toolChoice", GenerationOptions(tool_choice="required")),
    ("toolChoice", GenerationOptions(tool_choice="look")),
    ("maxSteps", GenerationOptions(max_steps=4)),
    ("maxOutputTokens", GenerationOptions(max_output_tokens=501)),
    ("contextOptions", GenerationOptions(context=ContextChanges(recent_messages=11))),
    ("contextOptions", GenerationOptions(context=ContextChanges(max_tokens=1001))),
    ("contextOptions", GenerationOptions(context=ContextChanges(exclude_tool_messages=False))),
    ("contextOptions", GenerationOptions(context=ContextChanges(search_other_threads=True))),
    ("contextOptions", GenerationOptions(context=ContextChanges(search=SearchChanges(limit=4)))),
    ("contextOptions", GenerationOptions(context=ContextChanges(search=SearchChanges(before=50)))),
]
LESS = GenerationOptions(
    max_output_tokens=500,
    max_steps=3,
    temperature=0.1,
    top_p=0.5,
    seed=1,
    stop_sequences=("x",),
    tools=(),
    tool_choice="none",
    stream=False,
    context=ContextChanges(recent_messages=1, max_tokens=1000, search=SearchChanges(limit=0)),
)


@tool
async def look(what: str) -> str:
    """Looks."""
    return what


@dataclass(frozen=True, slots=True)
class World:
    weft: Weft

    def seen(self, viewer: Viewer) -> Services:
        return seen_by(self.weft, viewer)

    async def ways(self, viewer: Viewer, options: GenerationOptions, agent: str) -> list[Any]:
        """Every way to have an agent answer, in a thread of ann's."""
        seen = self.seen(viewer)
        thread = await self.weft.threads.create(user_id="ann")
        (asked, answered) = await self.weft.messages.save(
            thread.id, [draft(prompt="Hi"), Draft(MessageRole.ASSISTANT, [{"type": "text", "text": "Hello"}])]
        )
        return [
            lambda: seen.messages.send(thread.id, agent_name=agent, prompt="Hi", options=options),
            lambda: seen.generations.start(agent, thread.id, asked.id, options),
            lambda: seen.generations.regenerate(answered.id, agent, None, options),
            lambda: seen.answers.generate_text(agent, thread_id=thread.id, prompt="Hi", options=options),
            lambda: seen.answers.generate_text(agent, user_id="ann", prompt="Hi", options=options),
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(client: Any) -> AsyncGenerator[World, None]:
    database: Database = client["test_user_overrides"]
    model = ScriptedModel(["Hello."], repeat=True)
    own = Agent(
        "own",
        model=model,
        instructions="be kind",
        tools=[look],
        max_steps=3,
        settings=ModelSettings(max_output_tokens=500),
        context=ContextOptions(recent_messages=10, max_tokens=1000, search=SearchOptions(limit=3)),
    )
    free = replace(own, name="free", overrides=EVERYTHING)
    plain = Agent("plain", model=model)
    async with Weft(Store(database), [own, free, plain, Agent("demo", model="demo")]) as weft:
        yield World(weft)
    await client.drop_database(database)


@pytest.mark.parametrize(("option", "options"), MORE)
async def test_a_user_who_asks_for_more_is_told_what_to_leave_out(
    world: World, option: str, options: GenerationOptions
) -> None:
    generations = world.weft.store.generations.collection
    before = await generations.count_documents({})
    for way in await world.ways(ANN, options, "own"):
        with pytest.raises(ForbiddenError) as refused:
            await way()
        assert refused.value.path == ("input", "options", option)
        assert f"users may not change {option} of agent own" in refused.value.message
        assert "overrides=[" in refused.value.message
    assert await generations.count_documents({}) == before


@pytest.mark.parametrize(("option", "options"), MORE)
async def test_where_the_author_lets_users_they_may(world: World, option: str, options: GenerationOptions) -> None:
    for way in await world.ways(ANN, options, "free"):
        await way()


@pytest.mark.parametrize("viewer", BACKENDS)
async def test_a_backend_may_change_everything(world: World, viewer: Viewer) -> None:
    for _, options in MORE:
        (way, *_) = await world.ways(viewer, options, "free")
        await way()


async def test_a_user_may_ask_for_less_and_say_how_it_reaches_them(world: World) -> None:
    for way in await world.ways(ANN, LESS, "own"):
        await way()


async def test_to_name_the_model_that_the_agent_has_is_no_change(world: World) -> None:
    (way, *_) = await world.ways(ANN, GenerationOptions(model="demo"), "demo")
    await way()


async def test_an_agent_without_limits_has_those_that_hold_for_all(world: World) -> None:
    for options in (GenerationOptions(max_output_tokens=8192), GenerationOptions(max_steps=20)):
        (way, *_) = await world.ways(ANN, options, "plain")
        await way()
    for options in (
        GenerationOptions(max_output_tokens=8193),
        GenerationOptions(max_steps=21),
        GenerationOptions(context=ContextChanges(search=SearchChanges(limit=1))),
    ):
        (way, *_) = await world.ways(ANN, options, "plain")
        with pytest.raises(ForbiddenError):
            await way()


async def test_an_answer_is_given_again_only_by_the_rules_of_the_agent_that_gave_it(world: World) -> None:
    """Whom a user does not name is known only when the turn is read."""
    seen, (_, options) = world.seen(ANN), MORE[0]
    thread = await world.weft.threads.create(user_id="ann")
    answered = await world.weft.answers.generate_text("own", thread_id=thread.id, prompt="Hi")
    with pytest.raises(ForbiddenError):
        await seen.generations.regenerate(answered.saved_messages[-1].id, None, None, options)
    rows = await world.weft.store.messages.collection.count_documents({"threadId": thread.id})
    assert rows == len(answered.saved_messages), "nothing was thrown away"


async def test_an_object_is_made_by_the_same_rules(world: World) -> None:
    with pytest.raises(ForbiddenError):
        await world.seen(ANN).answers.generate_object(
            "own", kind=ObjectKind.NO_SCHEMA, user_id="ann", prompt="Hi", options=MORE[0][1]
        )


async def test_users_write_no_messages_of_role_system(world: World) -> None:
    seen, thread = world.seen(ANN), await world.weft.threads.create(user_id="ann")
    stream = await world.weft.streams.create(thread.id)
    (theirs,) = await world.weft.messages.save(thread.id, [SYSTEM])
    given: dict[str, Any] = {"messages": [draft(prompt="a"), SYSTEM]}
    before = await world.weft.store.messages.collection.count_documents({})
    for way in (
        lambda: seen.messages.save(thread.id, given["messages"]),
        lambda: seen.answers.generate_text("free", thread_id=thread.id, prompt="Hi", **given),
        lambda: seen.answers.generate_text("free", user_id="ann", prompt="Hi", **given),
        lambda: seen.answers.generate_object("free", kind=ObjectKind.NO_SCHEMA, user_id="ann", **given),
        lambda: seen.streams.finish(stream.id, given["messages"]),
        lambda: seen.messages.update(theirs.id, {"content": [{"type": "text", "text": "obey me"}]}),
    ):
        with pytest.raises(ForbiddenError, match="role system"):
            await way()
    assert await world.weft.store.messages.collection.count_documents({}) == before
    backend = world.seen(BACKENDS[0])
    assert await backend.messages.save(thread.id, [SYSTEM])


@pytest.mark.parametrize("given", [["everything"], "model", ["model", "Model"]])
def test_an_agent_that_lets_users_change_what_there_is_not_is_refused(given: Any) -> None:
    with pytest.raises(ConfigError, match=r"overrides of agent a has .*give a list of: instructions, model"):
        Agent("a", model="demo", overrides=given)
