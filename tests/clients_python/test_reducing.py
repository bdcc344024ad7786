"""What a stream spells: the same as the server reduces it to, in any grouping, and from any moment on."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support import words
from tests.threads.histories import json_values
from tests.threads.strategies import chunk_lists
from tests.threads.tool_streams import tool_streams
from weft_client import messages as shown
from weft_client.chunks import ChunkReducer
from weft_client.json_text import JsonText

from weft.threads import tool_parts, ui_parts
from weft.threads.chunks import ChunkReducer as ServerReducer
from weft.threads.streams import Chunk

streams = st.one_of(chunk_lists, tool_streams())


def plain(part: Any) -> tuple[Any, ...]:
    """A part of either side in words that both know. Steps are numbered by the server only."""
    match part:
        case ui_parts.TextPart() | shown.TextPart() | ui_parts.ReasoningPart() | shown.ReasoningPart():
            return (type(part).__name__, part.text, part.state.value.upper(), part.provider_metadata)
        case ui_parts.FilePart() | shown.FilePart():
            return ("file", part.media_type, part.url, part.filename)
        case ui_parts.SourceUrlPart() | shown.SourceUrlPart():
            return ("url", part.source_id, part.url, part.title)
        case ui_parts.SourceDocumentPart() | shown.SourceDocumentPart():
            return ("document", part.source_id, part.media_type, part.title, part.filename)
        case ui_parts.StepStartPart() | shown.StepStartPart():
            return ("step",)
        case ui_parts.DataPart() | ui_parts.CustomPart() | shown.DataPart():
            return ("data", part.name, part.part_id, part.data)
        case tool_parts.ToolPart() | shown.ToolPart():
            return (*(getattr(part, name) for name in _TOOL), _state(part), _approval(part))
        case _:
            raise AssertionError(part)


_TOOL = (
    "tool_call_id",
    "tool_name",
    "title",
    "dynamic",
    "input",
    "raw_input",
    "output",
    "preliminary",
    "error_text",
    "provider_executed",
)


def _state(part: Any) -> str:
    return str(part.state.value).upper().replace("-", "_")


def _approval(part: Any) -> tuple[Any, ...] | None:
    asked = part.approval
    return None if asked is None else (asked.id, asked.approved, asked.reason, asked.is_automatic)


def here(chunks: list[Chunk]) -> list[tuple[Any, ...]]:
    reducer = ChunkReducer()
    for chunk in chunks:
        reducer.apply(chunk)
    return [plain(part) for part in reducer.parts()]


def there(chunks: list[Chunk]) -> list[tuple[Any, ...]]:
    return [plain(part) for part in ServerReducer(chunks).parts()]


@given(streams)
@example([{"type": "text-start", "id": "0"}, *words("a"), {"type": "start-step"}, {"type": "reset-step"}])
def test_a_stream_spells_what_the_server_says_it_spells(chunks: list[Chunk]) -> None:
    assert here(chunks) == there(chunks)


@given(streams, st.sets(st.integers(0, 40)))
def test_looking_at_it_on_the_way_changes_nothing(chunks: list[Chunk], looks: set[int]) -> None:
    reducer = ChunkReducer()
    for index, chunk in enumerate(chunks):
        reducer.apply(chunk)
        if index in looks:
            assert [plain(part) for part in reducer.parts()] == there(chunks[: index + 1])
    assert [plain(part) for part in reducer.parts()] == there(chunks)


def _legal(chunks: list[Chunk]) -> list[Chunk]:
    """Without what takes a step back: a step that began before the reader came is known by its tools only."""
    return [chunk for chunk in chunks if chunk["type"] != "reset-step"]


@given(tool_streams().map(_legal), st.data())
def test_a_reader_who_comes_amid_a_stream_ends_where_the_others_do(chunks: list[Chunk], data: st.DataObject) -> None:
    seen = ChunkReducer()
    at = data.draw(st.integers(0, len(chunks)))
    for chunk in chunks[:at]:
        seen.apply(chunk)
    late = ChunkReducer(seen.parts(), 0)
    for chunk in chunks[at:]:
        late.apply(chunk)
        seen.apply(chunk)
    without_steps = [plain(part) for part in seen.parts() if not isinstance(part, shown.StepStartPart)]
    assert [plain(part) for part in late.parts() if not isinstance(part, shown.StepStartPart)] == without_steps


@given(st.lists(st.one_of(st.none(), st.integers(), json_values, st.dictionaries(st.text(), json_values)), max_size=5))
def test_what_is_no_chunk_changes_nothing(values: list[Any]) -> None:
    reducer = ChunkReducer((shown.TextPart("kept"),))
    for value in values:
        reducer.apply(value)
    assert reducer.parts() == (shown.TextPart("kept"),)


@given(json_values, st.lists(st.integers(0, 200), max_size=8))
def test_json_in_pieces_is_read_when_it_is_whole(value: Any, cuts: list[int]) -> None:
    written = json.dumps(value)
    ends = sorted({min(cut, len(written)) for cut in cuts} | {len(written)})
    text, before = JsonText(), 0
    for end in ends:
        text.add(written[before:end])
        before = end
        assert text.text == written[:end]
        assert text.value == _read(written[:end])


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


@pytest.mark.parametrize("text", ['{"a": "}"', '["\\"]', '{"a": "\\\\"', "[[]", '"', '{"a": "[{"'])
def test_json_that_only_looks_whole_is_not_read(text: str) -> None:
    whole = JsonText()
    for character in text:
        whole.add(character)
        assert whole.value == _read(whole.text)
