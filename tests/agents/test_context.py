"""What a model is shown of a thread (behaviour.md rows 49, 60 and 90 to 95)."""

import random
from typing import Final

import pytest
from tests.agents.contexts import (
    ASSISTANT,
    SYSTEM,
    TOOL,
    USER,
    agent,
    context,
    gathered,
    left_out,
    pending,
    place,
    sources,
    stored,
    told,
    turn,
)
from tests.support import row, text, tool_call

from weft.agents.context.history import Place
from weft.agents.context.options import ContextOptions
from weft.agents.context.parts import ContextParts
from weft.agents.run_context import RunContext
from weft.errors import InputError
from weft.llm.model import ModelMessage
from weft.storage.store import Store
from weft.threads.generations import Given
from weft.threads.messages import Message, MessageStatus, Part

DEFAULT: Final = ContextOptions()
RESULT: Final[list[Part]] = [{"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {}}]


async def shown(store: Store, rows: list[Message], recent: int, *, prompt: int = -2, reply: int = -1) -> list[str]:
    """The text of what a model would be shown to answer one of the rows in another."""
    return told((await context(store, place(rows, prompt, reply), ContextOptions(recent))).messages)


async def test_a_first_prompt_is_shown_alone(store: Store) -> None:
    rows = await stored(store, *turn(0, USER), pending(0, 1))
    assert await shown(store, rows, 100) == ["user 0.0"]


async def test_earlier_turns_come_before_the_prompt_in_their_order(store: Store) -> None:
    rows = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER, ASSISTANT), *turn(2, USER), pending(2, 1))
    messages = (await context(store, place(rows))).messages
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
    wanted = ["user 3.0", *(f"assistant 3.{step}" for step in range(1, 10))]
    assert await shown(store, rows, 2, prompt=0) == await shown(store, rows, 0, prompt=0) == wanted


async def test_a_prompt_that_failed_is_shown_all_the_same(store: Store) -> None:
    failed = row(USER, 0, 0, status=MessageStatus.FAILED)
    rows = await stored(store, failed, pending(0, 1))
    assert await shown(store, rows, 10) == ["user 0.0"]


