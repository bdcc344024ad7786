"""Rows 73, 79 and 81 of behaviour.md: what makes a tool, and which mistakes are told where it is written."""

import datetime
from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Literal, cast

import pytest
from pydantic import BaseModel, Field
from tests.agents.tools.calls import context_of, said

from weft import Tool, ToolContext, tool
from weft.agents.tools.answered import client_tool, human_tool
from weft.agents.tools.execution import needs_approval_of
from weft.errors import ConfigError


class Address(BaseModel):
    street: str
    kind: Literal["home", "work"] = "home"


class Branch(BaseModel):
    name: str
    branches: list["Branch"] = []


class Colour(Enum):
    RED = "red"


async def test_row_73_a_typed_function_is_a_tool_with_the_json_schema_of_its_parameters() -> None:
    @tool
    def weather(ctx: ToolContext, city: Annotated[str, "Where."], days: Annotated[int, Field(ge=1)] = 3) -> str:
        """The weather to come.

        It is a guess.

        Args:
            ctx: Not for the model.
            city: Not this, for the annotation says it.
            days: How many days,
                from today.

        Returns:
            Some words.
        """
        return f"{city} {days}"

    assert (weather.name, weather.description) == ("weather", "The weather to come.\n\nIt is a guess.")
    assert weather.input_schema == {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where."},
            "days": {"type": "integer", "minimum": 1, "default": 3, "description": "How many days, from today."},
        },
        "required": ["city"],
        "additionalProperties": False,
    }
    assert await said(weather, '{"city": "Oslo"}') == "Oslo 3"


async def test_row_73_a_parameter_may_have_any_name_and_any_type_that_pydantic_knows() -> None:
    @tool
    def order(
        schema: Address, copy: Colour, _when: datetime.date, model_config: int = Field(1, description="One.")
    ) -> list[Any]:
        return [schema.street, copy, _when.year, model_config]

    properties = order.input_schema["properties"]
    assert list(properties) == ["schema", "copy", "_when", "model_config"]
    assert properties["schema"]["properties"]["kind"] == {
        "type": "string",
        "enum": ["home", "work"],
        "default": "home",
    }
    assert properties["model_config"]["description"] == "One."
    assert "$defs" not in order.input_schema
    raw = '{"schema": {"street": "A"}, "copy": "red", "_when": "2026-01-02"}'
    assert await said(order, raw) == ["A", "red", 2026, 1]


async def test_row_73_a_single_parameter_that_is_a_model_is_the_whole_input() -> None:
    @tool
    def move(ctx: ToolContext, to: Address) -> str:
        return to.street

    @tool
    async def plant(tree: Branch) -> int:
        return len(tree.branches)

    assert move.input_schema["required"] == ["street"]
    assert await said(move, '{"street": "A"}') == "A"
    assert plant.input_schema["type"] == "object"
    assert plant.input_schema["properties"]["branches"]["items"] == {"$ref": "#/$defs/Branch"}
    assert await said(plant, '{"name": "a", "branches": [{"name": "b"}]}') == 1


async def test_row_73_an_explicit_json_schema_takes_the_place_of_the_annotations() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 9}}, "required": ["n"]}

    @tool(input_schema=schema)
    def double(ctx: Any, n: Any) -> Any:
        return n * 2

    assert double.input_schema == schema
    assert await said(double, '{"n": 4}') == 8


def test_row_73_the_schema_is_the_same_bytes_each_time() -> None:
    def look(a: Literal["x", "y", "z"], b: Address, c: dict[str, int] | None = None) -> str:
        return a

    assert str(tool(look).input_schema) == str(tool(look).input_schema)


@pytest.mark.parametrize("context", ["ctx", "context"])
async def test_row_74_a_first_parameter_of_that_name_without_a_type_is_the_context(context: str) -> None:
    made: dict[str, Any] = {}
    exec(f"def f({context}, n: int): return [{context}.tool_call_id, n]", made)
    assert await said(tool(made["f"]), '{"n": 1}') == ["call_1", 1]


async def test_row_74_a_parameter_named_context_that_has_a_type_is_an_input() -> None:
    @tool
    def search(context: str) -> str:
        return context

    assert await said(search, '{"context": "bikes"}') == "bikes"


async def test_row_73_an_approval_function_names_the_inputs_that_it_needs() -> None:
    def much(ctx: ToolContext, amount: int) -> bool:
        return amount > 100

    @tool(needs_approval=much)
    def transfer(ctx: Any, amount: int, to: str) -> str:
        return to

    context = context_of()
    assert not await needs_approval_of(transfer, context, transfer.parse({"amount": 100, "to": "Ann"}))
    assert await needs_approval_of(transfer, context, transfer.parse({"amount": 101, "to": "Ann"}))


