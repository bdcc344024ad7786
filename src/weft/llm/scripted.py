"""A model that plays a script: for tests and demos, with gates in place of sleeps."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any, cast, get_args

from weft.errors import ConfigError, ProviderError
from weft.llm.model import (
    Finish,
    ModelEvent,
    ModelRequest,
    ReasoningDelta,
    TextDelta,
    ToolCalled,
    ToolInputDelta,
    ToolInputStarted,
    UsageReported,
)
from weft.llm.words import words_of
from weft.threads.messages import FinishReason
from weft.threads.usage import Usage

DEFAULT_USAGE = Usage(input_tokens=3, output_tokens=10, total_tokens=13)
_EVENTS: tuple[type, ...] = get_args(ModelEvent)
_DELAYED = (TextDelta, ReasoningDelta, ToolInputDelta)
_PIECE = 8
_MOST_PIECES = 100


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


@dataclass(frozen=True, slots=True)
class Call:
    """A place in a script where the model calls a tool, its input written piece by piece.

    Without `id` the call's is `call_1`, `call_2` … over all answers of the model. `raw` is sent in place of the input's
    JSON: text that is no JSON, for one.
    """

    name: str
    input: Any = field(default_factory=dict[str, Any])
    id: str | None = None
    raw: str | None = None

    @property
    def text(self) -> str:
        """The input as the model writes it."""
        return _json(self.input) if self.raw is None else self.raw


@dataclass(frozen=True, slots=True)
class Flaky:
    """How often calls fail before they begin: `probability` from 0 to 1, the same calls for the same `seed`.

    The failure is a `ProviderError` with this message; a call that failed has used up none of the answers.
    """

    probability: float = 1.0
    message: str = "The scripted model failed"
    seed: int = 0
    retryable: bool = True


Step = str | ModelEvent | Call | Gate | Fail | Mapping[str, Any] | list[Any]
Answer = str | Call | Mapping[str, Any] | Sequence[Step] | Callable[[ModelRequest], "Answer"]


class ScriptedModel:
    """Gives the scripted answers in turn, one a call.

    An answer is a text, streamed word by word; a tool `Call`; an object, streamed as its JSON; a list of steps (texts,
    calls, objects and lists as JSON, model events, gates, failures); or a function that makes one from the request. A
    `Finish` with `usage` and `provider_metadata` is added where the script has none: `TOOL_CALLS` when a tool was
    called that the provider does not run itself, else `STOP`. `delay` is the pause before each delta in seconds. With
    `repeat` the script starts over when it ends; otherwise a further call fails with `ProviderError`
    (`provider_code="script_exhausted"`). `fail` makes calls fail by chance.

    `requests` are the requests so far, `cancelled` counts the calls that were closed before their end.

    Raises:
        ConfigError: the script is not a list of answers, or the probability is none.
    """

    def __init__(
        self,
        answers: Sequence[Answer],
        *,
        name: str = "scripted",
        provider: str = "scripted",
        usage: Usage = DEFAULT_USAGE,
        provider_metadata: dict[str, Any] | None = None,
        delay: float = 0.0,
        repeat: bool = False,
        fail: Flaky | None = None,
    ) -> None:
        self.name = name
        self.provider = provider
        self.requests: list[ModelRequest] = []
        self.cancelled = 0
        self._answers = _checked(answers)
        self._finish = Finish(FinishReason.STOP, usage, name, provider_metadata)
        self._delay = delay
        self._repeat = repeat
        self._turns = count()
        self._call_ids = (f"call_{number}" for number in count(1))
        self._failure = _Chance(fail)

    def __repr__(self) -> str:
        return f"ScriptedModel({len(self._answers)} answers)"

    async def stream(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        self.requests.append(request)
        self._failure.strike(self.provider)
        finish = self._finish
        try:
            for step in self._steps(request, next(self._turns)):
                if isinstance(step, Finish):
                    finish = step
                    break
                if isinstance(step, UsageReported):
                    finish = replace(finish, usage=step.usage)
                if isinstance(step, ToolCalled) and not step.provider_executed:
                    finish = replace(finish, reason=FinishReason.TOOL_CALLS)
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
        if isinstance(step, _DELAYED) and self._delay:
            await asyncio.sleep(self._delay)
        return step

    def _steps(self, request: ModelRequest, turn: int) -> Iterator[Gate | Fail | ModelEvent]:
        if turn >= len(self._answers) and not (self._repeat and self._answers):
            message = f"ScriptedModel has given all its {len(self._answers)} answers; give more, or repeat=True"
            raise ProviderError(message, provider=self.provider, provider_code="script_exhausted")
        answer = self._answers[turn % len(self._answers)]
        while callable(answer):
            answer = answer(request)
        for step in _checked_steps(answer):
            yield from self._events(step)

    def _events(self, step: Step) -> Iterator[Gate | Fail | ModelEvent]:
        if isinstance(step, str):
            yield from map(TextDelta, words_of(step))
        elif isinstance(step, (Mapping, list)):
            yield from map(TextDelta, words_of(_json(step)))
        elif isinstance(step, Call):
            yield from _called(step, step.id or next(self._call_ids))
        else:
            yield step


class _Chance:
    """Fails, or does not, as the seed has it."""

    def __init__(self, fail: Flaky | None) -> None:
        self._fail = fail or Flaky(0.0)
        if not 0 <= self._fail.probability <= 1:
            raise ConfigError(f"the probability of a failure is from 0 to 1, not {self._fail.probability}")
        self._random = Random(self._fail.seed)

    def strike(self, provider: str) -> None:
        if self._random.random() < self._fail.probability:
            fail = self._fail
            code = "scripted_failure"
            raise ProviderError(fail.message, provider=provider, provider_code=code, retryable=fail.retryable)


def _called(call: Call, id_: str) -> Iterator[ModelEvent]:
    text = call.text
    size = max(_PIECE, -(-len(text) // _MOST_PIECES))
    yield ToolInputStarted(id_, call.name)
    for start in range(0, len(text), size):
        yield ToolInputDelta(id_, text[start : start + size])
    yield ToolCalled(id_, call.name, text)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _checked(answers: Sequence[Answer]) -> list[Answer]:
    if isinstance(answers, (str, Mapping)):
        raise ConfigError(f"ScriptedModel needs a list of answers: ScriptedModel([{answers!r}])")
    for answer in answers:
        if not callable(answer):
            _checked_steps(answer)
    return list(answers)


def _checked_steps(answer: object) -> Sequence[Step]:
    steps: object = cast(object, [answer]) if isinstance(answer, (str, Call, Mapping)) else answer
    if not isinstance(steps, Sequence):
        raise _not_a("an answer is a text, a Call, an object, a list of steps or a function", steps)
    for step in cast(Sequence[object], steps):
        if not isinstance(step, (str, Call, Gate, Fail, Mapping, list, *_EVENTS)):
            raise _not_a("a step is a text, a Call, an object or list, a model event, a Gate or a Fail", step)
    return cast(Sequence[Step], steps)


def _not_a(rule: str, value: object) -> ConfigError:
    return ConfigError(f"{rule}, not {type(value).__name__}; see docs/testing.md")
