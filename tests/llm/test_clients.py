"""The pool of SDK clients: one a loop, address and key; none outlives its loop."""

import asyncio
import gc
import logging
import weakref

import pytest

from weft.llm.clients import close_models, shared_client


class Client:
    """Counts how often it is closed; may refuse."""

    def __init__(self, *, fails: bool = False) -> None:
        self.closed = 0
        self._fails = fails

    async def close(self) -> None:
        self.closed += 1
        if self._fails:
            raise OSError("sk-secret")


async def test_one_client_for_each_address_and_key() -> None:
    clients = [shared_client(Client, url, key, Client) for url in ("u1", "u2") for key in ("k1", "k2") for _ in "ab"]
    assert len({id(client) for client in clients}) == 4
    await close_models()
    assert {client.closed for client in clients} == {1}
    assert shared_client(Client, "u1", "k1", Client) not in clients
    await close_models()


async def test_a_client_that_does_not_close_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bad = shared_client(Client, "u1", "k1", lambda: Client(fails=True))
    good = shared_client(Client, "u2", "k1", Client)
    with caplog.at_level(logging.WARNING):
        await close_models()
    assert (bad.closed, good.closed) == (1, 1)
    assert "did not close" in caplog.text
    assert "secret" not in caplog.text


async def test_a_loop_that_ended_leaves_no_client_behind() -> None:
    async def leave() -> "weakref.ref[Client]":
        return weakref.ref(shared_client(Client, "u1", "k1", Client))

    left = await asyncio.to_thread(asyncio.run, leave())
    shared_client(Client, "u1", "k1", Client)
    gc.collect()
    assert left() is None
    await close_models()
