"""Where the blocks run: one server for all of them, and in it what their readers would have at that point."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

import httpx2
from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode, parse, print_ast, validate
from graphql.utilities import separate_operations

from weft import Agent, create_app, human_tool
from weft.agents.demo_tools import DEMO_TOOLS
from weft.agents.weft import Weft
from weft.app import WeftApp
from weft.llm.demo import DemoModel
from weft.settings import Settings
from weft.testing import Call, ScriptedModel
from weft.threads.generations import Generation
from weft.threads.threads import Thread

SECONDS: Final = 30
ASKED: Final = "What are you?"
TRANSFER: Final = "Send 250 to Ada."


def world_app(settings: Settings) -> WeftApp:
    """Agents with the names that the pages use. They answer at once."""
    model = DemoModel(pace=0)
    named = ("demo", "support", "assistant", "tester")
    agents = [Agent(name, model=model, tools=DEMO_TOOLS, embedding_model="demo") for name in named]
    asks = ScriptedModel([[Call("ask_human", {"question": "Is it in stock?"})], "Yes, it is."], repeat=True)
    return create_app([*agents, Agent("clerk", model=asks, tools=[human_tool()])], settings=settings)


def assert_well(body: dict[str, Any]) -> None:
    """That an answer has no error of either kind."""
    assert "errors" not in body, body["errors"]
    payloads: dict[str, Any] = body.get("data", {})
    assert not [
        name for name, payload in payloads.items() if "userErrors" in (payload or ()) and payload["userErrors"]
    ], body


@dataclass(frozen=True, slots=True)
class World:
    """`weft` is the server's own, so what a block does in Python is seen over HTTP."""

    weft: Weft
    http: httpx2.AsyncClient
    address: str
    schema: GraphQLSchema

    async def thread(self) -> Thread:
        """Ann's, with one answer in it."""
        thread = await self.weft.threads.create(user_id="ann", title="Broken chain")
        await self.answer(thread, "demo", ASKED)
        return thread

    async def answer(self, thread: Thread, agent: str, prompt: str) -> Generation:
        """The generation once it has ended, or waits for somebody."""
        sent = await self.weft.messages.send(thread.id, agent_name=agent, prompt=prompt)
        assert sent.generation is not None
        return await self.weft.waiters.settled(sent.generation.id, SECONDS)

    async def ask(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of an operation that nothing is wrong with."""
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables})
        body: dict[str, Any] = answer.json()
        assert_well(body)
        return dict(body["data"])


class Reader:
    """Somebody who copies what a page says, and puts their own ids where it has `thr_…`."""

    def __init__(self, world: World, thread: Thread) -> None:
        self.world = world
        self.thread = thread
        self._known: dict[str, str] = {}

    async def filled(self, text: str) -> str:
        """The text with ids of things that are there, made for it where need be."""
        for literal, make in self._makers().items():
            if literal in text:
                if literal not in self._known:
                    self._known[literal] = await make()
                text = text.replace(literal, self._known[literal])
        assert "_…" not in text, f"no reader has such an id: {text}"
        return text

    def _makers(self) -> dict[str, Callable[[], Awaitable[str]]]:
        return {
            "thr_…": self._thread_id,
            "msg_…": self._message_id,
            "gen_…": self._generation_id,
            "apr_…": self._approval_id,
            "call_…": self._call_id,
            "str_…": self._stream_id,
            "cursor_…": self._cursor,
            "list_…": self._list_cursor,
        }

    async def _thread_id(self) -> str:
        return self.thread.id

    async def _message_id(self) -> str:
        [first, *_] = await self.world.weft.messages.of_turn(self.thread.id, 0)
        return first.id

    async def _generation_id(self) -> str:
        [reply, *_] = [row for row in await self.world.weft.messages.of_turn(self.thread.id, 0) if row.step_order]
        data = await self.world.ask(_GENERATIONS, {"id": reply.thread_id})
        return str(data["thread"]["generations"]["edges"][-1]["node"]["id"])

    async def _approval_id(self) -> str:
        await self.world.answer(self.thread, "demo", TRANSFER)
        [asked] = await self.world.weft.approvals.pending(self.thread.id)
        assert asked.approval is not None
        return asked.approval.id

    async def _call_id(self) -> str:
        await self.world.answer(self.thread, "clerk", "Do you have it?")
        [asked] = await self.world.weft.approvals.pending(self.thread.id)
        return asked.tool_call_id

    async def _stream_id(self) -> str:
        made = await self.world.weft.streams.create(self.thread.id, agent_name="workflow")
        return made.id

    async def _cursor(self) -> str:
        data = await self.world.ask("query ($id: ID!) { thread(id: $id) { cursor } }", {"id": self.thread.id})
        return str(data["thread"]["cursor"])

    async def _list_cursor(self) -> str:
        data = await self.world.ask('{ threads(filter: { userId: "ann" }, first: 20) { cursor } }', {})
        return str(data["threads"]["cursor"])

    async def variable(self, name: str) -> Any:
        """What a reader would give for a variable of this name."""
        ids = {"threadId": "thr_…", "thread": "thr_…", "id": "thr_…", "messageId": "msg_…", "generation": "gen_…"}
        ids |= {"generationId": "gen_…", "approvalId": "apr_…", "after": "cursor_…", "cursor": "list_…"}
        if name in ids:
            return await self.filled(ids[name])
        plain = {"text": "what are you", "prompt": ASKED, "user": "ann", "userId": "ann", "last": 20, "first": 20}
        plain |= {"before": None, "clientId": f"copied-{self.thread.id}", "title": "Renamed"}
        assert name in plain, f"add ${name} to tests/docs/world.py: what would a reader give?"
        return plain[name]

    async def run(self, document: str) -> None:
        """Does what the document says, one operation after the other."""
        parsed = parse(await self.filled(document))
        assert validate(self.world.schema, parsed) == []
        for definition in parsed.definitions:
            if isinstance(definition, OperationDefinitionNode):
                named = definition.name.value if definition.name else ""
                await self._operation(print_ast(separate_operations(parsed)[named]), definition)
            else:
                assert isinstance(definition, FragmentDefinitionNode)

    async def _operation(self, text: str, definition: OperationDefinitionNode) -> None:
        names = [each.variable.name.value for each in definition.variable_definitions or () if not each.default_value]
        variables = {name: await self.variable(name) for name in names}
        if definition.operation.value == "subscription":
            await self._follow(text, variables)
        else:
            assert await self.world.ask(text, variables)

    async def _follow(self, text: str, variables: dict[str, Any]) -> None:
        """Subscribes, makes something happen, and sees it arrive."""
        body = {"query": text, "variables": variables}
        sse = {"accept": "text/event-stream"}
        following = self.world.http.stream("POST", "/graphql", json=body, headers=sse)
        async with asyncio.timeout(SECONDS), following as told, self.happening():
            data = await anext(line async for line in told.aiter_lines() if line.startswith("data: "))
        assert '"data"' in data, data
        assert '"errors"' not in data, data

    @asynccontextmanager
    async def happening(self) -> AsyncGenerator[None, None]:
        """Inside, things happen in the thread: whoever begins to follow it sees the next one."""

        seen = asyncio.Event()

        async def happen() -> None:
            for number in count():
                if seen.is_set():
                    return
                await self.world.weft.threads.update(self.thread.id, {"title": f"Broken chain {number}"})

        # Not cancelled at the end: the driver's `wait_for` may swallow that, and it would go on for ever.
        task = asyncio.create_task(happen())
        try:
            yield
        finally:
            seen.set()
            await task


_GENERATIONS: Final = "query ($id: ID!) { thread(id: $id) { generations(last: 1) { edges { node { id } } } } }"
ADDRESS: Final = re.compile(r"(?<=//)(127\.0\.0\.1|localhost):8000")
