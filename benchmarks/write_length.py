"""Sending into a thread and reading pages of it, by the length of the thread: no slower in a long one."""

from collections.abc import Mapping, Sequence

from benchmarks.figures import Round, percentile, report
from benchmarks.http_client import hammer
from benchmarks.list50 import LIST
from benchmarks.servers import DATABASE, Server, mongo, weft
from benchmarks.threads import new_thread
from benchmarks.write import FINER, WARM_SECONDS, graphql, send, stores
from weft.storage.paging import encode_cursor

PAGE = 50
BEFORE = LIST.replace("($id: ID!)", "($id: ID!, $before: String!)").replace("last: 50", "last: 50, before: $before")


async def run(lengths: Sequence[int], rounds: int, seconds: float) -> None:
    """One client at a time. Pages are compared with those of the shortest thread that fills them."""
    async with mongo() as uri, stores(uri, DATABASE) as (store,), weft(uri) as server:
        threads = {length: await new_thread(store, length) for length in sorted(lengths)}
        full = next((length for length in threads if length >= 2 * PAGE), max(threads))
        newest = {length: graphql(LIST, id=thread) for length, thread in threads.items()}
        await _measure(server, "newest page", newest, full, rounds, seconds)
        middle = {length: _middle(thread, length) for length, thread in threads.items()}
        await _measure(server, "middle page", middle, full, rounds, seconds)
        sending = {length: send(thread) for length, thread in threads.items()}
        await _measure(server, "sendMessage", sending, min(threads), rounds, seconds)


def _middle(thread: str, length: int) -> bytes:
    """The page that ends with the first half of the thread's turns."""
    return graphql(BEFORE, id=thread, before=encode_cursor([length // 4]))


async def _measure(
    server: Server, operation: str, requests: Mapping[int, bytes], base: int, rounds: int, seconds: float
) -> None:
    """Rounds of the threads in turn."""
    measured: dict[str, list[Round]] = {str(length): [] for length in requests}
    for _ in range(rounds * FINER):
        for length, message in requests.items():
            await hammer(server.port, message, 1, WARM_SECONDS)
            answers = (await hammer(server.port, message, 1, seconds / FINER)).seconds
            measured[str(length)].append(
                {"p50_ms": percentile(answers, 0.5) * 1000, "p99_ms": percentile(answers, 0.99) * 1000}
            )
    report("write_length", {"operation": operation, "ratio_to": base}, measured, by="p50_ms", to=str(base))
