"""What is known of one thread, kept right by pages, events and sends (behaviour.md rows 128 to 135). No I/O.

Saved messages win over streams, and whoever finds a gap asks for the thread to be read again instead of guessing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from weft_client.answers import OpenStream, answer_at, read_stream, saved_wins, started_stream
from weft_client.api.enums import GenerationStatus
from weft_client.api.fragments import Generation, LiveStream, PageInfo, Thread, UiMessage
from weft_client.api.read_thread import ReadThreadThread
from weft_client.api.thread_events import (
    ThreadEvents,
    ThreadEventsThreadEventsGenerationChanged,
    ThreadEventsThreadEventsMessageRemoved,
    ThreadEventsThreadEventsMessageSaved,
    ThreadEventsThreadEventsResyncRequired,
    ThreadEventsThreadEventsStreamAdvanced,
    ThreadEventsThreadEventsStreamAdvancedDelta,
    ThreadEventsThreadEventsStreamEnded,
    ThreadEventsThreadEventsStreamStarted,
    ThreadEventsThreadEventsThreadChanged,
    ThreadEventsThreadEventsThreadDeleted,
)
from weft_client.messages import Message, MessageState, Part, Role, text_of
from weft_client.reading import message_of
from weft_client.recent import Recent
from weft_client.shown import Shown

ACTIVE = frozenset({GenerationStatus.QUEUED, GenerationStatus.RUNNING, GenerationStatus.WAITING})


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was sent and that the server has not confirmed. `error` is set when sending failed."""

    client_id: str
    parts: tuple[Part, ...]
    created_at: datetime
    error: str | None = None


