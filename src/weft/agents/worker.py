"""Claims jobs and runs them. The feed wakes it when a job is queued or aborted; a timer only for leases that end.

Every run is a task of this worker, which renews its lease, cancels it when the lease is lost, and sees its failure.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextvars import Context, copy_context
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from weft.agents.agent import Agent
from weft.agents.approval.expiry import expire
from weft.agents.approval.resuming import LEASE
from weft.agents.claims import claim
from weft.agents.looping import repeat, woken
from weft.agents.run import Attempt, Job, LeaseLost
from weft.agents.turns import record_lost
from weft.errors import UnavailableError, WeftError
from weft.storage.changes import Change
from weft.threads.cancellation import heed_cancellation
from weft.threads.events import EventKind, StoredEvent
from weft.threads.generations import ACTIVE, GenerationStatus

if TYPE_CHECKING:
    from weft.agents.weft import Weft

_LOG = logging.getLogger(__name__)

CONCURRENCY: Final = 256
_SWEEP_SECONDS: Final = 30.0
_LET_GO_SECONDS: Final = 5.0
"""How long a run that was told to stop is waited for: some tool may not listen, others should have its job then."""


class Worker:
    """Run it with `run` in a task of its own; cancelling that hands all its jobs over."""

    def __init__(
        self,
        weft: "Weft",
        agents: Mapping[str, Agent],
        *,
        lease: timedelta = LEASE,
        concurrency: int = CONCURRENCY,
    ) -> None:
        self._weft = weft
        self._store = weft.store
        self._agents = agents
        self._adopted: dict[str, Agent] = {}
        self.lease = lease
        self._concurrency = concurrency
        self._wake = asyncio.Event()
        self._sweeps = True
        self._told: dict[str, str] = {}
        self._runs: dict[str, tuple[Job, asyncio.Task[None]]] = {}
        self._kept = 0
        self._backlog = False
        self._context: Context | None = None
        self._returning: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        """How many answers are being made in this process."""
        return len(self._runs)

    @property
    def free(self) -> int:
        """For how many answers more there is room."""
        return self._concurrency - len(self._runs) - self._kept

    def keep_room(self, agent: Agent) -> bool:
        """Keeps a place for an answer that is about to begin, until `free_room`; False: it is not for this worker now.

        Nobody is let in before those who found it full, until all jobs have been looked through.
        """
        if self._context is None or self._agents.get(agent.name) is not agent:
            return False
        self._backlog = self._backlog or self.free <= 0
        self._kept += not self._backlog
        return not self._backlog

    def free_room(self) -> None:
        """Gives up a place that was kept."""
        self._kept -= 1

    def begin(self, job: Job) -> None:
        """Runs a job whose lease is this worker's; one that has stopped meanwhile gives it back."""
        if self._context is None:
            self.return_job(job)
            return
        task = asyncio.create_task(self._work(job), name=f"weft-run-{job.generation.id}", context=self._context.copy())
        self._runs[job.generation.id] = (job, task)

    def return_job(self, job: Job) -> None:
        """Gives a job back that this worker will not run, if it is there; without MongoDB its lease just ends."""
        task = asyncio.create_task(self._give_back(job), name=f"weft-return-{job.generation.id}")
        self._returning.add(task)
        task.add_done_callback(self._returned)

    async def all_returned(self) -> None:
        """Waits for jobs that came when it had stopped: broken off, giving them back would lock their threads."""
        if self._returning:
            await asyncio.wait(self._returning, timeout=_LET_GO_SECONDS)

    def _returned(self, task: "asyncio.Task[None]") -> None:
        self._returning.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, WeftError):
            _LOG.error("a job could not be given back", exc_info=error)

    def hear(self, event: StoredEvent) -> None:
        """Takes an event of the feed: a queued job wakes the worker; one aborted, or deleted with its thread, stops."""
        if event.kind is EventKind.THREAD_DELETED:
            self._stop_all_of(event.thread_id)
        if event.kind is not EventKind.GENERATION_CHANGED:
            return
        if event.refs["status"] == GenerationStatus.QUEUED.value:
            self._hear_queued(event)
        elif event.refs["status"] == GenerationStatus.ABORTED.value:
            running = self._runs.get(event.refs["generationId"])
            if running is not None:
                running[1].cancel()

    def _hear_queued(self, event: StoredEvent) -> None:
        """One of this worker's agents is claimed as it was told of; only for others all jobs are looked through."""
        refs = event.refs
        if refs.get("agentName") in self._agents and not refs.get("local"):
            self._told[refs["generationId"]] = event.thread_id
        elif refs["generationId"] in self._adopted:
            self._sweeps = True
        else:
            return
        self._wake.set()

    def adopt(self, generation_id: str, agent: Agent) -> None:
        """Takes a job that only this process can run, with the agent that it was started with."""
        self._adopted[generation_id] = agent
        self.wake()

    def _stop_all_of(self, thread_id: str) -> None:
        for job, task in self._runs.values():
            if job.generation.thread_id == thread_id:
                task.cancel()

    def wake(self) -> None:
        """Looks for jobs now."""
        self._sweeps = True
        self._wake.set()

    async def run(self) -> None:
        """Works until cancelled; then gives its leases back, so that others go on at once."""
        renewing = asyncio.create_task(self._renew(), name="weft-leases")
        self._context = copy_context()
        try:
            await self._store.generations.release_orphans()
            failing = "the worker cannot reach the store"
            await repeat(self._claim_all, self._rest, log=_LOG, failing=failing, wake=self._wake)
        finally:
            self._context = None
            renewing.cancel()
            await self._hand_over()

    async def _claim_all(self) -> None:
        """What cannot be claimed because the store fails is found again by looking through all jobs."""
        try:
            await self._claim_told()
        except UnavailableError:
            self._sweeps = True
            raise

    async def _claim_told(self) -> None:
        told, self._told = self._told, {}
        if 0 < len(told) <= self.free:
            await asyncio.gather(*(self._claim(*job, self._agents) for job in told.items()))
            told = {}
        if told or self._sweeps:
            self._sweeps = False
            await self._sweep()

    async def _sweep(self) -> None:
        """All jobs that nobody works on, as far as there is room for them."""
        await self._claim_adopted()
        while (free := self.free) > 0:
            jobs = await self._store.generations.claimable(list(self._agents), free)
            self._backlog = len(jobs) >= free
            agents = self._agents
            claims = (self._claim(job.id, job.thread_id, {} if job.local_to else agents) for job in jobs)
            if not any(await asyncio.gather(*claims)):
                return
        self._backlog = True

    async def _claim_adopted(self) -> None:
        """Those that are queued; those that ended are let go, those that wait for somebody are kept."""
        for generation in await self._store.generations.many(list(self._adopted)):
            agent = self._adopted[generation.id]
            if generation.status is GenerationStatus.QUEUED:
                await self._claim(generation.id, generation.thread_id, {generation.agent_name: agent})
            elif generation.status not in ACTIVE:
                del self._adopted[generation.id]

    async def _claim(self, generation_id: str, thread_id: str, agents: Mapping[str, Agent]) -> bool:
        if generation_id in self._runs or (generation_id in self._adopted and not agents):
            return False
        try:
            job = await claim(self._store, agents, generation_id, thread_id, self.lease)
        except UnavailableError:
            raise
        except Exception:
            _LOG.exception("a job could not be claimed", extra={"generation": generation_id, "thread_id": thread_id})
            return False
        if job is None:
            return False
        self.begin(job)
        return True

    async def _rest(self) -> None:
        """Until woken, or until a lease may have ended."""
        left = await self._store.generations.next_expiry(list(self._agents))
        expires = await expire(self._store)
        left = min((each for each in (left, expires) if each is not None), default=None)
        seconds = _SWEEP_SECONDS if left is None else _until_expiry(left / timedelta(seconds=1))
        if not await woken(self._wake, seconds):
            self._sweeps = True

    async def _work(self, job: Job) -> None:
        attempt = Attempt(self._weft, job)
        facts = {"generation": job.generation.id, "thread_id": job.generation.thread_id}
        try:
            await attempt.run()
        except asyncio.CancelledError:
            await record_lost(self._store, attempt.generation, job.lease_id, attempt.lost_usage)
            raise
        except LeaseLost:
            await record_lost(self._store, attempt.generation, job.lease_id, attempt.lost_usage)
            _LOG.info("an answer was ended elsewhere", extra=facts)
        except UnavailableError as error:
            _LOG.warning("an answer waits for the store", extra={**facts, "error": error.message})
            await self._let_go(job)
        except Exception:
            _LOG.exception("an answer could not be ended", extra=facts)
        finally:
            del self._runs[job.generation.id]
            self.wake()

    async def _let_go(self, job: Job) -> None:
        """Gives the lease of a job back that the store has failed, so that it is tried again before the lease ends."""
        try:
            await self._store.generations.release(job.generation.id, job.lease_id, in_good_order=True)
        except UnavailableError:
            return

    async def _renew(self) -> None:
        while True:
            heed_cancellation()
            await asyncio.sleep(self.lease / timedelta(seconds=3))
            for job, task in list(self._runs.values()):
                try:
                    held = await self._store.generations.renew(job.generation.id, job.lease_id, self.lease)
                except UnavailableError:
                    continue
                except Exception:
                    _LOG.exception("a lease could not be renewed", extra={"generation": job.generation.id})
                    continue
                if not held:
                    task.cancel()

    async def _hand_over(self) -> None:
        running = list(self._runs.values())
        for _, task in running:
            task.cancel()
        if running:
            await asyncio.wait([task for _, task in running], timeout=_LET_GO_SECONDS)
        returning = [self._give_back(job) for job, _ in running]
        await asyncio.gather(*returning, *self._returning, return_exceptions=True)

    async def _give_back(self, job: Job) -> None:
        """Ends the lease, and tells the other workers by an event: they look at leases only when those should end."""
        generations, generation_id = self._store.generations, job.generation.id
        await generations.release(generation_id, job.lease_id, in_good_order=True)
        if job.generation.local_to is not None:
            return

        async def work(change: Change) -> None:
            held = await generations.leased(change.session, generation_id, job.lease_id)
            if held is not None and held.status is GenerationStatus.RUNNING:
                await change.replace_generation(replace(held, status=GenerationStatus.QUEUED))

        await self._store.change(job.generation.thread_id, work)


def _until_expiry(seconds: float) -> float:
    """Seconds to wait for a lease to end. One that ended long ago belongs to a job that cannot be claimed now."""
    return 1.0 if seconds < -1.0 else min(_SWEEP_SECONDS, max(0.05, seconds))
