"""Generations as a caller starts, reads and stops them."""

from collections.abc import Mapping

from weft.agents.agent import Agent
from weft.agents.limits import MAX_CLIENT_ID, MAX_TITLE, check_text
from weft.agents.turns import RESTARTING, abort_in, new_generation, pending_reply
from weft.errors import ErrorCode, InputError, not_found
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads.generations import ACTIVE, Generation, GenerationOptions
from weft.threads.paging import Page, PageRequest

ABORTED = "Aborted"


class GenerationService:
    """`weft.generations`."""

    def __init__(self, store: Store, agents: Mapping[str, Agent]) -> None:
        self._store = store
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
        options: GenerationOptions,
        client_id: str | None = None,
    ) -> Generation:
        """Answers a stored message once more, at the next step of its turn. An answer under way there is aborted.

        Raises:
            InputError: unknown agent, thread or message.
        """
        agent = require_agent(self._agents, agent_name, "input", "agentName")
        check_text(client_id, MAX_CLIENT_ID, "input", "clientId")

        async def work(change: Change) -> Generation:
            if client_id is not None:
                known = await self._store.generations.by_client_id(change.session, thread_id, client_id)
                if known is not None:
                    return known
            prompt = await self._store.messages.get(prompt_message_id, change.session)
            if prompt is None or prompt.thread_id != thread_id:
                raise not_found("message", prompt_message_id, "input", "promptMessageId")
            for running in await self._store.generations.active_of_turn(change.session, thread_id, prompt.order):
                await abort_in(self._store, change, running, RESTARTING)
            reply = pending_reply(change, agent, options, prompt.order, await change.next_step(prompt.order))
            generation = new_generation(change, agent, prompt, reply, options, client_id)
            await change.insert_messages(reply, generation_id=generation.id)
            await change.insert_generation(generation)
            change.message_activity()
            return generation

        return await self._store.change(thread_id, work)

    async def abort(self, generation_id: str, reason: str | None = None) -> Generation:
        """Stops an answer; what it has written is kept. One that has ended already is returned as it is.

        Raises:
            InputError: there is no such generation.
        """
        check_text(reason, MAX_TITLE, "input", "reason")
        found = await self.get(generation_id)
        if found is None:
            raise not_found("generation", generation_id, "input", "generationId")

        async def work(change: Change) -> Generation:
            current = await self._store.generations.get(generation_id, change.session)
            if current is None or current.status not in ACTIVE:
                return current or found
            return await abort_in(self._store, change, current, reason or ABORTED)

        return await self._store.change(found.thread_id, work)


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
