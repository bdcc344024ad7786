"""The process under measurement of `benchmarks.agent`: Weft and its floor, the bare SDK, in one event loop.

It reads commands as JSON lines and answers each with what it measured, so that the two can take turns.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import cast

import uvloop
from openai import AsyncOpenAI
from openai.types.responses import ResponseFunctionToolCall, ResponseInputItemParam

from benchmarks.agent_stub import TOKEN
from weft import Agent, create_app, tool
from weft.agents.weft import Weft
from weft.llm.model import ModelMessage, ModelRequest, TextDelta
from weft.testing import ScriptedModel
from weft.threads.generations import GenerationOptions, GenerationStatus
from weft.threads.messages import MessageRole

TIMEOUT_SECONDS = 120.0
PROMPT = "Go."


@dataclass(frozen=True, slots=True)
class Command:
    """`way` is `weft` or `floor`; `model` as `benchmarks.agent_stub` has it, or `scripted`."""

    way: str
    model: str
    tokens: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Measured:
    """`lost` answers did not end, or not with all their tokens. `finish_ms` is from asking to the end, of each."""

    seconds: float
    cpu_seconds: float
    finish_ms: list[float]
    lost: int


@tool
async def look(city: str) -> str:
    """How the weather is."""
    return f"sunny in {city}"


class Subject:
    """Each answer returns how many tokens it had."""

    def __init__(self, weft: Weft, scripted: ScriptedModel) -> None:
        self._weft = weft
        self._scripted = scripted
        self._client = AsyncOpenAI()

    async def play(self, command: Command) -> Measured:
        """So many answers at once."""
        asks = [await self._ask(command) for _ in range(command.at_once)]
        gc.collect()
        cpu, began = time.process_time(), time.perf_counter()
        answers = await asyncio.gather(*(self._timed(ask, command.tokens) for ask in asks))
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        return Measured(seconds, cpu, [ms for ms, _ in answers], sum(not whole for _, whole in answers))

    async def _timed(self, ask: Callable[[], Awaitable[int]], tokens: int) -> tuple[float, bool]:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                whole = await ask() == tokens
        except TimeoutError:
            whole = False
        return (time.perf_counter() - began) * 1000, whole

    async def _ask(self, command: Command) -> Callable[[], Awaitable[int]]:
        if command.way == "weft":
            thread = await self._weft.threads.create()
            return lambda: self._weft_answer(thread.id, command.model)
        if command.model == "scripted":
            return self._scripted_answer
        return lambda: self._sdk_answer(command.model)

    async def _weft_answer(self, thread: str, model: str) -> int:
        options = GenerationOptions(model=None if model == "scripted" else f"openai:{model}")
        agent = "scripted" if model == "scripted" else "tools" if model.endswith("-tool") else "sdk"
        sent = await self._weft.messages.send(thread, agent_name=agent, prompt=PROMPT, options=options)
        assert sent.generation is not None
        generation = await self._weft.waiters.settled(sent.generation.id, TIMEOUT_SECONDS)
        rows = await self._weft.messages.of_generation(generation)
        done = generation.status is GenerationStatus.SUCCEEDED
        return len((rows[-1].text or "").split()) if done else -1

    async def _scripted_answer(self) -> int:
        request = ModelRequest(None, [ModelMessage(MessageRole.USER, [{"type": "text", "text": PROMPT}])])
        return len([event async for event in self._scripted.stream(request) if isinstance(event, TextDelta)])

    async def _sdk_answer(self, model: str) -> int:
        """The answer, and that after the tool's result if it calls one."""
        said: list[ResponseInputItemParam] = [{"role": "user", "content": PROMPT}]
        while True:
            words: list[str] = []
            calls: list[ResponseFunctionToolCall] = []
            async with await self._client.responses.create(model=model, input=said, stream=True) as events:
                async for event in events:
                    if event.type == "response.output_text.delta":
                        words.append(event.delta)
                    elif event.type == "response.output_item.done" and event.item.type == "function_call":
                        calls.append(event.item)
            if not calls:
                return len("".join(words).split())
            for call in calls:
                named = {"call_id": call.call_id, "name": call.name, "arguments": call.arguments}
                said.append(cast("ResponseInputItemParam", {"type": "function_call", **named}))
                said.append({"type": "function_call_output", "call_id": call.call_id, "output": "sunny in Rome"})


async def main() -> None:
    """Until the end of its input."""
    tokens = int(sys.argv[1])
    scripted = ScriptedModel([TOKEN * tokens], repeat=True)
    agents = [
        Agent("scripted", model=scripted),
        Agent("sdk", model="openai:given"),
        Agent("tools", model="openai:given", tools=[look]),
    ]
    async with create_app(agents).opened() as weft:
        subject = Subject(weft, scripted)
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(asdict(await subject.play(Command(**json.loads(line))))), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
