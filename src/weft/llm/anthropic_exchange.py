"""A model call of Anthropic's, which may take several requests: running its own tools for long, the API pauses."""

from collections.abc import Iterator
from typing import Any, Final

from anthropic.types import RawMessageStreamEvent

from weft.llm.anthropic_answer import Answer
from weft.llm.anthropic_blocks import ANTHROPIC, Block
from weft.llm.anthropic_citations import Citations
from weft.llm.anthropic_usage import Spent
from weft.llm.model import Finish, ModelEvent

_MOST_PAUSES: Final = 10


class Exchange:
    """`body` is what is to be sent next, `ended` whether its response has come to its end; `finish` is set at last."""

    def __init__(self, body: dict[str, Any], warnings: tuple[dict[str, Any], ...]) -> None:
        self.body = body
        self.finish: Finish | None = None
        self._warnings = warnings
        self._messages: list[dict[str, Any]] = body["messages"]
        self._spent = Spent()
        self._citations = Citations(body)
        self._answer = Answer(self._spent, self._citations)
        self._said: list[Block] = []
        self._pauses = 0

    @property
    def ended(self) -> bool:
        return self._answer.ended

    def read(self, event: RawMessageStreamEvent) -> Iterator[ModelEvent]:
        return self._answer.read(event)

    def go_on(self) -> None:
        """After a response: makes the next request, or the finish."""
        answer = self._answer
        said = [*self._said, *answer.content.blocks]
        if not answer.paused or self._pauses == _MOST_PAUSES:
            self.finish = self._end(answer, said)
            return
        self._pauses += 1
        self._said = said
        self.body = self.body | {"messages": _continued(self._messages, said)}
        if "container" in answer.told:
            self.body["container"] = answer.told["container"]
        self._spent.go_on()
        self._answer = Answer(self._spent, self._citations, len(said))

    def _end(self, answer: Answer, said: list[Block]) -> Finish:
        response = {
            "id": answer.told.get("responseId"),
            "model": answer.model,
            "content": said,
            "stop_reason": answer.stop,
            "usage": self._spent.record,
        }
        metadata = {ANTHROPIC.provider: answer.told}
        return Finish(answer.reason, self._spent.usage, answer.model, metadata, self._warnings, response)


def _continued(messages: list[dict[str, Any]], said: list[Block]) -> list[dict[str, Any]]:
    """The conversation with what was said so far at its end."""
    if messages and messages[-1]["role"] == "assistant":
        return [*messages[:-1], {"role": "assistant", "content": [*messages[-1]["content"], *said]}]
    return [*messages, {"role": "assistant", "content": said}]
