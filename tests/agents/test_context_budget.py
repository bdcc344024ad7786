"""A budget of tokens: what is left out, in which order, and what never is."""

import random
from collections.abc import Sequence
from typing import Any

from tests.agents.contexts import (
    ASSISTANT,
    TOOL,
    USER,
    agent,
    context,
    left_out,
    pending,
    place,
    sources,
    stored,
    told,
    turn,
)
from tests.agents.runs import thread_of
from tests.support import row, text, tool_call

from weft.agents.context.history import Place
from weft.agents.context.options import ContextOptions
from weft.agents.weft import Weft
from weft.llm.model import ModelMessage
from weft.storage.store import Store
from weft.threads.context_items import tokens_of
from weft.threads.drafts import draft
from weft.threads.generations import Given
from weft.threads.messages import Message, Part
from weft.threads.search import SearchOptions


def ten(_: ModelMessage) -> int:
    return 10


EACH = agent(count_tokens=ten)
"""An agent to which every message costs ten tokens."""
RESULT: list[Part] = [{"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {}}]


async def searched(
    weft: Weft, words: Sequence[str], max_tokens: int | None, **search: Any
) -> tuple[list[str], list[str]]:
    """What is sent for the prompt "dog" after these turns of one message each, and what the budget leaves out."""
    thread = await thread_of(weft)
    for said in words:
        await weft.messages.save(thread, [draft(prompt=said)])
    options = ContextOptions(2, search=SearchOptions(vector=False, **search), max_tokens=max_tokens)
    at = Place(thread, len(words), 0, None)
    found = await context(weft, at, options, Given(prompt=text("dog")), helper=EACH)
    assert all(why == "BUDGET" for why, _ in left_out(found) if why != "WINDOW")
    return told(found.items), [said for why, said in left_out(found) if why == "BUDGET"]


async def test_what_fits_stays(weft: Weft) -> None:
    words = ["a1", "dog", "a2", "b1", "b2"]
    everything = ["a1", "dog", "a2", "b1", "b2", "dog"]
    assert await searched(weft, words, None, before=1, after=1) == (everything, [])
    assert await searched(weft, words, 60, before=1, after=1) == (everything, [])


async def test_neighbours_go_first_and_the_farthest_of_them_before_the_others(weft: Weft) -> None:
    words = ["a0", "a1", "dog", "a3", "b1", "b2"]
    assert await searched(weft, words, 60, before=2, after=1) == (["a1", "dog", "a3", "b1", "b2", "dog"], ["a0"])
    assert await searched(weft, words, 50, before=2, after=1) == (["dog", "a3", "b1", "b2", "dog"], ["a0", "a1"])
    assert await searched(weft, words, 40, before=2, after=1) == (["dog", "b1", "b2", "dog"], ["a0", "a1", "a3"])


async def test_neighbours_of_the_worst_hits_go_first(weft: Weft) -> None:
    words = ["x", "dog", "y", "p", "many words around one dog in here", "q", "b1", "b2"]
    sent, out = await searched(weft, words, 70, before=1, after=1)
    assert (sent[:4], out) == (["x", "dog", "y", words[4]], ["p", "q"])


async def test_then_the_worst_hits_go_then_the_oldest_turns(weft: Weft) -> None:
    words = ["dog", "many words around one dog in here", "b1", "b2"]
    assert await searched(weft, words, 40, before=0, after=0) == (["dog", "b1", "b2", "dog"], [words[1]])
    assert await searched(weft, words, 30, before=0, after=0) == (["b1", "b2", "dog"], [words[1], "dog"])
    assert await searched(weft, words, 20, before=0, after=0) == (["b2", "dog"], [words[1], "dog", "b1"])
    assert await searched(weft, words, 10, before=0, after=0) == (["dog"], [words[1], "dog", "b1", "b2"])


async def test_the_prompt_what_was_given_and_the_answer_so_far_are_sent_even_if_they_are_too_much(store: Store) -> None:
    rows = await stored(
        store,
        *turn(0, USER, ASSISTANT),
        *turn(1, USER),
        row(ASSISTANT, 1, 1, tool_call()),
        row(TOOL, 1, 2, RESULT),
        pending(1, 3),
    )
    given = Given([(USER, text("given"))])
    found = await context(store, place(rows, 2), ContextOptions(max_tokens=1), given, helper=EACH)
    assert [source for source, _ in sources(found)] == ["INPUT", "PROMPT", "RESPONSE", "RESPONSE"]
    assert found.problems == ["the messages have about 40 tokens, more than 1: no more of them may be left out"]


async def test_a_turn_is_left_out_whole_with_its_calls_and_results(store: Store) -> None:
    rows = await stored(
        store,
        row(USER, 0, 0),
        row(ASSISTANT, 0, 1, tool_call()),
        row(TOOL, 0, 2, RESULT),
        *turn(1, USER, ASSISTANT),
        *turn(2, USER),
        pending(2, 1),
    )
    options = [ContextOptions(exclude_tool_messages=False, max_tokens=budget) for budget in range(10, 70, 10)]
    counts = [len((await context(store, place(rows), each, helper=EACH)).items) for each in options]
    assert counts == [1, 1, 3, 3, 3, 6]


async def test_any_context_is_within_its_budget_and_keeps_what_is_worth_most(weft: Weft) -> None:
    """Whatever a smaller budget keeps, a larger one keeps too, and no call is without its result."""
    chance = random.Random(5)
    thread = await thread_of(weft)
    for _ in range(14):
        said = [draft(prompt=" ".join(chance.choices(["dog", "cat", "fish", "x" * 30], k=chance.randint(1, 6))))]
        if chance.random() < 0.4:
            asked, answer = {**tool_call()[0], "toolCallId": str(chance.random())}, RESULT[0]
            said.append(draft(role=ASSISTANT, content=[asked]))
            said.append(
                draft(
                    role=TOOL,
                    content=[
                        {**answer, "toolCallId": asked["toolCallId"], "output": {"type": "text", "value": "x" * 50}}
                    ],
                )
            )
        await weft.messages.save(thread, [*said, draft(role=ASSISTANT, content="x" * chance.randint(1, 200))])
    at = Place(thread, 14, 0, None)
    search = SearchOptions(limit=3, vector=False, before=1, after=1)
    before: set[str | None] = set()
    for budget in range(20, 700, 15):
        options = ContextOptions(9, exclude_tool_messages=False, search=search, max_tokens=budget)
        found = await context(weft, at, options, Given(prompt=text("dog and cat")))
        assert tokens_of(found.items) <= budget
        kinds = told(found.messages)
        assert kinds.count("tool-call") == kinds.count("tool-result")
        kept = {item.message_id for item in found.items}
        assert before <= kept
        before = kept


async def test_tokens_are_counted_by_the_agents_own_function(store: Store) -> None:
    seen: list[ModelMessage] = []

    def count(message: ModelMessage) -> int:
        seen.append(message)
        return 7

    rows: list[Message] = await stored(store, *turn(0, USER, ASSISTANT), *turn(1, USER), pending(1, 1))
    found = await context(store, place(rows), helper=agent(count_tokens=count))
    assert ([item.tokens for item in found.items], len(seen)) == ([7, 7, 7], 3)
