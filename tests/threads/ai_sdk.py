"""The npm package `ai` in one process, asked a line at a time."""

import json
import select
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from tests.support import DEADLINE

SCRIPT = Path(__file__).parents[1] / "node" / "ui-messages.mjs"


class AiSdk:
    """Each question has one answer."""

    def __init__(self) -> None:
        if not (SCRIPT.parent / "node_modules" / "ai").is_dir():
            pytest.fail("the npm package ai is missing: run `make test`, or `npm ci` in tests/node")
        command = ["node", str(SCRIPT)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=SCRIPT.parent)

    def ask(self, **question: Any) -> dict[str, Any]:
        given, told = self._process.stdin, self._process.stdout
        assert given is not None
        assert told is not None
        given.write(json.dumps(question).encode() + b"\n")
        given.flush()
        ready, _, _ = select.select([told], [], [], DEADLINE)
        assert ready, "the AI SDK gave no answer"
        answer: dict[str, Any] = json.loads(told.readline())
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def ai_sdk() -> Generator[AiSdk]:
    process = AiSdk()
    yield process
    process.close()
