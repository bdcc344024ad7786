"""A live thread: what is there, what comes, what grows, and what a person does in it."""

import asyncio
from contextlib import aclosing
from itertools import pairwise

import pytest
from tests.clients_python.world import LONG, Served, answered, client, held, serving, texts, until
from tests.support import in_time
from weft_client import (
    AbortedError,
    AnswerError,
    Message,
    MessageInput,
    MessageState,
    NotFoundError,
    Role,
    Status,
    TextPart,
    Weft,
)

from weft.storage.types import Database
from weft.testing import Gate


async def test_an_answer_is_seen_growing_and_is_in_the_end_what_is_stored(weft: Weft) -> None:
    thread = await weft.threads.create()
    seen: list[Message] = []
    async with weft.thread(thread.id) as live:
        await live.send("Tell me", agent_name="slow")
        async for message in live:
            if message.role is Role.ASSISTANT:
                seen.append(message)
                if message.settled:
                    break
    growing = [message.text for message in seen]
    assert growing[-1] == LONG
    assert all(later.startswith(earlier) for earlier, later in pairwise(growing))
    assert len(set(growing)) > 3
    stored = (await weft.messages.ui_page(thread.id)).nodes
    assert stored == live.messages
    assert stored[-1] == seen[-1]


async def test_a_reader_who_comes_amid_an_answer_sees_it_to_its_end(db: Database) -> None:
    gates = (Gate(), Gate())
    async with serving(db, held(*gates)) as server, client(server.url) as weft:
        thread = await weft.threads.create()
        await weft.thread(thread.id).send("Count", agent_name="held")
        await gates[0].reached()
        late = weft.thread(thread.id)
        async with late:
            await until(late, lambda view: texts(view)[1:] == ["one "])
            gates[0].open()
            await until(late, lambda view: texts(view)[1:] == ["one two "])
            gates[1].open()
            view = await until(late, answered)
    assert texts(view) == ["Count", "one two three"]
    assert view.messages[1].parts == (TextPart("one two three"),)


async def test_two_readers_of_one_thread_object_and_two_objects_see_the_same(weft: Weft) -> None:
    thread = await weft.threads.create()
    one, other = weft.thread(thread.id), weft.thread(thread.id)
    async with one, other:
        await one.send("Hello", agent_name="echo")
        views = await asyncio.gather(until(one, answered), until(one, answered), until(other, answered))
    assert {tuple(texts(view)) for view in views} == {("Hello", "You said: Hello")}
    assert views[0].messages == views[2].messages


async def test_a_message_that_does_not_change_is_not_given_again(weft: Weft) -> None:
    thread = await weft.threads.create()
    given: list[Message] = []
    async with weft.thread(thread.id) as live:
        await live.send("first", agent_name="echo")
        await until(live, answered)
        async for message in live:
            given.append(message)
            if len(given) == 2:
                await live.send("second", agent_name="echo")
            if message.text == "You said: second" and message.settled:
                break
    assert [message.text for message in given].count("first") == 1
    assert [message.text for message in given].count("You said: first") == 1


async def test_older_messages_are_loaded_page_by_page_each_once(weft: Weft) -> None:
    thread = await weft.threads.create()
    await weft.messages.save(thread.id, [MessageInput(prompt=f"m{number}") for number in range(75)])
    async with weft.thread(thread.id) as live:
        await live.ready()
        assert texts(live.view) == [f"m{number}" for number in range(45, 75)]
        assert await live.load_older()
        assert await live.load_older() is False
        assert texts(live.view) == [f"m{number}" for number in range(75)]


