"""An agent looks up what was said earlier, by a tool; the model's part is played, all else is real."""

from typing import Any

import pytest
from tests.agents.embedders import ByThings, given
from tests.agents.runs import model_of, outputs, rows_of, thread_of

from weft import Agent, search_tool
from weft.agents.saving import SaveOptions
from weft.agents.search_tool import SearchScope
from weft.agents.tools.definition import Tool
from weft.agents.weft import Weft
from weft.errors import ConfigError, ProviderError
from weft.testing import Call, ScriptedModel
from weft.threads.drafts import draft
from weft.threads.messages import MessageRole
from weft.threads.search import SearchOptions


def asks(query: Any) -> Call:
    return Call("search_messages", {"query": query})


def agent(*answers: Any, tool: Tool, **fields: Any) -> Agent:
    return Agent("helper", model=ScriptedModel(answers), tools=[tool], **fields)


async def say(weft: Weft, thread_id: str, *texts: str, **options: Any) -> None:
    """Each text is a turn of the user's."""
    vectors = given(ByThings(), *texts)
    await weft.messages.save(
        thread_id, [draft(prompt=text) for text in texts], SaveOptions(embeddings=vectors, **options)
    )


async def answer(weft: Weft, agent: Agent, thread_id: str, prompt: str) -> list[Any]:
    """What the tool gave, call by call."""
    done = await weft.answers.generate_text(agent, thread_id=thread_id, prompt=prompt)
    assert done.generation is not None
    assert done.text == "Done."
    rows = await rows_of(weft, thread_id, done.generation.order)
    return [output["value"] for output in outputs(rows).values()]


async def test_an_agent_finds_what_was_said_earlier_in_the_thread(weft: Weft) -> None:
    thread_id, other = await thread_of(weft, "ann"), await thread_of(weft, "ann")
    await say(weft, thread_id, "My zebra is called Ada.", "And the weather?")
    await say(weft, other, "A zebra elsewhere")
    helper = agent([asks("the name of the zebra")], "Done.", tool=search_tool())
    [found] = await answer(weft, helper, thread_id, "What is the name of my zebra?")
    [hit] = found
    assert hit.pop("when").endswith(" UTC")
    assert hit == {"who": "user", "text": "My zebra is called Ada."}


async def test_an_agent_finds_what_its_user_said_in_any_thread(weft: Weft) -> None:
    thread_id, other, bobs = await thread_of(weft, "cat"), await thread_of(weft, "cat"), await thread_of(weft, "dan")
    await weft.threads.update(other, {"title": "At the zoo"})
    await weft.messages.save(
        other, [draft(role=MessageRole.ASSISTANT, content="A zebra eats grass.")], SaveOptions(agent_name="Kim")
    )
    await say(weft, bobs, "A zebra of Dan's")
    await say(weft, other, "A hidden zebra", hide_from_user_search=True)
    helper = agent([asks("zebra")], "Done.", tool=search_tool("user"))
    [[hit]] = await answer(weft, helper, thread_id, "What does a zebra eat?")
    del hit["when"]
    assert hit == {"who": "Kim", "text": "A zebra eats grass.", "thread": other, "title": "At the zoo"}


async def test_the_turn_being_answered_is_never_found(weft: Weft) -> None:
    for scope in SearchScope:
        thread_id = await thread_of(weft, f"user of {scope}")
        helper = agent(["A zebra? I look it up.", asks("zebra")], [asks("zebra")], "Done.", tool=search_tool(scope))
        assert await answer(weft, helper, thread_id, "Is there a zebra?") == ["Nothing was found."] * 2


async def test_it_searches_by_meaning_where_the_agent_has_an_embedding_model(weft: Weft) -> None:
    thread_id = await thread_of(weft)
    await say(weft, thread_id, "My bike makes a noise.", "I love Rome.")
    options = SearchOptions(threshold=0.5)
    helper = agent(
        [asks("the wheel")],
        "Done.",
        tool=search_tool(options=options),
        embedding_model=ByThings(),
        embed_messages=False,
    )
    [[hit]] = await answer(weft, helper, thread_id, "Which wheel did I ask about?")
    assert hit["text"] == "My bike makes a noise."


