"""`tools/audit` tells what is vulnerable from what nobody could be asked about, also by how it ends."""

import asyncio
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOUND = "Found 2 known vulnerabilities in 1 package"
AWAY = "ERROR: ConnectionError: HTTPSConnectionPool: Max retries exceeded"
NPM_FOUND = "2 high severity vulnerabilities"
NPM_AWAY = "npm error audit endpoint returned an error"


def program(path: Path, says: str, code: int) -> Path:
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\nexit {code}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("python", "npm", "code", "words"),
    [
        (("No known vulnerabilities found", 0), ("found 0 vulnerabilities", 0), 0, ["ok "]),
        ((FOUND, 1), ("found 0 vulnerabilities", 0), 1, ["VULNERABLE requirements.lock", "needs a newer version"]),
        (("", 0), (NPM_FOUND, 1), 1, ["VULNERABLE clients/graphiql/package-lock.json"]),
        ((AWAY, 1), ("found 0 vulnerabilities", 0), 3, ["UNKNOWN    requirements.lock", "was not audited"]),
        (("", 0), (NPM_AWAY, 1), 3, ["UNKNOWN    clients/graphiql/package-lock.json", NPM_AWAY]),
        ((FOUND, 1), (NPM_AWAY, 1), 1, ["VULNERABLE requirements.lock", "UNKNOWN    clients/graphiql"]),
        ((AWAY, 1), (NPM_FOUND, 1), 1, ["UNKNOWN    requirements.lock", "VULNERABLE clients/graphiql"]),
    ],
)
async def test_it_ends_with_1_for_a_vulnerability_and_with_3_for_silence(
    tmp_path: Path, python: tuple[str, int], npm: tuple[str, int], code: int, words: list[str]
) -> None:
    uv = program(tmp_path / "uv", *python)
    program(tmp_path / "npm", *npm)
    process = await asyncio.create_subprocess_exec(
        str(ROOT / "tools/audit"),
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "UV": str(uv)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed = (await process.communicate())[0].decode()
    assert process.returncode == code, printed
    for each in words:
        assert each in printed
