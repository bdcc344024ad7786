"""Agno's AgentOS with SQLite, as its documentation starts it: `uvicorn agno_server:app`."""
# Runs in Agno's own environment, where Weft's type checkers see nothing.
# mypy: ignore-errors
# pyright: basic, reportMissingImports=false

import os
from dataclasses import dataclass

from agno.agent import Agent
from agno.db.sqlite import AsyncSqliteDb
from agno.models.base import Model
from agno.models.response import ModelResponse
from agno.os import AgentOS
from fake import deltas


@dataclass
class Fake(Model):
    id: str = "fake"
    name: str = "Fake"
    provider: str = "benchmark"

    async def ainvoke_stream(self, messages, *args, **kwargs):
        async for text in deltas(messages[-1].content):
            yield ModelResponse(role="assistant", content=text)

    async def ainvoke(self, messages, *args, **kwargs):
        return ModelResponse(role="assistant", content="".join([text async for text in deltas(messages[-1].content)]))

    def invoke(self, *args, **kwargs):
        raise NotImplementedError

    def invoke_stream(self, *args, **kwargs):
        raise NotImplementedError

    def _parse_provider_response(self, response, **kwargs):
        return response

    def _parse_provider_response_delta(self, response):
        return response


db = AsyncSqliteDb(db_file=os.environ["PEER_DATA"] + "/agno.db")
agent = Agent(id="fake", name="fake", model=Fake(), db=db, telemetry=False)
app = AgentOS(agents=[agent], db=db, telemetry=False).get_app()
