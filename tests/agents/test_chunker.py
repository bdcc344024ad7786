"""A model's events as AI SDK chunks: whole words, every part opened and closed, nothing lost."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from weft.agents.chunker import Chunker
from weft.llm.model import Finish, ModelEvent, ReasoningDelta, SourceFound, TextDelta, UsageReported
from weft.threads.chunks import ChunkReducer
from weft.threads.messages import FinishReason
from weft.threads.streams import Chunk
from weft.threads.ui_parts import PartState, ReasoningPart, SourceUrlPart, TextPart
from weft.threads.usage import NO_USAGE

DONE = Finish(FinishReason.STOP)


def chunked(events: Sequence[ModelEvent], finish: Finish | None = DONE) -> list[Chunk]:
    chunker = Chunker()
    chunks = [chunk for event in events for chunk in chunker.chunks_of(event)]
    return [*chunks, *(chunker.close() if finish is None else chunker.end(finish.reason))]


def deltas(chunks: Sequence[Chunk]) -> list[str]:
    return [chunk["delta"] for chunk in chunks if "delta" in chunk]


events: st.SearchStrategy[list[ModelEvent]] = st.lists(
    st.one_of(
        st.builds(TextDelta, st.text("ab \n", max_size=12), st.sampled_from("01")),
        st.builds(ReasoningDelta, st.text("ab ", max_size=12), st.sampled_from("01"), st.none() | st.just({"x": 1})),
        st.builds(SourceFound, st.just("1"), st.just("https://weft.example"), st.none() | st.just("Weft")),
        st.just(UsageReported(NO_USAGE)),
    ),
    max_size=20,
)


def test_an_answer_is_opened_written_and_closed() -> None:
    assert chunked([TextDelta("Hello "), TextDelta("there")]) == [
        {"type": "start"},
        {"type": "start-step"},
        {"type": "text-start", "id": "0"},
        {"type": "text-delta", "id": "0", "delta": "Hello "},
        {"type": "text-delta", "id": "0", "delta": "there"},
        {"type": "text-end", "id": "0"},
        {"type": "finish-step"},
        {"type": "finish", "finishReason": "stop"},
    ]


def test_words_are_sent_whole() -> None:
    pieces = ["Hel", "lo th", "ere", ", wor", "ld\nand ", "on"]
    assert deltas(chunked([TextDelta(piece) for piece in pieces])) == ["Hello ", "there, ", "world\nand ", "on"]


def test_a_word_without_an_end_is_sent_all_the_same() -> None:
    sent = deltas(chunked([TextDelta("x" * 15) for _ in range(6)]))
    assert "".join(sent) == "x" * 90
    assert len(sent) > 1


def test_a_new_part_closes_the_one_before() -> None:
    kinds = [chunk["type"] for chunk in chunked([ReasoningDelta("hm"), TextDelta("a"), TextDelta("b", "1")])]
    part = ["start", "delta", "end"]
    assert kinds == [
        "start",
        "start-step",
        *(f"reasoning-{phase}" for phase in part),
        *(f"text-{phase}" for phase in part),
        *(f"text-{phase}" for phase in part),
        "finish-step",
        "finish",
    ]


def test_metadata_is_sent_although_no_word_is_whole() -> None:
    signed = [ReasoningDelta("becau"), ReasoningDelta("", "0", {"anthropic": {"signature": "s"}})]
    (part,) = ChunkReducer(chunked(signed)).parts()
    assert part == ReasoningPart("becau", PartState.DONE, {"anthropic": {"signature": "s"}})


def test_a_source_is_a_part_of_its_own_and_does_not_cut_the_text() -> None:
    cited: list[ModelEvent] = [TextDelta("So "), SourceFound("1", "https://weft.example"), TextDelta("it is")]
    assert ChunkReducer(chunked(cited)).parts() == [TextPart("So it is"), SourceUrlPart("1", "https://weft.example")]


def test_sources_stand_in_the_order_they_were_found() -> None:
    chunks = chunked([SourceFound("1", "https://weft.example"), SourceFound("2", "https://weft.example/b", "B")])
    assert ChunkReducer(chunks).parts() == [
        SourceUrlPart("1", "https://weft.example"),
        SourceUrlPart("2", "https://weft.example/b", "B"),
    ]


def test_an_answer_of_nothing_is_opened_and_closed() -> None:
    assert [chunk["type"] for chunk in chunked([])] == ["start", "start-step", "finish-step", "finish"]


def test_an_answer_that_was_cut_off_closes_its_part_but_not_the_message() -> None:
    kinds = [chunk["type"] for chunk in chunked([TextDelta("half a wo")], finish=None)]
    assert kinds == ["start", "start-step", "text-start", "text-delta", "text-delta", "text-end"]
    assert chunked([], finish=None) == []


def test_the_reason_is_the_ai_sdks_word_for_it() -> None:
    assert chunked([], Finish(FinishReason.CONTENT_FILTER))[-1] == {"type": "finish", "finishReason": "content-filter"}


def test_half_characters_do_not_spoil_an_answer() -> None:
    pieces = ["smile \ud83d", "\ude00 ", "and \ud83d lost"]
    sent = "".join(deltas(chunked([TextDelta(piece) for piece in pieces])))
    assert sent == "smile \U0001f600 and \ufffd lost"
    assert sent.encode()


@given(events)
@example([TextDelta("", "0")])
def test_no_text_is_lost_and_every_part_ends(given: list[ModelEvent]) -> None:
    chunks = chunked(given)
    parts = ChunkReducer(chunks).parts()
    for kind, event_type in ((TextPart, TextDelta), (ReasoningPart, ReasoningDelta)):
        shown = "".join(part.text for part in parts if isinstance(part, kind))
        assert shown == "".join(event.text for event in given if isinstance(event, event_type))
    assert all(part.state is PartState.DONE for part in parts if isinstance(part, TextPart | ReasoningPart))
    assert len([part for part in parts if isinstance(part, SourceUrlPart)]) == sum(
        isinstance(event, SourceFound) for event in given
    )


@given(events)
def test_chunks_follow_each_other_as_the_ai_sdk_has_them(given: list[ModelEvent]) -> None:
    chunks = chunked(given)
    assert [chunk["type"] for chunk in chunks[:2]] == ["start", "start-step"]
    assert [chunk["type"] for chunk in chunks[-2:]] == ["finish-step", "finish"]
    growing: str | None = None
    for chunk in chunks[2:-2]:
        kind, _, phase = chunk["type"].rpartition("-")
        if phase == "start":
            assert growing is None
            growing = f"{kind} {chunk['id']}"
        elif phase in ("delta", "end"):
            assert growing == f"{kind} {chunk['id']}"
            growing = None if phase == "end" else growing
        else:
            assert chunk["type"] == "source-url"
    assert growing is None
