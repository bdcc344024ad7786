"""Messages as a caller sends and reads them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from weft.agents import editing
from weft.agents.agent import Agent
from weft.agents.approval.denials import deny_open
from weft.agents.call_checks import check_call
from weft.agents.deletion.requests import Deletions
from weft.agents.deletion.work import Progress
from weft.agents.generations import NO_OPTIONS, require_agent
from weft.agents.head_start import HeadStart, head_start
from weft.agents.limits import MAX_CLIENT_ID, SIZES, Sizes, check_text
from weft.agents.places import take_place
from weft.agents.saving import SaveOptions, Saving
from weft.agents.turns import new_generation, new_message, pending_reply
from weft.errors import InputError
from weft.storage.changes import Change
from weft.storage.expected import Expected
from weft.storage.store import Store
from weft.storage.turn_pages import TurnPage
from weft.threads.content import user_content
from weft.threads.cursors import Cursor
from weft.threads.drafts import Draft
from weft.threads.generations import Generation, GenerationOptions
from weft.threads.messages import Message, MessageRole, MessageStatus, Part, Receipt
from weft.threads.paging import Page, PageRequest
from weft.threads.positions import Position
from weft.threads.quotas import Quota
from weft.threads.ui_messages import UIMessage, ui_messages

if TYPE_CHECKING:
    from weft.agents.worker import Worker

IN_PLACE = SaveOptions()
ALONE = Expected(events=2, orders=1)
"""A message and the thread."""
ANSWERED = Expected(events=4, orders=1)
"""A message, its reply, the job and the thread."""
STREAMED = Expected(events=5, orders=1)
"""These and the stream of a job that is begun at once."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A stored user message, the job that answers it, and the cursor just after the message."""

    message: UIMessage
    generation: Generation | None
    cursor: str


