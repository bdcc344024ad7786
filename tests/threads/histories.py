"""Rows of a thread as hypothesis makes them: legal ones of every kind of part, and whatever else may be stored."""

from dataclasses import replace
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st
from tests.support import row

from weft.threads.messages import Message, MessageRole, MessageStatus, Part, is_tool_row, text_of

some = settings(max_examples=40, deadline=None)
"""Examples of whole histories are large: forty of them take a second or two."""

USER, SYSTEM, ASSISTANT, TOOL = MessageRole.USER, MessageRole.SYSTEM, MessageRole.ASSISTANT, MessageRole.TOOL

_words = st.text(st.characters(codec="utf-8"), max_size=6)
json_values: Final[st.SearchStrategy[Any]] = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.sampled_from([0.5, -2.25]) | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
    max_leaves=6,
)
_facts = st.dictionaries(
    st.sampled_from(["openai", "weft"]), st.dictionaries(_words, json_values, max_size=2), max_size=2
)
_names = st.sampled_from(["look", "buy"])
_calls = st.sampled_from(["c1", "c2", "c3"])
_approvals = st.sampled_from(["a1", "a2"])
_web = _words.map("https://weft.example/{}".format)
_reference: st.SearchStrategy[dict[str, Any]] = st.just({"type": "reference", "reference": {"openai": "file-1"}})
_media = st.one_of(_web, st.just("AA=="), _reference)


def _object(kind: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(kind), **fields})


def _part(
    kind: str, optional: dict[str, st.SearchStrategy[Any]], /, **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[Part]:
    facts = {"providerMetadata": _facts, "providerOptions": _facts}
    return st.fixed_dictionaries({"type": st.just(kind), **fields}, optional={**facts, **optional})


text_parts = _part("text", {}, text=_words)
file_parts = _part("file", {"filename": _words}, data=_media, mediaType=st.sampled_from(["image/png", "text/plain"]))
image_parts = _part("image", {"mediaType": st.just("image/png")}, image=_media)
data_parts = _part("data", {"id": _words}, name=_names, data=json_values.filter(lambda value: value is not None))
_url_source = _part("source", {"title": _words}, sourceType=st.just("url"), id=_words, url=_web)
_document = _part(
    "source",
    {"filename": _words},
    sourceType=st.just("document"),
    id=_words,
    title=_words,
    mediaType=st.just("text/plain"),
)
call_parts = _part(
    "tool-call",
    {"title": _words, "providerExecuted": st.booleans(), "dynamic": st.booleans()},
    toolCallId=_calls,
    toolName=_names,
    input=json_values,
)
_item_data = st.one_of(
    _object("data", data=st.just("AA==")), _object("url", url=_web), _object("text", text=_words), _reference
)
_items = st.one_of(
    _object("text", text=_words),
    _object("file", data=_item_data, mediaType=st.just("image/png")),
    _object("file-id", fileId=_words),
    _object("custom"),
)
outputs = st.one_of(
    _object("text", value=_words),
    _object("error-text", value=_words),
    _object("json", value=json_values),
    _object("error-json", value=json_values),
    _object("execution-denied"),
    _object("execution-denied", reason=_words),
    _object("content", value=st.lists(_items, max_size=2)),
)
result_parts = _part(
    "tool-result", {"output": outputs, "providerExecuted": st.booleans()}, toolCallId=_calls, toolName=_names
)
request_parts = _part(
    "tool-approval-request",
    {"isAutomatic": st.booleans(), "signature": _words},
    approvalId=_approvals,
    toolCallId=_calls,
)
response_parts = _part("tool-approval-response", {"reason": _words}, approvalId=_approvals, approved=st.booleans())

LEGAL: Final[dict[MessageRole, st.SearchStrategy[list[Part]]]] = {
    SYSTEM: st.lists(text_parts, min_size=1, max_size=1),
    USER: st.lists(st.one_of(text_parts, image_parts, file_parts, data_parts), min_size=1, max_size=3),
    ASSISTANT: st.lists(
        st.one_of(
            text_parts,
            file_parts,
            data_parts,
            _part("reasoning", {"signature": _words}, text=_words),
            _part("reasoning-file", {}, url=_web, mediaType=st.just("image/png")),
            _part("redacted-reasoning", {}, data=_words),
            _part("custom", {}, kind=st.just("openai.compaction")),
            _url_source,
            _document,
            call_parts,
            result_parts,
            request_parts,
        ),
        max_size=5,
    ),
    TOOL: st.lists(st.one_of(result_parts, response_parts), min_size=1, max_size=4),
}
"""Content that `parse_content` takes and stores as it is."""

_KINDS = [
    "text",
    "reasoning",
    "image",
    "file",
    "reasoning-file",
    "source",
    "data",
    "custom",
    "tool-call",
    "tool-result",
]
_FIELDS = ["text", "image", "data", "mediaType", "url", "id", "name", "toolCallId", "toolName", "approvalId", "output"]
_junk_parts = st.fixed_dictionaries(
    {"type": st.sampled_from([*_KINDS, "tool-approval-request", "tool-approval-response", "spell"]) | json_values},
    optional=dict.fromkeys(_FIELDS, json_values | _calls | outputs),
)
any_content: Final[st.SearchStrategy[Any]] = json_values | st.lists(_junk_parts | json_values, max_size=4)


@st.composite
def histories(draw: st.DrawFn, *, junk: bool = False) -> list[Message]:
    """Rows in ascending position, with holes where rows were deleted."""
    rows: list[Message] = []
    for order in sorted(draw(st.sets(st.integers(0, 9), max_size=4))):
        for step in sorted(draw(st.sets(st.integers(0, 9), min_size=1, max_size=5))):
            rows.append(draw(_rows(order, step, junk=junk)))
    return rows


@st.composite
def _rows(draw: st.DrawFn, order: int, step: int, *, junk: bool) -> Message:
    role = draw(st.sampled_from([USER, SYSTEM, ASSISTANT, ASSISTANT, ASSISTANT, TOOL, TOOL]))
    content = draw(LEGAL[role])
    fields = {
        "status": draw(st.sampled_from(MessageStatus)),
        "error": draw(st.none() | st.just("broke")),
        "reasoning": draw(st.none() | _words),
        "provider_metadata": draw(st.none() | _facts),
    }
    made = row(role, order, step, content, text=text_of(content, role), tool=is_tool_row(role, content), **fields)
    if not junk:
        return made
    stored = {"content": draw(any_content), "sources": draw(json_values), "provider_metadata": draw(json_values)}
    return replace(made, tool=draw(st.booleans()), **stored)