async def test_stopping_ends_the_answer_with_what_there_is_and_the_reason_given(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.send("Tell me", agent_name="slow")
        await until(live, lambda view: len(view.messages) > 1 and view.messages[1].text != "")
        assert live.is_answering
        await live.stop("enough")
        view = await until(live, answered)
    answer = view.messages[1]
    assert (answer.status, answer.error) == (MessageState.FAILED, "enough")
    assert LONG.startswith(answer.text)
    assert answer.text != LONG


async def test_an_answer_is_stopped_by_somebody_who_does_not_follow(db: Database) -> None:
    gate = Gate()
    async with serving(db, held(gate)) as server, client(server.url) as weft:
        thread = await weft.threads.create()
        await weft.thread(thread.id).send("Count", agent_name="held")
        await gate.reached()
        await weft.thread(thread.id).stop("enough")
        async with weft.thread(thread.id) as live:
            view = await until(live, answered)
    assert (view.messages[1].text, view.messages[1].error) == ("one ", "enough")


async def test_regenerating_replaces_the_answer_and_the_prompt(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.send("one", agent_name="echo")
        view = await until(live, answered)
        await live.regenerate(view.messages[1], prompt="two")
        view = await until(live, lambda view: answered(view) and texts(view)[1] != "You said: one")
    assert texts(view) == ["two", "You said: two"]


async def test_messages_that_are_deleted_are_gone(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.send("Hello", agent_name="echo")
        view = await until(live, answered)
        assert await weft.messages.delete(view.messages[0].id) == [view.messages[0].id]
        view = await until(live, lambda view: len(view.messages) == 1)
    assert texts(view) == ["You said: Hello"]


async def test_the_iteration_ends_when_the_thread_is_deleted(weft: Weft) -> None:
    thread = await weft.threads.create()
    live = weft.thread(thread.id)
    async with live:
        await live.send("Hello", agent_name="echo", generate=False)
        await until(live, lambda view: view.status is Status.LIVE)
        await weft.threads.delete(thread.id)
        assert [message.text async for message in live] == ["Hello"]
    assert live.status is Status.DELETED


async def test_a_thread_that_is_not_there_raises_out_of_the_iteration(weft: Weft) -> None:
    with pytest.raises(NotFoundError, match="thr_nothing"):
        await anext(aiter(weft.thread("thr_nothing")))


async def test_titles_and_statuses_are_told_as_they_change(weft: Weft) -> None:
    thread = await weft.threads.create(title="old")
    live = weft.thread(thread.id)
    assert live.status is Status.IDLE
    async with live, aclosing(live.updates()) as views:
        statuses = [(await anext(views)).status]
        async for view in views:
            statuses.append(view.status)
            if view.status is Status.LIVE and view.thread is not None and view.thread.title == "old":
                await weft.threads.update(thread.id, title=None)
            elif view.thread is not None and view.thread.title is None:
                break
    assert statuses[0] is Status.CONNECTING
    assert live.status is Status.IDLE


async def test_the_text_of_an_answer_comes_piece_by_piece(weft: Weft) -> None:
    thread = await weft.threads.create()
    pieces = [piece async for piece in weft.stream_text(thread.id, "Tell me", agent_name="slow")]
    assert "".join(pieces) == LONG
    assert len(pieces) > 3


async def test_an_answer_that_fails_raises_behind_its_text(weft: Weft) -> None:
    thread = await weft.threads.create()
    pieces = weft.stream_text(thread.id, "Tell me", agent_name="broken")
    assert await anext(pieces) == "half an "
    with pytest.raises(AnswerError, match="the provider is down"):
        await anext(pieces)


async def test_an_answer_that_is_stopped_raises_aborted_with_the_reason(db: Database) -> None:
    gate = Gate()
    async with serving(db, held(gate)) as server, client(server.url) as weft:
        thread = await weft.threads.create()

        async def read() -> None:
            async for _ in weft.stream_text(thread.id, "Count", agent_name="held"):
                pass

        reading = asyncio.create_task(read())
        await gate.reached()
        await weft.thread(thread.id).stop("enough")
        with pytest.raises(AbortedError, match="enough") as raised:
            await in_time(reading)
    assert raised.value.generation_id is not None


async def test_a_writer_of_its_own_is_followed_like_an_agent(weft: Weft, served: Served) -> None:
    thread = await weft.threads.create()
    async with client(served.url) as other, other.thread(thread.id) as live:
        await live.ready()
        async with weft.streams.writing(thread.id, agent_name="workflow") as writer:
            await writer.add({"type": "text-start", "id": "0"}, {"type": "text-delta", "id": "0", "delta": "Looking"})
            await until(live, lambda view: texts(view) == ["Looking"])
            await writer.add({"type": "text-delta", "id": "0", "delta": " around"}, {"type": "text-end", "id": "0"})
        view = await until(live, lambda view: bool(view.messages) and view.messages[0].settled)
    assert texts(view) == ["Looking around"]
    assert view.messages[0].agent_name == "workflow"


async def test_a_writer_that_breaks_off_leaves_what_it_wrote_and_why(weft: Weft) -> None:
    thread = await weft.threads.create()

    async def write() -> None:
        async with weft.streams.writing(thread.id, agent_name="workflow") as writer:
            await writer.text("Dear")
            raise RuntimeError("no more ink")

    with pytest.raises(RuntimeError, match="no more ink"):
        await write()
    (message,) = (await weft.messages.ui_page(thread.id)).nodes
    assert (message.text, message.status, message.error) == ("Dear", MessageState.FAILED, "no more ink")
