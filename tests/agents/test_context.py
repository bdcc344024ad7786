"""What a model is shown of a thread."""

import random
from dataclasses import replace

import pytest
from tests.support import LONG_AGO, row, text, thread_value, tool_call

from weft.agents.context import gather
from weft.storage.message_docs import message_doc
from weft.storage.store import Store
from weft.threads.messages import Message, MessageRole, MessageStatus, Part

USER, ASSISTANT, TOOL = MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL


async def stored(store: Store, *rows: Message) -> list[Message]:
    """The rows, in a thread of their own."""
    thread_id = thread_value(created_at=LONG_AGO).id
    placed = [replace(one, thread_id=thread_id) for one in rows]
    await store.messages.collection.insert_many([message_doc(one) for one in placed])
    return placed


def turn(order: int, *roles: MessageRole) -> list[Message]:
    return [row(role, order, step) for step, role in enumerate(roles)]


def pending(order: int, step: int) -> Message:
    return row(ASSISTANT, order, step, [], status=MessageStatus.PENDING)


async def shown(store: Store, rows: list[Message], recent: int, *, prompt: int = -2, reply: int = -1) -> list[str]:
    """The text of what a model would be shown to answer one of the rows in another."""
    messages = await gather(store, rows[prompt], rows[reply], recent)
    return [str(part.get("text", part["type"])) for message in messages for part in message.content]


async def test_a_first_prompt_is_shown_alone(store: Store) -> None:
    rows = await stored(store, *turn(0, USER), pending(0, 1))
    assert await shown(store, rows, 100) == ["user 0.0"]


async def test_earlier_turns_come_before_the_prompt_in_their_order(store: Store) -> None:
    rows = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER, ASSISTANT), *turn(2, USER), pending(2, 1))
    messages = await gather(store, rows[-2], rows[-1], 100)
    assert [message.role for message in messages] == [USER, ASSISTANT, USER, ASSISTANT, USER]
    assert await shown(store, rows, 100) == ["user 0.0", "assistant 0.1", "user 1.0", "assistant 1.1", "user 2.0"]


@pytest.mark.parametrize(
    ("recent", "wanted"),
    [
        (0, ["user 2.0"]),
        (1, ["user 2.0"]),
        (2, ["user 1.0", "assistant 1.1", "user 2.0"]),
        (4, ["user 1.0", "assistant 1.1", "user 2.0"]),
        (5, ["user 0.0", "assistant 0.1", "assistant 0.2", "user 1.0", "assistant 1.1", "user 2.0"]),
        (6, ["user 0.0", "assistant 0.1", "assistant 0.2", "user 1.0", "assistant 1.1", "user 2.0"]),
    ],
)
async def test_a_turn_that_does_not_fit_is_left_out_whole(store: Store, recent: int, wanted: list[str]) -> None:
    rows = await stored(
        store, *turn(0, USER, ASSISTANT, ASSISTANT), *turn(1, USER, ASSISTANT), *turn(2, USER), pending(2, 1)
    )
    assert await shown(store, rows, recent) == wanted


async def test_failed_and_pending_rows_are_not_shown(store: Store) -> None:
    rows = await stored(
        store,
        row(USER, 0, 0),
        row(ASSISTANT, 0, 1, text("half"), status=MessageStatus.FAILED),
        row(USER, 1, 0),
        row(ASSISTANT, 1, 1, text("being written"), status=MessageStatus.PENDING),
        row(USER, 2, 0),
        pending(2, 1),
    )
    assert await shown(store, rows, 100) == ["user 0.0", "user 1.0", "user 2.0"]


async def test_later_turns_and_later_steps_are_not_shown(store: Store) -> None:
    rows = await stored(store, *turn(0, USER), pending(0, 1), row(ASSISTANT, 0, 2), *turn(1, USER, ASSISTANT))
    assert await shown(store, rows, 100, prompt=0, reply=1) == ["user 0.0"]


