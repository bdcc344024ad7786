"""What the wire formats of the stub provider share."""

import json
from collections.abc import Iterator
from typing import Any, Protocol

from tests.llm_script import Step

Json = dict[str, Any]
MODEL = "stub-model-2026-11-01"


class Wire(Protocol):
    """One response being written."""

    def begin(self) -> Iterator[bytes]: ...
    def step(self, step: Step) -> Iterator[bytes]: ...
    def end(self) -> Iterator[bytes]: ...


def sse(data: object, event: str | None = None) -> bytes:
    name = f"event: {event}\n" if event else ""
    return f"{name}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
