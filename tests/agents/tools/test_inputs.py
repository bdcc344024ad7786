"""What a model writes as input is checked; a wrong one is an error from which the model can do better."""

import json
from typing import Annotated, Any

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from weft import Tool, tool
from weft.agents.tools.answered import client_tool
from weft.agents.tools.inputs import MAX_INPUT_BYTES, ToolInputError, checked_input, written_input

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@tool
def book(city: str, nights: Annotated[int, Field(ge=1, le=30)], guests: list[str] | None = None) -> str:
    return city


SCHEMA = client_tool(
    "move",
    input_schema={
        "type": "object",
        "properties": {"to": {"type": "string", "minLength": 1}, "more": {"$ref": "#/$defs/more"}},
        "required": ["to"],
        "$defs": {"more": {"type": "array", "items": {"$ref": "#/$defs/more"}}},
    },
)


def refusal(of: Tool, text: str) -> str:
    with pytest.raises(ToolInputError) as refused:
        checked_input(of, text)
    return str(refused.value)


def taken_or_refused(of: Tool, text: str) -> Any:
    """The checked input, or the error's words."""
    try:
        return checked_input(of, text)
    except ToolInputError as error:
        return str(error)


def test_row_73_the_error_names_each_wrong_field_and_what_is_wrong_with_it() -> None:
    assert refusal(book, '{"nights": 31, "guests": ["Ann", 3], "breakfast": true}') == (
        "Error: the input of book is wrong: city: this field is required; "
        "nights: Input should be less than or equal to 30 (given 31); "
        "guests.1: Input should be a valid string (given 3); "
        "breakfast: there is no such field; there are: city, nights, guests"
    )


def test_row_73_the_error_of_an_explicit_schema_names_the_field() -> None:
    assert refusal(SCHEMA, '{"to": 3}') == "Error: the input of move is wrong: to: 3 is not of type 'string'"
    assert "'to' is a required property" in refusal(SCHEMA, "{}")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"city": "Os', "not JSON"),
        ("[]", "not a JSON object"),
        ("null", "not a JSON object"),
        ('{"city": NaN}', "not JSON"),
        ("[" * 5000, "not JSON"),
        ('"' + "x" * MAX_INPUT_BYTES + '"', "the limit is"),
        ("", "city: this field is required"),
    ],
)
def test_row_73_what_is_no_json_object_is_an_error_that_says_what_to_send(text: str, told: str) -> None:
    assert told in refusal(book, text)


def test_row_73_no_input_at_all_is_an_empty_object() -> None:
    assert checked_input(client_tool("now"), " ") == {}


@given(JSON)
def test_row_73_any_json_is_either_taken_or_refused_with_words(value: Any) -> None:
    for of in (book, SCHEMA):
        checked = taken_or_refused(of, json.dumps(value))
        assert isinstance(checked, dict) or checked.startswith(f"Error: the input of {of.name} is wrong: ")
        assert isinstance(checked, dict) or len(checked) <= 2000


@given(st.text())
def test_row_73_any_text_is_either_taken_or_refused(text: str) -> None:
    assert taken_or_refused(book, text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ('{"city": "Oslo"}', {"city": "Oslo"}),
        ("", {}),
        ('{"ci', '{"ci'),
        ('{"city": "\\ud83d"}', '{"city": "\\ud83d"}'),
        ('{"city": "\ud83d"}', {"city": "�"}),
        ('{"a\\u0000b": 1}', {"a�b": 1}),
        ('{"n": ' + "9" * 30 + "}", {"n": 1e30}),
        ('{"n": NaN}', '{"n": NaN}'),
        ("[" * 100 + "]" * 100, "[" * 100 + "]" * 100),
    ],
)
def test_row_73_whatever_a_model_writes_is_stored_as_json_or_as_text(text: str, stored: Any) -> None:
    assert written_input(text) == stored


@given(st.text() | JSON.map(json.dumps))
def test_row_73_whatever_a_model_writes_can_be_stored(text: str) -> None:
    assert len(bson.encode({"input": written_input(text)})) > 0


@given(st.fixed_dictionaries({"city": st.text(), "nights": st.integers(1, 30)}))
def test_row_73_an_input_that_fits_comes_back_as_it_is(value: dict[str, Any]) -> None:
    assert checked_input(book, json.dumps(value)) == {**value, "guests": None}
