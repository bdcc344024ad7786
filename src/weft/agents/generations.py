"""Generations as a caller starts, reads, repeats and stops them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from weft.agents.agent import Agent
from weft.agents.approval.denials import deny_open
from weft.agents.approval.resuming import LEASE
from weft.agents.call_checks import check_call
from weft.agents.deletion.removing import remove_rows
from weft.agents.limits import MAX_CLIENT_ID, MAX_TEXT, SIZES, Sizes, check_text
from weft.agents.outside.endings import make_way
from weft.agents.places import take_place
from weft.agents.turns import RESTARTING, abort_in, new_generation, pending_reply
from weft.errors import ErrorCode, InputError, not_found
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.generations import ACTIVE, Generation, GenerationOptions, GenerationStatus
from weft.threads.messages import Message, MessageRole
from weft.threads.paging import Page, PageRequest
from weft.threads.quotas import Quota
from weft.threads.steps import steps_of

ABORTED: Final = "Aborted"
NO_OPTIONS: Final = GenerationOptions()


class GenerationService:
    """`weft.generations`."""

    def __init__(self, store: Store, agents: Mapping[str, Agent], sizes: Sizes = SIZES) -> None:
        self._store = store
        self._sizes = sizes
        self._agents = agents

    async def get(self, generation_id: str) -> Generation | None:
        return await self._store.generations.get(generation_id)

    async def page(self, thread_id: str, request: PageRequest) -> Page[Generation]:
        """In the order they were asked for."""
        return await self._store.generations.page(thread_id, request)

    async def start(
        self,
        agent_name: str,
        thread_id: str,
        prompt_message_id: str,
        options: GenerationOptions = NO_OPTIONS,
        client_id: str | None = None,
        custom: Mapping[str, Any] | None = None,
        *,
        quota: Quota | None = None,
    ) -> Generation:
        """Answers a stored message once more, at the next step of its turn. An answer under way there is aborted.

        `custom` reaches tools and handlers: a JSON object of up to 16 KiB. `quota`: as with `weft.messages.send`.

        Raises:
            InputError: unknown agent, thread or message. RateLimitedError: the quota is used up.
        """
        agent = require_agent(self._agents, agent_name, "input", "agentName")
        check_text(client_id, MAX_CLIENT_ID, "input", "clientId")
        self._sizes.check_metadata(custom, "input", "custom")
        await check_call(agent, options)
        told = dict(custom or {})

        async def work(change: Change) -> Generation:
            if client_id is not None:
                known = await self._store.generations.by_client_id(change.session, thread_id, client_id)
                if known is not None:
                    return known
            prompt = await self._store.messages.get(prompt_message_id, change.session)
            if prompt is None or prompt.thread_id != thread_id:
                raise not_found("message", prompt_message_id, "input", "promptMessageId")
            return await queue(
                self._store, change, agent, prompt, options, client_id=client_id, quota=quota, custom=told
            )

        return await self._store.change(thread_id, work)

    async def regenerate(
        self,
        message_id: str,
        agent_name: str | None = None,
        prompt: str | None = None,
        options: GenerationOptions = NO_OPTIONS,
        *,
        quota: Quota | None = None,
    ) -> Generation:
        """Throws away the answer that a message is part of, or that follows it, and answers its prompt again.

        `prompt` replaces the prompt's text first. Without an agent's name the one that gave the answer gives it again.

        Raises:
            InputError: unknown message or agent, or the turn has no user message to answer. RateLimitedError: the
                quota is used up.
        """
        if prompt is not None and not prompt.strip():
            raise InputError("the prompt is empty", path=("input", "prompt"))
        self._sizes.check_prompt(prompt, "input", "prompt")
        found = await self._store.messages.get(message_id)
        if found is None:
            raise not_found("message", message_id, "input", "messageId")
        if agent_name is not None:
            await check_call(require_agent(self._agents, agent_name, "input", "agentName"), options)

        async def work(change: Change) -> Generation:
            turn = await self._store.removals.turns(change.session, found.thread_id, [found.order])
            asked, answer = _split(turn, message_id)
            name = agent_name or next((row.agent_name for row in answer if row.agent_name), None)
            agent = require_agent(self._agents, name, "input", "agentName")
            if agent_name is None:
                await check_call(agent, options)
            step_order = turn[-1].step_order + 1
            await remove_rows(self._store, change, answer)
            if prompt is not None:
                content = [{"type": "text", "text": prompt}]
                asked = replace(asked, content=content, text=prompt, updated_at=change.now)
                await change.replace_message(asked)
            return await queue(self._store, change, agent, asked, options, step_order=step_order, quota=quota)

        return await self._store.change(found.thread_id, work)

    async def abort(self, generation_id: str, reason: str | None = None) -> Generation:
        """Stops an answer; what it has written is kept. One that has ended already is returned as it is.

        Raises:
            InputError: there is no such generation.
        """
        check_text(reason, MAX_TEXT, "input", "reason")
        found = await self.get(generation_id)
        if found is None:
            raise not_found("generation", generation_id, "input", "generationId")

        async def work(change: Change) -> Generation:
            current = await self._store.generations.get(generation_id, change.session)
            if current is None or current.status not in ACTIVE:
                return current or found
            return await abort_in(self._store, change, current, reason or ABORTED)

        return await self._store.change(found.thread_id, work)


async def queue(
    store: Store,
    change: Change,
    agent: Agent,
    prompt: Message,
    options: GenerationOptions,
    *,
    client_id: str | None = None,
    step_order: int | None = None,
    quota: Quota | None = None,
    **fields: Any,
) -> Generation:
    """Stores a job that answers a stored message, and its pending row: after all rows of the turn, unless told where.

    An answer under way in the turn is aborted; approvals that are open in the thread are denied (decisions.md 10, 15).
    `fields` are further ones of the generation.
    """
    for running in await store.generations.active_of_turn(change.session, change.thread.id, prompt.order):
        await _make_way(store, change, running)
    await make_way(store, change, prompt.order, RESTARTING)
    await deny_open(store, change)
    holder = await take_place(store, change, quota)
    free = await change.next_step(prompt.order)
    step = free if step_order is None else max(free, step_order)
    reply = pending_reply(change, agent, options, prompt.order, step)
    if await _decided(store, change, prompt.order):
        reply = replace(reply, role=MessageRole.TOOL, tool=True, model=None, provider=None)
    generation = new_generation(change, agent, prompt, reply, options, client_id, holder=holder, **fields)
    await change.insert_messages(reply, generation_id=generation.id)
    await change.insert_generation(generation)
    if generation.local_to is not None:
        await store.generations.reserve(change.session, generation.id, LEASE)
    change.message_activity()
    return generation


async def _make_way(store: Store, change: Change, running: Generation) -> None:
    """Ends what is under way in a turn. One that only waited to be continued has done its part."""
    calls = await store.pending_calls.open_of_turn(change.session, running.thread_id, running.order)
    if running.status is GenerationStatus.WAITING and not any(call.generation_id == running.id for call in calls):
        done = replace(running, status=GenerationStatus.SUCCEEDED, ended_at=change.now)
        await change.replace_generation(done)
    else:
        await abort_in(store, change, running, RESTARTING)


async def _decided(store: Store, change: Change, order: int) -> bool:
    """Whether calls of the newest step have been allowed or denied and have no result yet (row 84)."""
    steps = steps_of(await store.removals.turns(change.session, change.thread.id, [order]))
    return bool(steps) and any(call.approved is not None for call in steps[-1].open_calls)


def _split(turn: Sequence[Message], message_id: str) -> tuple[Message, list[Message]]:
    """The user message that a message is or answers, and the rows after it up to the next user message."""
    named = next(index for index, row in enumerate(turn) if row.id == message_id)
    asked = [index for index in range(named + 1) if turn[index].role is MessageRole.USER]
    if not asked:
        raise InputError(
            "this message answers no user message; start a generation instead", path=("input", "messageId")
        )
    start = asked[-1]
    end = next((i for i in range(start + 1, len(turn)) if turn[i].role is MessageRole.USER), len(turn))
    return turn[start], list(turn[start + 1 : end])


def require_agent(agents: Mapping[str, Agent], name: str | None, *path: str) -> Agent:
    """The agent of that name; without a name the only one there is.

    Raises:
        InputError: no such agent, or the name is needed.
    """
    if name is None and len(agents) == 1:
        return next(iter(agents.values()))
    known = ", ".join(sorted(agents)) or "none"
    if name is None:
        raise InputError(f"say which agent answers: {known}", path=path)
    if name not in agents:
        message = f"there is no agent {name!r:.80}; there are: {known}"
        raise InputError(message, reason=ErrorCode.NOT_FOUND, path=path)
    return agents[name]
