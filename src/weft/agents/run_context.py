"""What the functions that an application gives an agent are told about the run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weft.agents.agent import Agent
    from weft.agents.weft import Weft


@dataclass(frozen=True, slots=True, eq=False)
class RunContext:
    """One run of an agent. Without a thread, the ids of what is stored are None.

    `custom` holds what whoever started the run put there: an organisation, a locale.
    """

    weft: "Weft"
    agent: "Agent"
    user_id: str | None = None
    thread_id: str | None = None
    order: int | None = None
    prompt_message_id: str | None = None
    generation_id: str | None = None
    custom: Mapping[str, Any] = field(default_factory=dict[str, Any])
