"""The store as the live room reads it: `weft.subscriptions.log.Log` over the collections."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from weft.storage.collections import Collections
from weft.storage.streams import stream_of
from weft.threads.cursors import Listed
from weft.threads.events import (
    EventKind,
    GenerationChanged,
    LiveEvent,
    MessageRemoved,
    MessageSaved,
    StoredEvent,
    StreamEnded,
    StreamStarted,
    ThreadChanged,
    ThreadDeleted,
)
from weft.threads.messages import MessageStatus
from weft.threads.positions import Position
from weft.threads.streams import Delta, Stream, StreamState
from weft.threads.threads import Thread
from weft.threads.ui_messages import LiveStream, UIMessage, UIMessageStatus, ui_messages

_READ_DELTAS = 1000


class ThreadLog:
    """Reads of threads' logs."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections

    async def thread(self, thread_id: str) -> Thread | None:
        return await self._collections.threads.get(thread_id)

    async def was_deleted(self, thread_id: str) -> bool:
        return await self._collections.events.tombstone(thread_id) is not None

    async def events(self, thread_id: str, after: int, up_to: int) -> list[StoredEvent]:
        return await self._collections.events.between(thread_id, after, up_to)

    async def streams_alive_after(self, thread_id: str, seq: int) -> list[Stream]:
        streams = await self._collections.streams.alive_after(thread_id, seq)
        return [await self._with_end(stream) for stream in streams]

    async def _with_end(self, stream: Stream) -> Stream:
        if stream.state is not StreamState.STREAMING:
            return stream
        return replace(stream, end=await self._collections.deltas.end(stream.id))

    async def deltas(self, stream_id: str, start: int, end: int) -> list[Delta]:
        return await self._collections.deltas.read(stream_id, start, end, _READ_DELTAS)

    async def threads(self, thread_ids: Sequence[str]) -> Mapping[str, Thread]:
        return await self._collections.threads.many(thread_ids)

    async def threads_told_of(self, listed: Listed, since: datetime, limit: int) -> list[tuple[str, datetime]]:
        return await self._collections.events.threads_told_of(listed, since, limit)

    async def began(self, stream: Stream) -> LiveStream:
        before = await self._collections.messages.parts_before(stream)
        return LiveStream(stream, [], before)

    async def live_events(self, events: Sequence[StoredEvent]) -> list[LiveEvent | None]:
        turns = await self._turns(events)
        return [await self._live_event(event, turns) for event in events]

    async def _turns(self, events: Sequence[StoredEvent]) -> dict[tuple[str, int], list[UIMessage]]:
        """The UI messages of every turn that the events speak of."""
        wanted: dict[str, set[int]] = {}
        for event in events:
            if event.kind is EventKind.MESSAGE_SAVED:
                wanted.setdefault(event.thread_id, set()).add(event.refs["order"])
        turns: dict[tuple[str, int], list[UIMessage]] = {}
        for thread_id, orders in wanted.items():
            for message in ui_messages(await self._collections.messages.turns(thread_id, orders)):
                turns.setdefault((thread_id, message.order), []).append(message)
        return turns

    async def _live_event(self, event: StoredEvent, turns: dict[tuple[str, int], list[UIMessage]]) -> LiveEvent | None:
        refs = event.refs
        match event.kind:
            case EventKind.MESSAGE_SAVED:
                turn = turns.get((event.thread_id, refs["order"]), [])
                return _message_saved(turn, Position(refs["order"], refs["stepOrder"]), refs["status"])
            case EventKind.MESSAGE_REMOVED:
                return MessageRemoved(refs["keys"])
            case EventKind.STREAM_STARTED:
                return StreamStarted(await self.began(stream_of(refs["stream"])))
            case EventKind.STREAM_ENDED:
                return StreamEnded(refs["streamId"], refs["key"], StreamState(refs["state"]), refs["abortReason"])
            case EventKind.GENERATION_CHANGED:
                generation = await self._collections.generations.get(refs["generationId"])
                return None if generation is None else GenerationChanged(generation)
            case EventKind.THREAD_CHANGED:
                thread = await self._collections.threads.get(event.thread_id)
                return None if thread is None else ThreadChanged(thread)
            case EventKind.THREAD_DELETED:
                return ThreadDeleted(event.thread_id)


def _message_saved(turn: Sequence[UIMessage], position: Position, status: str) -> MessageSaved | None:
    """The UI message that the row at a position is part of: the last one that does not begin after it.

    None for a pending row that is final by now: a later event brings it, after the stream that is still to be told.
    """
    before = [message for message in turn if Position(message.order, message.step_order) <= position]
    if not before or (status == MessageStatus.PENDING.value and before[-1].status is not UIMessageStatus.PENDING):
        return None
    return MessageSaved(before[-1])
