"""One answer may be saved in several steps and streamed by several streams, one after each wait for a person.

These rules say which of it is shown: a saved answer that is complete wins; else the stream, over what was saved before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from weft_client.api.enums import ToolState
from weft_client.api.fragments import LiveStream
from weft_client.chunks import ChunkReducer
from weft_client.messages import Message, MessageState, Part, Role, StepStartPart, ToolPart, text_of
from weft_client.reading import message_of


@dataclass(slots=True)
class OpenStream:
    """A stream whose message is not saved yet; one that is no longer `live` keeps its text until it is.

    `base` is the saved answer that it goes on with, or its own blank message. `reducer` begins behind what earlier
    steps have saved.
    """

    id: str
    step_order: int
    base: Message
    end: int
    reducer: ChunkReducer
    live: bool = True
    _shown: Message | None = None
    _over: tuple[Message, Message] | None = None

    @property
    def key(self) -> str:
        return self.base.key

    def add(self, parts: Iterable[object], end: int) -> None:
        for part in parts:
            self.reducer.apply(part)
        self.end = end
        self._shown = self._over = None

    def shown(self) -> Message:
        """The message so far. Made when it is looked at, not with every part."""
        if self._shown is None:
            parts = self.reducer.parts()
            self._shown = replace(self.base, status=MessageState.STREAMING, parts=parts, text=text_of(parts))
        return self._shown

    def over(self, saved: Message) -> Message:
        """What is shown of a saved answer that this stream goes on with."""
        if saved_wins(saved, self):
            return saved
        if self._over is None or self._over[0] is not saved:
            shown = self.shown()
            parts = _with_decisions(shown.parts, saved.parts)
            self._over = (saved, shown if parts is shown.parts else replace(shown, parts=parts))
        return self._over[1]

    def belongs_to(self, message: Message) -> bool:
        return (
            message.role is Role.ASSISTANT
            and message.order == self.base.order
            and message.step_order <= self.step_order
        )


def answer_at(messages: Iterable[Message], order: int, step_order: int) -> Message | None:
    """The saved answer that a stream at this place goes on with; the messages are in their order."""
    found = [
        message
        for message in messages
        if message.role is Role.ASSISTANT and message.order == order and message.step_order <= step_order
    ]
    return found[-1] if found else None


def started_stream(stream: LiveStream, messages: Iterable[Message]) -> OpenStream:
    """A stream that starts now, or was read without anything saved of it."""
    own = message_of(stream.ui_message)
    saved = answer_at(messages, own.order, own.step_order)
    if saved is None:
        return OpenStream(stream.id, own.step_order, own, stream.end, ChunkReducer(own.parts, 0))
    before = _parts_before(saved.parts, own.step_order)
    reducer = ChunkReducer((*before, *own.parts), len(before))
    return OpenStream(stream.id, own.step_order, saved, stream.end, reducer)


def read_stream(stream: LiveStream, messages: Sequence[Message]) -> OpenStream:
    """A stream that was read with its thread: the saved message has what was streamed in it already."""
    started = started_stream(stream, messages)
    saved = answer_at(messages, started.base.order, started.step_order)
    if saved is not None and saved.status is MessageState.STREAMING:
        started.reducer = ChunkReducer(saved.parts, len(_parts_before(saved.parts, started.step_order)))
    return started


def saved_wins(saved: Message, stream: OpenStream) -> bool:
    """Whether the saved answer is shown, not the stream.

    While tools run, a decision about another call of their step is saved behind them and makes the answer look
    complete: it is not, for its stream goes on and calls have no result.
    """
    if not stream.live or saved.status is not MessageState.SUCCESS:
        return saved.settled
    return all(call.ended for call in saved.tool_calls)


def _parts_before(parts: Sequence[Part], step_order: int) -> tuple[Part, ...]:
    """What the steps before this one have written."""
    steps = [(at, part.step_order) for at, part in enumerate(parts) if isinstance(part, StepStartPart)]
    if not steps:
        return ()
    next_ = next((at for at, number in steps if (number or 0) >= step_order), len(parts))
    return tuple(parts[:next_])


def _with_decisions(parts: tuple[Part, ...], saved: Sequence[Part]) -> tuple[Part, ...]:
    """What was decided about calls while their stream went on."""
    known = {name: part for name, _, part in _named(saved)}
    merged = list(parts)
    further = False
    for name, index, part in _named(parts) if known else ():
        other = known.get(name)
        if other is not None and _progress(other) > _progress(part):
            merged[index], further = other, True
    return tuple(merged) if further else parts


def _named(parts: Sequence[Part]) -> list[tuple[tuple[str, int], int, ToolPart]]:
    """Calls under names that are the same in two versions of an answer, even if it uses an id twice."""
    seen: dict[str, int] = {}
    found: list[tuple[tuple[str, int], int, ToolPart]] = []
    for index, part in enumerate(parts):
        if isinstance(part, ToolPart):
            seen[part.tool_call_id] = seen.get(part.tool_call_id, 0) + 1
            found.append(((part.tool_call_id, seen[part.tool_call_id]), index, part))
    return found


_FAR = (
    ToolState.INPUT_STREAMING,
    ToolState.INPUT_AVAILABLE,
    ToolState.APPROVAL_REQUESTED,
    ToolState.APPROVAL_RESPONDED,
)


def _progress(part: ToolPart) -> int:
    if part.ended:
        return len(_FAR) + (0 if part.preliminary else 1)
    return _FAR.index(part.state)


def joined(first: Message, last: Message) -> Message:
    """Two messages of one answer as one (behaviour.md row 133): place, id and key of the first, status of the last."""
    parts = _joined_parts(first.parts, last.parts)
    return replace(
        last,
        id=first.id,
        key=first.key,
        step_order=first.step_order,
        client_id=first.client_id,
        created_at=first.created_at,
        usage=last.usage or first.usage,
        parts=parts,
        text=text_of(parts),
    )


def _joined_parts(first: Sequence[Part], last: Sequence[Part]) -> tuple[Part, ...]:
    """A call that both have is shown once, where the later one has it, with what either knows of it."""
    later = {part.tool_call_id for part in last if isinstance(part, ToolPart)}
    moved: dict[str, ToolPart] = {}
    kept: list[Part] = []
    for part in first:
        if isinstance(part, ToolPart) and part.tool_call_id in later:
            moved[part.tool_call_id] = part
        else:
            kept.append(part)
    return (*kept, *(_merged(moved, part) for part in last))


def _merged(moved: Mapping[str, ToolPart], part: Part) -> Part:
    if not isinstance(part, ToolPart) or part.tool_call_id not in moved:
        return part
    known = {each.name: value for each in fields(part) if (value := getattr(part, each.name)) is not None}
    return replace(moved[part.tool_call_id], **known)
