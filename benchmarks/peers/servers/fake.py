"""The model all peers are measured with, in their own process. Only the standard library: every peer's Python loads it.

Asked `{"n": 200, "delay_ms": 10}`, it answers 200 texts `@<microseconds since the epoch>@ `, with 10 ms before each but
the first. No two are alike, so a reader can count them, find repeats, and tell how late each is.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator


async def deltas(prompt: str) -> AsyncIterator[str]:
    """The texts. Without a delay they come as fast as they are taken; other tasks run in between."""
    asked = json.loads(prompt)
    last = 0
    for number in range(asked["n"]):
        await asyncio.sleep(asked["delay_ms"] / 1000 if number else 0)
        last = max(last + 1, time.time_ns() // 1000)
        yield f"@{last}@ "
