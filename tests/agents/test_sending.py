"""Sending a message: one place in the thread, once for a clientId, all of it or nothing."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from tests.agents.services import Services
from tests.support import counts, helper, in_time, new_thread, text

from weft.agents.limits import SIZES
from weft.agents.messages import Sent
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.threads.cursors import Cursor
from weft.threads.events import EventKind
from weft.threads.generations import GenerationOptions, GenerationStatus
from weft.threads.messages import Message, MessageRole, MessageStatus
from weft.threads.paging import PageRequest
from weft.threads.ui_messages import UIMessageStatus

SAVED, JOB, THREAD = EventKind.MESSAGE_SAVED, EventKind.GENERATION_CHANGED, EventKind.THREAD_CHANGED


async def rows_of(store: Store, thread_id: str) -> list[Message]:
    """All rows of a thread, by position."""
    rows: list[Message] = []
    request = PageRequest(100)
    while True:
        page = await store.messages.page(thread_id, request)
        rows += page.nodes
        if not page.has_next:
            return rows
        request = PageRequest(100, after=page.edges[-1].cursor)


async def test_the_message_its_pending_reply_and_the_job_are_stored_together(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store, user_id="ann")
    sent = await services.messages.send(thread.id, prompt="Hello", client_id="c1")
    prompt, reply = await rows_of(store, thread.id)
    assert (prompt.order, prompt.step_order, prompt.role, prompt.status) == (
        0,
        0,
        MessageRole.USER,
        MessageStatus.SUCCESS,
    )
    assert (prompt.content, prompt.text, prompt.user_id, prompt.client_id) == (text("Hello"), "Hello", "ann", "c1")
    assert (reply.order, reply.step_order, reply.status) == (0, 1, MessageStatus.PENDING)
    assert (reply.role, reply.content, reply.client_id) == (MessageRole.ASSISTANT, [], None)
    assert (reply.agent_name, reply.model, reply.provider) == ("helper", "scripted", "scripted")
    assert sent.generation is not None
    assert sent.generation == await services.job(sent.generation)
    assert (sent.generation.prompt_message_id, sent.generation.reply_message_id) == (prompt.id, reply.id)
    assert sent.generation.status is GenerationStatus.QUEUED
    assert await services.told(thread.id) == [SAVED, SAVED, JOB, THREAD]
    assert (sent.message.id, sent.message.key) == (prompt.id, f"{thread.id}-0-0")
    assert sent.message.status is UIMessageStatus.SUCCESS


async def test_the_cursor_is_just_after_the_message(store: Store) -> None:
    thread = await new_thread(store)
    sent = await Services(store).messages.send(thread.id, prompt="Hello")
    cursor = Cursor.decode(sent.cursor, thread.id)
    event, *later = await store.events.between(thread.id, cursor.seq - 1, 99)
    assert event.refs["messageId"] == sent.message.id
    assert [each.kind for each in later] == [SAVED, JOB, THREAD]


async def test_a_message_may_wait_for_nobody(store: Store) -> None:
    services = Services(store, helper(name="one"), helper(name="two"))
    thread = await new_thread(store)
    sent = await services.messages.send(thread.id, prompt="Hello", generate=False)
    assert sent.generation is None
    assert [row.id for row in await rows_of(store, thread.id)] == [sent.message.id]
    assert await services.told(thread.id) == [SAVED, THREAD]


async def test_sending_makes_the_thread_the_newest(store: Store) -> None:
    thread = await new_thread(store)
    await Services(store).messages.send(thread.id, prompt="Hello")
    now = await store.threads.get(thread.id)
    assert now is not None
    assert now.last_message_at is not None
    assert now.last_message_at >= thread.created_at
    assert now.updated_at == now.last_message_at
    assert now.last_order == 0


async def test_each_message_opens_the_next_turn(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    sent = [await services.messages.send(thread.id, prompt=str(number)) for number in range(4)]
    assert [(one.message.order, one.message.step_order) for one in sent] == [(number, 0) for number in range(4)]


async def test_content_may_be_given_in_parts(store: Store) -> None:
    thread = await new_thread(store)
    parts = [*text("What is"), {"type": "image", "image": "https://weft.example/a.png"}, *text("this?")]
    sent = await Services(store).messages.send(thread.id, content=parts, generate=False)
    assert sent.message.text == "What is this?"
    (row,) = await rows_of(store, thread.id)
    assert [part["type"] for part in row.content] == ["text", "image", "text"]


async def test_options_are_kept_with_the_job(store: Store) -> None:
    services = Services(store)
    options = GenerationOptions(
        model="demo", temperature=0.5, stop_sequences=("a", "b"), provider_options={"x": {"y": 1}}
    )
    sent = await services.messages.send((await new_thread(store)).id, prompt="Hello", options=options)
    assert sent.generation is not None
    assert (await services.job(sent.generation)).options == options
    assert (await services.reply(sent.generation)).provider == "demo"


# ---------------------------------------------------------------- at once


async def test_a_hundred_messages_from_two_processes_each_have_a_place(store: Store, other_store: Store) -> None:
    processes = (Services(store), Services(other_store))
    thread = await new_thread(store)
    sends = [processes[number % 2].messages.send(thread.id, prompt=str(number)) for number in range(100)]
    sent = await in_time(asyncio.gather(*sends))
    rows = await rows_of(store, thread.id)
    assert [(row.order, row.step_order) for row in rows] == [(o, s) for o in range(100) for s in range(2)]
    assert {row.text for row in rows if row.role is MessageRole.USER} == {str(number) for number in range(100)}
    assert len({one.message.order for one in sent}) == 100
    told = Counter(await processes[0].told(thread.id, after=0))
    assert told == {SAVED: 200, JOB: 100, THREAD: 101}


async def test_messages_to_many_threads_do_not_wait_for_each_other(store: Store, other_store: Store) -> None:
    processes = (Services(store), Services(other_store))
    threads = [await new_thread(store) for _ in range(20)]
    sends = [
        processes[number % 2].messages.send(thread.id, prompt=str(number)) for number in range(3) for thread in threads
    ]
    await in_time(asyncio.gather(*sends))
    for thread in threads:
        assert len(await processes[0].told(thread.id)) == 12


# ---------------------------------------------------------------- the caller's own id


def outcome(sent: Sent) -> tuple[str, str | None]:
    return sent.message.id, None if sent.generation is None else sent.generation.id


async def test_the_same_client_id_returns_the_first_result_and_stores_nothing(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    first = await services.messages.send(thread.id, prompt="Hello", client_id="c1")
    before = await counts(store)
    second = await services.messages.send(thread.id, prompt="Something else", client_id="c1", generate=False)
    assert second == first
    assert await counts(store) == before


async def test_the_first_result_is_returned_also_after_the_thread_went_on(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    first = await services.messages.send(thread.id, prompt="Hello", client_id="c1")
    assert first.generation is not None
    await services.generations.abort(first.generation.id)
    await services.messages.send(thread.id, prompt="Next")
    second = await services.messages.send(thread.id, prompt="Hello", client_id="c1")
    assert (second.message, second.cursor) == (first.message, first.cursor)
    assert second.generation == await services.job(first.generation)


async def test_a_message_that_waited_for_nobody_still_does_when_it_is_sent_again(store: Store) -> None:
    services = Services(store)
    thread = await new_thread(store)
    first = await services.messages.send(thread.id, prompt="Hello", client_id="c1", generate=False)
    await services.generations.start("helper", thread.id, first.message.id, GenerationOptions())
    assert await services.messages.send(thread.id, prompt="Hello", client_id="c1") == first


async def test_a_client_id_used_at_once_in_two_processes_sends_once(store: Store, other_store: Store) -> None:
    processes = (Services(store), Services(other_store))
    thread = await new_thread(store)
    sends = [processes[number % 2].messages.send(thread.id, prompt="Hello", client_id="c1") for number in range(30)]
    sent = await in_time(asyncio.gather(*sends))
    assert len({outcome(one) for one in sent}) == 1
    assert len(await rows_of(store, thread.id)) == 2
    assert await processes[0].told(thread.id) == [SAVED, SAVED, JOB, THREAD]


async def test_a_client_id_means_another_message_in_another_thread(store: Store) -> None:
    services = Services(store)
    threads = [await new_thread(store) for _ in range(2)]
    sent = [await services.messages.send(thread.id, prompt="Hello", client_id="c1") for thread in threads]
    assert sent[0].message.id != sent[1].message.id


# ---------------------------------------------------------------- refused


MAX_PROMPT_BYTES = SIZES.prompt_bytes
HUGE = "x" * MAX_PROMPT_BYTES
REFUSED: list[tuple[dict[str, Any], ErrorCode, tuple[str, ...]]] = [
    ({"thread_id": "thr_none", "prompt": "Hello"}, ErrorCode.NOT_FOUND, ("input", "threadId")),
    ({"agent_name": "nobody", "prompt": "Hello"}, ErrorCode.NOT_FOUND, ("input", "agentName")),
    ({}, ErrorCode.INVALID, ("input", "prompt")),
    ({"prompt": "Hello", "content": text("Hello")}, ErrorCode.INVALID, ("input", "prompt")),
    ({"prompt": ""}, ErrorCode.INVALID, ("input", "prompt")),
    ({"prompt": " \n\t"}, ErrorCode.INVALID, ("input", "prompt")),
    ({"prompt": "\ud800"}, ErrorCode.INVALID, ("input", "prompt")),
    ({"prompt": HUGE}, ErrorCode.TOO_LARGE, ("input", "prompt")),
    ({"prompt": "é" * (MAX_PROMPT_BYTES // 2)}, ErrorCode.TOO_LARGE, ("input", "prompt")),
    ({"content": text(HUGE)}, ErrorCode.TOO_LARGE, ("input", "content")),
    ({"content": []}, ErrorCode.INVALID, ("input", "content")),
    ({"content": ["Hello"]}, ErrorCode.INVALID, ("input", "content", "0")),
    ({"content": [{"type": "text"}]}, ErrorCode.INVALID, ("input", "content", "0", "text")),
    ({"content": [{"type": "tool-call"}]}, ErrorCode.INVALID, ("input", "content", "0")),
    ({"prompt": "Hello", "client_id": "x" * 201}, ErrorCode.TOO_LARGE, ("input", "clientId")),
    (
        {"prompt": "Hello", "options": GenerationOptions(model="typo:x")},
        ErrorCode.INVALID,
        ("input", "options", "model"),
    ),
]


@pytest.mark.parametrize(("given", "reason", "path"), REFUSED)
async def test_what_is_refused_stores_nothing(
    store: Store, given: dict[str, Any], reason: ErrorCode, path: tuple[str, ...]
) -> None:
    services = Services(store)
    thread = await new_thread(store)
    before = await counts(store)
    with pytest.raises(InputError) as caught:
        await services.messages.send(**(dict[str, Any](thread_id=thread.id) | given))
    assert (caught.value.reason, caught.value.path) == (reason, path)
    assert len(caught.value.message) < 300
    assert await counts(store) == before
    assert await store.threads.get(thread.id) == thread


async def test_a_prompt_of_a_mebibyte_less_its_quotes_is_accepted(store: Store) -> None:
    thread = await new_thread(store)
    sent = await Services(store).messages.send(thread.id, prompt="x" * (MAX_PROMPT_BYTES - 2))
    assert len(sent.message.text) == MAX_PROMPT_BYTES - 2


async def test_with_several_agents_the_caller_says_which(store: Store) -> None:
    services = Services(store, helper(name="two"), helper(name="one"))
    thread = await new_thread(store)
    with pytest.raises(InputError, match="say which agent answers: one, two"):
        await services.messages.send(thread.id, prompt="Hello")
    with pytest.raises(InputError, match="there is no agent 'three'; there are: one, two"):
        await services.messages.send(thread.id, prompt="Hello", agent_name="three")
    assert await store.threads.get(thread.id) == thread
