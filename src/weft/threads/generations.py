"""A generation: one durable request to answer a prompt, from its queueing to its end."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from weft.threads.messages import MessageRole, Part
from weft.threads.search import SearchChanges
from weft.threads.usage import Usage


class GenerationStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABORTED = "aborted"


ACTIVE = (GenerationStatus.QUEUED, GenerationStatus.RUNNING, GenerationStatus.WAITING)
"""Those that have not ended. One that waits has no worker: it goes on when its last tool call is decided."""


class SaveMode(StrEnum):
    """Which of the messages that a call gives are stored; the answer always is, but for NONE."""

    ALL = "all"
    NONE = "none"
    PROMPT_AND_OUTPUT = "promptAndOutput"


class Chunking(StrEnum):
    """Where text is cut that is streamed."""

    CHARACTER = "character"
    WORD = "word"
    LINE = "line"


class ObjectKind(StrEnum):
    OBJECT = "object"
    ARRAY = "array"
    ENUM = "enum"
    NO_SCHEMA = "no-schema"


@dataclass(frozen=True, slots=True)
class ObjectOptions:
    """The answer is one JSON value. `schema` is that of the object, or of an array's element, or the enum's values."""

    kind: ObjectKind
    schema: Any = None


@dataclass(frozen=True, slots=True)
class ContextChanges:
    """What a call changes of an agent's context options. None: as the agent says."""

    exclude_tool_messages: bool | None = None
    recent_messages: int | None = None
    search: SearchChanges | None = None
    search_other_threads: bool | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """What a caller may change for one answer. None and empty mean: as the agent says.

    `by_user`: a user asks, who may change only what the agent lets users change. It is checked, and not stored.
    """

    instructions: str | None = None
    model: str | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop_sequences: tuple[str, ...] | None = None
    max_retries: int | None = None
    throttle_ms: int | None = None
    chunking: Chunking | None = None
    stream: bool = True
    max_steps: int | None = None
    tool_choice: str | None = None
    tools: tuple[str, ...] | None = None
    save_messages: SaveMode | None = None
    context: ContextChanges = ContextChanges()
    object: ObjectOptions | None = None
    provider_options: dict[str, Any] = field(default_factory=dict[str, Any])
    by_user: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What only the model is shown: messages before the prompt, and a prompt in place of the stored one."""

    messages: Sequence[tuple[MessageRole, Sequence[Part]]] = ()
    prompt: Sequence[Part] | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a generation failed, for programs: our code, and the provider's own with its HTTP status."""

    code: str
    provider_code: str | None = None
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """The job and its outcome.

    `reply_message_id` is the row being written: an assistant row while the model answers, a tool row while tools run.
    `stream_id` is the stream of the newest attempt; the parts before `stream_mark` are in rows that are complete.
    `stalled` counts attempts since the last step that was saved, `steps_before` the steps before a person last decided.
    `holder` is whom it is counted for, if there is a limit on how many may be under way.
    `local_to` names the only process that can run it: it was started with options that only that process has.
    """

    id: str
    thread_id: str
    order: int
    agent_name: str
    prompt_message_id: str
    reply_message_id: str
    client_id: str | None
    status: GenerationStatus
    error: str | None
    attempts: int
    usage: Usage
    options: GenerationOptions
    stream_id: str | None
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    stalled: int = 0
    steps_before: int = 0
    stream_mark: int = 0
    given: Given | None = None
    failure: Failure | None = None
    custom: dict[str, Any] = field(default_factory=dict[str, Any])
    local_to: str | None = None
    holder: str | None = None

    def begun(self, stream_id: str, now: datetime) -> "Generation":
        """The job as its next attempt begins, which writes this stream if its options ask for one."""
        return replace(
            self,
            status=GenerationStatus.RUNNING,
            attempts=self.attempts + 1,
            stalled=self.stalled + 1,
            stream_id=stream_id if self.options.stream else None,
            stream_mark=0,
            started_at=self.started_at or now,
        )
