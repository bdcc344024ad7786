"""Joining deltas loses nothing but their number."""

from itertools import pairwise
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from tests.support import delta, stream_at, words
from tests.threads.strategies import chunk_lists

from weft.threads.chunks import ChunkReducer
from weft.threads.streams import Chunk, Delta, compress, join

STREAM = stream_at(0, 1)
SIGNED: list[Chunk] = [
    {"type": "reasoning-start", "id": "r"},
    {"type": "reasoning-delta", "id": "r", "delta": "because"},
    {"type": "reasoning-delta", "id": "r", "delta": "", "providerMetadata": {"anthropic": {"signature": "s"}}},
    {"type": "reasoning-end", "id": "r"},
]


@st.composite
def cut_streams(draw: st.DrawFn) -> tuple[list[Chunk], list[Delta]]:
    """Chunks, and the deltas that a writer may have made of them."""
    chunks = draw(chunk_lists)
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(chunks) - 1)), max_size=6))) if len(chunks) > 1 else []
    borders = [0, *cuts, len(chunks)]
    deltas = [
        Delta(STREAM.id, STREAM.thread_id, start, end, compress(chunks[start:end])) for start, end in pairwise(borders)
    ]
    return chunks, deltas


def reduced(*lists: Any) -> object:
    reducer = ChunkReducer(chunk for chunks in lists for chunk in chunks)
    return reducer.parts(), reducer.closed_parts()


def test_neighbouring_texts_of_one_part_become_one() -> None:
    assert compress(words("a", "b") + words("c", id="1") + words("d")) == [
        *words("ab"),
        *words("c", id="1"),
        *words("d"),
    ]


def test_text_and_reasoning_of_one_id_stay_apart() -> None:
    chunks: list[Chunk] = [*words("a"), {"type": "reasoning-delta", "id": "0", "delta": "b"}, *words("c")]
    assert compress(chunks) == chunks


def test_a_part_between_two_texts_keeps_them_apart() -> None:
    source: Chunk = {"type": "source-url", "sourceId": "1", "url": "u"}
    assert compress([*words("a"), source, *words("b")]) == [*words("a"), source, *words("b")]


def test_metadata_that_comes_with_a_later_delta_is_kept() -> None:
    assert compress(SIGNED)[1] == {
        "type": "reasoning-delta",
        "id": "r",
        "delta": "because",
        "providerMetadata": {"anthropic": {"signature": "s"}},
    }


@given(chunk_lists)
@example(SIGNED)
def test_compressing_changes_nothing_that_is_shown(chunks: list[Chunk]) -> None:
    assert reduced(compress(chunks)) == reduced(chunks)
    assert compress(compress(chunks)) == compress(chunks)


@given(chunk_lists)
def test_compressing_leaves_the_given_chunks_alone(chunks: list[Chunk]) -> None:
    copies = [dict(chunk) for chunk in chunks]
    compress(chunks)
    assert chunks == copies


@given(cut_streams())
def test_deltas_show_what_their_chunks_show(cut: tuple[list[Chunk], list[Delta]]) -> None:
    chunks, deltas = cut
    assert reduced(*(one.parts for one in deltas)) == reduced(chunks)


@given(cut_streams(), st.data())
def test_joined_deltas_cover_the_same_parts_and_show_the_same(
    cut: tuple[list[Chunk], list[Delta]], data: st.DataObject
) -> None:
    chunks, deltas = cut
    first = data.draw(st.integers(0, len(deltas) - 1))
    last = data.draw(st.integers(first, len(deltas) - 1))
    joined = join(deltas[first : last + 1])
    assert (joined.start, joined.end) == (deltas[first].start, deltas[last].end)
    assert (joined.stream_id, joined.thread_id) == (STREAM.id, STREAM.thread_id)
    assert joined.text == "".join(one.text for one in deltas[first : last + 1])
    shown = [*deltas[:first], joined, *deltas[last + 1 :]]
    assert reduced(*(one.parts for one in shown)) == reduced(chunks)


def test_the_text_of_a_delta_is_that_of_its_text_chunks() -> None:
    reasoning: Chunk = {"type": "reasoning-delta", "id": "0", "delta": "hm"}
    assert delta(STREAM, 3, *words("a ", "b"), reasoning, *words("c", id="1")).text == "a bc"


def test_one_delta_joined_is_itself() -> None:
    one = delta(STREAM, 3, *words("a", "b"))
    assert join([one]) is one