async def test_calls_and_results_of_the_turn_being_answered_are_shown(store: Store) -> None:
    rows = await stored(
        store, *turn(0, USER), row(ASSISTANT, 0, 1, tool_call()), row(TOOL, 0, 2, RESULT), pending(0, 3)
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


async def earlier_calls(store: Store) -> list[Message]:
    """A turn that used a tool twice, once without getting a result, and a new prompt."""
    return await stored(
        store,
        row(USER, 0, 0, text("Is it cold?")),
        row(ASSISTANT, 0, 1, [*text("Let me look."), *tool_call()]),
        row(TOOL, 0, 2, RESULT),
        row(ASSISTANT, 0, 3, [{**tool_call()[0], "toolCallId": "c2"}]),
        row(ASSISTANT, 0, 4, text("Yes.")),
        row(USER, 1, 0, text("And now?")),
        pending(1, 1),
    )


async def test_row_93_of_earlier_tool_calls_a_model_is_told_only_the_words_around_them(store: Store) -> None:
    rows = await earlier_calls(store)
    messages = (await context(store, place(rows))).messages
    assert [(message.role, message.content) for message in messages] == [
        (USER, text("Is it cold?")),
        (ASSISTANT, text("Let me look.")),
        (ASSISTANT, text("Yes.")),
        (USER, text("And now?")),
    ]


async def test_row_93_earlier_tool_calls_are_shown_to_an_agent_that_wants_them(store: Store) -> None:
    rows = await earlier_calls(store)
    messages = (await context(store, place(rows), ContextOptions(exclude_tool_messages=False))).messages
    assert [(message.role, told([message])) for message in messages] == [
        (USER, ["Is it cold?"]),
        (ASSISTANT, ["Let me look.", "tool-call"]),
        (TOOL, ["tool-result"]),
        (ASSISTANT, ["Yes."]),
        (USER, ["And now?"]),
    ]


async def test_row_94_a_result_whose_call_is_out_of_the_window_of_rows_is_never_shown(store: Store) -> None:
    rows = await earlier_calls(store)
    for recent in range(6):
        options = ContextOptions(recent, exclude_tool_messages=False)
        kinds = told((await context(store, place(rows), options)).messages)
        assert kinds.count("tool-call") == kinds.count("tool-result")


async def test_row_94_a_call_of_the_turn_that_nobody_answered_is_not_shown(store: Store) -> None:
    asked = [*text("May I?"), *tool_call()]
    rows = await stored(store, row(USER, 0, 0), row(ASSISTANT, 0, 1, asked), pending(0, 2))
    assert await shown(store, rows, 10, prompt=0) == ["user 0.0", "May I?"]


async def test_row_90_what_is_gathered_comes_in_the_order_of_its_kinds(store: Store) -> None:
    rows = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER, ASSISTANT), pending(1, 2))
    given = Given([(SYSTEM, text("given"))])
    parts = await gathered(store, place(rows, 2), DEFAULT, given)
    assert told(parts.recent) == ["user 0.0", "assistant 0.1"]
    assert told(parts.given) == ["given"]
    assert told(parts.prompt) == ["user 1.0"]
    assert told(parts.responses) == ["assistant 1.1"]
    assert told(parts.all) == ["user 0.0", "assistant 0.1", "given", "user 1.0", "assistant 1.1"]
    assert sources(await context(store, place(rows, 2), DEFAULT, given)) == [
        ("RECENT", "user 0.0"),
        ("RECENT", "assistant 0.1"),
        ("INPUT", "given"),
        ("PROMPT", "user 1.0"),
        ("RESPONSE", "assistant 1.1"),
    ]


async def test_row_49_a_prompt_beside_a_stored_one_is_shown_in_its_place(store: Store) -> None:
    rows = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER, ASSISTANT), pending(1, 2))
    parts = await gathered(store, place(rows, 2), DEFAULT, Given(prompt=text("instead")))
    assert told(parts.all) == ["user 0.0", "assistant 0.1", "instead", "assistant 1.1"]


async def test_row_54_a_prompt_that_is_a_tool_row_comes_after_what_it_answers(store: Store) -> None:
    rows = await stored(
        store, *turn(0, USER), row(ASSISTANT, 0, 1, tool_call()), row(TOOL, 0, 2, RESULT), pending(0, 3)
    )
    parts = await gathered(store, place(rows), ContextOptions(0))
    assert (told(parts.recent), told(parts.prompt)) == (["user 0.0", "tool-call"], ["tool-result"])


async def test_without_a_prompt_of_its_own_an_answer_is_shown_all_of_its_turn(store: Store) -> None:
    rows = await stored(store, *turn(0, USER, ASSISTANT))
    given = Given(prompt=text("now"))
    wanted = ["user 0.0", "assistant 0.1", "now"]
    for at in (Place(rows[0].thread_id, 1, 0, None), Place(rows[0].thread_id, 0, 9, None)):
        assert told((await context(store, at, DEFAULT, given)).messages) == wanted


async def test_an_answer_that_opens_a_turn_is_shown_what_comes_before_it_as_earlier_turns(store: Store) -> None:
    rows = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER, ASSISTANT, ASSISTANT))
    at = Place(rows[0].thread_id, 1, 2, None, new_turn=True)
    found = await context(store, at, ContextOptions(2), Given(prompt=text("now")))
    assert sources(found) == [("RECENT", "user 1.0"), ("RECENT", "assistant 1.1"), ("PROMPT", "now")]


