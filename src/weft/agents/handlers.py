"""What an application's handlers are told of each model call: its usage, and what was sent and answered.

A handler never harms a run: it has a deadline, and its failure is only logged.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Final, Protocol, TypeVar

from weft.agents.masking import without_secrets
from weft.agents.run_context import RunContext
from weft.errors import ProviderError
from weft.llm.model import Finish, Model
from weft.threads.messages import Part
from weft.threads.usage import Usage

_LOG: Final = logging.getLogger(__name__)
_TRACE: Final = logging.getLogger("weft.trace")
DEADLINE: Final = 10.0
"""How long a run waits for a handler, in seconds."""

T = TypeVar("T")


class Outcome(StrEnum):
    """How a model call ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABORTED = "aborted"


class CallKind(StrEnum):
    """What a model was asked for: an answer, or vectors of texts."""

    CHAT = "chat"
    EMBEDDINGS = "embeddings"


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What one model call used; told once a call, also when it failed or was aborted (behaviour.md row 162).

    `step` counts from 0 within a generation; (generation_id, step) can come again when the step was run again because
    its process died. `usage` is what the provider had reported until then. Of a call for vectors it is the share of
    this user, thread and agent, all of it input; `step` is 0 there.
    """

    user_id: str | None
    thread_id: str | None
    agent_name: str
    generation_id: str | None
    step: int
    model: str
    provider: str
    usage: Usage
    provider_metadata: dict[str, Any] | None
    outcome: Outcome
    kind: CallKind = CallKind.CHAT


@dataclass(frozen=True, slots=True)
class Exchange:
    """A model call as the provider saw it, without secrets (row 166).

    `request` is the body that was sent, None where the model does not tell. `response` is what the provider sent, and
    where it is not known what Weft made of it: `{"content": […]}`, the complete parts when the call was cut off.
    """

    user_id: str | None
    thread_id: str | None
    agent_name: str
    generation_id: str | None
    step: int
    request: Any
    response: Any


class MadeCall(Protocol):
    """A model call that has ended, well or not. `finish` is None when it did not come to its end."""

    @property
    def usage(self) -> Usage: ...

    @property
    def sent(self) -> dict[str, Any] | None: ...

    @property
    def finish(self) -> Finish | None: ...

    def content(self) -> Sequence[Part]: ...


async def report_call(run: RunContext, step: int, model: Model, call: MadeCall, outcome: Outcome) -> None:
    """Tells the agent's handlers, and the log when WEFT_TRACE=1, of a model call."""
    agent, finish = run.agent, call.finish
    who = (run.user_id, run.thread_id, agent.name, run.generation_id, step)
    if agent.usage_handler is not None:
        metadata = None if finish is None else finish.provider_metadata
        report = UsageReport(*who, model.name, model.provider, call.usage, metadata, outcome)
        await told(agent.usage_handler, report)
    if agent.exchange_handler is not None or _traced():
        exchange = Exchange(*who, without_secrets(call.sent), without_secrets(_response(call)))
        if agent.exchange_handler is not None:
            await told(agent.exchange_handler, exchange)
        if _traced():
            _TRACE.info("model call", extra={**asdict(exchange), "outcome": outcome.value})


def note_failure(run: RunContext, model: Model, error: Exception) -> None:
    """Tells the operator's log that a provider failed, and with which code; what it said may quote what people said."""
    if isinstance(error, ProviderError):
        facts = {"agent": run.agent.name, "thread_id": run.thread_id, "generation": run.generation_id}
        codes = {"provider_code": error.provider_code, "http_status": error.http_status}
        said = {"model": f"{model.provider}:{model.name}", **facts, **codes}
        _LOG.warning("a model call failed", extra={key: value for key, value in said.items() if value is not None})


async def told(handler: Callable[[T], object | Awaitable[object]], value: T, *, deadline: float = DEADLINE) -> None:
    """Calls a handler, a plain function in a thread. Returns when it has ended, or after `deadline` seconds.

    Never raises but when the caller is cancelled; the handler goes on then, until its deadline.
    """
    task = asyncio.create_task(_call(handler, value, deadline), name="weft-handler")
    _running.add(task)
    task.add_done_callback(_running.discard)
    # The second more is for one that holds on although it was cancelled.
    await asyncio.wait({task}, timeout=deadline + 1)


_running: Final[set[asyncio.Task[None]]] = set()


async def _call(handler: Callable[[T], object | Awaitable[object]], value: T, deadline: float) -> None:
    details = {"handler": getattr(handler, "__qualname__", type(handler).__qualname__)}
    try:
        async with asyncio.timeout(deadline):
            answer = handler(value) if iscoroutinefunction(handler) else await asyncio.to_thread(handler, value)
            if isawaitable(answer):
                await answer
    except TimeoutError:
        _LOG.warning("a handler did not end in time, or timed out itself", extra={**details, "seconds": deadline})
    except Exception:
        _LOG.exception("a handler failed", extra=details)


def _response(call: MadeCall) -> Any:
    if call.finish is not None and call.finish.response is not None:
        return call.finish.response
    return {"content": list(call.content())}


def _traced() -> bool:
    return os.environ.get("WEFT_TRACE", "0") not in ("", "0")
