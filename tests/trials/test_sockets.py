"""Sockets that say anything: the short form of `make trials`."""

import asyncio
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from tests.live.server import serving
from tests.trials.process_state import ProcessState, require_clean
from tests.trials.socket_fuzz import Target, fuzz

from weft.storage.types import Database

SECRET: Final = "a secret of the trials that is long enough"
TRIALS: Final = int(os.environ.get("TRIALS", "0"))
"""Cases of each kind; 0 for the few that CI has time for."""
EXAMPLES: Final = TRIALS or 20
SEED: Final = int(os.environ.get("SEED", "7"))
APP: Final = ("serve", "tests.trials.chaos_app:app")


def authentication(asked: str) -> tuple[Mapping[str, str], str | None, str | None]:
    """The settings of a server, and what a user of it says of themselves, and an operator."""
    if asked == "off":
        return {}, None, None
    claims: dict[str, Any] = {"sub": "ann", "exp": datetime.now(UTC) + timedelta(days=1)}
    user, operator = (jwt.encode(claims | more, SECRET, "HS256") for more in ({}, {"may": "service"}))
    return {"WEFT_JWT_SECRET": SECRET, "WEFT_JWT_SCOPES_CLAIM": "may"}, f"Bearer {user}", f"Bearer {operator}"


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("asked", ["on", "off"])
async def test_whatever_a_socket_says_it_is_closed_with_a_documented_code_and_nothing_is_left(
    env: dict[str, str], log: Path, db: Database, asked: str
) -> None:
    more, authorization, operator = authentication(asked)
    async with serving({**env, **more}, log, *APP) as server:
        await asyncio.to_thread(fuzz, Target(server.base, authorization, 20, SEED + 1))
        before = await ProcessState.of(server, operator)
        codes = await asyncio.to_thread(fuzz, Target(server.base, authorization, EXAMPLES, SEED))
        await before.is_back(server, operator)
        assert before.connections == 0
        assert await server.stop() == 0
    require_clean(log)
    assert {1000, 4400} <= codes