class MessageService:
    """`weft.messages`."""

    def __init__(
        self,
        store: Store,
        agents: Mapping[str, Agent],
        deletions: Deletions | None = None,
        worker: "Worker | None" = None,
        sizes: Sizes = SIZES,
    ) -> None:
        """`worker`: what answers in this process, if anything does."""
        self._store = store
        self._sizes = sizes
        self._agents = agents
        self._worker = worker
        self._deletions = deletions or Deletions(store)

    async def send(
        self,
        thread_id: str,
        *,
        agent_name: str | None = None,
        prompt: str | None = None,
        content: Any = None,
        metadata: Any = None,
        client_id: str | None = None,
        generate: bool = True,
        options: GenerationOptions = NO_OPTIONS,
        quota: Quota | None = None,
    ) -> Sent:
        """Saves a user message and, unless told not to, starts the agent's answer, in one transaction.

        The answer is begun in it, too, if this process has room for it: its job is `RUNNING` then, else `QUEUED`.
        `metadata` is the application's own. `quota`: whose answers are counted, and how many may be under way.
        The same `client_id` again returns what the first call stored and stores nothing.

        Raises:
            InputError: unknown thread or agent, no or wrong content, or a prompt over 1 MiB. RateLimitedError: the
                quota is used up.
        """
        parts = _content(prompt, content, self._sizes)
        check_text(client_id, MAX_CLIENT_ID, "input", "clientId")
        self._sizes.check_metadata(metadata, "input", "metadata")
        agent = require_agent(self._agents, agent_name, "input", "agentName") if generate else None
        if agent is not None:
            await check_call(agent, options)

        async def work(change: Change) -> Sent:
            start.job = None
            known = await self._known(change, client_id)
            if known is not None:
                return known
            prompt = new_message(change, MessageRole.USER, parts, client_id=client_id, metadata=metadata)
            if agent is None:
                return await self._insert(change, prompt)
            return await self._insert_asked(change, agent, prompt, options, quota, start)

        with head_start(self._store, self._worker, agent) as start:
            expected = ALONE if agent is None else STREAMED if start.has_room and options.stream else ANSWERED
            return await self._store.change(thread_id, work, expected)

    async def _known(self, change: Change, client_id: str | None) -> Sent | None:
        """The outcome of an earlier call with the same id."""
        if client_id is None:
            return None
        row = await self._store.messages.by_client_id(change.session, change.thread.id, client_id)
        if row is None:
            return None
        receipt = row.receipt or Receipt(change.seq, None)
        generation = None
        if receipt.generation_id is not None:
            generation = await self._store.generations.get(receipt.generation_id, change.session)
        return Sent(ui_messages([row])[0], generation, Cursor(row.thread_id, receipt.seq).encode())

    async def _insert(self, change: Change, prompt: Message) -> Sent:
        seq = change.seq + 1
        prompt = replace(prompt, order=change.next_order(), receipt=Receipt(seq, None))
        await change.insert_messages(prompt)
        change.message_activity()
        return Sent(ui_messages([prompt])[0], None, Cursor(prompt.thread_id, seq).encode())

    async def _insert_asked(
        self,
        change: Change,
        agent: Agent,
        prompt: Message,
        options: GenerationOptions,
        quota: Quota | None,
        start: HeadStart,
    ) -> Sent:
        order = change.next_order()
        prompt = replace(prompt, order=order)
        await deny_open(self._store, change)
        holder = await take_place(self._store, change, quota)
        seq = change.seq + 1
        reply = pending_reply(change, agent, options, order, 1)
        generation = new_generation(change, agent, prompt, reply, options, None, holder=holder)
        prompt = replace(prompt, receipt=Receipt(seq, generation.id))
        await change.insert_messages(prompt, reply, generation_id=generation.id)
        generation = await start.insert(change, generation, prompt, reply)
        change.message_activity()
        return Sent(ui_messages([prompt])[0], generation, Cursor(prompt.thread_id, seq).encode())

    async def save(self, thread_id: str, messages: Sequence[Draft], options: SaveOptions = IN_PLACE) -> list[Message]:
        """Saves messages that no agent wrote, all or none, and starts nothing.

        Raises:
            InputError: unknown thread or message, options that exclude each other, or more than 1,000 messages.
        """
        for index, message in enumerate(messages):
            where = ("input", "messages", str(index))
            check_text(message.client_id, MAX_CLIENT_ID, *where, "clientId")
            self._sizes.check_metadata(message.metadata.custom, *where, "metadata", "custom")
        saving = Saving(self._store, messages, options)
        return await self._store.change(thread_id, saving.work, saving.expected)

    async def update(self, message_id: str, changes: Mapping[str, Any]) -> Message:
        """Changes `content`, `status`, `error` or `metadata`; text, tool and reasoning are derived again.

        Raises:
            InputError: there is no such message, or the content is not of its role's form.
        """
        return await editing.update(self._store, message_id, changes, self._sizes)

    async def rate(
        self, message_id: str, rating: int | None, comment: str | None = None, user_id: str | None = None
    ) -> Message:
        """Stores what a person thinks of a message: -1, 0 or 1, and why; None takes it back.

        Raises:
            InputError: there is no such message, or the rating is another number.
        """
        return await editing.rate(self._store, message_id, rating, comment, user_id)

    async def delete(self, message_ids: Sequence[str]) -> list[str]:
        """Deletes messages of any threads; returns the ids really deleted. Ids that name nothing are skipped.

        Nothing else changes its place. An answer whose prompt or reply is deleted is aborted.

        Raises:
            InputError: more than 1,000 ids, or an id of something else.
        """
        return await self._deletions.messages(message_ids)

    async def delete_range(
        self,
        thread_id: str,
        start_order: int,
        end_order: int,
        *,
        start_step_order: int | None = None,
        end_step_order: int | None = None,
    ) -> Progress:
        """Deletes messages from the start, inclusive, to the end, exclusive; without steps, whole turns.

        `done` is False while a background deletion is still running; it deletes nothing of turns that begin later.
        `last` is the place of the last message that this call deleted itself.

        Raises:
            InputError: there is no such thread, a number is negative or too large, or the end is before the start.
        """
        start = Position(start_order, start_step_order or 0)
        return await self._deletions.range(thread_id, start, Position(end_order, end_step_order or 0))

    async def get(self, message_id: str) -> Message | None:
        return await self._store.messages.get(message_id)

    async def page(
        self,
        thread_id: str,
        request: PageRequest,
        *,
        statuses: Collection[MessageStatus] | None = None,
        exclude_tool: bool = False,
        up_to_message_id: str | None = None,
    ) -> Page[Message]:
        """Stored rows in ascending position."""
        return await self._store.messages.page(
            thread_id, request, statuses=statuses, exclude_tool=exclude_tool, up_to_message_id=up_to_message_id
        )

    async def ui_page(self, thread_id: str, request: PageRequest) -> Page[UIMessage]:
        """UI messages in ascending position, whole turns; pending ones as stored, without what is being streamed."""
        return await self._store.messages.ui_page(thread_id, request)

    async def of_turn(self, thread_id: str, order: int) -> list[Message]:
        """All rows of a turn, ascending."""
        return await self._store.messages.turns(thread_id, [order])

    async def by_client_id(self, thread_id: str, client_id: str) -> Message | None:
        """The row that a client called so when it was sent."""
        return await self._store.messages.by_client_id(None, thread_id, client_id)

    async def turn_page(self, thread_id: str, request: PageRequest) -> TurnPage:
        """The same, before UI messages are made of it."""
        return await self._store.messages.turn_page(thread_id, request)

    async def of_generation(self, generation: Generation) -> list[Message]:
        """The rows a generation wrote, in order."""
        return await self._store.messages.of_generation(generation.id)


def _content(prompt: str | None, content: Any, sizes: Sizes) -> list[Part]:
    if (prompt is None) == (content is None):
        raise InputError("give prompt or content, one of them", path=("input", "prompt"))
    name = "content" if prompt is None else "prompt"
    sizes.check_prompt(content if prompt is None else prompt, "input", name)
    if prompt is not None and not prompt.strip():
        raise InputError("the prompt is empty", path=("input", "prompt"))
    return user_content(content if prompt is None else prompt, ("input", name))