async def test_the_model_is_told_no_more_than_was_allowed(weft: Weft) -> None:
    thread_id = await thread_of(weft)
    await say(weft, thread_id, *(f"{'Nothing much. ' * 40}Zebra {n} {'and so on ' * 40}" for n in range(8)))
    helper = agent([asks("zebra")], "Done.", tool=search_tool(limit=3, text_length=60))
    [hits] = await answer(weft, helper, thread_id, "Zebras?")
    assert len(hits) == 3
    assert all("Zebra" in hit["text"] and len(hit["text"]) <= 60 for hit in hits)


async def test_in_a_thread_of_nobody_a_search_for_the_user_is_one_of_that_thread(weft: Weft) -> None:
    thread_id, other = await thread_of(weft), await thread_of(weft)
    await say(weft, thread_id, "a zebra here")
    await say(weft, other, "a zebra there")
    helper = agent([asks("zebra")], "Done.", tool=search_tool("user"))
    [[hit]] = await answer(weft, helper, thread_id, "Zebras?")
    assert (hit["text"], hit["thread"]) == ("a zebra here", thread_id)


async def test_an_answer_that_is_not_in_a_thread_searches_what_its_user_said(weft: Weft) -> None:
    await say(weft, await thread_of(weft, "eve"), "a zebra of Eve's")
    scopes = [search_tool("user", name="everywhere"), search_tool(name="here")]
    model = ScriptedModel([[Call("everywhere", {"query": "zebra"}), Call("here", {"query": "zebra"})], "Done."])
    helper = Agent("helper", model=model, tools=scopes)
    await weft.answers.generate_text(helper, user_id="eve", prompt="Zebras?")
    shown = [part["output"] for part in model.requests[-1].messages[-1].content]
    assert shown[0]["value"][0]["text"] == "a zebra of Eve's"
    assert shown[1] == {
        "type": "error-text",
        "value": "Error: there is nothing to search: this answer is not given in a thread",
    }


async def test_a_search_that_fails_is_told_to_the_model_and_the_answer_goes_on(weft: Weft) -> None:
    model = ByThings("failing")
    model.failure = ProviderError("over quota", provider="test")
    thread_id = await thread_of(weft)
    helper = agent([asks("zebra")], "Done.", tool=search_tool(), embedding_model=model, embed_messages=False)
    [told] = await answer(weft, helper, thread_id, "Zebras?")
    assert told == "Error: over quota"


@pytest.mark.parametrize("query", ["", " ", 7, None, "z" * 10_001])
async def test_a_query_that_is_none_is_told_to_the_model(weft: Weft, query: Any) -> None:
    helper = agent([asks(query)], "Done.", tool=search_tool())
    thread_id = await thread_of(weft)
    await weft.answers.generate_text(helper, thread_id=thread_id, prompt="Zebras?")
    [output] = outputs(await rows_of(weft, thread_id)).values()
    assert output["type"] == "error-text"


async def test_the_model_is_told_when_to_use_it_and_with_what(weft: Weft) -> None:
    helper = agent("Done.", tool=search_tool("user"))
    await weft.answers.generate_text(helper, thread_id=await thread_of(weft), prompt="Hello")
    [spec] = model_of(helper).requests[0].tools
    assert spec.name == "search_messages"
    assert "in all of their conversations" in (spec.description or "")
    assert spec.input_schema["required"] == ["query"]
    assert list(spec.input_schema["properties"]) == ["query"]
    assert "names, numbers" in spec.input_schema["properties"]["query"]["description"]


def test_a_description_and_a_name_of_ones_own_take_the_place_of_wefts() -> None:
    made = search_tool(name="remember", description="Looks it up.")
    assert (made.name, made.description) == ("remember", "Looks it up.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scope": "all"}, 'scope of a search tool is \'all\'; give "thread" or "user"'),
        ({"limit": 0}, "limit of a search is 0; give 1 to 100"),
        ({"text_length": 5}, "text_length of a search tool is 5; give 20 to 10000"),
        ({"name": "no name"}, "no name"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        search_tool(**options)
