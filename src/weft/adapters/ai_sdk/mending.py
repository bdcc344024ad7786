"""The difference between what a client has of a message and what the message is, as chunks.

Steps that are over differ in their calls only. The last one is written anew where it cannot be gone on with.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from weft.adapters.ai_sdk.spelling import spelled, spelled_tool
from weft.adapters.ai_sdk.told import Step, Told, steps_of
from weft.threads.streams import Chunk
from weft.threads.tool_parts import ToolPart
from weft.threads.ui_parts import DataPart, PartState, ReasoningPart, StepStartPart, TextPart, UIPart


def mend(told: Told, wanted: Sequence[UIPart]) -> list[Chunk]:
    """Tells the client what is missing, and returns it. A step that it should not have yet is taken back."""
    have, want = told.steps(), steps_of(wanted)
    chunks: list[Chunk] = []
    for index, step in enumerate(want):
        if index < len(have) - 1 or (index == len(have) - 1 and len(have) > len(want)):
            chunks += _calls(have[index], step)
        elif index == len(have) - 1:
            chunks += _last(told, have[index], step)
        else:
            chunks += [{"type": "start-step"}, *spelled(step), {"type": "finish-step"}]
    surplus = len(have) > len(want)
    if surplus:
        chunks.append({"type": "reset-step"})
    sent = [sent for chunk in chunks if (sent := told.tell(chunk)) is not None]
    if surplus:
        told.step_taken_back()
    return sent


def _calls(have: Step, want: Step) -> list[Chunk]:
    """What came of the calls that the client has."""
    known = {part.tool_call_id: part for part in have if isinstance(part, ToolPart)}
    wanted = (part for part in want if isinstance(part, ToolPart) and part.tool_call_id in known)
    return [chunk for part in wanted for chunk in spelled_tool(part, known[part.tool_call_id])]


def _last(told: Told, have: Step, want: Step) -> list[Chunk]:
    shape, wanted = _shape(have), _shape(want)
    if len(shape) == len(have) and wanted[: len(shape)] == shape:
        return [*told.open_ends(), *_calls(have, want), *spelled(want[len(shape) :])]
    return [{"type": "reset-step"}, *spelled(want)]


def _shape(step: Step) -> list[Any]:
    """What cannot be changed afterwards of a step's parts: calls and data can."""
    return [_fixed(part) for part in step if not (isinstance(part, TextPart | ReasoningPart) and not part.text)]


def _fixed(part: UIPart) -> Any:
    if isinstance(part, ToolPart):
        return ("call", part.tool_call_id)
    if isinstance(part, DataPart):
        return part
    if isinstance(part, TextPart | ReasoningPart):
        return replace(part, state=PartState.DONE, provider_metadata=None)
    return part if isinstance(part, StepStartPart) else replace(part, provider_metadata=None)
