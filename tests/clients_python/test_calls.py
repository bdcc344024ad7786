"""Every call of the rooms against the real server: what goes in comes out, and what was left out stays."""

from contextlib import aclosing
from typing import Any

import pytest
from tests.clients_python.world import Served, answered, client, serving, until
from weft_client import (
    UNSET,
    ContextPreviewInput,
    GenerateObjectInput,
    GenerateTextInput,
    GenerationOptionsInput,
    GenerationStatus,
    InvalidInputError,
    MessageInput,
    MessageRole,
    MessageStatus,
    NotFoundError,
    StreamState,
    ThreadFilter,
    ThreadOrder,
    ThreadStatus,
    Weft,
)

from weft import Agent
from weft.storage.types import Database
from weft.testing import ScriptedModel


@pytest.mark.parametrize("user_id", ["ann-list", None])
async def test_a_list_of_threads_is_followed_from_the_page_that_was_read(weft: Weft, user_id: str | None) -> None:
    gone = await weft.threads.create(title="Gone", user_id="ann-list")
    anns = None if user_id is None else ThreadFilter(user_id=user_id)
    cursor = (await weft.threads.page(filter=anns)).cursor
    made = await weft.threads.create(title="New", user_id="ann-list")
    await weft.threads.delete(gone.id)
    told: dict[str, str] = {}
    following: Any = weft.api.thread_list_events(user_id, cursor, user_id is None)
    async with aclosing(following) as events:
        async for event in events:
            if event.typename__ == "ThreadChanged":
                told[event.thread.id] = "changed"
            elif event.typename__ == "ThreadDeleted":
                told[event.thread_id] = "gone"
            if told.items() >= {made.id: "changed", gone.id: "gone"}.items():
                break
    assert told[made.id] == "changed"
    await weft.threads.delete(made.id)


async def test_threads(weft: Weft) -> None:
    first = await weft.threads.create(title="One", user_id="ann-1", metadata={"a": 1}, client_id="c1")
    assert (await weft.threads.create(title="Two", user_id="ann-1", client_id="c1")).id == first.id
    second = await weft.threads.create(title="Two", user_id="ann-1")
    nobodys = await weft.threads.create(user_id=None)
    anns = ThreadFilter(user_id="ann-1")
    page = await weft.threads.page(filter=anns, first=1)
    assert ([thread.id for thread in page.nodes], page.has_next_page) == ([second.id], True)
    rest = await weft.threads.page(filter=anns, order_by=ThreadOrder.CREATED, first=1, after=page.end_cursor)
    assert ([thread.id for thread in rest.nodes], rest.has_next_page) == ([first.id], False)
    assert [thread.id async for thread in weft.threads.all(filter=anns)] == [second.id, first.id]
    assert [user async for user in weft.threads.users()] == ["ann-1"]
    assert nobodys.user_id is None
    changed = await weft.threads.update(first.id, title=None, status=ThreadStatus.ARCHIVED)
    assert (changed.title, changed.status, changed.metadata, changed.user_id) == (
        None,
        ThreadStatus.ARCHIVED,
        {"a": 1},
        "ann-1",
    )
    assert (await weft.threads.update(first.id, title=UNSET)).status is ThreadStatus.ARCHIVED
    assert await weft.threads.get(first.id) == changed
    assert (await weft.threads.usage(first.id)).total_tokens == 0
    assert await weft.threads.delete(second.id)
    assert await weft.threads.delete_user_data("ann-1")
    with pytest.raises(NotFoundError):
        await weft.threads.get(first.id)


