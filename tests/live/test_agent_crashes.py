"""`kill -9` at every point of a run of three steps with tools: what was recorded is never done again, nor lost."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.live.desk import desk
from tests.live.runs import Run
from tests.live.server import serving
from tests.live.travel import used
from tests.live.viewer import Viewer
from tests.support import wait_until

from weft.storage.types import Database
from weft.threads.usage import NO_USAGE, Usage

STEPS = [f"model {step}{said}" for step in (1, 2, 3) for said in ("", " speaks")]
TRAVEL = Counter([*STEPS, "look Rome", "look Oslo", "book Rome"])
CAREFUL = Counter([*STEPS, "look Rome", "pay 9", "book Rome"])


def total(*usages: Usage) -> dict[str, int]:
    added = sum(usages, NO_USAGE)
    return {
        "inputTokens": added.input_tokens,
        "outputTokens": added.output_tokens,
        "totalTokens": added.total_tokens,
    }


def results(row: dict[str, Any]) -> list[str]:
    return [part["toolCallId"] for part in row["content"] if part["type"] == "tool-result"]


def assert_whole(stored: dict[str, Any], viewer: Viewer, *lost: Usage, roles: str = "UATATA") -> None:
    """Every row once, done and in its place; nothing is left open; what was used is what the saved calls said."""
    thread, generation = stored["thread"], stored["generation"]
    rows = [edge["node"] for edge in thread["messages"]["edges"]]
    assert [(row["order"], row["stepOrder"]) for row in rows] == [(0, step) for step in range(len(roles))]
    assert "".join(row["role"][0] for row in rows) == roles
    assert {row["status"] for row in rows} == {"SUCCESS"}
    answered = [call for row in rows for call in results(row)]
    assert sorted(answered) == sorted({*answered, "book"})
    assert len(answered) == 3
    assert rows[-1]["text"] == "Step 3: after 3 results."
    assert (generation["status"], generation["error"]) == ("SUCCEEDED", None)
    assert (thread["streams"], thread["pendingApprovals"]) == ([], [])
    saved = [used(step) for step in (1, 2, 3)]
    assert generation["usage"] == thread["usage"] == total(*saved, *lost)
    assert [row["usage"]["inputTokens"] for row in rows if row["role"] == "ASSISTANT"] == [10, 100, 1000]
    shown = [edge["node"] for edge in thread["uiMessages"]["edges"]]
    assert [(it["key"], it["text"], it["status"]) for it in viewer.messages.values()] == [
        (it["key"], it["text"], it["status"]) for it in shown
    ]
    assert "FINISHED" in viewer.ended.values()
    assert set(viewer.ended) == set(viewer.streams)


async def recorded(db: Database, thread: str, call: str) -> None:
    """Waits until the result of this call is stored."""
    match = {"threadId": thread, "content": {"$elemMatch": {"type": "tool-result", "toolCallId": call}}}

    async def holds() -> bool:
        return await db["messages"].count_documents(match) == 1

    await wait_until(holds)


POINTS = [
    ["model 1"],
    ["model 1 speaks"],
    ["look Rome", "look Oslo"],
    ["look Oslo"],
    ["model 2"],
    ["model 2 speaks"],
    ["book Rome"],
    ["model 3"],
    ["model 3 speaks"],
]


@pytest.mark.parametrize("held", POINTS, ids="+".join)
async def test_a_run_that_is_killed_goes_on_from_what_was_recorded(
    env: dict[str, str], log: Path, db: Database, held: list[str]
) -> None:
    async with desk(*held) as at:
        run = Run(env, at)
        async with serving(run.env, log) as first:
            await run.begin(first, "travel")
            await at.reached()
            if held == ["look Oslo"]:
                await recorded(db, run.thread, "rome")
            await first.kill()
        at.open()
        async with serving(run.env, log) as second:
            stored = await run.end(second)
    assert_whole(stored, run.viewer)
    again = [*held, *(name.removesuffix(" speaks") for name in held if name.endswith("speaks"))]
    assert at.reports == TRAVEL + Counter(again)
    assert stored["generation"]["attempts"] == 2


NO_WORKER = ("serve", "tests.live.apps:app", "--no-worker")


async def test_a_run_that_is_killed_while_it_waits_for_a_person_goes_on_when_she_decides(
    env: dict[str, str], log: Path, db: Database
) -> None:
    async with desk() as at:
        run = Run(env, at)
        async with serving(run.env, log) as first:
            await run.begin(first, "careful")
            question = await run.waits(first)
            await first.kill()
        async with serving(run.env, log) as second:
            assert await run.waits(second) == question
            assert at.reports["pay 9"] == 0
            await run.approve(second, question)
            stored = await run.end(second)
    assert_whole(stored, run.viewer, roles="UATTTATA")
    assert at.reports == CAREFUL


async def test_a_decision_that_no_worker_has_seen_is_carried_out_by_the_next(
    env: dict[str, str], log: Path, db: Database
) -> None:
    async with desk() as at:
        run = Run(env, at)
        async with serving(run.env, log) as first:
            await run.begin(first, "careful")
            question = await run.waits(first)
            await first.kill()
        async with serving(run.env, log, *NO_WORKER) as idle:
            await run.approve(idle, question)
            assert (await run.stored(idle))["generation"]["status"] == "QUEUED"
            await idle.kill()
        async with serving(run.env, log) as second:
            stored = await run.end(second)
    assert_whole(stored, run.viewer, roles="UATTTATA")
    assert at.reports == CAREFUL


async def test_a_run_that_is_killed_while_an_approved_tool_runs_still_has_the_decision(
    env: dict[str, str], log: Path, db: Database
) -> None:
    async with desk("pay 9") as at:
        run = Run(env, at)
        async with serving(run.env, log) as first:
            await run.begin(first, "careful")
            await run.approve(first, await run.waits(first))
            await at.reached()
            await first.kill()
        at.open()
        async with serving(run.env, log) as second:
            stored = await run.end(second)
    assert_whole(stored, run.viewer, roles="UATTTATA")
    assert at.reports == CAREFUL + Counter(["pay 9"])


async def test_a_decision_made_while_other_tools_of_the_step_run_outlives_their_server(
    env: dict[str, str], log: Path, db: Database
) -> None:
    async with desk("look Rome") as at:
        run = Run(env, at)
        async with serving(run.env, log) as first:
            await run.begin(first, "careful")
            await at.reached()
            await run.approve(first, await run.question(first))
            await first.kill()
        at.open()
        async with serving(run.env, log) as second:
            stored = await run.end(second)
    assert_whole(stored, run.viewer, roles="UATTTATA")
    assert at.reports == CAREFUL + Counter(["look Rome"])


@pytest.mark.parametrize("held", ["look Oslo", "book Rome", "model 2 speaks"])
async def test_a_run_is_handed_over_by_a_server_that_is_told_to_stop(
    env: dict[str, str], log: Path, db: Database, held: str
) -> None:
    async with desk(held) as at:
        run = Run(env, at)
        async with serving(run.env, log) as first:
            await run.begin(first, "travel")
            await at.reached()
            if held == "look Oslo":
                await recorded(db, run.thread, "rome")
            assert await first.stop() == 0
        assert await db["generations"].count_documents({"$expr": {"$lte": ["$leaseUntil", "$$NOW"]}}) == 1
        at.open()
        async with serving(run.env, log) as second:
            stored = await run.end(second)
    lost = [used(2, all_of_it=False)] if held == "model 2 speaks" else []
    assert_whole(stored, run.viewer, *lost)
    assert at.reports == TRAVEL + Counter([held, *(["model 2"] if lost else [])])
    assert stored["generation"]["attempts"] == 1


@pytest.mark.parametrize("way", ["killed", "stopped"])
async def test_a_server_that_runs_already_takes_over_what_another_leaves(
    env: dict[str, str], log: Path, db: Database, way: str
) -> None:
    async with desk("book Rome") as at:
        run = Run(env, at)
        async with serving(run.env, log) as first:
            await run.begin(first, "travel")
            await at.reached()
            async with serving(run.env, log) as second:
                await (first.kill() if way == "killed" else first.stop())
                at.open()
                stored = await run.end(second)
    assert_whole(stored, run.viewer)
    assert at.reports == TRAVEL + Counter(["book Rome"])
