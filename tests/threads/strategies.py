"""Chunks as any writer, and some that no writer, would make them."""

from typing import Any

from hypothesis import strategies as st

from weft.threads.streams import Chunk

_metadata = st.dictionaries(st.sampled_from(["openai", "anthropic"]), st.text(max_size=3), max_size=2)


def _growing(kind: str) -> st.SearchStrategy[Chunk]:
    optional: dict[str, st.SearchStrategy[Any]] = {"providerMetadata": _metadata}
    ids = st.sampled_from(["0", "1"])
    start = st.fixed_dictionaries({"type": st.just(f"{kind}-start"), "id": ids}, optional=optional)
    end = st.fixed_dictionaries({"type": st.just(f"{kind}-end"), "id": ids}, optional=optional)
    texts = {"type": st.just(f"{kind}-delta"), "id": ids, "delta": st.text(max_size=3)}
    more = st.fixed_dictionaries(texts, optional=optional)
    return st.one_of(start, more, more, more, end)


_whole: list[Chunk] = [
    {"type": "start"},
    {"type": "start-step"},
    {"type": "source-url", "sourceId": "1", "url": "https://weft.example", "title": "Weft"},
    {"type": "source-document", "sourceId": "2", "mediaType": "text/plain", "title": "Notes"},
    {"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA=="},
    {"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{"},
    {"type": "something-new"},
    {"type": "finish", "finishReason": "stop"},
]

chunk_lists: st.SearchStrategy[list[Chunk]] = st.lists(
    st.one_of(_growing("text"), _growing("text"), _growing("reasoning"), st.sampled_from(_whole)), max_size=30
)
