"""An embedding model that a test holds, fails and counts, and what is stored of vectors."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from tests.support import wait_until

from weft.agents.agent import Agent
from weft.agents.embedding.outcomes import Backoff
from weft.agents.saving import SaveOptions
from weft.agents.weft import Weft
from weft.errors import ProviderError
from weft.llm.demo_embeddings import DIMENSION, vector_of
from weft.llm.embeddings import EmbeddingAnswer
from weft.storage.store import Store
from weft.testing import ScriptedModel
from weft.threads.drafts import Draft
from weft.threads.messages import Message, MessageRole
from weft.threads.vectors import Space

HASTY: Final = Backoff(timedelta(milliseconds=1), timedelta(milliseconds=1), timedelta(milliseconds=1), 3, 6)
"""Tries again at once."""


class Counting:
    """The demo's vectors. `calls` are the texts of each call; `gate` holds calls while it is not set; `fails` says of
    the texts of a call whether it fails, and how. A word is a token."""

    provider = "test"

    def __init__(self, name: str = "counting") -> None:
        self.name = name
        self.calls: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fails: Callable[[Sequence[str]], ProviderError | None] = lambda _: None

    @property
    def spec(self) -> str:
        return f"test:{self.name}"

    @property
    def space(self) -> Space:
        return Space(self.spec, DIMENSION)

    @property
    def texts(self) -> list[str]:
        return [text for call in self.calls for text in call]

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        self.calls.append(list(texts))
        await self.gate.wait()
        if (error := self.fails(texts)) is not None:
            raise error
        return EmbeddingAnswer([vector_of(text) for text in texts], sum(len(text.split()) for text in texts))


def failure(code: str, status: int | None = None, retry_after: float | None = None) -> ProviderError:
    return ProviderError(
        "the provider says no", provider="test", provider_code=code, http_status=status, retry_after=retry_after
    )


def embedding_agent(model: Any, name: str = "helper", **fields: Any) -> Agent:
    return Agent(name, model=ScriptedModel(["Yes."], repeat=True), embedding_model=model, **fields)


async def save(weft: Weft, thread_id: str, *texts: str, **options: Any) -> list[Message]:
    """User messages that say this."""
    drafts = [Draft(MessageRole.USER, [{"type": "text", "text": text}]) for text in texts]
    return await weft.messages.save(thread_id, drafts, SaveOptions(**options))


async def entry(store: Store, message_id: str) -> dict[str, Any]:
    """What finds a message, as it is stored."""
    doc = await store.search_entries.collection.find_one({"_id": message_id})
    return doc or {}


async def embedded(store: Store, *spaces: Space, **match: Any) -> int:
    """How many entries have a vector in each of these spaces."""
    wanted = {"spaces": {"$all": [space.key for space in spaces]}, **match}
    return await store.search_entries.collection.count_documents(wanted)


async def until_embedded(store: Store, count: int, *spaces: Space) -> None:
    """Returns when so many entries have vectors in these spaces, and nothing waits any more."""

    async def holds() -> bool:
        waiting = await store.search_entries.collection.count_documents({"embedWith": {"$exists": True}})
        return await embedded(store, *spaces) == count and waiting == 0

    await wait_until(holds)


@asynccontextmanager
async def working(store: Store, *agents: Agent, backoff: Backoff = HASTY) -> AsyncGenerator[Weft, None]:
    """Weft with a worker that tries again at once what has failed."""
    async with Weft(store, agents) as weft:
        assert weft.embedder is not None
        weft.embedder.backoff = backoff
        yield weft
