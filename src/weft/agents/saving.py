"""Saving messages that no agent of Weft wrote: one batch, one transaction (behaviour.md rows 19–35)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from weft.agents.outside.endings import abort_outside
from weft.agents.turns import RESTARTING, abort_in, new_message
from weft.errors import ErrorCode, InputError, not_found
from weft.storage.changes import Change
from weft.storage.expected import Expected
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.drafts import Draft
from weft.threads.messages import Message, MessageRole, MessageStatus, reasoning_of
from weft.threads.placement import Start, check_order, place
from weft.threads.streams import StreamState
from weft.threads.vectors import Embeddings

MOST_MESSAGES: Final = 1000
_STALE: Final = 100
_PROMPT_FAILED: Final = "The prompt message failed"


@dataclass(frozen=True, slots=True)
class SaveOptions:
    """Where a batch goes, and what else happens with it.

    `prompt_message_id`: into that message's turn. `order`: at that turn; `next_order`: in a new turn. With none of them
    user messages open turns, others continue the last one. `pending_message_id`: the first message fills that row.
    `embeddings`: vectors that the caller has made; `skip_embeddings`: none are made of the others.
    `fail_pending_steps`: pending rows (of the prompt's turn, if one is given) fail with "Restarting" first.
    """

    agent_name: str | None = None
    user_id: str | None = None
    prompt_message_id: str | None = None
    order: int | None = None
    next_order: bool = False
    pending_message_id: str | None = None
    fail_pending_steps: bool = False
    hide_from_user_search: bool = False
    embeddings: Embeddings | None = None
    skip_embeddings: bool = False

    def check(self, drafts: Sequence[Draft]) -> None:
        """Raises InputError for what cannot be together or is out of range."""
        if not 1 <= len(drafts) <= MOST_MESSAGES:
            message = f"there are {len(drafts)} messages; give 1 to {MOST_MESSAGES} at once"
            reason = ErrorCode.TOO_LARGE if drafts else ErrorCode.INVALID
            raise InputError(message, reason=reason, path=("input", "messages"))
        if self.order is not None:
            check_order(self.order, "input", "order")
        explicit = "order" if self.order is not None else "placement" if self.next_order else None
        others = {"promptMessageId": self.prompt_message_id, "pendingMessageId": self.pending_message_id}
        if self.order is not None and self.next_order:
            raise InputError("order and placement cannot both be provided", path=("input", "placement"))
        for name, given in others.items():
            if explicit and given is not None:
                raise InputError(f"{explicit} and {name} cannot both be provided", path=("input", name))
        if self.embeddings is not None:
            self.embeddings.check(len(drafts), ("input", "embeddings"))


class Saving:
    """One call to save. Run `work` in a change of the thread. `stream_id`: the stream that the messages end."""

    def __init__(
        self, store: Store, drafts: Sequence[Draft], options: SaveOptions, stream_id: str | None = None
    ) -> None:
        options.check(drafts)
        self._store = store
        self._stream_id = stream_id
        self._drafts = drafts
        self._options = options

    @property
    def expected(self) -> Expected:
        """An event for each message and one for the thread; a turn for each user message. Some options make it more."""
        opening = sum(draft.role is MessageRole.USER for draft in self._drafts)
        return Expected(events=len(self._drafts) + 1, orders=opening)

    async def work(self, change: Change) -> list[Message]:
        """The rows, in the order of the messages; those of the first call when it is repeated by `client_id`."""
        known = await self._known(change)
        if known is not None:
            return known
        pending = await self._pending(change)
        prompt = await self._prompt(change)
        if self._options.fail_pending_steps:
            await self._fail_stale(change, prompt, pending)
        start = await self._start(change, prompt, pending)
        rows = await self._write(change, start, pending, _inherited_failure(prompt, pending))
        change.message_activity()
        return rows

    async def _known(self, change: Change) -> list[Message] | None:
        """What an earlier call with these client ids stored."""
        given = [draft.client_id for draft in self._drafts if draft.client_id is not None]
        if len(set(given)) != len(given):
            raise InputError("two messages have one clientId", path=("input", "messages"))
        found = [await self._store.messages.by_client_id(change.session, change.thread.id, id_) for id_ in given]
        rows = [row for row in found if row is not None]
        if not rows:
            return None
        batch_id = rows[0].batch_id
        batch = [] if batch_id is None else await self._batch(change, batch_id)
        if [row.client_id for row in batch] != [draft.client_id for draft in self._drafts]:
            message = f"clientId {rows[0].client_id!r} was used for another message of this thread"
            raise InputError(message, reason=ErrorCode.CONFLICT, path=("input", "messages"))
        return batch

    async def _batch(self, change: Change, batch_id: str) -> list[Message]:
        return await self._store.messages.of_batch(change.session, change.thread.id, batch_id)

    async def _pending(self, change: Change) -> Message | None:
        """The row that the first message fills."""
        message_id = self._options.pending_message_id
        if message_id is None:
            return None
        row = await self._of_thread(change, message_id, "pendingMessageId")
        if row.status is MessageStatus.SUCCESS:
            message = f"message {message_id} is saved already; updateMessage changes it"
            raise InputError(message, reason=ErrorCode.CONFLICT, path=("input", "pendingMessageId"))
        return row

    async def _prompt(self, change: Change) -> Message | None:
        message_id = self._options.prompt_message_id
        return None if message_id is None else await self._of_thread(change, message_id, "promptMessageId")

    async def _of_thread(self, change: Change, message_id: str, name: str) -> Message:
        row = await self._store.messages.get(message_id, change.session)
        if row is None or row.thread_id != change.thread.id:
            raise not_found("message", message_id, "input", name)
        return row

    async def _fail_stale(self, change: Change, prompt: Message | None, kept: Message | None) -> None:
        order = None if prompt is None else prompt.order
        stale = await self._store.messages.pending(change.session, change.thread.id, order, _STALE)
        for row in stale:
            if kept is None or row.id != kept.id:
                await stop_writing(self._store, change, row)

    async def _start(self, change: Change, prompt: Message | None, pending: Message | None) -> Start:
        options, messages, session, thread = self._options, self._store.messages, change.session, change.thread.id
        if pending is not None:
            return Start(pending.order, await messages.last_step(session, thread, pending.order))
        if prompt is not None:
            return Start(prompt.order, await messages.last_step(session, thread, prompt.order))
        if options.order is not None:
            return Start(options.order, await messages.last_step(session, thread, options.order), keep_first=True)
        if options.next_order:
            return Start(change.thread.last_order + 1, keep_first=True)
        if self._drafts[0].role is MessageRole.USER:
            return Start(None)
        greatest = await messages.greatest(session, thread)
        return Start(None) if greatest is None else Start(greatest.order, greatest.step_order)

    async def _write(self, change: Change, start: Start, pending: Message | None, error: str | None) -> list[Message]:
        drafts = self._drafts if pending is None else self._drafts[1:]
        positions = place((draft.role for draft in drafts), start, change.thread.last_order)
        batch_id = ids.new_id("bat") if any(draft.client_id for draft in self._drafts) else None
        rows = [
            self._row(change, draft, error, batch_id, order=position.order, step_order=position.step_order)
            for draft, position in zip(drafts, positions, strict=True)
        ]
        filled: list[Message] = []
        if pending is not None:
            filled = [await self._fill(change, pending, error, batch_id)]
        if rows:
            change.raise_last_order(max(position.order for position in positions))
            await change.insert_messages(*rows, **self._search(len(filled), len(drafts)))
        return filled + rows

    async def _fill(self, change: Change, pending: Message, error: str | None, batch_id: str | None) -> Message:
        """The pending row, in its place; whoever was writing it is stopped."""
        await stop_generation(self._store, change, pending)
        await stop_stream(self._store, change, pending, self._stream_id)
        place_of_pending = {"id": pending.id, "order": pending.order, "step_order": pending.step_order}
        row = self._row(change, self._drafts[0], error, batch_id, **place_of_pending)
        row = replace(row, agent_name=row.agent_name or pending.agent_name, created_at=pending.created_at)
        await change.replace_message(row, **self._search(0, 1))
        return row

    def _search(self, first: int, count: int) -> dict[str, Any]:
        """How so many of the messages are to be found."""
        given = self._options.embeddings
        if given is not None:
            given = replace(given, vectors=given.vectors[first : first + count])
        return {"embeddings": given, "embed": not self._options.skip_embeddings}

    def _row(
        self, change: Change, draft: Draft, error: str | None, batch_id: str | None, **position: object
    ) -> Message:
        options, said = self._options, draft.metadata
        return new_message(
            change,
            draft.role,
            draft.content,
            **position,
            user_id=options.user_id or change.thread.user_id,
            client_id=draft.client_id,
            batch_id=batch_id,
            status=MessageStatus.FAILED if error is not None else said.status,
            error=error if error is not None else said.error,
            **({} if said.text is None else {"text": said.text}),
            reasoning=said.reasoning if said.reasoning is not None else reasoning_of(draft.content),
            agent_name=options.agent_name,
            finish_reason=said.finish_reason,
            model=said.model,
            provider=said.provider,
            provider_metadata=said.provider_metadata,
            provider_options=said.provider_options,
            sources=said.sources,
            usage=said.usage,
            warnings=said.warnings,
            metadata=said.custom,
            hidden_from_user_search=options.hide_from_user_search,
        )


def _inherited_failure(prompt: Message | None, pending: Message | None) -> str | None:
    """Why the whole batch fails: its place had failed already (row 31), or what it answers had (row 32)."""
    if pending is not None and pending.status is MessageStatus.FAILED:
        return f"Trying to update a message that failed: {pending.id}, error: {pending.error}"
    if prompt is not None and prompt.status is MessageStatus.FAILED:
        return prompt.error or _PROMPT_FAILED
    return None


async def stop_generation(store: Store, change: Change, reply: Message) -> bool:
    """Aborts the answer that writes this row; False when none does."""
    for generation in await store.generations.active_of_turn(change.session, reply.thread_id, reply.order):
        if generation.reply_message_id == reply.id:
            await abort_in(store, change, generation, RESTARTING)
            return True
    return False


async def stop_stream(store: Store, change: Change, reply: Message, kept: str | None = None) -> None:
    """Ends the stream of somebody else that writes this row, but for the one that is `kept`."""
    stream = await store.streams.live_of_turn(change.session, reply.thread_id, reply.order)
    if stream is not None and stream.message_id == reply.id and stream.id != kept:
        end = await store.deltas.end(stream.id, change.session)
        await change.end_stream(stream, StreamState.ABORTED, end, RESTARTING)


async def stop_writing(store: Store, change: Change, row: Message) -> None:
    """Fails a pending row, and with it the answer, or the stream of somebody else, that writes it."""
    if await stop_generation(store, change, row):
        return
    stream = await store.streams.live_of_turn(change.session, row.thread_id, row.order)
    if stream is None or stream.message_id != row.id or not await abort_outside(store, change, stream, RESTARTING):
        failed = replace(row, status=MessageStatus.FAILED, error=RESTARTING, updated_at=change.now)
        await change.replace_message(failed)
