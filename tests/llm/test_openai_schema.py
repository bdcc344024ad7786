"""Schemas that OpenAI's strict mode takes, and what is asked for where it does not."""

from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel
from tests.llm_calls import ask, events_of
from tests.llm_script import Say
from tests.llm_stub import LLMStub

from weft.llm.model import ObjectSpec
from weft.llm.openai_schema import rooted, strict_form
from weft.llm.registry import resolve_model
from weft.threads.json_values import is_list, is_object

TEXT = {"type": "string"}


def of(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), **more}


class Person(BaseModel):
    name: str
    friends: list["Person"]


@pytest.mark.parametrize(
    "schema",
    [
        of({}),
        of({"name": TEXT, "tags": {"type": "array", "items": TEXT, "maxItems": 3}}),
        of({"one": {"anyOf": [TEXT, {"type": "null"}]}, "two": {"enum": ["a", "b"]}}, title="T", description="D"),
        of({"inner": of({"at": {"type": "string", "format": "date-time", "default": "now"}})}),
        of({"inner": {"$ref": "#/$defs/X", "description": "d"}}, **{"$defs": {"X": of({"a": TEXT})}}),
        Person.model_json_schema(),
    ],
)
def test_is_brought_into_strict_form(schema: dict[str, Any]) -> None:
    strict = strict_form(schema)
    assert strict is not None
    jsonschema.Draft202012Validator.check_schema(strict)
    assert all(each["additionalProperties"] is False for each in _objects(strict))
    assert strict_form(strict) == strict


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": TEXT},
        of({"name": TEXT}, required=[]),
        of({"name": TEXT}, additionalProperties=True),
        of({}, additionalProperties=TEXT),
        of({"name": {"type": "string", "minLength": 3}}),
        of({"name": {"type": "string", "format": "uri"}}),
        of({"name": {"oneOf": [TEXT]}}),
        of({"name": True}),
        of({"name": {"type": "object", "additionalProperties": TEXT}}),
        {"anyOf": [of({})], "type": "object"},
        of({"inner": {"$ref": "#/$defs/X", "minItems": 3}}),
        {"$ref": "#/$defs/Missing"},
    ],
)
def test_what_strict_mode_cannot_say_is_not_strict(schema: dict[str, Any]) -> None:
    assert strict_form(schema) is None


def test_the_object_comes_to_the_root() -> None:
    schema = rooted(Person.model_json_schema())
    assert (schema["type"], "$ref" in schema) == ("object", False)


def _objects(schema: object) -> list[dict[str, Any]]:
    inner = schema if is_list(schema) else list(schema.values()) if is_object(schema) else ()
    own = [schema] if is_object(schema) and schema.get("type") == "object" else []
    return own + [found for each in inner for found in _objects(each)]


async def _format(stub: LLMStub, spec: str, output: ObjectSpec) -> dict[str, Any]:
    stub.reply(Say("{}"))
    options = {"openai": {"text": {"verbosity": "low"}}}
    await events_of(resolve_model(spec), replace(ask(provider_options=options), output=output))
    body = stub.calls[-1].body
    told: dict[str, Any] = body.get("response_format") or body["text"]
    return told


async def test_the_form_of_the_answer_on_the_wire(stub: LLMStub) -> None:
    schema = of({"name": TEXT})
    closed = schema | {"additionalProperties": False}
    named = {"name": "a_person_", "description": "Who", "schema": closed, "strict": True}
    output = ObjectSpec(schema, "a person?", "Who")
    sent = await _format(stub, "openai:gpt-5-mini", output)
    assert sent == {"format": {"type": "json_schema", **named}, "verbosity": "low"}
    assert await _format(stub, "openai-chat:llama", output) == {"type": "json_schema", "json_schema": named}


async def test_a_loose_schema_is_sent_as_it_is(stub: LLMStub) -> None:
    schema = of({"name": TEXT}, required=[])
    sent = (await _format(stub, "openai:gpt-5-mini", ObjectSpec(schema)))["format"]
    assert (sent["strict"], sent["schema"]) == (False, schema)


@pytest.mark.parametrize("spec", ["openai:gpt-5-mini", "openai-chat:llama"])
async def test_without_a_schema_any_json_is_asked_for_in_words_too(stub: LLMStub, spec: str) -> None:
    sent = await _format(stub, spec, ObjectSpec(None))
    assert "json_object" in (sent.get("type"), sent.get("format", {}).get("type"))
    body = stub.calls[-1].body
    assert "JSON" in (body.get("input") or body["messages"])[0]["content"]
