"""Random histories of a thread, made with all of Weft: runs of several steps, questions, aborts, lost workers."""

import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any, Final

from tests.support import delta, in_time, wait_until, words

from weft import Agent, tool
from weft.agents.claims import claim
from weft.agents.run import Attempt
from weft.agents.weft import Weft
from weft.errors import InputError
from weft.storage.store import Store
from weft.testing import Answer, Call, Gate, ModelRequest, ReasoningDelta, ScriptedModel
from weft.threads.drafts import draft
from weft.threads.generations import Generation, GenerationOptions, GenerationStatus
from weft.threads.messages import Message, MessageRole

CHAOS: Final = int(os.environ.get("CHAOS", "1"))
"""How many times more of everything random is tried than in a usual run of the tests."""

END: Final = "the end"
_AT_ONCE: Final = GenerationOptions(throttle_ms=0)
_BUSY: Final = (GenerationStatus.QUEUED, GenerationStatus.RUNNING)


@tool
async def weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


@tool(needs_approval=True)
async def transfer(amount: int) -> str:
    """Sends money."""
    return f"sent {amount}"


class History:
    """One thread and what happens in it. The same seed does the same, at the pace of the machine."""

    def __init__(self, store: Store, seed: int) -> None:
        self.random = Random(seed)
        self._gates: list[Gate] = []
        self._gated = False
        talker = Agent("talker", model=ScriptedModel([self._answer], repeat=True), tools=[weather, transfer])
        lost = Agent("lost", model=ScriptedModel(["I do it again."], repeat=True))
        self.weft = Weft(store, [talker])
        self._absent = Weft(store, [lost], work=False)
        self.thread = ""

    def _answer(self, request: ModelRequest) -> Answer:
        """As many steps as the prompt has words; "?" asks somebody first, "|" stands at a gate in mid-answer."""
        prompts = [index for index, it in enumerate(request.messages) if it.role is MessageRole.USER]
        prompt = str(request.messages[prompts[-1]].content[0]["text"]).split()
        step = sum(it.role is MessageRole.ASSISTANT for it in request.messages[prompts[-1] :])
        gates = [Gate()] if self._gated and "|" in prompt[step : step + 1] else []
        self._gates += gates
        calls: list[Any] = []
        if step + 1 < len(prompt):
            calls.append(Call("weather", {"city": f"Rome {step}"}))
        if "?" in prompt[step : step + 1]:
            calls.append(Call("transfer", {"amount": step}))
        return [ReasoningDelta("hm, hm"), f"This is step {step}, ", *gates, "said in some words", *calls]

    async def happen(self, count: int) -> None:
        """So many things, one after the other; then the thread is called "the end" and nothing runs any more."""
        things: list[Callable[[], Awaitable[None]]] = [
            *(self._run, self._run, self._stopped, self._asked, self._asked, self._lost_worker),
            *(self._regenerated, self._deleted, self._saved, self._changed, self._titled),
        ]
        for _ in range(count):
            await in_time(self.random.choice(things)())
        await wait_until(self._idle)
        await self.weft.threads.update(self.thread, {"title": END})

    async def begin(self) -> None:
        self.thread = (await self.weft.threads.create()).id

    # ---------------------------------------------------------------- what may happen

    async def _run(self) -> None:
        await self._over(await self._sent(" ".join("x" * self.random.randint(1, 4))))

    async def _asked(self) -> None:
        generation = await self._sent(self.random.choice(["?", "? x", "x ? ?"]))
        while (await self._over(generation)).status is GenerationStatus.WAITING and self.random.random() < 0.9:
            call = (await self.weft.store.pending_calls.open_of_thread(self.thread))[0]
            decide = self.random.choice([self.weft.approvals.approve, self.weft.approvals.deny])
            await decide(self.thread, call.id)

    async def _stopped(self) -> None:
        """In mid-answer: aborted, its message or its prompt deleted, answered anew, or nothing at all."""
        before, self._gated = len(self._gates), True
        generation = await self._sent(self.random.choice(["|", "x |", "| x"]))
        await wait_until(lambda: len(self._gates) > before)
        self._gated = False
        await self._gates[-1].reached()
        match self.random.randrange(6):
            case 0:
                await self.weft.generations.abort(generation.id, "enough")
            case 1:
                await self.weft.messages.delete([generation.reply_message_id])
            case 2:
                await self.weft.messages.delete([generation.prompt_message_id])
            case 3:
                options = _AT_ONCE
                await self.weft.generations.start("talker", self.thread, generation.prompt_message_id, options)
            case 4:
                await self.weft.streams.abort(self.thread, reason="no more")
            case _:
                await self._sent("x x")
        for gate in self._gates:
            gate.open()
        await wait_until(self._idle)

    async def _lost_worker(self) -> None:
        """A worker dies in mid-answer, once or twice; the last one ends it, or somebody stops it."""
        sent = await self._absent.messages.send(self.thread, agent_name="lost", prompt="Go", options=_AT_ONCE)
        assert sent.generation is not None
        for _ in range(self.random.randint(1, 2)):
            job = await self._claimed(sent.generation, timedelta(0))
            for at in range(self.random.randint(0, 5)):
                chunk = words(f"lost {at} ") if at else [{"type": "text-start", "id": "0"}]
                await self.weft.store.deltas.append(delta(job.stream, at, *chunk))
        if self.random.random() < 0.3:
            await self._absent.generations.abort(sent.generation.id, "given up")
            return
        await Attempt(self._absent, await self._claimed(sent.generation, timedelta(minutes=1))).run()

    async def _claimed(self, generation: Generation, lease: timedelta) -> Any:
        job = await claim(self.weft.store, self._absent.agents, generation.id, generation.thread_id, lease)
        assert job is not None
        return job

    async def _regenerated(self) -> None:
        if rows := await self._rows():
            with suppress(InputError):  # a turn without a user message has nothing to answer
                options, row = _AT_ONCE, self.random.choice(rows)
                await self._over(await self.weft.generations.regenerate(row.id, "talker", options=options))

    async def _deleted(self) -> None:
        rows = await self._rows()
        if rows and self.random.random() < 0.5:
            await self.weft.messages.delete([row.id for row in self.random.sample(rows, min(len(rows), 2))])
        elif rows:
            order = self.random.choice(rows).order
            await self.weft.messages.delete_range(self.thread, order, order + self.random.randint(0, 2))

    async def _saved(self) -> None:
        answer = draft(role=MessageRole.ASSISTANT, content="The other one says.")
        await self.weft.messages.save(self.thread, [draft(prompt="Somebody says."), answer])

    async def _changed(self) -> None:
        rows = [row for row in await self._rows() if row.role is MessageRole.USER]
        if rows:
            await self.weft.messages.update(self.random.choice(rows).id, {"content": "I meant: x"})

    async def _titled(self) -> None:
        await self.weft.threads.update(self.thread, {"title": f"title {self.random.random()}"})

    # ---------------------------------------------------------------- how it is now

    async def _sent(self, prompt: str) -> Generation:
        sent = await self.weft.messages.send(self.thread, agent_name="talker", prompt=prompt, options=_AT_ONCE)
        assert sent.generation is not None
        return sent.generation

    async def _over(self, generation: Generation) -> Generation:
        """The generation, when it does not run any more."""
        found: list[Generation] = []

        async def holds() -> bool:
            now = await self.weft.generations.get(generation.id)
            found[:] = [now or generation]
            return now is None or now.status not in _BUSY

        await wait_until(holds)
        return found[0]

    async def _idle(self) -> bool:
        match = {"threadId": self.thread, "status": {"$in": [status.value for status in _BUSY]}}
        return await self.weft.store.database["generations"].count_documents(match) == 0

    async def _rows(self) -> list[Message]:
        thread = await self.weft.threads.require(self.thread)
        return await self.weft.store.messages.turns(self.thread, list(range(thread.last_order + 1)))