async def test_row_91_a_context_handler_sees_every_list_and_what_it_returns_is_sent(store: Store) -> None:
    seen: list[tuple[RunContext, ContextParts]] = []

    async def handler(run: RunContext, parts: ContextParts) -> list[ModelMessage]:
        seen.append((run, parts))
        return [*parts.prompt, ModelMessage(USER, text("added"))]

    rows = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER), pending(1, 1))
    helper = agent(context_handler=handler)
    found = await context(store, place(rows), helper=helper, user_id="ann")
    assert sources(found) == [("PROMPT", "user 1.0"), ("HANDLER", "added")]
    assert left_out(found) == [("HANDLER", "user 0.0"), ("HANDLER", "assistant 0.1")]
    ((run, parts),) = seen
    assert (run.agent, run.user_id, run.thread_id) == (helper, "ann", rows[0].thread_id)
    assert told(parts.all) == ["user 0.0", "assistant 0.1", "user 1.0"]


async def test_row_91_a_plain_function_will_do_as_context_handler(store: Store) -> None:
    rows = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER), pending(1, 1))
    last_first = agent(context_handler=lambda _, parts: list(reversed(parts.all)))
    found = await context(store, place(rows), helper=last_first)
    assert sources(found) == [("PROMPT", "user 1.0"), ("RECENT", "assistant 0.1"), ("RECENT", "user 0.0")]


async def test_a_message_that_a_context_handler_makes_anew_is_still_known_by_its_content(store: Store) -> None:
    rows = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER), pending(1, 1))
    copies = agent(context_handler=lambda _, parts: [ModelMessage(each.role, each.content) for each in parts.all])
    found = await context(store, place(rows), helper=copies)
    assert [source for source, _ in sources(found)] == ["RECENT", "RECENT", "PROMPT"]
    speaks_for_others = agent(context_handler=lambda _, parts: [ModelMessage(USER, parts.recent[1].content)])
    assert sources(await context(store, place(rows), helper=speaks_for_others)) == [("HANDLER", "assistant 0.1")]


async def test_row_94_what_a_context_handler_tears_apart_is_left_out(store: Store) -> None:
    rows = await stored(
        store, *turn(0, USER), row(ASSISTANT, 0, 1, tool_call()), row(TOOL, 0, 2, RESULT), pending(0, 3)
    )
    forgets = agent(context_handler=lambda _, parts: [*parts.prompt, *parts.responses[:1]])
    found = await context(store, place(rows, 0), helper=forgets)
    assert told(found.messages) == ["user 0.0"]
    assert left_out(found) == [("HANDLER", "tool-result"), ("ORPHAN", "tool-call")]


async def test_row_60_system_messages_are_shown_unless_the_agent_allows_none(store: Store) -> None:
    rows = await stored(store, row(SYSTEM, 0, 0), *turn(1, USER), pending(1, 1))
    assert told((await context(store, place(rows))).messages) == ["system 0.0", "user 1.0"]
    with pytest.raises(InputError, match="holds a system message, and agent helper allows none"):
        await context(store, place(rows), helper=agent(allow_system_messages=False))


async def test_row_60_a_context_handler_may_take_the_system_messages_out(store: Store) -> None:
    rows = await stored(store, row(SYSTEM, 0, 0), *turn(1, USER), pending(1, 1))
    helper = agent(allow_system_messages=False, context_handler=lambda _, parts: parts.prompt)
    assert told((await context(store, place(rows), helper=helper)).messages) == ["user 1.0"]


async def test_what_is_left_out_is_said_with_the_reason(store: Store) -> None:
    rows = await stored(
        store,
        *turn(0, USER, ASSISTANT),
        row(USER, 1, 0),
        row(ASSISTANT, 1, 1, tool_call()),
        row(TOOL, 1, 2, RESULT),
        *turn(2, USER),
        pending(2, 1),
    )
    found = await context(store, place(rows), ContextOptions(3))
    assert sources(found) == [("RECENT", "user 1.0"), ("PROMPT", "user 2.0")]
    assert left_out(found) == [("TOOL", "tool-call"), ("TOOL", "tool-result"), ("WINDOW", "assistant 0.1")]