async def test_earlier_answers_to_the_same_prompt_are_shown(store: Store) -> None:
    rows = await stored(
        store, *turn(0, USER, ASSISTANT), *turn(1, USER, ASSISTANT, ASSISTANT), pending(1, 3), *turn(2, USER)
    )
    wanted = ["user 1.0", "assistant 1.1", "assistant 1.2"]
    assert await shown(store, rows, 1, prompt=2, reply=5) == wanted
    assert await shown(store, rows, 2, prompt=2, reply=5) == ["user 0.0", "assistant 0.1", *wanted]


async def test_the_prompt_is_shown_however_many_rows_its_turn_has(store: Store) -> None:
    rows = await stored(store, *turn(3, USER, *[ASSISTANT] * 9), pending(3, 10))
    assert await shown(store, rows, 2, prompt=0) == ["user 3.0", *(f"assistant 3.{step}" for step in range(1, 10))]
    assert await shown(store, rows, 0, prompt=0) == ["user 3.0"]


async def test_a_prompt_that_failed_is_shown_all_the_same(store: Store) -> None:
    failed = row(USER, 0, 0, status=MessageStatus.FAILED)
    rows = await stored(store, failed, pending(0, 1))
    assert await shown(store, rows, 10) == ["user 0.0"]


async def test_calls_and_results_of_the_turn_being_answered_are_shown(store: Store) -> None:
    result: list[Part] = [{"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {}}]
    rows = await stored(
        store, *turn(0, USER), row(ASSISTANT, 0, 1, tool_call()), row(TOOL, 0, 2, result), pending(0, 3)
    )
    assert await shown(store, rows, 1, prompt=0) == ["user 0.0", "tool-call", "tool-result"]


async def test_rows_without_content_are_left_out(store: Store) -> None:
    rows = await stored(store, row(USER, 0, 0), row(ASSISTANT, 0, 1, []), *turn(1, USER), pending(1, 1))
    assert await shown(store, rows, 10) == ["user 0.0", "user 1.0"]


async def test_other_threads_are_never_shown(store: Store) -> None:
    await stored(store, *turn(0, USER, ASSISTANT))
    rows = await stored(store, *turn(1, USER), pending(1, 1))
    assert await shown(store, rows, 100) == ["user 1.0"]


async def test_any_history_is_cut_at_a_turn_and_as_late_as_it_fits(store: Store) -> None:
    chance = random.Random(1)
    for _ in range(15):
        turns = [turn(order, USER, *[ASSISTANT] * chance.randint(0, 4)) for order in range(chance.randint(0, 8))]
        last = len(turns)
        rows = await stored(store, *(one for each in turns for one in each), *turn(last, USER), pending(last, 1))
        for recent in range(0, 20, 3):
            fitting: list[Message] = []
            for each in reversed(turns):
                if len(fitting) + len(each) > recent:
                    break
                fitting = [*each, *fitting]
            assert await shown(store, rows, recent) == [*(str(one.text) for one in fitting), f"user {last}.0"]


async def test_of_tool_calls_a_model_is_told_only_the_words_around_them(store: Store) -> None:
    both: list[Part] = [*text("Let me look."), *tool_call()]
    result: list[Part] = [{"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {}}]
    *_, prompt, reply = await stored(
        store,
        row(USER, 0, 0, text("Is it cold?")),
        row(ASSISTANT, 0, 1, both),
        row(TOOL, 0, 2, result),
        row(ASSISTANT, 0, 3, tool_call()),
        row(ASSISTANT, 0, 4, text("Yes.")),
        row(USER, 1, 0, text("And now?")),
        pending(1, 1),
    )
    told = await gather(store, prompt, reply, 100)
    assert [(message.role, message.content) for message in told] == [
        (USER, text("Is it cold?")),
        (ASSISTANT, text("Let me look.")),
        (ASSISTANT, text("Yes.")),
        (USER, text("And now?")),
    ]
