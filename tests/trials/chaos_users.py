"""Users under whose feet everything breaks: they send until it is acknowledged, approve, and look on all the while."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
import websockets
from tests.live.client import Client, Screen
from tests.live.server import SEND, ServerProcess
from tests.trials.chaos_app import AGENTS

CREATE: Final = "mutation { createThread(input: {}) { thread { id } } }"
PENDING: Final = "query Pending($id: ID!) { thread(id: $id) { pendingApprovals { approval { id } } } }"
APPROVE: Final = """mutation Approve($input: ToolDecisionInput!) {
  approveToolCall(input: $input) { stillPending userErrors { code } } }"""
ABORT: Final = "mutation Stop($id: ID!) { abortGeneration(input: {generationId: $id}) { userErrors { code } } }"
PATIENCE: Final = 90.0
"""Seconds after which an operation that never succeeds is a failure of the run."""
AWAY: Final = (OSError, TimeoutError, httpx2.TransportError, websockets.InvalidMessage, websockets.InvalidStatus)


async def until_it_works(servers: list[ServerProcess], chance: random.Random, query: str, **variables: Any) -> Any:
    """The data of the first good answer. The only error that a client is to meet is that it is to try again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer: dict[str, Any] = {"errors": []}
            try:
                answer = await chance.choice(servers).post(query, **variables)
            except (*AWAY, ValueError):  # nobody there, or what it said broke off
                pass
            if "errors" not in answer:
                return answer["data"]
            codes = {error["extensions"]["code"] for error in answer["errors"]}
            assert codes <= {"UNAVAILABLE", "THROTTLED"}, answer
            await asyncio.sleep(0.1)


class Follower(Client):
    """A viewer that never gives up."""

    async def go_on(self, until: Callable[[Screen], bool]) -> None:
        while not until(self.screen):
            try:
                await self.connected(until)
            except AWAY:
                self.servers.append(self.servers.pop(0))
                await asyncio.sleep(0.1)
            except websockets.ConnectionClosed as closed:
                self.cuts += 1
                self.codes.append(1006 if closed.rcvd is None else closed.rcvd.code)


@dataclass(slots=True)
class User:
    """One thread, looked at from two screens. `acknowledged` has the prompts by the id that their client gave them."""

    servers: list[ServerProcess]
    chance: random.Random
    name: str
    thread: str = ""
    acknowledged: dict[str, str] = field(default_factory=dict[str, str])
    answers: dict[str, str] = field(default_factory=dict[str, str])
    aborted: set[str] = field(default_factory=set[str])
    screens: list[Follower] = field(default_factory=list[Follower])

    async def begin(self) -> None:
        made = await until_it_works(self.servers, self.chance, CREATE)
        self.thread = made["createThread"]["thread"]["id"]
        self.screens = [Follower(self.servers[turn:] + self.servers[:turn], self.thread) for turn in (0, 1)]
        for screen in self.screens:
            await screen.read()

    async def live(self, over: asyncio.Event) -> None:
        """Sends one message after the other, and looks on, until it is over."""
        looking = [asyncio.create_task(screen.go_on(lambda _: False)) for screen in self.screens]
        try:
            while not over.is_set():
                await self._turn(over)
                for task in looking:
                    if task.done():
                        task.result()
        finally:
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)

    async def _turn(self, over: asyncio.Event) -> None:
        name = f"{self.name}.{len(self.acknowledged)}"
        sent = {"threadId": self.thread, "prompt": name, "agentName": self.chance.choice(AGENTS), "clientId": name}
        said = (await until_it_works(self.servers, self.chance, SEND, input=sent))["sendMessage"]
        assert said["userErrors"] == [], said
        assert said["sentMessage"]["text"] == name
        self.acknowledged[name] = name
        generation = said["generation"]["id"]
        self.answers[generation] = name
        if self.chance.random() < 0.1:
            await until_it_works(self.servers, self.chance, ABORT, id=generation)
            self.aborted.add(generation)
        while not over.is_set() and not any(screen.screen.over(generation) for screen in self.screens):
            if any(screen.screen.waits(generation) for screen in self.screens):
                await self.approve()
            await asyncio.sleep(0.05)

    async def approve(self) -> None:
        """Whatever waits. A decision whose answer was lost is made again."""
        seen = await until_it_works(self.servers, self.chance, PENDING, id=self.thread)
        for call in seen["thread"]["pendingApprovals"]:
            asked = {"threadId": self.thread, "approvalId": call["approval"]["id"]}
            await until_it_works(self.servers, self.chance, APPROVE, input=asked)
