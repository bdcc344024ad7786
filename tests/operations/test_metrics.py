"""What operators watch is at /metrics, in Prometheus' text format, and for operators only."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families
from pymongo import AsyncMongoClient
from tests.identity.sockets import known
from tests.identity.world import WHO, Server, asking, bearer
from tests.support import generation_at, new_thread, wait_until

from weft.agents.weft import Weft
from weft.metrics import Meter
from weft.storage.connection import connect
from weft.storage.embedded import EmbeddedMongo
from weft.storage.pool_counts import pool_counts
from weft.storage.store import Store
from weft.storage.types import Client, Database, Session
from weft.threads.clock import utc_now
from weft.threads.deletions import Deletion, DeletionKind
from weft.threads.generations import Generation, GenerationStatus

Samples = dict[tuple[str, ...], float]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(client: Client) -> AsyncGenerator[Server, None]:
    db = client["test_metrics"]
    async with asking(db) as running:
        yield running
    await client.drop_database(db.name)


def samples(text: str) -> Samples:
    """Values by name and the values of labels."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation, family.name
        for each in family.samples:
            key = (each.name, *each.labels.values())
            assert key not in found, key
            found[key] = each.value
    return found


async def scraped(server: Server) -> Samples:
    answer = await server.http.get("/metrics", headers=bearer(await server.key("service")))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return samples(answer.text)


async def counted(weft: Weft) -> Samples:
    """As a scrape that nothing was counted for before."""
    return samples((await Meter().text(weft, 0)).decode())


async def test_operations_are_counted_by_kind_and_outcome_with_how_long_they_took(server: Server) -> None:
    admin = await server.key("admin")
    await server.told(by=admin)
    await server.ask('mutation { abortGeneration(generationId: "gen_x") { generation { id } } }', by=admin)
    await server.ask("{ nothing }", by=admin)
    before = await scraped(server)
    await server.told(by=admin)
    await server.thread(admin)
    await server.ask("{ nothing }", by=admin)
    after = await scraped(server)
    assert after["weft_request_duration_seconds_count", "query", "ok"] == (
        before["weft_request_duration_seconds_count", "query", "ok"] + 1
    )
    assert after["weft_request_duration_seconds_count", "mutation", "ok"] >= 1
    assert after["weft_request_duration_seconds_sum", "query", "ok"] > 0
    assert after["weft_requests_refused_total",] == before["weft_requests_refused_total",] + 1


async def test_what_is_open_is_counted_while_it_is(server: Server) -> None:
    admin = await server.key("admin")
    thread = await server.thread(admin)
    async with known(server, admin) as socket:
        await socket.subscribe("1", "subscription($t: ID!) { threadEvents(threadId: $t) { __typename } }", t=thread)

        async def followed() -> bool:
            return (await scraped(server))["weft_topics_followed",] == 1

        await wait_until(followed)
        assert (await scraped(server))["weft_sockets_open",] == 1
        assert (await scraped(server))["weft_request_duration_seconds_count", "subscription", "ok"] == 1

    async def closed() -> bool:
        now = await scraped(server)
        return now["weft_sockets_open",] == 0 and now["weft_topics_followed",] == 0

    await wait_until(closed)


async def test_streams_over_http_are_counted_while_they_are_open(server: Server) -> None:
    admin = await server.key("admin")
    thread = await server.thread(admin)
    query = f'subscription {{ threadEvents(threadId: "{thread}") {{ __typename }} }}'
    headers = bearer(admin) | {"accept": "text/event-stream"}
    async with server.http.stream("POST", "/graphql", json={"query": query}, headers=headers):
        assert (await scraped(server))["weft_http_streams_open",] == 1

    async def closed() -> bool:
        return (await scraped(server))["weft_http_streams_open",] == 0

    await wait_until(closed)


