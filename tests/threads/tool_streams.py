"""Legal chunk sequences of answers that call tools, as hypothesis makes them."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from tests.threads.histories import json_values

from weft.threads.streams import Chunk

_texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)
_facts = {"openai": {"itemId": "i"}}
_inputs = st.dictionaries(_texts, json_values, max_size=2)


@st.composite
def tool_streams(draw: st.DrawFn) -> list[Chunk]:
    """A whole stream or the beginning of one; ids of calls and approvals are unique."""
    chunks: list[Chunk] = [draw(st.sampled_from([{"type": "start"}, {"type": "start", "messageMetadata": {"a": 1}}]))]
    for step in range(draw(st.integers(1, 3))):
        chunks.append({"type": "start-step"})
        for number in range(draw(st.integers(0, 3))):
            chunks += draw(st.one_of(_text(f"t{number}"), _whole(), _call(f"c{step}{number}")))
        chunks.append({"type": "finish-step"})
    chunks.append({"type": "finish", "messageMetadata": {"b": 2}})
    return chunks[: draw(st.integers(0, len(chunks)))] if draw(st.booleans()) else chunks


@st.composite
def _text(draw: st.DrawFn, id_: str) -> list[Chunk]:
    kind = draw(st.sampled_from(["text", "reasoning"]))
    deltas: list[Chunk] = [
        {"type": f"{kind}-delta", "id": id_, "delta": text} for text in draw(st.lists(_texts, max_size=3))
    ]
    end: Chunk = {"type": f"{kind}-end", "id": id_}
    return [
        {"type": f"{kind}-start", "id": id_},
        *deltas,
        draw(st.sampled_from([end, {**end, "providerMetadata": _facts}])),
    ]


@st.composite
def _whole(draw: st.DrawFn) -> list[Chunk]:
    data = {"type": "data-progress", "id": draw(st.sampled_from(["p", "q"])), "data": draw(st.integers(0, 9))}
    parts: Sequence[Chunk] = [
        data,
        {"type": "data-progress", "data": draw(st.integers(0, 9))},
        {**data, "transient": True},
        {"type": "file", "mediaType": "image/png", "url": "https://weft.example/a.png"},
        {"type": "reasoning-file", "mediaType": "image/png", "url": "https://weft.example/a.png"},
        {"type": "custom", "kind": "openai.compaction", "providerMetadata": _facts},
        {"type": "source-url", "sourceId": "s1", "url": "https://weft.example", "title": "Weft"},
        {"type": "source-document", "sourceId": "s2", "mediaType": "text/plain", "title": "Notes"},
        {"type": "message-metadata", "messageMetadata": {"a": 2}},
        {"type": "reset-step"},
    ]
    return [draw(st.sampled_from(parts))]


@st.composite
def _call(draw: st.DrawFn, id_: str) -> list[Chunk]:
    named: Chunk = {"toolCallId": id_, "toolName": "look"}
    if draw(st.booleans()):
        named["dynamic"] = True
    given = draw(_inputs)
    written = json.dumps(given)
    cut = draw(st.integers(0, len(written)))
    pieces = [piece for piece in (written[:cut], written[cut:]) if piece]
    start: Chunk = {"type": "tool-input-start", **named, "title": "Look", "providerMetadata": _facts}
    deltas: list[Chunk] = [{"type": "tool-input-delta", "toolCallId": id_, "inputTextDelta": piece} for piece in pieces]
    streamed = [start, *deltas] if draw(st.booleans()) else []
    if draw(st.integers(0, 5)) == 0:
        return [*streamed, {"type": "tool-input-error", **named, "input": written, "errorText": "no such field"}]
    called: Chunk = {"type": "tool-input-available", **named, "input": given}
    executed = draw(st.sampled_from([{}, {"providerExecuted": True}]))
    return [*streamed, {**called, **executed}, *draw(_outcome(id_))]


@st.composite
def _outcome(draw: st.DrawFn, id_: str) -> list[Chunk]:
    """Nothing yet, a result, an error, or the way through an approval."""
    value: Any = draw(json_values)
    result: Chunk = {"type": "tool-output-available", "toolCallId": id_, "output": value}
    early: Chunk = {**result, "output": "some", "preliminary": True}
    error: Chunk = {"type": "tool-output-error", "toolCallId": id_, "errorText": "broke"}
    ask: Chunk = {"type": "tool-approval-request", "toolCallId": id_, "approvalId": f"a-{id_}"}
    allow: Chunk = {"type": "tool-approval-response", "approvalId": f"a-{id_}", "approved": True, "reason": "fine"}
    deny: Chunk = {**allow, "approved": False}
    denied: Chunk = {"type": "tool-output-denied", "toolCallId": id_}
    ways: list[list[Chunk]] = [
        [],
        [result],
        [early, result],
        [early, error],
        [{**error, "providerMetadata": _facts}],
        [ask],
        [{**ask, "isAutomatic": True, "signature": "s"}, allow],
        [ask, allow, result],
        [ask, allow, error],
        [ask, deny],
        [ask, deny, denied],
    ]
    return draw(st.sampled_from(ways))
