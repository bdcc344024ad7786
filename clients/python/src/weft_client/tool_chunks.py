"""What a stream says about tool calls, chunk by chunk. Of calls with the same id the newest is meant.

Chunks that lack what they need, or speak of a call that is not here, change nothing (behaviour.md row 130).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from weft_client.api.enums import ToolState
from weft_client.api.fragments import Approval, ToolCallApproval
from weft_client.json_text import JsonText
from weft_client.messages import Part, ToolPart

Chunk = Mapping[str, Any]


class ToolChunks:
    """Keeps the tool parts of a list that others write to as well. An id from before `step_start` names a new call."""

    def __init__(self, parts: list[Part], step_start: int) -> None:
        self._parts = parts
        self.step_start = step_start
        self._calls: dict[str, int] = {}
        self._approvals: dict[str, int] = {}
        self._raw: dict[str, JsonText] = {}
        for index, part in enumerate(parts):
            if isinstance(part, ToolPart):
                self._note(part, index)
                if part.state is ToolState.INPUT_STREAMING:
                    self._raw[part.tool_call_id] = JsonText(part.raw_input or "")
                    parts[index] = replace(part, raw_input=None, input=None)

    def apply(self, chunk: Chunk) -> None:
        needed = _NEEDED.get(chunk["type"])
        if needed is not None and all(isinstance(chunk.get(name), str) for name in needed):
            self._act(chunk)

    def growing(self) -> Iterator[tuple[int, ToolPart]]:
        """The calls whose input is being written, with what of it there is; `input` only when it reads as JSON."""
        for call_id, raw in self._raw.items():
            index = self._calls[call_id]
            part = self._parts[index]
            if raw and isinstance(part, ToolPart) and part.state is ToolState.INPUT_STREAMING:
                yield index, replace(part, raw_input=raw.text, input=raw.value)

    def _act(self, chunk: Chunk) -> None:
        match chunk["type"]:
            case "tool-input-start":
                self._put(chunk, ToolState.INPUT_STREAMING)
                self._raw[chunk["toolCallId"]] = JsonText()
            case "tool-input-delta":
                if (raw := self._raw.get(chunk["toolCallId"])) is not None:
                    raw.add(chunk["inputTextDelta"])
            case "tool-input-available":
                self._put(chunk, ToolState.INPUT_AVAILABLE, input=chunk.get("input"))
            case "tool-input-error":
                self._input_error(chunk)
            case "tool-approval-response":
                self._decided(chunk)
            case _:
                self._change(chunk)

    def _put(self, chunk: Chunk, state: ToolState, **fields: Any) -> None:
        """Starts a call, or goes on with the one of this id in this step."""
        call_id = chunk["toolCallId"]
        self._raw.pop(call_id, None)
        given = _given(chunk)
        index = self._calls.get(call_id, -1)
        known = self._parts[index] if index >= self.step_start else None
        if isinstance(known, ToolPart):
            self._parts[index] = replace(
                known, tool_name=chunk["toolName"], state=state, **{**_EMPTY, **fields, **given}
            )
            return
        dynamic = chunk.get("dynamic") is True
        named: dict[str, Any] = {
            "tool_call_id": call_id,
            "tool_name": chunk["toolName"],
            "state": state,
            "dynamic": dynamic,
        }
        part = ToolPart(**{**named, **fields, **given})
        self._parts.append(part)
        self._note(part, len(self._parts) - 1)

    def _note(self, part: ToolPart, index: int) -> None:
        self._calls[part.tool_call_id] = index
        if part.approval is not None:
            self._approvals[part.approval.id] = index

    def _input_error(self, chunk: Chunk) -> None:
        """A known tool's input that could not be read is shown as written, an unknown one's as it is (row 129)."""
        index = self._calls.get(chunk["toolCallId"], -1)
        known = self._parts[index] if index >= self.step_start else None
        dynamic = known.dynamic if isinstance(known, ToolPart) else chunk.get("dynamic") is True
        given = chunk.get("input")
        read = {"input": given} if dynamic else {"raw_input": _written(given)}
        self._put(chunk, ToolState.OUTPUT_ERROR, error_text=chunk["errorText"], **read)

    def _change(self, chunk: Chunk) -> None:
        index = self._calls.get(chunk["toolCallId"], -1)
        part = self._parts[index] if index >= 0 else None
        if isinstance(part, ToolPart):
            self._parts[index] = self._changed(part, chunk)

    def _changed(self, part: ToolPart, chunk: Chunk) -> ToolPart:
        match chunk["type"]:
            case "tool-output-available":
                state, preliminary = ToolState.OUTPUT_AVAILABLE, chunk.get("preliminary") is True
                ended: dict[str, Any] = {
                    "output": chunk.get("output"),
                    "preliminary": preliminary,
                    "error_text": None,
                    "raw_input": None,
                }
            case "tool-output-error":
                state = ToolState.OUTPUT_ERROR
                ended = {"error_text": chunk["errorText"], "output": None, "preliminary": False}
            case "tool-output-denied":
                refused = _approval(part.approval, approved=False)
                return replace(part, state=ToolState.OUTPUT_DENIED, approval=refused)
            case _:
                asked = _approval(None, id=chunk["approvalId"], is_automatic=chunk.get("isAutomatic") is True)
                self._approvals[asked.id] = self._calls[part.tool_call_id]
                return replace(part, approval=asked, state=_unless_ended(part, ToolState.APPROVAL_REQUESTED))
        self._raw.pop(part.tool_call_id, None)
        return replace(part, state=state, **ended, **_given(chunk, titled=False))

    def _decided(self, chunk: Chunk) -> None:
        index = self._approvals.get(chunk["approvalId"], -1)
        part = self._parts[index] if index >= 0 else None
        if not isinstance(part, ToolPart) or part.approval is None:
            return
        said = {"reason": chunk["reason"]} if isinstance(chunk.get("reason"), str) else {}
        approval = _approval(part.approval, approved=chunk.get("approved") is True, **said)
        state = _unless_ended(part, ToolState.APPROVAL_RESPONDED)
        self._parts[index] = replace(part, approval=approval, state=state, **_given(chunk, titled=False))


_EMPTY: Final[dict[str, Any]] = {
    "input": None,
    "raw_input": None,
    "output": None,
    "error_text": None,
    "preliminary": False,
}
_NOBODY_ASKED: Final[dict[str, Any]] = {
    "id": "",
    "approved": None,
    "reason": None,
    "is_automatic": False,
    "decided_by": None,
    "decided_at": None,
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


def _given(chunk: Chunk, *, titled: bool = True) -> dict[str, Any]:
    """What the chunk says besides: it stays with the call until another chunk says otherwise."""
    fields: dict[str, Any] = {}
    if titled and isinstance(chunk.get("title"), str):
        fields["title"] = chunk["title"]
    if isinstance(chunk.get("providerExecuted"), bool):
        fields["provider_executed"] = chunk["providerExecuted"]
    return fields


def _approval(known: Approval | None, **fields: Any) -> ToolCallApproval:
    """The approval, changed; one that nobody asked for has no id (behaviour.md row 142)."""
    return ToolCallApproval(**{**_NOBODY_ASKED, **({} if known is None else known.model_dump()), **fields})


def _unless_ended(part: ToolPart, state: ToolState) -> ToolState:
    return part.state if part.ended else state


def _written(value: Any) -> str | None:
    return value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False, default=str)
