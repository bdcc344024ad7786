"""A model of pydantic-ai that plays a script, and what it can be asked."""

from collections.abc import AsyncIterator
from typing import Any

from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, DeltaThinkingPart, DeltaToolCall, FunctionModel
from tests.llm_calls import ask

from weft.llm import model as weft
from weft.llm.model import ToolSpec
from weft.llm.pydantic_ai import PydanticAIModel
from weft.threads.messages import MessageRole, Part

Told = str | dict[int, DeltaToolCall] | dict[int, DeltaThinkingPart]
WEATHER = ToolSpec("weather", "The weather of a city.", {"type": "object", "properties": {"city": {"type": "string"}}})


class Scripted:
    """A FunctionModel that streams what it is given and keeps what it was asked."""

    def __init__(self, *told: Told | Exception) -> None:
        self._told = told
        self.messages: list[ModelMessage] = []
        self.info: AgentInfo | None = None
        self.model = PydanticAIModel(FunctionModel(stream_function=self._stream, model_name="tiny"))

    async def _stream(self, messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[Any]:
        self.messages, self.info = messages, info
        for step in self._told:
            if isinstance(step, Exception):
                raise step
            yield step

    @property
    def asked(self) -> AgentInfo:
        assert self.info is not None
        return self.info


def request(*messages: weft.ModelMessage | str, **fields: Any) -> weft.ModelRequest:
    return weft.ModelRequest(None, ask(*messages).messages, **fields)


def result(call_id: str, output: Part) -> weft.ModelMessage:
    part = {"type": "tool-result", "toolCallId": call_id, "toolName": "weather", "output": output}
    return weft.ModelMessage(MessageRole.TOOL, [part])


def call(call_id: str, given: Any) -> Part:
    return {"type": "tool-call", "toolCallId": call_id, "toolName": "weather", "input": given}
