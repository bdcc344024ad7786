"""Puts the calls of a chat completion together from their pieces, as OpenAI sends them and as those do who imitate it.

A call that was cut off by the token limit is none: its input is no JSON. Any other input is passed on as it came.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from weft.llm.model import ModelEvent, ToolCalled, ToolInputDelta, ToolInputStarted


@dataclass(slots=True)
class _Call:
    index: int | None
    id: str
    given_id: str | None
    name: str
    pieces: list[str] = field(default_factory=list[str])


class ChatCalls:
    """Feed it deltas with `read`, then take the calls with `end`."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def __bool__(self) -> bool:
        return bool(self._calls)

    def read(self, deltas: Sequence[ChoiceDeltaToolCall]) -> Iterator[ModelEvent]:
        """What the pieces of one chunk begin or go on with."""
        for delta in deltas:
            function = delta.function
            call = self._known(delta)
            if call is None:
                # Not every server gives ids, and an id must be unlike those of earlier answers.
                made = delta.id or f"call_{uuid.uuid4().hex[:24]}"
                name = (function and function.name) or ""
                call = _Call(getattr(delta, "index", None), made, delta.id or None, name)
                self._calls.append(call)
                yield ToolInputStarted(call.id, call.name)
            if function is not None and function.arguments:
                call.pieces.append(function.arguments)
                yield ToolInputDelta(call.id, function.arguments)

    def _known(self, delta: ChoiceDeltaToolCall) -> _Call | None:
        """The call that the delta goes on with.

        Calls are told apart by index; but some servers give every call the index 0 and another id, some no index.
        """
        index = getattr(delta, "index", None)
        begins = bool(delta.function and delta.function.name)
        for call in reversed(self._calls):
            if delta.id and call.given_id and delta.id != call.given_id:
                continue
            if call.index == index and (index is not None or not begins or delta.id):
                return call
        return None

    def end(self, *, cut_off: bool) -> Iterator[ModelEvent]:
        """The calls, complete. `cut_off`: the answer came to its token limit."""
        for call in self._calls:
            text = "".join(call.pieces)
            if not cut_off or _is_json(text):
                yield ToolCalled(call.id, call.name, text or "{}")

    def summary(self) -> list[dict[str, str]]:
        """The calls as they came, for whoever looks into the answer."""
        return [{"id": call.id, "name": call.name, "arguments": "".join(call.pieces)} for call in self._calls]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
