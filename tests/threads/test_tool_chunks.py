"""Tool calls in a stream, chunk by chunk (behaviour.md rows 129, 130)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import words
from tests.threads.histories import json_values, some
from tests.threads.tool_streams import tool_streams

from weft.threads.chunks import ChunkReducer
from weft.threads.content import content_of
from weft.threads.streams import Chunk
from weft.threads.tool_parts import ToolApproval, ToolPart, ToolState
from weft.threads.ui_parts import CustomPart, DataPart, FilePart, PartState, StepStartPart, TextPart

START: Chunk = {"type": "tool-input-start", "toolCallId": "c1", "toolName": "look", "title": "Look"}
CALLED: Chunk = {"type": "tool-input-available", "toolCallId": "c1", "toolName": "look", "input": {"q": 1}}
ASKED: Chunk = {"type": "tool-approval-request", "toolCallId": "c1", "approvalId": "a1"}


def more(text: str) -> Chunk:
    return {"type": "tool-input-delta", "toolCallId": "c1", "inputTextDelta": text}


def output(value: Any, **fields: Any) -> Chunk:
    return {"type": "tool-output-available", "toolCallId": "c1", "output": value, **fields}


def tool(*chunks: Chunk) -> ToolPart:
    (part,) = ChunkReducer(chunks).parts()
    assert isinstance(part, ToolPart)
    return part


def test_row_129_input_is_set_only_when_it_reads_as_a_whole() -> None:
    streaming = ToolPart("c1", "look", ToolState.INPUT_STREAMING, title="Look")
    assert tool(START) == streaming
    part = tool(START, more('{"q"'))
    assert (part.raw_input, part.input) == ('{"q"', None)
    part = tool(START, more('{"q"'), more(": 1}"))
    assert (part.state, part.raw_input, part.input) == (ToolState.INPUT_STREAMING, '{"q": 1}', {"q": 1})


def test_row_129_available_input_replaces_what_was_written_of_it() -> None:
    part = tool(START, more("{"), CALLED)
    assert part == ToolPart("c1", "look", ToolState.INPUT_AVAILABLE, title="Look", input={"q": 1})


@pytest.mark.parametrize("dynamic", [False, True])
def test_row_129_input_that_is_wrong_is_raw_of_a_known_tool_and_input_of_a_dynamic_one(*, dynamic: bool) -> None:
    wrong: Chunk = {**CALLED, "type": "tool-input-error", "input": "{", "errorText": "no JSON", "dynamic": dynamic}
    part = tool(wrong)
    assert (part.state, part.error_text, part.dynamic) == (ToolState.OUTPUT_ERROR, "no JSON", dynamic)
    assert (part.input, part.raw_input) == (("{", None) if dynamic else (None, "{"))


def test_row_129_the_final_output_is_not_preliminary() -> None:
    part = tool(CALLED, output(1, preliminary=True))
    assert (part.state, part.output, part.preliminary) == (ToolState.OUTPUT_AVAILABLE, 1, True)
    part = tool(CALLED, output(1, preliminary=True), output(2))
    assert (part.output, part.preliminary) == (2, False)


def test_row_129_an_error_clears_output_and_preliminary() -> None:
    failed: Chunk = {"type": "tool-output-error", "toolCallId": "c1", "errorText": "broke"}
    part = tool(CALLED, output(1, preliminary=True), failed)
    assert (part.state, part.error_text) == (ToolState.OUTPUT_ERROR, "broke")
    assert (part.output, part.preliminary) == (None, False)


def test_row_129_an_approval_is_asked_for_and_given() -> None:
    assert tool(CALLED, ASKED).approval == ToolApproval("a1")
    allowed: Chunk = {"type": "tool-approval-response", "approvalId": "a1", "approved": True, "reason": "fine"}
    part = tool(CALLED, {**ASKED, "isAutomatic": True, "signature": "s"}, allowed)
    assert part.state is ToolState.APPROVAL_RESPONDED
    assert part.approval == ToolApproval("a1", True, "fine", True, "s")


def test_row_129_a_denied_call_has_no_output() -> None:
    part = tool(CALLED, ASKED, {"type": "tool-output-denied", "toolCallId": "c1"})
    assert (part.state, part.approval) == (ToolState.OUTPUT_DENIED, ToolApproval("a1", False))


def test_row_129_provider_metadata_is_replaced_and_what_is_not_told_again_is_kept() -> None:
    first: Chunk = {**START, "providerMetadata": {"a": {}}, "providerExecuted": True, "toolMetadata": {"m": 1}}
    part = tool(first, {**CALLED, "providerMetadata": {"b": {}}}, output(1, providerMetadata={"c": {}}))
    assert (part.title, part.provider_executed, part.metadata) == ("Look", True, {"m": 1})
    assert (part.call_provider_metadata, part.result_provider_metadata) == ({"b": {}}, {"c": {}})


def test_row_129_data_is_put_in_place_of_data_with_its_type_and_id() -> None:
    data: list[Chunk] = [
        {"type": "data-a", "id": "1", "data": 1},
        {"type": "data-b", "id": "1", "data": 2},
        {"type": "data-a", "data": 3},
        {"type": "data-a", "id": "2", "data": 4, "transient": True},
        {"type": "data-a", "id": "1", "data": 5},
    ]
    assert ChunkReducer(data).parts() == [DataPart("a", "1", 5), DataPart("b", "1", 2), DataPart("a", None, 3)]


def test_row_129_metadata_of_the_message_is_merged_at_its_top() -> None:
    chunks: list[Chunk] = [
        {"type": "start", "messageMetadata": {"a": {"x": 1}, "b": 1}},
        {"type": "message-metadata", "messageMetadata": {"a": {"y": 2}}},
        {"type": "finish", "messageMetadata": None},
    ]
    assert ChunkReducer(chunks).metadata == {"a": {"y": 2}, "b": 1}


def test_row_129_files_of_reasoning_and_custom_parts_are_parts() -> None:
    chunks: list[Chunk] = [
        {"type": "reasoning-file", "mediaType": "image/png", "url": "https://weft.example/a.png"},
        {"type": "custom", "kind": "openai.compaction"},
    ]
    file = FilePart("image/png", "https://weft.example/a.png", reasoning=True)
    assert ChunkReducer(chunks).parts() == [file, CustomPart("openai.compaction")]


STEP: Chunk = {"type": "start-step"}


def test_row_129_steps_of_an_answer_with_tools_are_numbered_as_its_rows() -> None:
    text: list[Chunk] = [{"type": "text-start", "id": "0"}, {"type": "text-end", "id": "0"}]
    parts = ChunkReducer([STEP, CALLED, output(1), STEP, *text], step_order=4).parts()
    assert [part.step_order for part in parts if isinstance(part, StepStartPart)] == [4, 6]
    assert ChunkReducer([STEP, *text], step_order=4).parts() == [TextPart("")]


def test_an_id_given_again_in_another_step_is_another_call() -> None:
    parts = ChunkReducer([STEP, CALLED, output(1), STEP, CALLED]).parts()
    states = [part.state for part in parts if isinstance(part, ToolPart)]
    assert states == [ToolState.OUTPUT_AVAILABLE, ToolState.INPUT_AVAILABLE]


def test_a_step_that_is_begun_again_takes_back_what_it_wrote() -> None:
    again = ChunkReducer([STEP, CALLED, output(1), STEP, {**CALLED, "toolCallId": "c2"}, {"type": "reset-step"}])
    assert again.parts() == ChunkReducer([STEP, CALLED, output(1), STEP]).parts()


def test_a_step_that_is_begun_again_keeps_what_was_being_written_before_it() -> None:
    again = ChunkReducer([{"type": "text-start", "id": "0"}, *words("a", "b"), STEP, {"type": "reset-step"}])
    assert again.parts() == [TextPart("ab", PartState.STREAMING)]


def test_row_130_output_of_an_unknown_call_is_ignored() -> None:
    orphans: list[Chunk] = [
        output(1),
        {"type": "tool-output-error", "toolCallId": "c1", "errorText": "x"},
        {"type": "tool-output-denied", "toolCallId": "c1"},
        more("x"),
        ASKED,
        {"type": "tool-approval-response", "approvalId": "a1", "approved": True},
    ]
    assert ChunkReducer(orphans).parts() == []


def test_row_130_a_continuation_reaches_the_calls_of_the_rows_before_it() -> None:
    before = ChunkReducer([STEP, CALLED]).parts()
    parts = ChunkReducer([output(2)], before=before).parts()
    assert [part.output for part in parts if isinstance(part, ToolPart)] == [2]


def test_a_call_that_was_cut_off_is_not_stored() -> None:
    assert content_of(ChunkReducer([START, more("{")]).closed_parts()) == []


@some
@given(tool_streams(), st.data())
def test_row_129_each_chunk_once_gives_what_one_pass_gives(chunks: list[Chunk], data: st.DataObject) -> None:
    reducer = ChunkReducer()
    looks = data.draw(st.sets(st.integers(0, len(chunks))))
    for index, chunk in enumerate(chunks):
        reducer.apply(chunk)
        if index in looks:
            assert reducer.parts() == ChunkReducer(chunks[: index + 1]).parts()
    assert reducer.parts() == ChunkReducer(chunks).parts()


_junk = st.dictionaries(
    st.sampled_from(["id", "delta", "toolCallId", "toolName", "input", "approvalId", "data", "url", "kind", "dynamic"]),
    json_values | st.sampled_from(["c1", "a1"]),
    max_size=5,
)
_types = ["text-start", "text-delta", "text-end", "start-step", "reset-step", "start", "data-a", "custom", "file"]
_tools = [f"tool-{kind}" for kind in ("input-start", "input-delta", "input-available", "output-available", "spell")]


@st.composite
def _junk_chunks(draw: st.DrawFn) -> Chunk:
    return {**draw(_junk), "type": draw(st.sampled_from([*_types, *_tools]) | json_values)}


@given(st.lists(_junk_chunks() | st.sampled_from([START, CALLED, ASKED, output(1), more("{")]), max_size=15))
def test_chunks_that_are_not_legal_change_nothing_and_raise_nothing(chunks: list[Chunk]) -> None:
    content_of(ChunkReducer(chunks).closed_parts())
