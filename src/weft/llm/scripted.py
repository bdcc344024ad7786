"""A model that plays a script: for tests and demos, with gates in place of sleeps."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from weft.errors import ConfigError, ProviderError
from weft.llm.model import (
    Finish,
    ModelEvent,
    ModelRequest,
    ReasoningDelta,
    SourceFound,
    TextDelta,
    UsageReported,
)
from weft.llm.words import words_of
from weft.threads.messages import FinishReason
from weft.threads.usage import Usage

DEFAULT_USAGE = Usage(input_tokens=3, output_tokens=10, total_tokens=13)
_EVENTS = (TextDelta, ReasoningDelta, SourceFound, UsageReported, Finish)


class Gate:
    """A place in a script where the model waits until the test opens it. Once open it stays open."""

    def __init__(self) -> None:
        self._reached = asyncio.Event()
        self._opened = asyncio.Event()

    async def reached(self, timeout: float = 10.0) -> None:
        """Waits until the model stands at the gate.

        Raises:
            TimeoutError: it did not come within `timeout` seconds.
        """
        async with asyncio.timeout(timeout):
            await self._reached.wait()

    def open(self) -> None:
        """Lets the model go on, now or when it comes."""
        self._opened.set()

    async def wait(self) -> None:
        """The model's side: arrives, and waits until the gate is open."""
        self._reached.set()
        await self._opened.wait()


@dataclass(frozen=True, slots=True)
class Fail:
    """A place in a script where the call fails."""

    error: Exception


Step = str | ModelEvent | Gate | Fail
Answer = str | Sequence[Step] | Callable[[ModelRequest], "str | Sequence[Step]"]


class ScriptedModel:
    """Gives the scripted answers in turn, one a call.

    An answer is a text, streamed word by word; a list of steps (texts, model events, gates, failures); or a function
    that makes one from the request. A `Finish` with `usage` is added where the script has none. `delay` is the pause
    before each text delta in seconds. With `repeat` the script starts over when it ends; otherwise a further call fails
    with `ProviderError` (`provider_code="script_exhausted"`).

    `requests` are the requests so far, `cancelled` counts the calls that were closed before their end.

    Raises:
        ConfigError: the script is not a list of answers.
    """

    def __init__(
        self,
        answers: Sequence[Answer],
        *,
        name: str = "scripted",
        provider: str = "scripted",
        usage: Usage = DEFAULT_USAGE,
        delay: float = 0.0,
        repeat: bool = False,
    ) -> None:
        self.name = name
        self.provider = provider
        self.requests: list[ModelRequest] = []
        self.cancelled = 0
        self._answers = _checked(answers)
        self._usage = usage
        self._delay = delay
        self._repeat = repeat

    def __repr__(self) -> str:
        return f"ScriptedModel({len(self._answers)} answers)"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        turn = len(self.requests)
        self.requests.append(request)
        finish = Finish(FinishReason.STOP, self._usage, self.name)
        try:
            for step in self._steps(request, turn):
                if isinstance(step, Finish):
                    finish = step
                    break
                if isinstance(step, UsageReported):
                    finish = replace(finish, usage=step.usage)
                if (event := await self._take(step)) is not None:
                    yield event
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise
        yield finish

    async def _take(self, step: Gate | Fail | ModelEvent) -> ModelEvent | None:
        if isinstance(step, Gate):
            await step.wait()
            return None
        if isinstance(step, Fail):
            raise step.error
        if isinstance(step, TextDelta) and self._delay:
            await asyncio.sleep(self._delay)
        return step

    def _steps(self, request: ModelRequest, turn: int) -> Iterator[Gate | Fail | ModelEvent]:
        if turn >= len(self._answers) and not (self._repeat and self._answers):
            message = f"ScriptedModel has given all its {len(self._answers)} answers; give more, or repeat=True"
            raise ProviderError(message, provider=self.provider, provider_code="script_exhausted")
        answer = self._answers[turn % len(self._answers)]
        if callable(answer):
            answer = answer(request)
        return _flat(_checked_steps(answer))


def _checked(answers: Sequence[Answer]) -> list[Answer]:
    if isinstance(answers, str):
        raise ConfigError(f"ScriptedModel needs a list of answers: ScriptedModel([{answers!r}])")
    for answer in answers:
        if not callable(answer):
            _checked_steps(answer)
    return list(answers)


def _checked_steps(answer: object) -> Sequence[Step]:
    steps = [answer] if isinstance(answer, str) else answer
    if not isinstance(steps, Sequence):
        raise _not_a("an answer is a text, a list of steps or a function", steps)
    for step in cast(Sequence[object], steps):
        if not isinstance(step, (str, Gate, Fail, *_EVENTS)):
            raise _not_a("a step is a text, a model event, a Gate or a Fail", step)
    return cast(Sequence[Step], steps)


def _not_a(rule: str, value: object) -> ConfigError:
    return ConfigError(f"{rule}, not {type(value).__name__}; see docs/testing.md")


def _flat(steps: Sequence[Step]) -> Iterator[Gate | Fail | ModelEvent]:
    for step in steps:
        if isinstance(step, str):
            yield from map(TextDelta, words_of(step))
        else:
            yield step
