"""What a tool is told about the call it answers."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from weft.llm.model import ModelMessage

if TYPE_CHECKING:
    from weft.agents.agent import Agent
    from weft.agents.weft import Weft


@dataclass(frozen=True, slots=True, eq=False)
class ToolContext:
    """First argument of a tool's function, of an approval function and of the input hooks.

    `thread_id`, `prompt_message_id` and `generation_id` are None in a run without a thread. `messages` is what the
    model was shown. `custom` holds whatever whoever started the run put there. `tool_call_id` is the same when a call
    is run again because its server died: use it as the idempotency key of what must not happen twice.
    `cancelled` is set when the run is aborted or the time is up: an async tool is cancelled too, a sync one may look.
    """

    weft: "Weft"
    agent: "Agent"
    tool_call_id: str
    tool_name: str
    user_id: str | None = None
    thread_id: str | None = None
    order: int | None = None
    prompt_message_id: str | None = None
    generation_id: str | None = None
    messages: Sequence[ModelMessage] = ()
    custom: Mapping[str, Any] = field(default_factory=dict[str, Any])
    cancelled: threading.Event = field(default_factory=threading.Event)
