"""What a stream shows beside what the rows know: decisions made while tools run are in rows and in no stream."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from weft.threads.tool_parts import ToolPart, ToolState
from weft.threads.ui_parts import StepStartPart, UIPart

_FAR: Final = {state: place for place, state in enumerate(ToolState)}


def with_rows(parts: Sequence[UIPart], stored: Sequence[UIPart], pending_step: int | None) -> list[UIPart]:
    """The streamed parts with the steps' numbers and the decisions that the rows have.

    `pending_step` is the row being written. What of a call is further in the rows than in the stream is shown so.
    """
    known = [part.step_order for part in stored if isinstance(part, StepStartPart)]
    calls = dict(_calls(stored))
    numbered = _numbered(parts, known if pending_step is None else [*known, max([pending_step, *known])], len(known))
    of_step = {id(part): key for key, part in _calls(numbered)}
    return [_further(part, calls.get(of_step[id(part)])) if isinstance(part, ToolPart) else part for part in numbered]


def _calls(parts: Sequence[UIPart]) -> Iterable[tuple[tuple[int, str], ToolPart]]:
    """The calls by how many steps there are up to theirs, and their id."""
    steps = 0
    for part in parts:
        if isinstance(part, StepStartPart):
            steps += 1
        elif isinstance(part, ToolPart):
            yield (steps, part.tool_call_id), part


def _numbered(parts: Sequence[UIPart], places: Sequence[int], certain: int) -> list[UIPart]:
    """The first `certain` places are those of saved steps; the next is that of a row that may be a step's or not."""
    numbered: list[UIPart] = []
    starts, ahead = 0, 0
    for part in parts:
        if not isinstance(part, StepStartPart):
            numbered.append(part)
            continue
        if starts < len(places):
            off = places[starts] - part.step_order
            ahead = off if starts < certain else max(ahead, off)
        starts += 1
        numbered.append(StepStartPart(part.step_order + ahead))
    return numbered


def _further(live: ToolPart, stored: ToolPart | None) -> ToolPart:
    if stored is None:
        return live
    decided = stored.approval is not None and stored.approval.approved is not None
    if live.state.final:
        return replace(live, approval=stored.approval) if decided else live
    return stored if _FAR[stored.state] > _FAR[live.state] else live