async def refuses_later(ctx: ToolContext, **_: Any) -> bool:
    return False


def says_nothing(ctx: ToolContext, **_: Any) -> None:
    """A person is asked when in doubt."""


def fails(ctx: ToolContext, **_: Any) -> bool:
    raise ValueError("the PIN is 1234")


def leaves(ctx: ToolContext, **_: Any) -> bool:
    raise SystemExit


@pytest.mark.parametrize(
    ("decide", "needed"),
    [(True, True), (False, False), (refuses_later, False), (says_nothing, True), (fails, True), (leaves, True)],
)
async def test_row_73_a_call_needs_approval_when_that_cannot_be_decided(decide: Any, needed: bool) -> None:
    assert await needs_approval_of(tool(fine, needs_approval=decide), context_of(), {"n": 1}) is needed


def test_row_79_a_person_is_a_tool_without_a_function() -> None:
    person = human_tool()
    assert (person.name, person.execute) == ("ask_human", None)
    assert person.input_schema["required"] == ["question"]
    assert person.parse({"question": "Blue?"}) == {"question": "Blue?"}


def test_row_81_the_client_is_a_tool_without_a_function() -> None:
    nothing, where = client_tool("locate", "Where the user is."), client_tool("go", input_schema=Address, title="Go")
    assert (nothing.execute, where.execute, where.title) == (None, None, "Go")
    assert nothing.input_schema["properties"] == {}
    assert where.parse({"street": "A"}) == {"street": "A", "kind": "home"}


class NoType:
    pass


def takes_anything(*values: int) -> None: ...
def takes_unknown(value: NoType) -> None: ...
def takes_function(value: Callable[[int], int]) -> None: ...
def takes_no_type(value) -> None: ...  # type: ignore[no-untyped-def]  # pyright: ignore
def takes_missing(value: "Missing") -> None: ...  # type: ignore[name-defined]  # noqa: F821  # pyright: ignore
def wants_amount(ctx: ToolContext, amount: int) -> bool:
    return amount > 100


def fine(n: int) -> int:
    return n


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: tool(takes_anything), "takes *values"),
        (lambda: tool(takes_unknown), "no JSON Schema"),
        (lambda: tool(takes_function), "no JSON Schema"),
        (lambda: tool(cast("Any", takes_no_type)), "parameter value has no annotation"),
        (lambda: tool(cast("Any", takes_missing)), "cannot be resolved"),
        (lambda: tool(lambda: 1), "has no name"),
        (lambda: tool(fine, name="with space"), "cannot name a tool"),
        (lambda: tool(fine, name="x" * 65), "cannot name a tool"),
        (lambda: tool(fine, name="required"), "tool choice"),
        (lambda: tool(fine, timeout=0), "timeout"),
        (lambda: tool(fine, timeout=float("nan")), "timeout"),
        (lambda: tool(fine, approval_expires=datetime.timedelta()), "approval_expires"),
        (lambda: tool(fine, needs_approval=wants_amount), "needs_approval"),
        (lambda: tool(fine, needs_approval="yes"), "needs_approval"),  # type: ignore[call-overload]  # pyright: ignore
        (lambda: tool(fine, colour="red"), "no option 'colour'"),  # type: ignore[call-overload]  # pyright: ignore
        (lambda: tool(fine, input_schema={"type": "array"}), "not that of an object"),
        (lambda: tool(fine, input_schema={"type": "object", "properties": {"n": {"type": "whole"}}}), "n.type"),
        (lambda: tool(fine, input_schema={"type": "object", "properties": {"n": {"$ref": "http://x"}}}), "refers to"),
        (lambda: tool(fine, input_schema={"type": "object", "properties": {"n": {}}}), "not required"),
        (lambda: client_tool("go", input_schema=5), "input_schema"),  # type: ignore[arg-type]  # pyright: ignore
        (lambda: Tool("ask", None, {"type": "object"}, fine, needs_approval=True), "needs no approval"),
        (lambda: Tool("auto", None, {"type": "object"}, lambda value: value), "tool choice"),
    ],
)
def test_row_73_a_tool_that_cannot_be_is_refused_where_it_is_made(make: Callable[[], Tool], told: str) -> None:
    with pytest.raises(ConfigError, match=told.replace("*", r"\*")):
        make()
