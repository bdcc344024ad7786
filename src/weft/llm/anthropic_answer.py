"""Reads the events of an answer of Anthropic's Messages API.

Blocks and deltas are read as what came over the wire: imitators leave out what the SDK's types promise.
"""

from collections.abc import Iterator
from typing import Any, Final

from anthropic.types import RawMessageStreamEvent
from anthropic.types.raw_message_delta_event import Delta

from weft.llm.anthropic_blocks import ANTHROPIC, Block
from weft.llm.anthropic_citations import Citations
from weft.llm.anthropic_content import Content, raw
from weft.llm.anthropic_usage import Spent
from weft.llm.model import (
    ModelEvent,
    ReasoningDelta,
    TextDelta,
    ToolAnswered,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
    UsageReported,
)
from weft.threads.json_values import is_list, is_object, string
from weft.threads.messages import FinishReason, Part

_REASONS: Final = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "refusal": FinishReason.CONTENT_FILTER,
    "tool_use": FinishReason.TOOL_CALLS,
}
_CALLS: Final = {"tool_use": False, "server_tool_use": True, "mcp_tool_use": True}
"""The blocks that call a tool: whether the API runs it itself."""
_RESULT: Final = "_tool_result"


class Answer:
    """Reads one response. Block ids begin at `first`, so that those of a response that goes on with it are others.

    `stop` and `response` are set when it has come to its end.
    """

    def __init__(self, spent: Spent, citations: Citations, first: int = 0) -> None:
        self.ended = False
        self.stop: str | None = None
        self.model: str | None = None
        self.told: dict[str, Any] = {}
        self.content = Content()
        self._spent = spent
        self._citations = citations
        self._first = first
        self._text_id: str | None = None
        self._calls: dict[int, Block] = {}
        self._names: dict[str, str] = {}

    def read(self, event: RawMessageStreamEvent) -> Iterator[ModelEvent]:
        match event.type:
            case "message_start":
                self.model = event.message.model
                self.told["responseId"] = event.message.id
                yield UsageReported(self._spent.take(raw(event.message.usage)))
            case "content_block_start":
                yield from self._open(event.index, raw(event.content_block))
            case "content_block_delta":
                yield from self._grow(event.index, raw(event.delta))
            case "content_block_stop":
                yield from self._close(event.index)
            case "message_delta":
                self.stop = event.delta.stop_reason
                self.told |= _why(event.delta)
                yield UsageReported(self._spent.take(raw(event.usage)))
            case "message_stop":
                self.ended = True

    @property
    def reason(self) -> FinishReason:
        return _REASONS.get(self.stop or "", FinishReason.OTHER)

    @property
    def paused(self) -> bool:
        """Whether the API only wants to be asked to go on: it had run tools of its own for long."""
        waits = any(block.get("type") == "tool_use" for block in self.content.blocks)
        return self.stop == "pause_turn" and not waits

    def _id(self, index: int) -> str:
        return str(self._first + index)

    def _open(self, index: int, block: Block) -> Iterator[ModelEvent]:
        self.content.open(index, block)
        kind = block.get("type", "")
        if kind == "text":
            # A citation splits a sentence into blocks of its own: blocks in a row are one text.
            self._text_id = self._text_id or self._id(index)
            return
        self._text_id = None
        if kind == "redacted_thinking":
            yield ReasoningDelta("", self._id(index), _ours({"redactedData": block.get("data")}))
        elif kind in _CALLS:
            call = self._calls[index] = {"id": f"call_{self._id(index)}", "name": "unknown", **block}
            self._names[call["id"]] = call["name"]
            yield ToolInputStarted(call["id"], call["name"], _CALLS[kind])
        elif kind.endswith(_RESULT):
            yield self._answered(block, kind.removesuffix(_RESULT))

    def _grow(self, index: int, delta: dict[str, Any]) -> Iterator[ModelEvent]:
        self.content.grow(index, delta)
        match delta:
            case {"type": "text_delta", "text": str(text)}:
                yield TextDelta(text, self._text_id or self._id(index))
            case {"type": "thinking_delta", "thinking": str(text)}:
                yield ReasoningDelta(text, self._id(index))
            case {"type": "signature_delta", "signature": str(signature)}:
                yield ReasoningDelta("", self._id(index), _ours({"signature": signature}))
            case {"type": "input_json_delta", "partial_json": str(text)} if text and index in self._calls:
                yield ToolInputDelta(self._calls[index]["id"], text)
            case {"type": "citations_delta"}:
                yield from self._citations.read(delta.get("citation"))
            case _:
                pass

    def _close(self, index: int) -> Iterator[ModelEvent]:
        call = self._calls.pop(index, None)
        if call is None:
            return
        executed = _CALLS[call["type"]]
        told = {"block": self.content.block(index)} if executed else _kept(call)
        written = self.content.input_text(index)
        yield ToolCalled(call["id"], call["name"], written, executed, _ours(told) if told else None)

    def _answered(self, block: Block, kind: str) -> ToolAnswered:
        id_ = string(block, "tool_use_id") or ""
        return ToolAnswered(id_, self._names.get(id_, kind), _output(block), _ours({"block": block}))


def _ours(told: dict[str, Any]) -> dict[str, Any]:
    return {ANTHROPIC.provider: told}


def _kept(call: Block) -> dict[str, Any]:
    """What must be sent back with a call: which program of the model's has made it, which family the tool is of."""
    caller = call.get("caller")
    by_program = is_object(caller) and caller.get("type") != "direct"
    kept = {"caller": caller if by_program else None, "toolset_name": call.get("toolset_name")}
    return {name: value for name, value in kept.items() if value}


def _output(block: Block) -> Part:
    """The result of a tool that the API ran, as results are stored. Its block is kept whole beside it."""
    content = block.get("content")
    if is_object(content) and (code := string(content, "error_code")) is not None:
        return {"type": "error-text", "value": code}
    if block.get("is_error") is True:
        return {"type": "error-json", "value": content}
    if block.get("type") == "web_search_tool_result" and is_list(content):
        content = [_page(found) for found in content if is_object(found)]
    return {"type": "json", "value": content}


def _page(found: dict[str, Any]) -> dict[str, Any]:
    """A search result without its encrypted content, which only the API can read."""
    told = {"url": found.get("url"), "title": found.get("title"), "pageAge": found.get("page_age")}
    return {name: value for name, value in told.items() if value is not None}


def _why(delta: Delta) -> dict[str, Any]:
    """What is worth keeping of the reason to stop, beyond its mapped form."""
    details, container = delta.stop_details, delta.container
    told = {
        "stopReason": delta.stop_reason,
        "stopSequence": delta.stop_sequence,
        "refusalCategory": details and details.category,
        "refusalExplanation": details and details.explanation,
        "container": container and container.id,
    }
    return {name: value for name, value in told.items() if value}
