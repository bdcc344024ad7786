"""A worker can be watched on a port of its own, from its own machine, and is told of nowhere otherwise."""

import asyncio
import signal
import socket
from pathlib import Path

import httpx2
import pytest
from tests.live.server import ServerProcess
from tests.live.test_commands import weft

APP = "tests.live.apps:app"


@pytest.mark.parametrize(("port", "said"), [("nine", "WEFT_WORKER_PORT is not usable"), ("65536", "WEFT_WORKER_PORT")])
async def test_a_port_that_is_none_is_named(env: dict[str, str], port: str, said: str) -> None:
    code, printed = await weft(env | {"WEFT_WORKER_PORT": port}, "worker", APP)
    assert code == 1
    assert said in printed


async def test_a_port_that_is_taken_is_named(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, printed = await weft(env | {"WEFT_WORKER_PORT": port}, "worker", APP)
    assert code == 1
    assert f"weft: cannot listen on 127.0.0.1:{port}" in printed
    assert "WEFT_WORKER_PORT" in printed


async def test_without_a_port_it_listens_nowhere(env: dict[str, str], log: Path) -> None:
    worker = await ServerProcess.start(env, log, "worker", APP)
    try:
        await worker.ready("works on answers")
        inodes = {path.readlink().name for path in Path(f"/proc/{worker.process.pid}/fd").iterdir()}
        listening = [
            line for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
        ]  # fmt: skip
        assert not [line for line in listening if f"socket:[{line.split()[9]}]" in inodes]
    finally:
        await worker.end()


async def test_it_says_that_it_lives_is_ready_and_how_it_does(env: dict[str, str], log: Path) -> None:
    worker = await ServerProcess.start(env | {"WEFT_WORKER_PORT": "0"}, log, "worker", APP)
    try:
        base = (await worker.ready("Watched at")).base
        async with httpx2.AsyncClient(base_url=base, timeout=20) as http:
            assert (await http.get("/healthz")).json() == {"ok": True}
            assert (await http.get("/readyz")).json() == {"ready": True, "problems": []}
            told = (await http.get("/metrics")).text
            for name in ("weft_generations_running_here 0.0", "weft_mongodb_up 1.0", "weft_mongodb_connections_open "):
                assert f"\n{name}" in told
            assert (await http.get("/graphql")).status_code == 404
            assert (await http.get("/metrics", headers={"host": "evil.example"})).status_code == 403
        worker.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(40):
            assert await worker.process.wait() == 0
    finally:
        await worker.end()


async def test_switched_off_metrics_leave_whether_it_lives(env: dict[str, str], log: Path) -> None:
    worker = await ServerProcess.start(env | {"WEFT_WORKER_PORT": "0", "WEFT_METRICS": "off"}, log, "worker", APP)
    try:
        base = (await worker.ready("Watched at")).base
        async with httpx2.AsyncClient(base_url=base, timeout=20) as http:
            assert (await http.get("/metrics")).status_code == 404
            assert (await http.get("/healthz")).status_code == 200
    finally:
        await worker.end()
