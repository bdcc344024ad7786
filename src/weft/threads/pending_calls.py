"""Tool calls that wait for a person: for leave to run, or for their result. Each is decided once and for good."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class PendingKind(StrEnum):
    """What a call waits for: leave to run, or the result that no tool here gives."""

    APPROVAL = "approval"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class PendingCall:
    """One waiting call of the assistant row `message_id`. `id` is what a decision names: the approval's id.

    `fingerprint` binds the decision to the tool and input that were shown to whoever decides.
    `approved` stays None where a result was waited for.
    """

    id: str
    thread_id: str
    order: int
    message_id: str
    generation_id: str
    tool_call_id: str
    tool_name: str
    kind: PendingKind
    fingerprint: str
    expires_at: datetime | None
    created_at: datetime
    decided_at: datetime | None = None
    approved: bool | None = None
    reason: str | None = None
    decided_by: str | None = None

    @property
    def open(self) -> bool:
        return self.decided_at is None


def fingerprint(tool_name: str, value: Any) -> str:
    """`sha256:` and the hash of a tool's name and input, whatever the order of the fields in it."""
    canonical = json.dumps([tool_name, value], sort_keys=True, separators=(",", ":"), default=str)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
