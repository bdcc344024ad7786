"""What a call may ask of an agent: tools that are its own, a context that there can be, and schemas of objects."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.agents.embedders import ByThings

from weft.agents.agent import Agent
from weft.agents.call_checks import check_call, check_tools, listed_tools
from weft.agents.context.options import ContextOptions
from weft.agents.object_checks import check_object
from weft.agents.tools.definition import Tool
from weft.errors import ConfigError, ErrorCode, InputError, UnavailableError
from weft.storage.generation_docs import options_doc, options_of
from weft.threads.generations import ContextChanges, GenerationOptions, ObjectKind, ObjectOptions
from weft.threads.search import SearchChanges, SearchOptions


def tool(name: str) -> Tool:
    return Tool(name, None, {"type": "object"}, parse=dict)


class Source:
    """Tools of a server that answers, or does not."""

    def __init__(self, *names: str, answers: bool = True) -> None:
        self._tools = [tool(name) for name in names]
        self._answers = answers

    async def tools(self) -> Sequence[Tool]:
        if not self._answers:
            raise UnavailableError("the tool server does not answer")
        return self._tools

    async def aclose(self) -> None:
        return None


AGENT = Agent("support", model="demo", tools=[tool("weather"), Source("search")])


@pytest.mark.parametrize(
    "options",
    [
        GenerationOptions(),
        GenerationOptions(tools=()),
        GenerationOptions(tools=("search",), tool_choice="search"),
        GenerationOptions(tools=("weather", "weather"), tool_choice="required"),
        GenerationOptions(tools=(), tool_choice="none"),
        GenerationOptions(tool_choice="weather"),
    ],
)
async def test_a_call_may_name_tools_of_the_agent(options: GenerationOptions) -> None:
    await check_tools(AGENT, options)


@pytest.mark.parametrize(
    ("options", "path", "says"),
    [
        (GenerationOptions(tools=("weather", "cook")), ("tools", "1"), "no tool 'cook'; there are: search, weather"),
        (GenerationOptions(tool_choice="cook"), ("toolChoice",), "there are: auto, none, required, search, weather"),
        (GenerationOptions(tool_choice=""), ("toolChoice",), "no tool choice ''"),
        (GenerationOptions(tools=("search",), tool_choice="weather"), ("toolChoice",), "there are: auto"),
        (GenerationOptions(tools=(), tool_choice="required"), ("toolChoice",), "there is no tool to call"),
    ],
)
async def test_other_tools_and_choices_are_refused(
    options: GenerationOptions, path: tuple[str, ...], says: str
) -> None:
    with pytest.raises(InputError, match=says) as refused:
        await check_tools(AGENT, options)
    assert refused.value.path == ("input", "options", *path)


async def test_an_agents_own_tool_goes_before_a_servers_of_the_same_name() -> None:
    agent = Agent("support", model="demo", tools=[Source("weather", "search"), tool("weather")])
    assert [tool.name for tool in await listed_tools(agent)] == ["search", "weather"]
    assert agent.tools[1] in await listed_tools(agent)


async def test_tools_of_a_server_that_does_not_answer_are_left_out_only_of_a_listing() -> None:
    agent = Agent("support", model="demo", tools=[tool("weather"), Source("search", answers=False)])
    assert [tool.name for tool in await listed_tools(agent)] == ["weather"]
    with pytest.raises(UnavailableError):
        await check_tools(agent, GenerationOptions(tool_choice="search"))
    await check_tools(agent, GenerationOptions(tool_choice="none"))


DEFINED = {"$defs": {"name": {"type": "string"}}, "properties": {"name": {"$ref": "#/$defs/name"}}}
ITSELF = {"type": "object", "properties": {"child": {"$ref": "#"}}}


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (ObjectKind.OBJECT, {}),
        (ObjectKind.OBJECT, DEFINED),
        (ObjectKind.OBJECT, ITSELF),
        (ObjectKind.OBJECT, {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}),
        (ObjectKind.ARRAY, {"type": "string"}),
        (ObjectKind.ENUM, ["yes", "no"]),
        (ObjectKind.NO_SCHEMA, None),
    ],
)
def test_each_kind_of_object_has_its_schema(kind: ObjectKind, schema: Any) -> None:
    check_object(ObjectOptions(kind, schema), GenerationOptions())


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(depth):
        schema = {"properties": {"a": schema}}
    return schema


@pytest.mark.parametrize(
    ("kind", "schema", "path"),
    [
        (ObjectKind.OBJECT, None, ()),
        (ObjectKind.OBJECT, True, ()),
        (ObjectKind.OBJECT, "string", ()),
        (ObjectKind.OBJECT, {"type": "array"}, ("type",)),
        (ObjectKind.OBJECT, {"type": ["object", "null"]}, ("type",)),
        (ObjectKind.OBJECT, {"properties": {"a": {"type": "text"}}}, ("properties", "a", "type")),
        (ObjectKind.OBJECT, {"properties": {"a": {"pattern": "("}}}, ("properties", "a", "pattern")),
        (ObjectKind.OBJECT, {"$schema": 5}, ("$schema",)),
        (ObjectKind.OBJECT, {"properties": {"a": {"$ref": "#/$defs/a"}}}, ()),
        (ObjectKind.OBJECT, {"required": ["a"], "allOf": [{"$ref": "#/required/x"}]}, ()),
        (ObjectKind.OBJECT, {"allOf": [{"$ref": "http://127.0.0.1:1/a.json"}]}, ()),
        (ObjectKind.ARRAY, {"items": {"$ref": "file:///etc/passwd"}}, ()),
        (ObjectKind.ARRAY, {"minimum": "1"}, ("minimum",)),
        (ObjectKind.ENUM, None, ()),
        (ObjectKind.ENUM, [], ()),
        (ObjectKind.ENUM, ["a", "a"], ()),
        (ObjectKind.ENUM, ["a", ""], ()),
        (ObjectKind.ENUM, ["a", 1], ()),
        (ObjectKind.ENUM, {"enum": ["a"]}, ()),
        (ObjectKind.NO_SCHEMA, {}, ()),
    ],
)
def test_a_schema_that_is_none_is_refused_with_the_path_to_it(
    kind: ObjectKind, schema: Any, path: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as refused:
        check_object(ObjectOptions(kind, schema), GenerationOptions())
    assert (refused.value.reason, refused.value.path) == (ErrorCode.INVALID, ("input", "schema", *path))


@pytest.mark.parametrize("schema", [nested(120), nested(400), {"description": "x" * 300_000}])
def test_a_schema_too_deep_or_too_long_is_refused(schema: Any) -> None:
    with pytest.raises(InputError) as refused:
        check_object(ObjectOptions(ObjectKind.OBJECT, schema), GenerationOptions())
    assert refused.value.path == ("input", "schema")


@pytest.mark.parametrize(
    ("options", "path"),
    [(GenerationOptions(tools=("a",)), "tools"), (GenerationOptions(tool_choice="none"), "toolChoice")],
)
def test_an_object_is_made_without_tools(options: GenerationOptions, path: str) -> None:
    with pytest.raises(InputError, match="without tools") as refused:
        check_object(ObjectOptions(ObjectKind.NO_SCHEMA), options)
    assert refused.value.path == ("input", "options", path)


@pytest.mark.parametrize(
    ("own", "changes", "says"),
    [
        (SearchOptions(vector=False), SearchChanges(text=False), "for text, for vectors or for both"),
        (SearchOptions(vector=False), SearchChanges(limit=101), "limit of a search is 101"),
        (None, SearchChanges(limit=3, text=False), "cannot search by meaning: it has no embedding model"),
        (None, SearchChanges(limit=3, text=False, vector=True), "cannot search by meaning: it has no embedding model"),
    ],
)
async def test_a_search_that_cannot_be_is_refused_before_anything_is_stored(
    own: SearchOptions | None, changes: SearchChanges, says: str
) -> None:
    agent = Agent("support", model="demo", context=ContextOptions(search=own))
    with pytest.raises(InputError, match=says) as refused:
        await check_call(agent, GenerationOptions(context=ContextChanges(search=changes)))
    assert refused.value.path[:4] == ("input", "options", "contextOptions", "search")


@pytest.mark.parametrize(
    ("own", "changes", "wanted"),
    [
        (None, None, None),
        (None, SearchChanges(before=1), None),
        (None, SearchChanges(limit=0), None),
        (None, SearchChanges(limit=3), SearchOptions(limit=3)),
        (
            None,
            SearchChanges(limit=3, vector=False, threshold=-0.5),
            SearchOptions(limit=3, vector=False, threshold=-0.5),
        ),
        (SearchOptions(limit=7, after=4), None, SearchOptions(limit=7, after=4)),
        (SearchOptions(limit=7, after=4), SearchChanges(limit=0), None),
        (
            SearchOptions(limit=7, after=4, required=True),
            SearchChanges(before=0),
            SearchOptions(7, before=0, after=4, required=True),
        ),
    ],
)
def test_row_64_what_a_call_says_of_a_search_goes_before_what_the_agent_says(
    own: SearchOptions | None, changes: SearchChanges | None, wanted: SearchOptions | None
) -> None:
    assert ContextOptions(search=own).changed(ContextChanges(search=changes)).search == wanted


def test_row_64_a_call_may_change_each_of_the_other_context_options() -> None:
    own = ContextOptions(5, exclude_tool_messages=False, search_other_threads=True, max_tokens=9)
    assert own.changed(ContextChanges()) == own
    changes = ContextChanges(True, 6, None, False, 8)
    assert own.changed(changes) == ContextOptions(6, exclude_tool_messages=True, max_tokens=8)


def test_context_changes_are_stored_as_they_were_given() -> None:
    for changes in (
        ContextChanges(),
        ContextChanges(False, 3, SearchChanges(limit=0), True, 100),
        ContextChanges(search=SearchChanges(5, False, True, -0.25, 0, 50)),
    ):
        options = GenerationOptions(context=changes)
        assert options_of(options_doc(options)) == options


@pytest.mark.parametrize("search", [SearchOptions(vector=True), SearchOptions(text=False)])
def test_an_agent_that_searches_by_meaning_needs_an_embedding_model(search: SearchOptions) -> None:
    with pytest.raises(ConfigError, match="agent support searches by meaning: give it an embedding_model"):
        Agent("support", model="demo", context=ContextOptions(search=search))
    Agent("support", model="demo", context=ContextOptions(search=search), embedding_model=ByThings())
