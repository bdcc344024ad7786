"""An app whose calls for vectors the test controls: each reports to the desk under its model's name."""

from collections.abc import Sequence
from typing import Final

from tests.live.desk import report

from weft import Agent, create_app, embedding_model
from weft.llm.callable_embeddings import CallableEmbeddings
from weft.llm.demo_embeddings import DIMENSION, vector_of
from weft.testing import ScriptedModel
from weft.threads.vectors import Space

OLD: Final = Space("custom:old", DIMENSION)
NEW: Final = Space("custom:new", DIMENSION)
APP: Final = "tests.live.vector_app:app"


def reporting(name: str) -> CallableEmbeddings:
    async def vectors(texts: Sequence[str]) -> list[list[float]]:
        await report(name)
        return [vector_of(text) for text in texts]

    return embedding_model(vectors, name=name)


agents = [Agent("helper", model=ScriptedModel(["Yes."], repeat=True), embedding_model=reporting("old"))]
app = create_app(agents, embedding_models=[reporting("new")])
