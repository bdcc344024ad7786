"""Thousands of documents made from the schema: the short form of `make trials`."""

import asyncio
from pathlib import Path

import pytest
from tests.live.server import serving
from tests.trials.graphql_fuzz import DEADLINE, fuzz, operations
from tests.trials.process_state import MEGABYTES_AGAIN, ProcessState, require_clean
from tests.trials.socket_fuzz import Target
from tests.trials.test_sockets import APP, SEED, TRIALS, authentication

from weft.storage.types import Database

EXAMPLES = TRIALS or 2


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("asked", ["on", "off"])
async def test_whatever_a_document_asks_for_it_is_answered_in_time_without_a_failure_of_ours_and_nothing_is_left(
    env: dict[str, str], log: Path, db: Database, asked: str
) -> None:
    more, authorization, operator = authentication(asked)
    limits = {"WEFT_LIMIT_DEADLINE": str(DEADLINE), "WEFT_LIMIT_ANSWER_DEADLINE": str(DEADLINE)}
    async with serving({**env, **more, **limits}, log, *APP) as server:
        await asyncio.to_thread(fuzz, Target(server.base, authorization, 1, SEED + 1))
        before = await ProcessState.of(server, operator)
        half = (EXAMPLES + 1) // 2
        asker = await asyncio.to_thread(fuzz, Target(server.base, authorization, half, SEED))
        between = await before.is_back(server, operator)
        await asyncio.to_thread(fuzz, Target(server.base, authorization, half, SEED + 2))
        await between.is_back(server, operator, most_megabytes=MEGABYTES_AGAIN)
        assert await server.stop() == 0
    require_clean(log)
    assert asker.asked >= len(operations())