async def test_what_waits_is_counted_in_the_database(empty_store: Store) -> None:
    thread = await new_thread(empty_store)
    async with Weft(empty_store, work=False) as weft:
        status = [GenerationStatus.QUEUED, GenerationStatus.QUEUED, GenerationStatus.WAITING, GenerationStatus.FAILED]
        jobs = [generation_at(n, thread_id=thread.id, status=each) for n, each in enumerate(status)]
        await empty_store.together(lambda session: _inserted(empty_store, session, jobs))
        job = Deletion("del_1", DeletionKind.THREAD, utc_now(), thread_id="thr_gone")
        await empty_store.deletions.insert(None, job, "lea_1", timedelta(minutes=1))
        entries = empty_store.search_entries.collection
        await entries.insert_one({"_id": "msg_1", "threadId": thread.id, "text": "a", "embedWith": ["m"]})
        seen = await counted(weft)
    assert seen["weft_generations", "queued"] == 2
    assert seen["weft_generations", "running"] == 0
    assert seen["weft_generations", "waiting"] == 1
    assert seen["weft_generations_running_here",] == 0
    assert seen["weft_deletions_waiting",] == 1
    assert seen["weft_embeddings_waiting",] == 1
    assert seen["weft_mongodb_up",] == 1


async def _inserted(store: Store, session: Session, jobs: list[Generation]) -> None:
    for job in jobs:
        await store.generations.insert(session, job)


async def test_scrapes_that_come_together_count_once(server: Server) -> None:
    meter = Meter()
    await asyncio.gather(*(meter.text(server.weft, 0) for _ in range(20)))
    thread = await new_thread(server.weft.store)
    job = generation_at(1, thread_id=thread.id, agent_name="nobody")
    await server.weft.store.together(lambda session: server.weft.store.generations.insert(session, job))
    again = samples((await meter.text(server.weft, 0)).decode())
    assert again["weft_generations", "queued"] == 0
    assert (await counted(server.weft))["weft_generations", "queued"] == 1


async def test_the_feed_the_loop_and_the_process_are_watched(server: Server) -> None:
    async def looped() -> bool:
        return (await scraped(server))["weft_event_loop_lag_seconds_count",] > 0

    await wait_until(looped)
    seen = await scraped(server)
    assert seen["weft_change_feed_up",] == 1
    assert 0 <= seen["weft_change_feed_lag_seconds",] < 20
    assert seen["process_resident_memory_bytes",] > 10_000_000
    assert seen["process_open_fds",] > 0


async def test_where_callers_are_asked_only_operators_may_read_them(server: Server) -> None:
    unknown = await server.http.get("/metrics")
    assert unknown.status_code == 401
    assert unknown.headers["www-authenticate"] == 'Bearer realm="weft"'
    assert (await server.http.get("/metrics", headers=bearer("weft_wrong"))).status_code == 401
    assert (await server.http.get("/metrics", headers=bearer(await server.key("user", user="ann")))).status_code == 403
    for scope in ("admin", "service"):
        assert (await server.http.get("/metrics", headers=bearer(await server.key(scope)))).status_code == 200


async def test_where_nobody_is_asked_only_this_machine_may_read_them(db: Database) -> None:
    async with asking(db, settings={"auth": "off"}) as trusting:
        assert (await trusting.http.get("/metrics")).status_code == 200
        assert (await trusting.http.get("/metrics", headers={"host": "10.1.2.3"})).status_code == 403


async def test_switched_off_there_are_none(db: Database) -> None:
    async with asking(db, settings={"auth": "off", "metrics": "off"}) as trusting:
        assert (await trusting.http.get("/metrics")).status_code == 404
        assert (await trusting.ask(WHO)).status_code == 200


async def test_connections_to_mongodb_are_counted_where_the_client_is_our_own(
    mongod: EmbeddedMongo, db: Database
) -> None:
    own = await connect(mongod.uri, database=db.name)
    try:
        async with Weft(Store(own), work=False) as weft:
            there = await counted(weft)
            assert there["weft_mongodb_connections_open",] >= there["weft_mongodb_connections_in_use",] >= 1
            assert there["weft_mongodb_commands_waiting",] == 0
            many = [weft.threads.create() for _ in range(20)]
            await asyncio.gather(*many)
            assert (await counted(weft))["weft_mongodb_connections_open",] > 2
        pool = pool_counts(own)
        assert pool is not None
    finally:
        await own.client.close()
    assert (pool.open, pool.in_use, pool.waiting) == (0, 0, 0)
    theirs: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongod.uri, tz_aware=True)
    async with theirs, Weft(Store(theirs[db.name]), work=False) as weft:
        assert ("weft_mongodb_connections_open",) not in await counted(weft)
