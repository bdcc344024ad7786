"""What a stream says about tool calls, chunk by chunk: their input, their approval, their result."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from weft.threads.json_values import string
from weft.threads.streams import Chunk
from weft.threads.tool_book import ToolBook, denied
from weft.threads.tool_parts import ToolApproval, ToolPart, ToolState
from weft.threads.ui_parts import UIPart


class ToolChunks:
    """Keeps the tool parts of a list that others write to as well. Chunks about unknown calls are ignored (row 130)."""

    def __init__(self, parts: list[UIPart], step_start: int = 0) -> None:
        self._parts = parts
        self._book = ToolBook(parts)
        self._raw: dict[str, list[str]] = {}
        self._step_start = step_start

    def apply(self, chunk: Chunk) -> None:
        needed = _NEEDED.get(chunk["type"])
        if needed is not None and all(isinstance(chunk.get(name), str) for name in needed):
            self._act(chunk)

    def _act(self, chunk: Chunk) -> None:
        match chunk["type"]:
            case "tool-input-start":
                self._raw[chunk["toolCallId"]] = []
                self._put(chunk, ToolState.INPUT_STREAMING)
            case "tool-input-delta":
                self._input_delta(chunk)
            case "tool-input-available":
                self._put(chunk, ToolState.INPUT_AVAILABLE, input=chunk.get("input"))
            case "tool-input-error":
                self._input_error(chunk)
            case "tool-output-available":
                self._output_available(chunk)
            case "tool-output-error":
                self._output_error(chunk)
            case "tool-output-denied":
                self._output_denied(chunk)
            case "tool-approval-request":
                self._approval_request(chunk)
            case _:
                self._approval_response(chunk)

    def start_step(self, index: int) -> None:
        """From here on an id that is given again names a new call."""
        self._step_start = index

    def growing(self) -> Iterable[tuple[int, ToolPart]]:
        """The calls whose input is being written, with what of it there is; `input` only when it reads as JSON."""
        for call_id, pieces in self._raw.items():
            index, part = self._book.index(call_id), self._book.call(call_id)
            if index is not None and part is not None and part.state is ToolState.INPUT_STREAMING and pieces:
                raw = "".join(pieces)
                yield index, replace(part, raw_input=raw, input=_read(raw))

    def _put(self, chunk: Chunk, state: ToolState, **fields: Any) -> None:
        """Starts a call, or goes on with the one of this id in this step."""
        call_id, name = chunk["toolCallId"], chunk["toolName"]
        if state is not ToolState.INPUT_STREAMING:
            self._raw.pop(call_id, None)
        given = _given(chunk, title="title", metadata="toolMetadata")
        facts = "result_provider_metadata" if state.final else "call_provider_metadata"
        given |= _given(chunk, **{facts: "providerMetadata", "provider_executed": "providerExecuted"})
        empty = {"input": None, "raw_input": None, "output": None, "error_text": None, "preliminary": False}
        index = self._book.index(call_id)
        if index is not None and index >= self._step_start:
            self._book.change(call_id, tool_name=name, state=state, **{**empty, **fields, **given})
        else:
            dynamic = chunk.get("dynamic") is True
            self._book.add(ToolPart(call_id, name, state, dynamic=dynamic, **{**fields, **given}))

    def _input_delta(self, chunk: Chunk) -> None:
        pieces = self._raw.get(chunk["toolCallId"])
        if pieces is not None:
            pieces.append(chunk["inputTextDelta"])

    def _input_error(self, chunk: Chunk) -> None:
        """The input of a tool that is known could not be read as its input, so it is shown as written (row 129)."""
        index, part = self._book.index(chunk["toolCallId"]), self._book.call(chunk["toolCallId"])
        here = part is not None and index is not None and index >= self._step_start
        dynamic = part.dynamic if part is not None and here else chunk.get("dynamic") is True
        given = chunk.get("input")
        read = {"input": given} if dynamic else {"raw_input": _written(given)}
        self._put(chunk, ToolState.OUTPUT_ERROR, error_text=chunk["errorText"], **read)

    def _output_available(self, chunk: Chunk) -> None:
        preliminary = chunk.get("preliminary") is True
        outcome = {"output": chunk.get("output"), "preliminary": preliminary, "error_text": None, "raw_input": None}
        self._end(chunk, state=ToolState.OUTPUT_AVAILABLE, **outcome)

    def _output_error(self, chunk: Chunk) -> None:
        outcome = {"error_text": chunk["errorText"], "output": None, "preliminary": False}
        self._end(chunk, state=ToolState.OUTPUT_ERROR, **outcome)

    def _end(self, chunk: Chunk, **outcome: Any) -> None:
        given = _given(chunk, result_provider_metadata="providerMetadata", provider_executed="providerExecuted")
        given |= _given(chunk, metadata="toolMetadata")
        self._raw.pop(chunk["toolCallId"], None)
        self._book.change(chunk["toolCallId"], **given, **outcome)

    def _output_denied(self, chunk: Chunk) -> None:
        part = self._book.call(chunk["toolCallId"])
        if part is not None:
            self._book.change(part.tool_call_id, state=ToolState.OUTPUT_DENIED, approval=denied(part.approval, None))

    def _approval_request(self, chunk: Chunk) -> None:
        automatic, signature = chunk.get("isAutomatic") is True, string(chunk, "signature")
        approval = ToolApproval(chunk["approvalId"], is_automatic=automatic, signature=signature)
        self._book.request(chunk["toolCallId"], approval)

    def _approval_response(self, chunk: Chunk) -> None:
        reason = chunk.get("reason")
        said = {} if not isinstance(reason, str) else {"reason": reason}
        approved = chunk.get("approved") is True
        part = self._book.respond(chunk["approvalId"], ToolState.APPROVAL_RESPONDED, approved=approved, **said)
        given = _given(chunk, provider_executed="providerExecuted", call_provider_metadata="providerMetadata")
        if part is not None and given:
            self._book.change(part.tool_call_id, **given)


def _given(chunk: Chunk, **names: str) -> dict[str, Any]:
    """Those of the chunk's optional fields that it has, under our names."""
    return {ours: chunk[theirs] for ours, theirs in names.items() if isinstance(chunk.get(theirs), _OPTIONAL[theirs])}


def _read(raw: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _written(value: Any) -> str | None:
    return value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False, default=str)


_OPTIONAL: Final[dict[str, type]] = {
    "title": str,
    "providerExecuted": bool,
    "providerMetadata": dict,
    "toolMetadata": dict,
}
_ID: Final = ("toolCallId",)
_NAMED: Final = ("toolCallId", "toolName")
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "tool-input-start": _NAMED,
    "tool-input-delta": (*_ID, "inputTextDelta"),
    "tool-input-available": _NAMED,
    "tool-input-error": (*_NAMED, "errorText"),
    "tool-output-available": _ID,
    "tool-output-error": (*_ID, "errorText"),
    "tool-output-denied": _ID,
    "tool-approval-request": (*_ID, "approvalId"),
    "tool-approval-response": ("approvalId",),
}
