"""Reducing chunks to a message: each once, in any grouping, and what nobody started is ignored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import words
from tests.threads.strategies import chunk_lists

from weft.threads.chunks import ChunkReducer
from weft.threads.streams import Chunk
from weft.threads.ui_parts import FilePart, PartState, ReasoningPart, SourceDocumentPart, SourceUrlPart, TextPart


def opened(id: str = "0", kind: str = "text", **more: Any) -> Chunk:
    return {"type": f"{kind}-start", "id": id, **more}


def ended(id: str = "0", kind: str = "text", **more: Any) -> Chunk:
    return {"type": f"{kind}-end", "id": id, **more}


def texts_of(chunks: list[Chunk]) -> list[str]:
    """The text parts, found by a plainer rule than the reducer's: a part owns what comes between its ends."""
    found: list[list[str]] = []
    growing: dict[str, list[str]] = {}
    for chunk in chunks:
        if chunk["type"] == "text-start":
            growing[chunk["id"]] = []
            found.append(growing[chunk["id"]])
        elif chunk["type"] == "text-delta" and chunk["id"] in growing:
            growing[chunk["id"]].append(chunk["delta"])
        elif chunk["type"] == "text-end":
            growing.pop(chunk["id"], None)
    return ["".join(pieces) for pieces in found]


@given(chunk_lists, st.data())
def test_feeding_chunks_in_any_grouping_gives_what_one_pass_gives(chunks: list[Chunk], data: st.DataObject) -> None:
    reducer = ChunkReducer()
    looks = data.draw(st.sets(st.integers(0, 30), max_size=3))
    for index, chunk in enumerate(chunks):
        reducer.apply(chunk)
        if index in looks:
            assert reducer.parts() == ChunkReducer(chunks[: index + 1]).parts()
    assert reducer.parts() == ChunkReducer(chunks).parts()


@given(chunk_lists)
def test_text_parts_hold_the_text_between_their_start_and_end(chunks: list[Chunk]) -> None:
    parts = ChunkReducer(chunks).parts()
    assert [part.text for part in parts if isinstance(part, TextPart)] == texts_of(chunks)


@given(chunk_lists)
def test_closing_leaves_nothing_streaming_and_nothing_empty(chunks: list[Chunk]) -> None:
    for part in ChunkReducer(chunks).closed_parts():
        if isinstance(part, TextPart | ReasoningPart):
            assert part.state is PartState.DONE
            assert part.text or part.provider_metadata is not None


@pytest.mark.parametrize(("kind", "part"), [("text", TextPart), ("reasoning", ReasoningPart)])
def test_a_part_streams_until_its_end_comes(kind: str, part: type[TextPart] | type[ReasoningPart]) -> None:
    reducer = ChunkReducer([opened(kind=kind)])
    assert reducer.parts() == [part("", PartState.STREAMING)]
    reducer.apply({"type": f"{kind}-delta", "id": "0", "delta": "so"})
    assert reducer.parts() == [part("so", PartState.STREAMING)]
    reducer.apply(ended(kind=kind))
    assert reducer.parts() == [part("so", PartState.DONE)]


def test_parts_that_grow_at_once_keep_the_order_they_began_in() -> None:
    chunks = [opened("a"), opened("b"), *words("2", id="b"), *words("1", id="a"), ended("b"), *words("!", id="a")]
    assert ChunkReducer(chunks).parts() == [TextPart("1!", PartState.STREAMING), TextPart("2", PartState.DONE)]


def test_text_that_nobody_started_or_that_has_ended_is_ignored() -> None:
    chunks = [*words("lost"), ended(), opened(), *words("kept"), ended(), *words("late"), ended()]
    assert ChunkReducer(chunks).parts() == [TextPart("kept", PartState.DONE)]


def test_provider_metadata_is_replaced_not_merged() -> None:
    chunks = [opened(providerMetadata={"a": 1}), *words("x"), ended(providerMetadata={"b": 2})]
    assert ChunkReducer(chunks).parts() == [TextPart("x", PartState.DONE, {"b": 2})]
    assert ChunkReducer(chunks[:2]).parts() == [TextPart("x", PartState.STREAMING, {"a": 1})]


def test_a_part_of_metadata_alone_is_kept_and_an_empty_one_is_not() -> None:
    hidden: Chunk = {"type": "reasoning-delta", "id": "r", "delta": "", "providerMetadata": {"x": {"hidden": "h"}}}
    chunks = [opened("r", "reasoning"), hidden, opened(), *words("")]
    assert ChunkReducer(chunks).closed_parts() == [ReasoningPart("", PartState.DONE, {"x": {"hidden": "h"}})]


def test_whole_parts_stand_where_they_came() -> None:
    source: Chunk = {"type": "source-url", "sourceId": "1", "url": "https://weft.example"}
    document: Chunk = {"type": "source-document", "sourceId": "2", "mediaType": "text/plain", "title": "Notes"}
    file: Chunk = {"type": "file", "mediaType": "image/png", "url": "https://weft.example/a.png", "filename": "a.png"}
    parts = ChunkReducer([source, opened(), *words("x"), ended(), document, file]).parts()
    assert parts == [
        SourceUrlPart("1", "https://weft.example"),
        TextPart("x"),
        SourceDocumentPart("2", "text/plain", "Notes"),
        FilePart("image/png", "https://weft.example/a.png", "a.png"),
    ]


def test_unknown_kinds_change_nothing() -> None:
    chunks: list[Chunk] = [{"type": "start"}, {"type": "text"}, {"type": "spell", "data": {}}]
    assert ChunkReducer(chunks).parts() == []
