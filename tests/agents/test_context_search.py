"""What a search brings into a context: hits, what comes with them, and what becomes of a search that fails."""

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from tests.agents.contexts import ASSISTANT, TOOL, USER, agent, context, left_out, sources
from tests.agents.embedders import ByThings, given
from tests.agents.runs import thread_of
from tests.support import text, tool_call

from weft.agents.agent import Agent
from weft.agents.context.assembly import Context, Contexts
from weft.agents.context.history import Place
from weft.agents.context.options import ContextOptions
from weft.agents.run_context import RunContext
from weft.agents.saving import SaveOptions
from weft.agents.weft import Weft
from weft.errors import InputError, ProviderError
from weft.llm.embeddings import EmbeddingAnswer
from weft.threads.drafts import Draft, draft
from weft.threads.generations import Given
from weft.threads.messages import Message
from weft.threads.search import SearchOptions

WORDS = SearchOptions(vector=False, before=0, after=0)
RESULT = [{"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {"type": "text", "value": "x"}}]


def says(prompt: str, answer: str = "I see.") -> list[Draft]:
    """A turn."""
    return [draft(prompt=prompt), draft(role=ASSISTANT, content=answer)]


async def saved(weft: Weft, thread_id: str, *turns: Sequence[Draft], **options: Any) -> list[Message]:
    return await weft.messages.save(thread_id, [one for each in turns for one in each], SaveOptions(**options))


async def after(
    weft: Weft,
    thread_id: str,
    prompt: str,
    options: ContextOptions,
    helper: Agent | None = None,
    **fields: Any,
) -> Context:
    """What is sent for a new prompt at the end of a thread."""
    thread = await weft.store.threads.get(thread_id)
    assert thread is not None
    at = Place(thread_id, thread.last_order + 1, 0, None)
    return await context(weft, at, options, Given(prompt=text(prompt)), helper=helper, **fields)


async def test_row_90_what_is_found_comes_before_what_is_recent(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("My dog is called Rex."), says("Hm."), says("What else?", "Much."))
    found = await after(weft, thread, "Who is my dog?", ContextOptions(2, search=WORDS))
    assert sources(found) == [
        ("SEARCH", "My dog is called Rex."),
        ("SEARCH_NEIGHBOUR", "I see."),
        ("RECENT", "What else?"),
        ("RECENT", "Much."),
        ("PROMPT", "Who is my dog?"),
    ]
    (hit,) = [item.hit for item in found.items if item.hit is not None]
    assert (hit.text_rank, hit.vector_rank, hit.vector_score) == (1, None, None)
    assert hit.score == pytest.approx(1 / 61)
    assert found.problems == []


async def test_row_91_a_context_handler_is_given_what_was_found(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("My dog is called Rex."), says("Hm."))
    helper = agent(context_handler=lambda _, parts: [*parts.prompt, *parts.search])
    found = await after(weft, thread, "Who is my dog?", ContextOptions(2, search=WORDS), helper)
    assert sources(found) == [
        ("PROMPT", "Who is my dog?"),
        ("SEARCH", "My dog is called Rex."),
        ("SEARCH_NEIGHBOUR", "I see."),
    ]
    assert left_out(found) == [("HANDLER", "Hm."), ("HANDLER", "I see.")]


async def test_row_100_all_hits_are_new_to_the_model(weft: Weft) -> None:
    """Neither the prompt nor what is recent is found again, however well it fits."""
    thread = await thread_of(weft)
    await saved(weft, thread, *(says(f"The dog, {number}.") for number in range(6)))
    search = SearchOptions(limit=3, vector=False, before=0, after=0)
    found = await after(weft, thread, "The dog", ContextOptions(4, search=search))
    hits = [item.row.order for item in found.items if item.hit is not None and item.row is not None]
    assert (len(hits), set(hits) & {4, 5}) == (3, set())
    texts = [said for _, said in sources(found) if said.startswith("The dog")]
    assert len(texts) == len(set(texts))


async def test_a_thread_that_is_shown_whole_is_not_searched(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("My dog is called Rex."))
    model = ByThings()
    helper = agent(embedding_model=model)
    found = await after(weft, thread, "bicycle", ContextOptions(2, search=SearchOptions()), helper)
    assert ([source for source, _ in sources(found)], model.calls) == (["RECENT", "RECENT", "PROMPT"], [])


async def test_rows_98_and_99_both_ways_to_search_make_one_ranking(weft: Weft) -> None:
    thread, model = await thread_of(weft), ByThings()
    turns = [says("The chain of my bike."), says("The bill came."), says("A wheel, and my password."), says("Bye.")]
    said = [one.content[0]["text"] for each in turns for one in each]
    await saved(weft, thread, *turns, embeddings=given(model, *said))
    helper = agent(embedding_model=model)
    search = SearchOptions(limit=2, before=0, after=0, threshold=0.5)
    found = await after(weft, thread, "My bike, the chain", ContextOptions(0, search=search), helper)
    hits = {item.row.text: item.hit for item in found.items if item.row is not None and item.hit is not None}
    assert hits.keys() == {"The chain of my bike.", "A wheel, and my password."}
    best = hits["The chain of my bike."]
    assert (best.text_rank, best.vector_rank) == (1, 1)
    assert best.vector_score == pytest.approx(1.0, abs=0.01)


async def test_row_101_each_hit_brings_its_own_turn_and_those_around_it(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, *(says("dog" if number == 4 else f"turn {number}", "ok") for number in range(9)))
    search = SearchOptions(vector=False, before=2, after=1)
    found = await after(weft, thread, "dog", ContextOptions(1, search=search))
    asked = [item.row.order for item in found.items if item.row is not None]
    assert asked == [2, 2, 3, 3, 4, 4, 5, 5]
    alone = await after(weft, thread, "dog", ContextOptions(0, search=WORDS))
    assert [item.row.order for item in alone.items if item.row is not None] == [4, 4]


async def test_row_101_ranges_that_touch_are_one_and_nothing_comes_twice(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, *(says("dog" if number in (1, 3, 4) else f"turn {number}", "ok") for number in range(8)))
    search = SearchOptions(vector=False, before=1, after=1)
    found = await after(weft, thread, "dog", ContextOptions(4, search=search))
    ids = [item.message_id for item in found.items if item.message_id is not None]
    assert len(ids) == len(set(ids))
    assert [item.row.order for item in found.items if item.row is not None] == [
        order for order in range(8) for _ in range(2)
    ]
    assert [source for source, said in sources(found) if said == "dog"] == ["SEARCH"] * 3 + ["PROMPT"]


async def test_row_96_other_threads_of_the_user_come_first_by_time(weft: Weft) -> None:
    old, other, own = [await thread_of(weft, "ann") for _ in range(3)]
    foreign, nobodys = await thread_of(weft, "bob"), await thread_of(weft)
    for thread, name in ((old, "Rex"), (other, "Bello"), (foreign, "Max"), (nobodys, "Ace"), (own, "Fido")):
        await saved(weft, thread, says(f"The dog {name}", f"Of {name}."))
    options = ContextOptions(0, search=WORDS, search_other_threads=True)
    wanted = [("SEARCH", "The dog Rex"), ("SEARCH_NEIGHBOUR", "Of Rex."), ("SEARCH", "The dog Bello")]
    wanted += [("SEARCH_NEIGHBOUR", "Of Bello."), ("SEARCH", "The dog Fido"), ("SEARCH_NEIGHBOUR", "Of Fido.")]
    found = await after(weft, own, "dog?", options)
    assert sources(found)[:-1] == wanted
    assert sources(await after(weft, own, "dog?", options, user_id="bob"))[:2] == [
        ("SEARCH", "The dog Max"),
        ("SEARCH_NEIGHBOUR", "Of Max."),
    ]
    only_own = await after(weft, own, "dog?", ContextOptions(0, search=WORDS))
    assert sources(only_own)[:-1] == wanted[-2:]


async def test_without_a_user_only_the_own_thread_is_searched_and_the_receipt_says_so(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("The dog Rex"))
    found = await after(weft, thread, "dog?", ContextOptions(0, search=WORDS, search_other_threads=True))
    assert [source for source, _ in sources(found)] == ["SEARCH", "SEARCH_NEIGHBOUR", "PROMPT"]
    assert found.problems == ["other threads were not searched: it is not known whose they are"]


async def test_without_a_thread_the_users_others_are_searched(weft: Weft) -> None:
    thread = await thread_of(weft, "cleo")
    await saved(weft, thread, says("The dog Rex"))
    helper = agent()
    given_prompt = Given(prompt=text("dog?"))
    options = ContextOptions(search=WORDS, search_other_threads=True)
    found = await Contexts(RunContext(weft, helper, user_id="cleo"), options, given_prompt).at(None)
    assert [source for source, _ in sources(found)] == ["SEARCH", "SEARCH_NEIGHBOUR", "PROMPT"]
    without = await Contexts(RunContext(weft, helper, user_id="cleo"), ContextOptions(search=WORDS), given_prompt).at(
        None
    )
    assert without.problems == ["nothing was searched: there is no thread, and no others were to be searched"]


async def test_a_message_hidden_from_its_users_search_comes_with_no_hit_of_another_thread(weft: Weft) -> None:
    other, own = await thread_of(weft, "dora"), await thread_of(weft, "dora")
    await saved(weft, other, [draft(prompt="The dog Rex")])
    await saved(weft, other, [draft(role=ASSISTANT, content="A secret.")], hide_from_user_search=True)
    options = ContextOptions(0, search=WORDS, search_other_threads=True)
    assert sources(await after(weft, own, "dog?", options))[:-1] == [("SEARCH", "The dog Rex")]
    at_home = await after(weft, other, "dog?", ContextOptions(0, search=WORDS))
    assert sources(at_home)[:-1] == [("SEARCH", "The dog Rex"), ("SEARCH_NEIGHBOUR", "A secret.")]


async def test_a_thread_that_was_deleted_is_not_shown_although_rows_of_it_are_still_there(weft: Weft) -> None:
    other, own = await thread_of(weft, "emil"), await thread_of(weft, "emil")
    await saved(weft, other, says("The dog Rex"))
    await weft.store.threads.collection.delete_one({"_id": other})
    options = ContextOptions(0, search=WORDS, search_other_threads=True)
    assert sources(await after(weft, own, "dog?", options)) == [("PROMPT", "dog?")]


async def test_of_a_branch_and_what_it_comes_from_one_copy_is_shown(weft: Weft) -> None:
    origin = await thread_of(weft, "finn")
    await saved(weft, origin, says("The dog Rex"), says("The dog Bello"))
    branch = (await weft.threads.branch(origin)).id
    options = ContextOptions(2, search=WORDS, search_other_threads=True)
    found = await after(weft, branch, "dog?", options)
    assert sorted(said for _, said in sources(found) if said.startswith("The dog")) == ["The dog Bello", "The dog Rex"]
    assert {said for why, said in left_out(found) if why == "DUPLICATE"} == {"The dog Bello", "The dog Rex"}


async def test_neighbours_of_a_hit_in_a_branch_are_not_shown_again(weft: Weft) -> None:
    origin = await thread_of(weft, "fritz")
    await saved(weft, origin, says("Hello"), says("Hm."))
    branch = (await weft.threads.branch(origin)).id
    await saved(weft, origin, says("The dog Rex"))
    search = SearchOptions(vector=False, before=2, after=0)
    found = await after(weft, branch, "dog?", ContextOptions(4, search=search, search_other_threads=True))
    assert [said for _, said in sources(found)] == [
        "The dog Rex", "I see.", "Hello", "I see.", "Hm.", "I see.", "dog?",
    ]  # fmt: skip
    assert [why for why, _ in left_out(found)] == ["DUPLICATE"] * 4


async def test_the_same_words_in_another_thread_are_no_copy(weft: Weft) -> None:
    """Somebody who asks again what they asked before may be shown the answer that they got."""
    other, own = await thread_of(weft, "gerd"), await thread_of(weft, "gerd")
    await saved(weft, other, says("What is my dog called?", "Rex."))
    await saved(weft, own, says("What is my dog called?", "I do not know."))
    options = ContextOptions(2, search=WORDS, search_other_threads=True)
    found = await after(weft, own, "What is my dog called?", options)
    assert [said for _, said in sources(found)][:2] == ["What is my dog called?", "Rex."]


async def test_decision_19_of_what_is_found_tool_calls_are_left_out_unless_the_agent_wants_them(weft: Weft) -> None:
    thread = await thread_of(weft)
    turn = [draft(prompt="The dog"), draft(role=ASSISTANT, content=tool_call()), draft(role=TOOL, content=RESULT)]
    await saved(weft, thread, [*turn, draft(role=ASSISTANT, content="It barks.")], says("Hm."))
    found = await after(weft, thread, "dog", ContextOptions(0, search=WORDS))
    assert [said for _, said in sources(found)] == ["The dog", "It barks.", "dog"]
    assert [why for why, _ in left_out(found)] == ["TOOL", "TOOL"]
    whole = await after(weft, thread, "dog", ContextOptions(0, exclude_tool_messages=False, search=WORDS))
    assert [said for _, said in sources(whole)] == ["The dog", "tool-call", "tool-result", "It barks.", "dog"]


async def test_row_94_calls_and_results_of_different_threads_are_never_taken_for_a_pair(weft: Weft) -> None:
    """Some providers number their calls from 1 in every answer."""
    other, own = await thread_of(weft, "gus"), await thread_of(weft, "gus")
    asked = [*text("The dog. Let me look."), *tool_call()]
    await saved(weft, other, [draft(prompt="The dog"), draft(role=ASSISTANT, content=asked)])
    await saved(weft, own, [draft(prompt="Hi"), draft(role=TOOL, content=RESULT)])
    options = ContextOptions(9, exclude_tool_messages=False, search=WORDS, search_other_threads=True)
    found = await after(weft, own, "dog", options)
    assert [said for _, said in sources(found)] == ["The dog", "The dog. Let me look.", "Hi", "dog"]
    assert ("ORPHAN", "tool-result") in left_out(found)


@pytest.mark.parametrize(
    ("explicit", "prompt", "wanted"), [("cat", "dog", "The cat"), (None, "dog", "The dog"), (None, None, "The bird")]
)
async def test_row_97_explicit_text_goes_before_the_prompt_and_that_before_what_was_given(
    weft: Weft, explicit: str | None, prompt: str | None, wanted: str
) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("The cat"), says("The dog"), says("The bird"))
    told = Given([(USER, text("fish")), (USER, text("bird"))], None if prompt is None else text(prompt))
    at = Place(thread, 3, 0, None)
    run = RunContext(weft, agent(), thread_id=thread)
    found = await Contexts(run, ContextOptions(0, search=WORDS), told, search_text=explicit).at(at)
    assert sources(found)[0] == ("SEARCH", wanted)
    assert found.searched is not None
    assert found.searched.given == {"The cat": None, "The dog": -1, "The bird": 1}[wanted]


async def test_row_97_a_stored_prompt_is_searched_for_by_its_own_text(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("The cat"), says("The dog"))
    *_, prompt = await saved(weft, thread, [draft(prompt="cat")])
    found = await context(weft, Place(thread, 2, 1, prompt.id), ContextOptions(0, search=WORDS))
    assert sources(found)[0] == ("SEARCH", "The cat")
    assert found.searched is not None
    assert (found.searched.message_id, found.searched.text) == (prompt.id, "cat")


async def test_row_97_the_result_of_a_tool_is_not_searched_for_but_what_was_asked(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("The cat"), says("The dog"))
    turn = [draft(prompt="cat"), draft(role=ASSISTANT, content=tool_call()), draft(role=TOOL, content=RESULT)]
    *_, result = await saved(weft, thread, turn)
    found = await context(weft, Place(thread, 2, 3, result.id), ContextOptions(0, search=WORDS))
    assert sources(found)[0] == ("SEARCH", "The cat")


async def test_a_prompt_without_words_is_answered_without_a_search(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("The cat"))
    image = Given(prompt=[{"type": "image", "image": "https://example.com/cat.png"}])
    helper = agent(embedding_model=ByThings())
    options = ContextOptions(0, search=SearchOptions(required=True))
    found = await context(weft, Place(thread, 1, 0, None), options, image, helper=helper)
    assert ([source for source, _ in sources(found)], found.problems) == (["PROMPT"], ["No text to search"])


async def test_a_provider_that_fails_costs_only_the_search_by_meaning(
    weft: Weft, caplog: pytest.LogCaptureFixture
) -> None:
    thread, model = await thread_of(weft), ByThings()
    model.failure = ProviderError("overloaded", provider="test")
    await saved(weft, thread, says("The dog Rex"))
    search = SearchOptions(before=0, after=0)
    with caplog.at_level(logging.WARNING):
        helper = agent(embedding_model=model)
        found = await after(
            weft, thread, "dog?", ContextOptions(0, search=search), helper, generation_id="gen_7", user_id="ann"
        )
    assert sources(found)[0] == ("SEARCH", "The dog Rex")
    assert found.problems == ["the search by meaning failed, words were searched for: overloaded"]
    (record,) = caplog.records
    said = vars(record)
    assert (said["thread_id"], said["generation"], said["error"]) == (thread, "gen_7", "ProviderError")
    assert "dog" not in caplog.text


async def test_a_search_that_fails_is_a_problem_but_no_failure_unless_the_agent_requires_it(weft: Weft) -> None:
    thread, model = await thread_of(weft), ByThings()
    model.failure = ProviderError("overloaded", provider="test")
    await saved(weft, thread, says("The dog Rex"))
    helper = agent(embedding_model=model)
    found = await after(weft, thread, "dog?", ContextOptions(0, search=SearchOptions(text=False)), helper)
    assert (sources(found), found.problems) == ([("PROMPT", "dog?")], ["the search failed: overloaded"])
    for needs in (SearchOptions(required=True), SearchOptions(text=False, required=True)):
        with pytest.raises(ProviderError, match="overloaded"):
            await after(weft, thread, "dog?", ContextOptions(0, search=needs), helper)


async def test_an_embedding_model_with_a_fault_of_its_own_does_not_fail_an_answer(weft: Weft) -> None:
    class Broken(ByThings):
        async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
            raise ZeroDivisionError(texts[0])

    thread = await thread_of(weft)
    await saved(weft, thread, says("The dog Rex"))
    search = SearchOptions(before=0, after=0)
    found = await after(weft, thread, "dog?", ContextOptions(0, search=search), agent(embedding_model=Broken()))
    assert sources(found)[0] == ("SEARCH", "The dog Rex")
    (problem,) = found.problems
    assert problem.endswith("words were searched for: internal error, ZeroDivisionError")


async def test_a_search_by_meaning_that_only_the_call_asks_for_needs_an_embedding_model(weft: Weft) -> None:
    thread = await thread_of(weft)
    await saved(weft, thread, says("The dog Rex"))
    both = await after(weft, thread, "dog?", ContextOptions(0, search=SearchOptions(vector=True)))
    assert sources(both)[0] == ("SEARCH", "The dog Rex")
    assert "needs an embedding model" in both.problems[0]
    meaning = await after(weft, thread, "dog?", ContextOptions(0, search=SearchOptions(text=False, vector=True)))
    assert (sources(meaning), len(meaning.problems)) == ([("PROMPT", "dog?")], 1)
    strict = Contexts(
        RunContext(weft, agent(), thread_id=thread),
        ContextOptions(0, search=SearchOptions(vector=True)),
        Given(prompt=text("dog?")),
        strict=True,
    )
    with pytest.raises(InputError, match="needs an embedding model"):
        await strict.at(Place(thread, 1, 0, None))


async def test_a_run_searches_once_for_all_its_steps(weft: Weft) -> None:
    thread, model = await thread_of(weft), ByThings()
    await saved(weft, thread, says("The dog Rex"))
    run = RunContext(weft, agent(embedding_model=model), thread_id=thread)
    search = SearchOptions(before=0, after=0)
    contexts = Contexts(run, ContextOptions(0, search=search), Given(prompt=text("dog?")))
    first = await contexts.at(Place(thread, 5, 1, None))
    await saved(weft, thread, says("Another dog"))
    assert sources(await contexts.at(Place(thread, 5, 3, None))) == sources(first)
    assert len(model.calls) == 1


async def test_equal_inputs_give_equal_messages_in_one_order(weft: Weft) -> None:
    threads = [await thread_of(weft, "hugo") for _ in range(4)]
    for number, thread in enumerate(threads):
        await saved(weft, thread, *(says(f"The dog {number} {turn}") for turn in range(5)))
    options = ContextOptions(4, search=SearchOptions(limit=8, vector=False), search_other_threads=True, max_tokens=150)
    first = await after(weft, threads[0], "dog", options)
    for _ in range(3):
        assert (await after(weft, threads[0], "dog", options)).messages == first.messages
