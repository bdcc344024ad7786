"""Answers that are one JSON value (behaviour.md rows 70 to 72)."""

import asyncio
import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from tests.agents.runs import agent, at_rest, model_of, outline, rows_of, thread_of
from tests.agents.viewers import viewing
from tests.support import in_time
from tests.threads.histories import json_values, some

from weft.agents.agent import Agent
from weft.agents.objects import ObjectText, spec_of
from weft.agents.weft import Weft
from weft.errors import ErrorCode, GenerationFailed, InputError, ProviderError
from weft.testing import DEFAULT_USAGE, Call, Fail, Gate, ScriptedModel, Step
from weft.threads.generations import GenerationOptions, ObjectKind, ObjectOptions, SaveMode
from weft.threads.messages import FinishReason, MessageStatus
from weft.threads.ui_messages import UIMessageStatus
from weft.threads.ui_parts import DataPart, TextPart

OBJECT, ARRAY, ENUM, FREE = ObjectKind.OBJECT, ObjectKind.ARRAY, ObjectKind.ENUM, ObjectKind.NO_SCHEMA
CITY: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "people": {"type": "integer"}},
    "required": ["name"],
}
ROME = {"name": "Rome", "people": 2_800_000}


@pytest.mark.parametrize(
    ("kind", "schema", "written", "value"),
    [
        (OBJECT, CITY, ROME, ROME),
        (ARRAY, CITY, {"elements": [ROME, {"name": "Oslo"}]}, [ROME, {"name": "Oslo"}]),
        (ARRAY, {"type": "integer"}, {"elements": []}, []),
        (ENUM, ["sunny", "rainy"], {"result": "rainy"}, "rainy"),
        (FREE, None, {"any": ["thing", None, 1.5]}, {"any": ["thing", None, 1.5]}),
        (OBJECT, CITY, f"```json\n{json.dumps(ROME)}\n```", ROME),
    ],
)
async def test_row_70_the_value_is_told_and_stored_as_its_json(
    weft: Weft, kind: ObjectKind, schema: Any, written: Any, value: Any
) -> None:
    thread = await thread_of(weft)
    answer = await weft.answers.generate_object(
        agent([written]), kind=kind, schema=schema, thread_id=thread, prompt="Which?"
    )
    assert (answer.object, answer.finish_reason, answer.order) == (value, FinishReason.STOP, 0)
    prompt, reply = answer.saved_messages
    assert outline([prompt, reply]) == [(0, "user", "success"), (1, "assistant", "success")]
    assert (json.loads(reply.text or ""), reply.usage, reply.model) == (value, DEFAULT_USAGE, "scripted")
    assert (answer.usage, answer.prompt_message_id) == (DEFAULT_USAGE, prompt.id)
    assert [(part["type"], part.get("data")) for part in reply.content] == [("data", value), ("text", None)]
    await at_rest(weft, thread)


async def test_row_70_the_model_is_asked_for_the_schema_and_given_no_tools(weft: Weft) -> None:
    helper = agent([ROME])
    await weft.answers.generate_object(helper, schema=CITY, thread_id=await thread_of(weft), prompt="Which?")
    (request,) = model_of(helper).requests
    assert (list(request.tools), request.tool_choice) == ([], None)
    assert request.output is not None
    assert request.output.schema == CITY


async def test_row_70_lists_and_enumerations_are_asked_for_inside_an_object() -> None:
    array, enum = spec_of(ObjectOptions(ARRAY, CITY)).schema, spec_of(ObjectOptions(ENUM, ["a", "b"])).schema
    assert array is not None
    assert enum is not None
    assert array["properties"] == {"elements": {"type": "array", "items": CITY}}
    assert enum["properties"] == {"result": {"type": "string", "enum": ["a", "b"]}}
    assert (array["type"], array["required"], enum["required"]) == ("object", ["elements"], ["result"])
    assert spec_of(ObjectOptions(FREE)).schema is None


