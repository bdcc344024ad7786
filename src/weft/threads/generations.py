"""A generation: one durable request to answer a prompt, from its queueing to its end."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from weft.threads.usage import Usage


class GenerationStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ABORTED = "aborted"


ACTIVE = (GenerationStatus.QUEUED, GenerationStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """What a caller may change for one answer. None and empty mean: as the agent says."""

    instructions: str | None = None
    model: str | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop_sequences: tuple[str, ...] | None = None
    max_retries: int | None = None
    throttle_ms: int | None = None
    provider_options: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Generation:
    """The job and its outcome. `stream_id` is the stream of the newest attempt."""

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
