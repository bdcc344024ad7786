"""Weft's services on a store, without a worker: a test claims and runs jobs itself."""

from datetime import timedelta
from typing import Final

from tests.support import delta, helper, new_thread, words

from weft.agents.agent import Agent
from weft.agents.claims import claim
from weft.agents.run import Attempt, Job
from weft.agents.weft import Weft
from weft.storage.store import Store
from weft.testing import ScriptedModel, Step
from weft.threads.events import EventKind
from weft.threads.generations import Generation
from weft.threads.messages import Message
from weft.threads.streams import Stream
from weft.threads.threads import Thread

LEASE: Final = timedelta(minutes=1)
EXPIRED: Final = timedelta(0)
"""The length of a lease that has ended when it begins."""


def scripted(*steps: Step) -> Agent:
    """An agent that plays these steps once."""
    return Agent("helper", model=ScriptedModel([list(steps)]))


def stream_of(job: Job) -> Stream:
    """The stream that a job writes: one that was not told to write none."""
    assert job.stream is not None
    return job.stream


class Services:
    """What one process of Weft can do with a store."""

    def __init__(self, store: Store, *agents: Agent) -> None:
        self.store = store
        self.weft = Weft(store, agents or (helper(),))
        self.agents = self.weft.agents
        self.messages = self.weft.messages
        self.generations = self.weft.generations
        self.streams = self.weft.streams
        self.approvals = self.weft.approvals

    def attempt(self, job: Job) -> Attempt:
        """What a worker makes of a claimed job."""
        return Attempt(self.weft, job)

    async def asked(self, prompt: str = "Hello", thread: Thread | None = None) -> Generation:
        """A job that waits to be claimed, in a thread of its own unless one is given."""
        thread = await new_thread(self.store) if thread is None else thread
        sent = await self.messages.send(thread.id, agent_name=next(iter(self.agents)), prompt=prompt)
        assert sent.generation is not None
        return sent.generation

    async def claim(self, generation: Generation, lease: timedelta = LEASE) -> Job | None:
        return await claim(self.store, self.agents, generation.id, generation.thread_id, lease)

    async def claimed(self, generation: Generation, lease: timedelta = LEASE) -> Job:
        job = await self.claim(generation, lease)
        assert job is not None
        return job

    async def half_written(self, generation: Generation) -> Job:
        """A claimed job that has written "Half an answer "."""
        job = await self.claimed(generation)
        assert job.stream is not None
        chunks = [{"type": "text-start", "id": "0"}, *words("Half an ", "answer ")]
        await self.store.deltas.append(delta(job.stream, 0, *chunks))
        return job

    async def stream(self, job: Job) -> Stream:
        """Its stream as it is stored now."""
        assert job.stream is not None
        found = await self.streams.get(job.stream.id)
        assert found is not None
        return found

    async def job(self, generation: Generation) -> Generation:
        """The job as it is stored now."""
        found = await self.generations.get(generation.id)
        assert found is not None
        return found

    async def reply(self, generation: Generation) -> Message:
        """Its row as it is stored now."""
        found = await self.messages.get(generation.reply_message_id)
        assert found is not None
        return found

    async def told(self, thread_id: str, after: int = 1) -> list[EventKind]:
        """What happened in a thread since an event, the first unless another is named; the thread counts exactly it."""
        thread = await self.store.threads.get(thread_id)
        assert thread is not None
        events = await self.store.events.between(thread_id, 0, 2**40)
        assert [event.seq for event in events] == list(range(1, thread.seq + 1))
        return [event.kind for event in events if event.seq > after]