async def test_row_70_an_agent_that_must_call_a_tool_makes_an_object_all_the_same(weft: Weft) -> None:
    helper = agent([ROME], tool_choice="required")
    answer = await weft.answers.generate_object(helper, schema=CITY, thread_id=await thread_of(weft), prompt="Which?")
    assert answer.object == ROME


async def test_row_70_a_later_turn_is_told_the_objects_json(weft: Weft) -> None:
    thread = await thread_of(weft)
    await weft.answers.generate_object(agent([ROME]), schema=CITY, thread_id=thread, prompt="Which?")
    helper = agent("Rome.")
    await weft.answers.generate_text(helper, thread_id=thread, prompt="And in words?")
    assert [part.get("text") for message in model_of(helper).requests[0].messages for part in message.content] == [
        "Which?",
        json.dumps(ROME),
        "And in words?",
    ]


@pytest.mark.parametrize("mode", [None, SaveMode.NONE])
async def test_row_70_without_a_thread_or_told_to_store_nothing_the_value_is_told(
    weft: Weft, mode: SaveMode | None
) -> None:
    thread = None if mode is None else await thread_of(weft)
    answer = await weft.answers.generate_object(
        agent([ROME]),
        schema=CITY,
        user_id="ann",
        thread_id=thread,
        prompt="Which?",
        options=GenerationOptions(save_messages=mode),
    )
    assert (answer.object, list(answer.saved_messages), answer.generation) == (ROME, [], None)
    assert thread is None or await rows_of(weft, thread) == []


@pytest.mark.parametrize(
    ("kind", "schema"),
    [(OBJECT, None), (OBJECT, {"type": "nonsense"}), (ARRAY, None), (ENUM, []), (ENUM, CITY), (FREE, CITY)],
)
async def test_row_70_what_cannot_be_asked_for_is_refused_and_stores_nothing(
    weft: Weft, kind: ObjectKind, schema: Any
) -> None:
    thread = await thread_of(weft)
    with pytest.raises(InputError) as refused:
        await weft.answers.generate_object(agent([ROME]), kind=kind, schema=schema, thread_id=thread, prompt="Which?")
    assert refused.value.path[:2] == ("input", "schema")
    assert await rows_of(weft, thread) == []


async def test_row_71_viewers_see_the_object_grow_as_a_data_part(weft: Weft) -> None:
    thread, gate = await thread_of(weft), Gate()
    script: list[Step] = ['{"name": "Rome, the eternal city", ', gate, '"people": 2800000}']
    whole = {"name": "Rome, the eternal city", "people": 2_800_000}
    async with viewing(weft, thread) as viewer:
        asking = asyncio.create_task(
            weft.answers.generate_object(agent(script), schema=CITY, thread_id=thread, prompt="Which?")
        )
        await gate.reached()
        (_, live) = await viewer.sees(lambda shown: len(shown) == 2 and len(shown[1].parts) == 1)
        assert live.status is UIMessageStatus.STREAMING
        (part,) = live.parts
        assert isinstance(part, DataPart)
        assert (part.name, part.data["name"][:4], "people" in part.data) == ("object", "Rome", False)
        gate.open()
        assert (await in_time(asking)).object == whole
        await viewer.sees(lambda shown: shown[-1].status is UIMessageStatus.SUCCESS)
        final = viewer.shown[-1].parts
    assert [type(part) for part in final] == [DataPart, TextPart]
    seen = [part.data for moment in viewer.moments[1:] for part in moment if isinstance(part, DataPart)]
    assert seen[-1] == whole
    assert all(set(data) <= set(whole) and str(whole["name"]).startswith(data.get("name", "")) for data in seen)


async def test_row_71_the_elements_of_a_list_appear_one_by_one(weft: Weft) -> None:
    text = ObjectText(ObjectOptions(ARRAY, {"type": "integer"}))
    shown = [chunk["data"] for piece in ('{"elements": [1', ", 22, 33", ", 44", "4, 5]}") for chunk in text.grow(piece)]
    assert shown[0] in ([], [1])
    assert all(later[: len(earlier) - 1] == earlier[:-1] for earlier, later in pairwise(shown))
    assert text.value() == [1, 22, 33, 444, 5]


