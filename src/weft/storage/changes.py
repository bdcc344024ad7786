"""A change of one thread: everything it writes and the events that tell of it are one transaction.

Changes of a thread queue within the process; a conflict with another process is retried from the start.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from weft.storage.collections import Collections
from weft.storage.search_entries import can_be_found
from weft.storage.streams import stream_doc
from weft.storage.threads import thread_of
from weft.storage.types import Doc, Session
from weft.threads.events import EventKind, StoredEvent
from weft.threads.generations import Generation
from weft.threads.messages import Message, MessageStatus
from weft.threads.pending_calls import PendingCall
from weft.threads.positions import Position
from weft.threads.streams import Stream, StreamState
from weft.threads.threads import Thread
from weft.threads.ui_messages import UIMessage
from weft.threads.usage import NO_USAGE, Usage
from weft.threads.vectors import Embeddings


class Change:
    """The handle a change works with. Every writing method also tells the event; the numbers are this change's own."""

    def __init__(
        self, collections: Collections, session: Session, before: Doc, now: datetime, already: Doc | None = None
    ) -> None:
        """`before` is the thread's document; `already` are fields of it that this transaction has written since."""
        self.thread: Thread = thread_of(before)
        self.session = session
        self.now = now
        self._collections = collections
        self._events: list[StoredEvent] = []
        self._before = before
        self._already = already or {}
        self._fields: Doc = {}
        self._deleted = False
        self._usage = self.thread.usage

    @property
    def seq(self) -> int:
        """The number of the last event so far, this change's included."""
        return self.thread.seq + len(self._events)

    @property
    def tells(self) -> bool:
        """Whether it has told of anything."""
        return bool(self._events)

    def next_order(self) -> int:
        """A turn's number never given out before in this thread."""
        last = int(self._fields.get("lastOrder", self.thread.last_order))
        self._fields["lastOrder"] = last + 1
        return last + 1

    def raise_last_order(self, order: int) -> None:
        """Notes that `order` has been given out."""
        self._fields["lastOrder"] = max(order, int(self._fields.get("lastOrder", self.thread.last_order)))

    async def next_step(self, order: int) -> int:
        """The first free step of a turn; ask again only after the row was inserted."""
        return await self._collections.messages.last_step(self.session, self.thread.id, order) + 1

    async def insert_messages(
        self,
        *rows: Message,
        generation_id: str | None = None,
        embeddings: Embeddings | None = None,
        embed: bool = True,
    ) -> None:
        """`embeddings`: vectors of the rows. `embed`: whether the others are to get theirs."""
        await self._collections.messages.insert(self.session, rows, generation_id)
        await self._collections.search_entries.insert(self.session, rows, self._owner, given=embeddings, embed=embed)
        for row in rows:
            self._message_saved(row)

    async def replace_message(self, row: Message, *, embeddings: Embeddings | None = None, embed: bool = True) -> None:
        """As `insert_messages`."""
        await self._collections.messages.replace(self.session, row)
        if can_be_found(row):
            await self._collections.search_entries.replace(
                self.session, row, self._owner, given=embeddings, embed=embed
            )
        elif row.status is MessageStatus.FAILED:
            await self.forget_message(row)
        self._message_saved(row)

    async def forget_message(self, row: Message) -> None:
        """Searches find it no longer."""
        await self._collections.search_entries.remove(self.session, [row.id])

    async def delete_messages(self, rows: Sequence[Message]) -> None:
        """Deletes rows and what finds them; `screen_changed` tells of it, `forget_activity` mends `lastMessageAt`."""
        await self._collections.removals.delete_rows(self.session, [row.id for row in rows])

    def screen_changed(self, gone: Sequence[str], changed: Sequence[UIMessage]) -> None:
        """Tells of UI messages that vanished, by key, and of those that changed because of it."""
        if gone:
            self._tell(EventKind.MESSAGE_REMOVED, keys=list(gone))
        for message in changed:
            place = {"order": message.order, "stepOrder": message.step_order}
            self._tell(EventKind.MESSAGE_SAVED, messageId=message.id, status=message.status.value, **place)

    async def forget_activity(self, removed: Position) -> None:
        """Sets `lastMessageAt` back when the rows up to `removed`, deleted in this change, were the thread's last."""
        newest = await self._collections.messages.greatest(self.session, self.thread.id)
        before = self._fields.get("lastMessageAt", self.thread.last_message_at)
        if before is None or (newest is not None and newest.position > removed):
            return
        at = None if newest is None else min(newest.updated_at, before)
        if at != before:
            self.update_thread(lastMessageAt=at, activeAt=at or self.thread.created_at)
            self.thread_changed()

    def delete_thread(self) -> int:
        """Deletes the thread document; returns the number of the event that tells so, the thread's last."""
        self._tell(EventKind.THREAD_DELETED)
        self._deleted = True
        return self.seq

    @property
    def asks(self) -> bool:
        """Whether calls of the thread may wait for somebody: a change need not look for them otherwise."""
        return bool(self._fields.get("asks", self._before.get("asks")))

    async def insert_pending_calls(self, calls: Sequence[PendingCall]) -> None:
        """Stores calls that wait for somebody from now on."""
        if calls:
            await self._collections.pending_calls.insert(self.session, calls)
            self._fields["asks"] = True

    def asks_no_more(self) -> None:
        """No call of the thread waits any longer."""
        self._fields["asks"] = False

    async def insert_generation(self, generation: Generation) -> None:
        await self._collections.generations.insert(self.session, generation)
        self._generation_changed(generation)

    async def insert_leased(self, generation: Generation, lease_id: str, length: timedelta) -> None:
        """Stores a new job that is begun already, by whoever holds this lease."""
        await self._collections.generations.insert_leased(self.session, generation, lease_id, length)
        self._generation_changed(generation)

    async def replace_generation(self, generation: Generation) -> None:
        await self._collections.generations.replace(self.session, generation)
        self._generation_changed(generation)

    def generation_begun(self, generation: Generation) -> None:
        """Tells of a job that `Generations.take` has stored already."""
        self._generation_changed(generation)

    async def start_stream(self, stream: Stream) -> Stream:
        """The stream as stored, with the number of its event."""
        self._tell(EventKind.STREAM_STARTED, streamId=stream.id)
        started = replace(stream, start_seq=self.seq)
        self._events[-1] = replace(self._events[-1], refs={"stream": stream_doc(started)})
        await self._collections.streams.insert(self.session, started)
        return started

    async def end_stream(self, stream: Stream, state: StreamState, end: int, reason: str | None = None) -> bool:
        """False, and nothing told, when the stream had ended before."""
        ended = replace(stream, state=state, abort_reason=reason, end=end, end_seq=self.seq + 1, ended_at=self.now)
        stored = await self._collections.streams.end(self.session, ended)
        if stored:
            told = {"key": stream.key, "state": state.value, "abortReason": reason}
            self._tell(EventKind.STREAM_ENDED, streamId=stream.id, **told)
        return stored

    @property
    def _owner(self) -> str | None:
        """Whose thread it is after this change."""
        owner: str | None = self._fields.get("userId", self.thread.user_id)
        return owner

    def add_usage(self, usage: Usage) -> None:
        """Adds what an answer has used to the thread's total."""
        if usage != NO_USAGE:
            self._usage += usage
            self.update_thread(usage=asdict(self._usage))

    def update_thread(self, **fields: Any) -> None:
        """Sets fields of the thread document, by their stored names."""
        self._fields |= fields | {"updatedAt": self.now}

    def thread_changed(self) -> None:
        """Told to the owner, and to the former one when this change moves the thread."""
        self._tell(EventKind.THREAD_CHANGED)
        former = self.thread.user_id
        if self._fields.get("userId", former) != former:
            self._tell(EventKind.THREAD_CHANGED, left=True)
            self._events[-1] = replace(self._events[-1], user_id=former)

    def message_activity(self) -> None:
        """Notes that a message was written now."""
        self.update_thread(lastMessageAt=self.now, activeAt=self.now)
        self.thread_changed()

    async def write(self) -> None:
        """The last step of the transaction: the events, and the thread with its new numbers if it has others."""
        entries = self._collections.search_entries
        if self._owner != self.thread.user_id and await entries.give_some(self.session, self.thread.id, self._owner):
            self._fields["entriesMoving"] = True
        if self._events:
            self._fields["seq"] = self.seq
            await self._collections.events.insert(self.session, self._events)
        if self._deleted:
            await self._collections.threads.delete(self.session, self.thread.id)
        elif left := self._not_written_yet():
            await self._collections.threads.write(self.session, self.thread.id, left)

    def _not_written_yet(self) -> Doc:
        """What the thread is to hold, where it does not already."""
        already = self._already
        wanted = {name: self._before[name] for name in already} | self._fields
        return {name: value for name, value in wanted.items() if name not in already or already[name] != value}

    def _message_saved(self, row: Message) -> None:
        self._tell(
            EventKind.MESSAGE_SAVED,
            messageId=row.id,
            order=row.order,
            stepOrder=row.step_order,
            status=row.status.value,
        )

    def _generation_changed(self, generation: Generation) -> None:
        told = {"status": generation.status.value, "agentName": generation.agent_name}
        local = {} if generation.local_to is None else {"local": True}
        self._tell(EventKind.GENERATION_CHANGED, generationId=generation.id, **told, **local)

    def _tell(self, kind: EventKind, **refs: Any) -> None:
        self._events.append(StoredEvent(self.thread.id, self.seq + 1, kind, refs, self._owner, self.now))