class ThreadStore:
    def __init__(self, thread_id: str) -> None:
        self.thread_id = thread_id
        self.thread: Thread | None = None
        self.cursor: str | None = None
        self.deleted = False
        self.resync: str | None = None
        self.has_older = False
        self.older_cursor: str | None = None
        self.active: dict[str, Generation] = {}
        self._saved: dict[str, Message] = {}
        self._streams: dict[str, OpenStream] = {}
        self._drafts: dict[str, Draft] = {}
        self._settled = Recent()
        self._reads = 0
        self._confirmed: dict[str, int] = {}
        self._started: dict[str, int] = {}
        self._missed: dict[str, Message | None] | None = None
        self._shown = Shown()

    # ---------------------------------------------------------------- what is shown
    def messages(self) -> tuple[Message, ...]:
        """Every message in its order; what did not change is the same object as before."""
        by_key = {stream.key: stream for stream in self._streams.values()}
        rows = [by_key[key].over(saved) if key in by_key else saved for key, saved in self._saved.items()]
        rows += [stream.shown() for stream in self._streams.values() if self._only_streamed(stream)]
        return self._shown.messages(rows, [self._draft_message(draft) for draft in self._drafts.values()])

    def _only_streamed(self, stream: OpenStream) -> bool:
        if stream.key in self._saved:
            return False
        answer = answer_at(self._in_order(), stream.base.order, stream.step_order)
        return answer is None or not saved_wins(answer, stream)

    def _draft_message(self, draft: Draft) -> Message:
        return Message(
            id=draft.client_id,
            key=f"local:{draft.client_id}",
            thread_id=self.thread_id,
            order=0,
            step_order=0,
            role=Role.USER,
            status=MessageState.PENDING if draft.error is None else MessageState.FAILED,
            text=text_of(draft.parts),
            parts=draft.parts,
            client_id=draft.client_id,
            error=draft.error,
            created_at=draft.created_at,
            local=True,
        )

    @property
    def is_answering(self) -> bool:
        """Whether an answer is being made: there is something to stop."""
        made = any(generation.status is not GenerationStatus.WAITING for generation in self.active.values())
        return made or any(stream.live for stream in self._streams.values())

    @property
    def is_waiting(self) -> bool:
        """Whether an answer waits for a person to decide or to answer a tool call."""
        return any(generation.status is GenerationStatus.WAITING for generation in self.active.values())

    # ---------------------------------------------------------------- pages
    def begin_read(self) -> int:
        """Names a read that begins now: what is confirmed from here on may be missing in it."""
        self._reads += 1
        return self._reads

    def take_page(self, page: ReadThreadThread, read: int) -> None:
        messages = [self._known(message_of(edge.node)) for edge in page.ui_messages.edges]
        kept = {key: self._saved[key] for key, since in self._confirmed.items() if since >= read and key in self._saved}
        self._saved = {**kept, **{message.key: message for message in messages}}
        self._confirmed = {key: since for key, since in self._confirmed.items() if key in kept}
        for message in messages:
            self._drafts.pop(message.client_id or "", None)
        self._streams = {stream.id: read_stream(stream, messages) for stream in page.streams}
        latest = [edge.node for edge in page.generations.edges]
        known = {each.id for each in latest}
        started = {
            id_: self.active[id_] for id_, since in self._started.items() if since >= read and id_ in self.active
        }
        self._started = {id_: self._started[id_] for id_ in started if id_ not in known}
        self._settled.discard([*(each.id for each in latest if each.status in ACTIVE), *self._streams])
        self.active = started
        for each in latest:
            self._take_generation(each)
        self.thread, self.cursor, self.resync = _thread_of(page), page.cursor, None
        self._older_from(page.ui_messages.page_info)

    def begin_older(self) -> None:
        """A page before the first one is read: what happens to messages that are not here is kept until it comes."""
        self._missed = {}

    def take_older(self, before: str | None, messages: Iterable[UiMessage], info: PageInfo) -> None:
        """Ignored when the thread was read anew meanwhile."""
        missed, self._missed = self._missed or {}, None
        if before != self.older_cursor:
            return
        for message in map(message_of, messages):
            self._saved.setdefault(message.key, message)
        for key, changed in missed.items():
            if changed is not None:
                self._saved[key] = changed
            else:
                self._saved.pop(key, None)
        self._older_from(info)

    def _older_from(self, info: PageInfo) -> None:
        self.has_older, self.older_cursor = info.has_previous_page, info.start_cursor

    @property
    def oldest(self) -> tuple[int, int] | None:
        """The place of the first message."""
        return min((_place(message) for message in self._saved.values()), default=None)

    # ---------------------------------------------------------------- events
    def take_event(self, event: ThreadEvents) -> None:
        match event.thread_events:
            case ThreadEventsThreadEventsMessageSaved(ui_message=message):
                self._take_message(message_of(message))
            case ThreadEventsThreadEventsMessageRemoved(keys=keys):
                self._remove(set(keys))
            case ThreadEventsThreadEventsStreamStarted(stream=stream):
                self._start(stream)
            case ThreadEventsThreadEventsStreamAdvanced(delta=delta):
                self._advance(delta)
            case ThreadEventsThreadEventsStreamEnded(stream_id=stream_id):
                self._end(stream_id)
            case ThreadEventsThreadEventsGenerationChanged(generation=generation):
                self._take_generation(generation)
            case ThreadEventsThreadEventsThreadChanged(thread=thread):
                self.thread = thread
            case ThreadEventsThreadEventsThreadDeleted():
                self.deleted = True
                self._streams, self.active = {}, {}
            case ThreadEventsThreadEventsResyncRequired(reason=reason):
                self.resync = reason
        self.cursor = event.thread_events.cursor

    def _take_message(self, message: Message) -> None:
        self._drop_streams(lambda stream: not stream.live and stream.belongs_to(message))
        self._drafts.pop(message.client_id or "", None)
        self._confirmed.pop(message.key, None)
        if not self._before_loaded(message):
            self._saved[message.key] = self._known(message)
        elif self._missed is not None:
            self._missed[message.key] = message

    def _known(self, message: Message) -> Message:
        """The object that is here, if it says the same: what did not change is not shown as changed."""
        known = self._saved.get(message.key)
        return known if known is not None and known == message else message

    def _before_loaded(self, message: Message) -> bool:
        """Shown now it would leave a hole behind it; the page brings it when it is read."""
        return self.has_older and self.oldest is not None and _place(message) < self.oldest

    def _remove(self, keys: set[str]) -> None:
        self._drop_streams(lambda stream: stream.key in keys)
        for key in keys:
            self._confirmed.pop(key, None)
            if self._saved.pop(key, None) is None and self._missed is not None:
                self._missed[key] = None

    def _start(self, stream: LiveStream) -> None:
        if stream.id in self._settled:
            return
        known = self._streams.get(stream.id)
        if known is not None and known.end >= stream.end:
            return
        started = started_stream(stream, self._in_order())
        self._drop_streams(lambda other: other.key == started.key and other.id != stream.id)
        self._streams[stream.id] = started

    def _advance(self, delta: ThreadEventsThreadEventsStreamAdvancedDelta) -> None:
        if delta.stream_id in self._settled:
            return
        stream = self._streams.get(delta.stream_id)
        if stream is None:
            self.resync = f"a delta of the stream {delta.stream_id}, of which nothing is known"
        elif delta.end > stream.end:
            if delta.start == stream.end:
                stream.add(delta.parts, delta.end)
            else:
                self.resync = f"stream {stream.id} is known up to {stream.end}, the delta starts at {delta.start}"

    def _end(self, stream_id: str) -> None:
        """What was streamed stays until its message is saved."""
        self._settled.add(stream_id)
        stream = self._streams.get(stream_id)
        if stream is None:
            return
        saved = answer_at(self._in_order(), stream.base.order, stream.step_order)
        if saved is not None and saved.settled:
            del self._streams[stream_id]
        else:
            stream.live = False

    def _take_generation(self, generation: Generation) -> None:
        if generation.id in self._settled:
            return
        if generation.status in ACTIVE:
            self.active[generation.id] = generation
        else:
            self.active.pop(generation.id, None)
            self._started.pop(generation.id, None)
            self._settled.add(generation.id)

    def _drop_streams(self, drop: Callable[[OpenStream], bool]) -> None:
        for stream in [stream for stream in self._streams.values() if drop(stream)]:
            del self._streams[stream.id]
            self._settled.add(stream.id)

    def _in_order(self) -> list[Message]:
        return sorted(self._saved.values(), key=_place)

    # ---------------------------------------------------------------- sends
    def is_draft(self, client_id: str) -> bool:
        return client_id in self._drafts

    def add_draft(self, draft: Draft) -> None:
        self._drafts[draft.client_id] = draft

    def fail_draft(self, client_id: str, error: str | None) -> None:
        """None: it is being sent again."""
        if client_id in self._drafts:
            self._drafts[client_id] = replace(self._drafts[client_id], error=error)

    def drop_draft(self, client_id: str) -> None:
        self._drafts.pop(client_id, None)

    def confirm_draft(self, client_id: str, message: UiMessage | None) -> None:
        """The server has it. What events have told of it meanwhile is newer."""
        if self._drafts.pop(client_id, None) is not None and message is not None:
            saved = message_of(message)
            self._take_message(saved)
            self._confirmed[saved.key] = self._reads

    def add_generation(self, generation: Generation) -> None:
        """One that a mutation gave back. What events have told of it meanwhile is newer."""
        if generation.id not in self.active:
            self._take_generation(generation)
            self._started[generation.id] = self._reads


def _place(message: Message) -> tuple[int, int]:
    return message.order, message.step_order


def _thread_of(page: ReadThreadThread) -> Thread:
    return Thread.model_validate(page.model_dump(include=set(Thread.model_fields)))
