"""The set in the real Weft, on a real mongod: saved as any messages are, with vectors of the real model."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.retrieval.minilm import MiniLM
from benchmarks.retrieval.questions import Conversation, Question, conversations
from benchmarks.servers import mongo
from weft.agents.agent import Agent
from weft.agents.saving import SaveOptions
from weft.agents.weft import Weft
from weft.llm.embeddings import EmbeddingAnswer, spec_of
from weft.storage.connection import connect
from weft.storage.store import Store
from weft.testing import ScriptedModel
from weft.threads.drafts import draft
from weft.threads.messages import MessageRole
from weft.threads.vectors import Embeddings


class Remembering:
    """The model, which makes the vector of a text once."""

    provider, name = MiniLM.provider, MiniLM.name

    def __init__(self, model: MiniLM) -> None:
        self._model = model
        self._known: dict[str, Sequence[float]] = {}

    async def embed(self, texts: Sequence[str]) -> EmbeddingAnswer:
        if new := [text for text in dict.fromkeys(texts) if text not in self._known]:
            answer = await self._model.embed(new)
            self._known.update(zip(new, answer.vectors, strict=True))
        return EmbeddingAnswer([self._known[text] for text in texts])


@dataclass(frozen=True, slots=True)
class World:
    """`names` and `texts` of the messages by their ids in Weft; `owners`, whose they are, by their names."""

    weft: Weft
    model: Remembering
    names: Mapping[str, str]
    texts: Mapping[str, str]
    owners: Mapping[str, str]

    def user_of(self, question: Question, scope: str) -> str | None:
        """Whose messages are searched: everybody's, or those of the one whose message answers the question."""
        return None if scope == "all" else self.owners[next(iter(question.relevant))]


@asynccontextmanager
async def world(model: MiniLM) -> AsyncGenerator[World]:
    """The set, saved on a mongod of its own."""
    remembering, said = Remembering(model), conversations()
    agent = Agent("bench", model=ScriptedModel([]), embedding_model=remembering, embed_messages=False)
    async with mongo() as uri:
        database = await connect(uri, database="retrieval")
        try:
            async with Weft(Store(database), [agent], work=False) as weft:
                names: dict[str, str] = {}
                for one in said:
                    names |= await _save(weft, remembering, one)
                texts = {each.name: each.text for one in said for each in one.messages}
                owners = {each.name: one.user for one in said for each in one.messages}
                yield World(weft, remembering, names, {id_: texts[name] for id_, name in names.items()}, owners)
        finally:
            await database.client.close()


async def _save(weft: Weft, model: Remembering, one: Conversation) -> dict[str, str]:
    """The names of the messages, by their ids."""
    thread = await weft.threads.create(user_id=one.user, title=one.title)
    vectors = Embeddings(spec_of(model), (await model.embed([said.text for said in one.messages])).vectors)
    drafts = [draft(role=MessageRole(said.role), content=said.text) for said in one.messages]
    rows = await weft.messages.save(thread.id, drafts, SaveOptions(embeddings=vectors))
    return {row.id: said.name for row, said in zip(rows, one.messages, strict=True)}
