"""A job is begun by the very change that stores it, where the process that was asked for it has room to answer.

Such a job is leased like any other from its first moment: it is never there without a lease or without its stream.
"""

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from weft.agents.agent import Agent
from weft.agents.claims import start_stream
from weft.agents.run import Job
from weft.storage.changes import Change
from weft.storage.store import Store
from weft.threads import ids
from weft.threads.generations import Generation
from weft.threads.messages import Message

if TYPE_CHECKING:
    from weft.agents.worker import Worker


class HeadStart:
    """How one change stores its job: begun, if there is room for it here, or queued. The change may run more than once.

    `job`: what is begun once the change is through.
    """

    def __init__(self, store: Store, worker: "Worker | None", agent: Agent | None) -> None:
        self._store = store
        self._worker = worker
        self._agent = agent
        self._lease_id: Final = uuid.uuid4().hex
        self.job: Job | None = None

    @property
    def has_room(self) -> bool:
        """Whether the job will be begun."""
        return self._worker is not None

    async def insert(self, change: Change, generation: Generation, prompt: Message, reply: Message) -> Generation:
        """Stores a new job, whose rows are stored; returns it as it is then."""
        if self._worker is None or self._agent is None:
            await change.insert_generation(generation)
            return generation
        begun = generation.begun(ids.new_id(ids.STREAM), change.now)
        stream = await start_stream(self._store, change, begun, reply)
        await change.insert_leased(begun, self._lease_id, self._worker.lease)
        self.job = Job(begun, self._lease_id, self._agent, prompt, reply, stream)
        return begun


@contextmanager
def head_start(store: Store, worker: "Worker | None", agent: Agent | None) -> Generator[HeadStart, None, None]:
    """To be held around the change: keeps room for its job, and has the job run as soon as the change is through.

    Of a change that was broken off nobody knows whether it went through: its job, if it is there, is given back.
    """
    if worker is None or agent is None or not worker.keep_room(agent):
        yield HeadStart(store, None, agent)
        return
    start = HeadStart(store, worker, agent)
    try:
        yield start
    except BaseException:
        if start.job is not None:
            worker.return_job(start.job)
        raise
    else:
        if start.job is not None:
            worker.begin(start.job)
    finally:
        worker.free_room()