@some
@given(json_values)
def test_row_71_a_value_that_comes_in_any_pieces_is_the_value(value: Any) -> None:
    written = json.dumps({"x": value}, ensure_ascii=False)
    text = ObjectText(ObjectOptions(FREE))
    for place in range(0, len(written), 3):
        list(text.grow(written[place : place + 3]))
    assert text.value() == {"x": value}


UNPARSED = "No object generated: could not parse the response."
NO_MATCH = "No object generated: response did not match schema."


@pytest.mark.parametrize(
    ("kind", "schema", "written", "error"),
    [
        (OBJECT, CITY, ["It is Rome."], UNPARSED),
        (OBJECT, CITY, ['{"name": "Ro'], UNPARSED),
        (OBJECT, CITY, [], UNPARSED),
        (OBJECT, CITY, [{"people": 3}], f"{NO_MATCH} $: 'name' is a required property"),
        (OBJECT, CITY, [{"name": "Rome", "people": "many"}], f"{NO_MATCH} $.people: 'many' is not of type 'integer'"),
        (OBJECT, CITY, ["[1]"], NO_MATCH),
        (ARRAY, {"type": "integer"}, [{"elements": [1, "two"]}], NO_MATCH),
        (ARRAY, {"type": "integer"}, ["[1, 2]"], NO_MATCH),
        (ENUM, ["sunny"], [{"result": "foggy"}], NO_MATCH),
    ],
)
async def test_row_72_what_is_no_such_object_is_an_error_and_a_failed_row(
    weft: Weft, kind: ObjectKind, schema: Any, written: list[Any], error: str
) -> None:
    thread = await thread_of(weft)
    with pytest.raises(GenerationFailed) as failed:
        await weft.answers.generate_object(agent(written), kind=kind, schema=schema, thread_id=thread, prompt="Which?")
    assert (failed.value.reason, failed.value.message[: len(error)]) == (ErrorCode.OBJECT_INVALID, error)
    _, row = await rows_of(weft, thread)
    assert (row.status, row.error, row.usage) == (MessageStatus.FAILED, failed.value.message, DEFAULT_USAGE)
    assert row.finish_reason is FinishReason.ERROR
    generation = await weft.generations.get(failed.value.generation_id or "")
    assert generation is not None
    assert generation.failure is not None
    assert (generation.failure.code, generation.usage) == ("OBJECT_INVALID", DEFAULT_USAGE)
    await at_rest(weft, thread)


async def test_row_72_without_a_thread_too(weft: Weft) -> None:
    with pytest.raises(GenerationFailed, match="could not parse") as failed:
        await weft.answers.generate_object(agent("Rome."), schema=CITY, user_id="ann", prompt="Which?")
    assert (failed.value.reason, failed.value.generation_id) == (ErrorCode.OBJECT_INVALID, None)


async def test_row_72_a_provider_that_fails_is_told_apart(weft: Weft) -> None:
    script: Sequence[Any] = ['{"name": ', Fail(ProviderError("cut off", provider="scripted"))]
    with pytest.raises(GenerationFailed, match="cut off") as failed:
        await weft.answers.generate_object(agent(script), schema=CITY, thread_id=await thread_of(weft), prompt="Which?")
    assert failed.value.reason is ErrorCode.PROVIDER_ERROR


async def test_row_72_a_model_that_calls_a_tool_instead_made_no_object(weft: Weft) -> None:
    helper = Agent("helper", model=ScriptedModel([[Call("look")]]))
    with pytest.raises(GenerationFailed, match="could not parse"):
        await weft.answers.generate_object(helper, schema=CITY, thread_id=await thread_of(weft), prompt="Which?")
