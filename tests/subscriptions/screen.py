"""A screen that is kept right by events alone: it fails on an event or a part that is missing or comes twice."""

from collections.abc import Sequence

from weft.agents.streams import Moment
from weft.threads.events import (
    Item,
    MessageRemoved,
    MessageSaved,
    StreamAdvanced,
    StreamEnded,
    StreamStarted,
    ThreadChanged,
)
from weft.threads.streams import Chunk, Stream
from weft.threads.threads import Thread
from weft.threads.ui_messages import LiveStream, UIMessage, with_streams


class Screen:
    """What a client holds: messages by key, live streams with their parts, the title, and its cursor."""

    def __init__(self, cursor: str, seq: int) -> None:
        self.cursor = cursor
        self.title: str | None = None
        self.seq = seq
        self._messages: dict[str, UIMessage] = {}
        self._streams: dict[str, tuple[Stream, list[Chunk], int]] = {}
        self._started: set[str] = set()

    @staticmethod
    def read(thread: Thread, messages: Sequence[UIMessage], moment: Moment) -> "Screen":
        """What a client holds that has read the thread just now."""
        made = Screen(moment.cursor, thread.seq)
        made.title = thread.title
        made._messages = {message.key: message for message in messages}
        made._streams = {live.stream.id: (live.stream, list(live.chunks), live.stream.end) for live in moment.live}
        made._started = set(made._streams)
        return made

    def copy(self) -> "Screen":
        made = Screen(self.cursor, self.seq)
        made.title = self.title
        made._messages = dict(self._messages)
        made._streams = {id_: (stream, list(parts), end) for id_, (stream, parts, end) in self._streams.items()}
        made._started = set(self._started)
        return made

    def take(self, item: Item) -> None:
        if isinstance(item.event, StreamAdvanced):
            delta = item.event.delta
            stream, parts, end = self._streams[delta.stream_id]
            assert delta.start == end, f"a gap or a repeat: {delta.start} after {end}"
            assert item.seq == self.seq, "a delta comes after the events before it"
            self._streams[delta.stream_id] = (stream, [*parts, *delta.parts], delta.end)
        else:
            assert item.seq > self.seq, f"event {item.seq} after {self.seq}"
            self.seq = item.seq
            self._happened(item)
        self.cursor = item.cursor

    def _happened(self, item: Item) -> None:
        match item.event:
            case MessageSaved(message):
                self._messages[message.key] = message
            case MessageRemoved(keys):
                for key in keys:
                    self._messages.pop(key, None)
            case StreamStarted(live):
                assert live.stream.id not in self._started, "a stream starts once"
                assert not live.chunks
                self._started.add(live.stream.id)
                self._streams[live.stream.id] = (live.stream, [], 0)
            case StreamEnded(stream_id):
                del self._streams[stream_id]
            case ThreadChanged(thread):
                self.title = thread.title
            case other:
                assert not hasattr(other, "reason"), other

    def shown(self) -> list[UIMessage]:
        messages = sorted(self._messages.values(), key=lambda message: (message.order, message.step_order))
        return with_streams(messages, [LiveStream(stream, parts) for stream, parts, _ in self._streams.values()])
