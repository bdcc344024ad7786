"""What a client has been told of one message, chunk by chunk: nothing goes out that the AI SDK would fail on.

Chunks about texts and calls that the client does not have are dropped (behaviour.md row 130).
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from weft.adapters.ai_sdk.spelling import spelled
from weft.threads.chunks import ChunkReducer
from weft.threads.json_values import string
from weft.threads.streams import Chunk
from weft.threads.tool_parts import ToolPart
from weft.threads.ui_parts import StepStartPart, UIPart

Step = list[UIPart]


def steps_of(parts: Sequence[UIPart]) -> list[Step]:
    """The parts of each step. Where no tool is called there is one step, and its start is not among the parts."""
    steps: list[Step] = [[]]
    for part in parts:
        if isinstance(part, StepStartPart):
            steps.append([])
        else:
            steps[-1].append(part)
    return steps if steps[0] else steps[1:]


class Told:
    """`before` is what the client has already."""

    def __init__(self, before: Sequence[UIPart] = ()) -> None:
        self._reducer = ChunkReducer()
        self._open: dict[tuple[str, str], None] = {}
        self._calls: set[str] = set()
        self._growing: dict[str, bool] = {}
        self._approvals: set[str] = set()
        self._responses: set[str] = set()
        self._steps = 0
        self._empty_step = False
        for step in steps_of(before):
            for chunk in ({"type": "start-step"}, *spelled(step), {"type": "finish-step"}):
                self.tell(chunk)

    def steps(self) -> list[Step]:
        """What the client has, a step each; a step that has begun counts."""
        steps = steps_of([self._as_heard(part) for part in self._reducer.parts()])
        return steps + [[] for _ in range(self._steps - len(steps))]

    def _as_heard(self, part: UIPart) -> UIPart:
        """The AI SDK knows of a decision only what it was told of it, also where a denied call has ended."""
        if not isinstance(part, ToolPart) or part.approval is None or part.approval.id in self._responses:
            return part
        return replace(part, approval=replace(part.approval, approved=None))

    def open_ends(self) -> list[Chunk]:
        """The chunks that close what still grows."""
        return [{"type": f"{kind}-end", "id": id_} for kind, id_ in self._open]

    def tell(self, chunk: Chunk) -> Chunk | None:
        """Notes a chunk as told, and returns it as it is to be sent; None when there is nothing to send."""
        kind = chunk.get("type")
        if not isinstance(kind, str) or not self._may(kind, chunk):
            return None
        if kind == "tool-input-error" and not self._growing.get(chunk["toolCallId"], chunk.get("dynamic") is True):
            chunk = {**chunk, "input": _written(chunk.get("input"))}
        self._note(kind, chunk)
        self._reducer.apply(chunk)
        return {name: given for name, given in chunk.items() if given is not None or name in _NULLABLE}

    def _may(self, kind: str, chunk: Chunk) -> bool:
        if kind == "start-step":
            again, self._empty_step = self._empty_step, False
            return not again
        needed = _NEEDED.get(kind)
        if needed is None:
            return kind.startswith("data-") and "data" in chunk
        if not all(isinstance(chunk.get(name), str) for name in needed):
            return False
        if kind in _GROWTH:
            return self._key(kind, chunk) in self._open
        if kind == "tool-input-delta":
            return chunk["toolCallId"] in self._growing
        if kind in _OF_CALLS:
            return chunk["toolCallId"] in self._calls
        return kind != "tool-approval-response" or chunk["approvalId"] in self._approvals

    def _key(self, kind: str, chunk: Chunk) -> tuple[str, str]:
        return kind.partition("-")[0], chunk["id"]

    def _note(self, kind: str, chunk: Chunk) -> None:
        call_id = string(chunk, "toolCallId") or ""
        match kind:
            case "start-step":
                self._steps += 1
            case "text-start" | "reasoning-start":
                self._open[self._key(kind, chunk)] = None
            case "text-end" | "reasoning-end":
                del self._open[self._key(kind, chunk)]
            case "tool-input-start":
                self._growing[call_id] = chunk.get("dynamic") is True
                self._calls.add(call_id)
            case "tool-input-available" | "tool-input-error":
                self._growing.pop(call_id, None)
                self._calls.add(call_id)
            case "tool-approval-request":
                self._approvals.add(chunk["approvalId"])
            case "tool-approval-response":
                self._responses.add(chunk["approvalId"])
            case "reset-step":
                self._reset()
            case _:
                return

    def _reset(self) -> None:
        gone = {part.tool_call_id for part in (self.steps() or [[]])[-1] if isinstance(part, ToolPart)}
        self._open.clear()
        self._growing.clear()
        self._calls -= gone

    def step_taken_back(self) -> None:
        """The client's last step has nothing in it and is written anew: its start was told already."""
        self._empty_step = True


def _written(value: Any) -> Any:
    """Input that is none of its tool's is stored, and shown, as it was written (behaviour.md row 129)."""
    return value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False, default=str)


_NULLABLE: Final = ("input", "output", "data")
_GROWTH: Final = frozenset({"text-delta", "text-end", "reasoning-delta", "reasoning-end"})
_OF_CALLS: Final = frozenset(
    {"tool-output-available", "tool-output-error", "tool-output-denied", "tool-approval-request"}
)
_CALL: Final = ("toolCallId",)
_NAMED: Final = ("toolCallId", "toolName")
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "text-start": ("id",),
    "text-delta": ("id", "delta"),
    "text-end": ("id",),
    "reasoning-start": ("id",),
    "reasoning-delta": ("id", "delta"),
    "reasoning-end": ("id",),
    "file": ("mediaType", "url"),
    "reasoning-file": ("mediaType", "url"),
    "source-url": ("sourceId", "url"),
    "source-document": ("sourceId", "mediaType", "title"),
    "custom": ("kind",),
    "tool-input-start": _NAMED,
    "tool-input-delta": (*_CALL, "inputTextDelta"),
    "tool-input-available": _NAMED,
    "tool-input-error": (*_NAMED, "errorText"),
    "tool-output-available": _CALL,
    "tool-output-error": (*_CALL, "errorText"),
    "tool-output-denied": _CALL,
    "tool-approval-request": (*_CALL, "approvalId"),
    "tool-approval-response": ("approvalId",),
    "start-step": (),
    "finish-step": (),
    "reset-step": (),
    "message-metadata": (),
}
