"""A server in the test's own event loop, agents whose pace the test sets, and clients of it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.protocol.world import address, serve
from tests.support import in_time
from weft_client import LiveThread, Settings, Token, View, Weft

from weft import Agent, create_app, tool
from weft.agents.tools.answered import client_tool
from weft.app import WeftApp
from weft.llm.model import ModelRequest
from weft.settings import Settings as ServerSettings
from weft.storage.types import Database
from weft.testing import Call, Fail, Gate, ProviderError, ScriptedModel, Step

LONG = " ".join(f"word{number}" for number in range(120))
HASTY = Settings(first_wait=0.01, longest_wait=0.05, connect_timeout=5, timeout=10)
"""Waits that a test need not wait for."""


@dataclass(frozen=True, slots=True)
class Served:
    app: WeftApp
    url: str
    port: int


def echo(request: ModelRequest) -> str:
    """Answers with the newest user message, so that a test knows what is right."""
    return "You said: " + str(request.messages[-1].content[0]["text"])


def broken(_: ModelRequest) -> list[Step]:
    return ["half an ", Fail(ProviderError("the provider is down", provider="scripted"))]


@tool(needs_approval=True)
async def pay(amount: int) -> str:
    """Pays."""
    return f"paid {amount}"


@tool
async def look(places: list[str]) -> str:
    """Looks around."""
    return f"seen {len(places)} places"


def held(*gates: Gate) -> Agent:
    """Answers "one two three", the next word behind each gate."""
    words = ["one", "two", "three", "four"][: len(gates) + 1]
    script: list[Step] = [f"{words[0]} "]
    for gate, word in zip(gates, words[1:], strict=True):
        script += [gate, word if word is words[-1] else f"{word} "]
    return Agent("held", model=ScriptedModel([script], repeat=True))


def agents() -> list[Agent]:
    payment: list[Any] = [[Call("pay", {"amount": 9}, id="pay-1")], "It is paid."]
    place: list[Any] = [[Call("locate", {}, id="where-1")], "You are there."]
    around: list[Any] = [["Let me look.", Call("look", {"places": LONG.split()}, id="look-1")], LONG]
    return [
        Agent("looker", model=ScriptedModel(around, delay=0.005, repeat=True), tools=[look]),
        Agent("echo", model=ScriptedModel([echo], repeat=True)),
        Agent("slow", model=ScriptedModel([LONG], delay=0.005, repeat=True)),
        Agent("broken", model=ScriptedModel([broken], repeat=True)),
        Agent("payer", model=ScriptedModel(payment, repeat=True), tools=[pay]),
        Agent("locator", model=ScriptedModel(place, repeat=True), tools=[client_tool("locate", "Where the user is.")]),
    ]


@asynccontextmanager
async def serving(db: Database, *more: Agent, **settings: Any) -> AsyncGenerator[Served, None]:
    """A server without authentication, unless the settings say otherwise."""
    told: dict[str, Any] = {"database": db.name, "auth": "off"} | settings
    app = create_app([*agents(), *more], client=db.client, settings=ServerSettings(**told))
    async with app.router.lifespan_context(app), serve(app) as running:
        where = address(running)
        yield Served(app, f"http://{where}/graphql", int(where.rpartition(":")[2]))


def client(url: str, *, token: Token = None, settings: Settings = HASTY) -> Weft:
    """A client that is not patient."""
    return Weft(url, token=token, settings=settings)


async def until(thread: LiveThread, holds: Callable[[View], bool]) -> View:
    """The first view that is so."""

    async def look() -> View:
        async with aclosing(thread.updates()) as views:
            async for view in views:
                if holds(view):
                    return view
        raise AssertionError(f"the thread ended as {thread.status}: {thread.view}")

    return await in_time(look())


def answered(view: View) -> bool:
    """Whether there is an answer, and nothing grows any more."""
    return len(view.messages) > 1 and not view.is_answering and all(message.settled for message in view.messages)


def texts(view: View) -> list[str]:
    return [message.text for message in view.messages]