async def test_messages(weft: Weft) -> None:
    thread = await weft.threads.create(title="Rows")
    prompt, reply = await weft.messages.save(
        thread.id,
        [MessageInput(prompt="My chain is broken"), MessageInput(role=MessageRole.ASSISTANT, content="Bring it in")],
        agent_name="Kim",
    )
    page = await weft.messages.page(thread.id, last=1)
    assert ([row.id for row in page.nodes], page.has_previous_page) == ([reply.id], True)
    assert [row.id for row in (await weft.messages.page(thread.id, statuses=[MessageStatus.FAILED])).nodes] == []
    changed = await weft.messages.update(reply.id, content="Bring it in today", metadata={"b": 2})
    assert (changed.text, changed.metadata, changed.status) == ("Bring it in today", {"b": 2}, MessageStatus.SUCCESS)
    assert (await weft.messages.update(reply.id, metadata=None)).text == "Bring it in today"
    rated = await weft.messages.rate(reply.id, 1, "quick")
    assert rated.feedback is not None
    assert (rated.feedback.rating, rated.feedback.comment) == (1, "quick")
    assert (await weft.messages.rate(reply.id, None)).feedback is None
    (hit,) = await weft.messages.search("chain", thread_id=thread.id, vector_search=False)
    assert (hit.message.id, hit.thread.id) == (prompt.id, thread.id)
    branch = await weft.threads.branch(thread.id, up_to_and_including_message_id=prompt.id, title="What if")
    assert [row.text for row in (await weft.messages.page(branch.id)).nodes] == ["My chain is broken"]
    assert await weft.messages.delete(reply.id, reply.id, "msg_nothing") == [reply.id]
    assert await weft.messages.delete_range(thread.id, start_order=0, end_order=1)
    with pytest.raises(NotFoundError):
        await weft.messages.get(prompt.id)
    with pytest.raises(NotFoundError):
        await weft.messages.page("thr_nothing")


async def test_generations(db: Database) -> None:
    judge = Agent("judge", model=ScriptedModel([{"mood": "glad"}], repeat=True))
    async with serving(db, judge) as server, client(server.url) as weft:
        thread = await weft.threads.create()
        asked = GenerateTextInput(agent_name="echo", thread_id=thread.id, prompt="Hello")
        asked.options = GenerationOptionsInput(instructions="Be kind", model=None)
        text = await weft.generations.generate_text(asked)
        assert (text.text, text.order) == ("You said: Hello", 0)
        assert text.generation is not None
        assert (await weft.generations.get(text.generation.id)).status is GenerationStatus.SUCCEEDED
        assert [item.content[0]["text"] for item in await weft.generations.context(text.generation.id)] == ["Hello"]
        preview = ContextPreviewInput(agent_name="echo", thread_id=thread.id, prompt="And?")
        assert len(await weft.generations.context_preview(preview)) == 3
        shape = {"type": "object", "properties": {"mood": {"type": "string"}}}
        made = await weft.generations.generate_object(
            GenerateObjectInput(agent_name="judge", thread_id=thread.id, prompt="How?", schema=shape)
        )
        assert made.object_ == {"mood": "glad"}
        (row, *_) = (await weft.messages.page(thread.id)).nodes
        again = await weft.generations.start(thread.id, row.id, "echo", client_id="g1")
        assert (await weft.generations.start(thread.id, row.id, "echo", client_id="g1")).id == again.id
        assert (await weft.generations.abort(again.id, "enough")).id == again.id
        with pytest.raises(NotFoundError):
            await weft.generations.get("gen_nothing")


async def test_streams(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.streams.writing(thread.id, agent_name="workflow", model="mine") as writer:
        await writer.add()
        (stream,) = await weft.streams.of_thread(thread.id)
        assert (stream.id, stream.agent_name, stream.model) == (writer.stream_id, "workflow", "mine")
        with pytest.raises(InvalidInputError):
            await writer.add({"type": "nonsense"})
        await writer.text("Done")
        assert await weft.streams.abort(thread.id, order=99) == []
    assert await weft.streams.of_thread(thread.id) == []
    (ended,) = await weft.streams.of_thread(thread.id, states=[StreamState.FINISHED])
    assert ended.id == writer.stream_id
    assert (await writer.finish()).state is StreamState.FINISHED


async def test_the_server_and_whoever_asks(weft: Weft, served: Served) -> None:
    assert {agent.name for agent in await weft.agents()} >= {"echo", "payer"}
    assert (await weft.server_info()).search in ("atlas", "embedded")
    assert (await weft.viewer()).scopes == ["admin"]
    assert served.url.endswith("/graphql")


async def test_an_answer_that_is_started_is_followed(weft: Weft) -> None:
    thread = await weft.threads.create()
    (row,) = await weft.messages.save(thread.id, [MessageInput(prompt="Hello")])
    async with weft.thread(thread.id) as live:
        await weft.generations.start(thread.id, row.id, "echo")
        view = await until(live, answered)
    assert view.messages[1].text == "You said: Hello"
