"""Who is asking: tokens, keys, what happens when they end, and that they are shown to nobody."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
import pytest_asyncio
from tests.clients_python.world import answered, client, held, texts, until
from tests.identity.issuer import AUDIENCE, ISSUER, SECRET, token
from tests.identity.world import Server, asking
from weft_client import (
    ForbiddenError,
    NotFoundError,
    ProtocolError,
    RateLimitedError,
    Settings,
    Status,
    UnauthenticatedError,
    UnavailableError,
    Weft,
)

from weft.settings import LimitSettings
from weft.storage.types import Database
from weft.testing import Gate
from weft.threads.clock import utc_now


@pytest_asyncio.fixture(loop_scope="session", name="guarded")
async def _guarded(db: Database) -> AsyncGenerator[Server, None]:
    tokens = {"jwt_secret": SECRET, "jwt_audience": AUDIENCE, "jwt_issuer": ISSUER, "jwt_leeway": 0}
    async with asking(db, settings=tokens) as running:
        yield running


def url(server: Server) -> str:
    return f"http://{server.address}/graphql"


@pytest.mark.parametrize("wrong", [None, "weft_nonsense", "no.token.atall"])
async def test_a_wrong_key_raises_from_calls_and_out_of_the_iteration(guarded: Server, wrong: str | None) -> None:
    async with client(url(guarded), token=wrong) as weft:
        with pytest.raises(UnauthenticatedError):
            await weft.viewer()
        live = weft.thread("thr_1")
        with pytest.raises(UnauthenticatedError):
            await anext(aiter(live))
        assert live.status is Status.FAILED


async def test_a_key_opens_what_its_scopes_say(guarded: Server) -> None:
    key = await guarded.key("admin")
    async with client(url(guarded), token=key) as weft:
        assert (await weft.viewer()).scopes == ["admin"]
        issued = await weft.keys.issue("reports", scopes=["user"], user_id="ann")
        assert issued.secret is not None
        assert "reports" in [known.name async for known in weft.keys.all()]
        async with client(url(guarded), token=issued.secret) as anns:
            assert (await anns.viewer()).user_id == "ann"
            with pytest.raises(ForbiddenError):
                await anns.keys.issue("more")
        assert await weft.keys.revoke(name="reports") == [issued.key_id]


async def test_a_token_that_expires_is_replaced_without_a_word_lost(guarded: Server) -> None:
    asked: list[str] = []

    async def fresh() -> str:
        asked.append(token(exp=utc_now() + timedelta(seconds=2)))
        return asked[-1]

    async with client(url(guarded), token=fresh) as weft:
        thread = await weft.threads.create()
        async with weft.thread(thread.id) as live:
            await live.send("Hello", agent_name="support")
            await until(live, answered)
            view = await until(live, lambda view: view.status is Status.RECONNECTING)
            assert "Token expired" in str(view.trouble)
            await until(live, lambda view: view.status is Status.LIVE)
            await live.send("Still here?", agent_name="support")
            view = await until(live, lambda view: len(view.messages) == 4 and answered(view))
    assert texts(view) == ["Hello", "Hello there", "Still here?", "Hello there"]


async def test_a_token_that_nobody_renews_raises_when_it_has_expired(guarded: Server) -> None:
    async with client(url(guarded), token=token()) as lasting:
        thread = await lasting.threads.create()
    async with client(url(guarded), token=token(exp=utc_now() + timedelta(seconds=2))) as weft:
        live = weft.thread(thread.id)
        with pytest.raises(UnauthenticatedError):
            async for _ in live:
                pass
    assert live.status is Status.FAILED


async def test_a_function_that_gives_bad_tokens_is_asked_twice_and_no_more(guarded: Server) -> None:
    asked: list[str] = []

    def bad() -> str:
        asked.append("bad")
        return "weft_bad"

    async with client(url(guarded), token=bad) as weft:
        with pytest.raises(UnauthenticatedError):
            await anext(aiter(weft.thread("thr_1")))
    assert len(asked) == 2


async def test_what_a_token_function_raises_comes_out(guarded: Server) -> None:
    def broken() -> str:
        raise KeyError("no session")

    async with client(url(guarded), token=broken) as weft:
        with pytest.raises(KeyError, match="no session"):
            await weft.viewer()
        with pytest.raises(KeyError, match="no session"):
            await anext(aiter(weft.thread("thr_1")))


async def test_whoever_gives_tokens_and_cannot_be_reached_is_tried_again(guarded: Server) -> None:
    failures = [ConnectionRefusedError("no identity provider"), ConnectionRefusedError("no identity provider")]
    key = await guarded.key("service")
    thread = (await guarded.weft.threads.create()).id

    def flaky() -> str:
        if failures:
            raise failures.pop()
        return key

    async with client(url(guarded), token=flaky) as weft:
        with pytest.raises(UnavailableError, match="no identity provider"):
            await weft.viewer()
        async with weft.thread(thread) as live:
            assert (await live.ready()).thread is not None
    assert failures == []


async def test_a_thread_that_becomes_somebody_elses_raises_out_of_the_iteration(guarded: Server) -> None:
    async with client(url(guarded), token=token(sub="ann")) as anns:
        thread = await anns.threads.create()
        live = anns.thread(thread.id)
        async with live:
            await until(live, lambda view: view.status is Status.LIVE)
            await guarded.weft.threads.update(thread.id, {"user_id": "bob"})
            with pytest.raises(NotFoundError):
                async for _ in live:
                    pass
    assert live.status is Status.FAILED


async def test_what_another_user_has_is_not_there(guarded: Server) -> None:
    async with (
        client(url(guarded), token=token(sub="ann")) as anns,
        client(url(guarded), token=token(sub="bob")) as bobs,
    ):
        thread = await anns.threads.create()
        with pytest.raises(NotFoundError):
            await bobs.threads.get(thread.id)
        with pytest.raises(NotFoundError):
            await anext(aiter(bobs.thread(thread.id)))
        with pytest.raises(NotFoundError):
            await bobs.messages.ui_page(thread.id)


async def test_a_limit_says_when_to_come_again(db: Database) -> None:
    gate = Gate()
    async with (
        asking(db, settings={"limits": LimitSettings(generations=1)}, agent=held(gate)) as server,
        client(url(server), token=await server.key(user="ann")) as weft,
    ):
        thread = await weft.threads.create()
        await weft.thread(thread.id).send("Count")
        await gate.reached()
        with pytest.raises(RateLimitedError) as limited:
            await weft.thread(thread.id).send("Count again")
        gate.open()
    error = limited.value
    assert (error.code, error.limit_name) == ("RATE_LIMITED", "generations")
    assert error.retry_at is not None
    assert error.retry_after is not None
    assert error.retry_after >= 0


async def test_an_address_that_is_no_server_of_weft_says_so(guarded: Server) -> None:
    async with client(f"http://{guarded.address}/nothing") as weft:
        with pytest.raises(ProtocolError, match="no GraphQL endpoint of Weft"):
            await weft.agents()
        with pytest.raises(ProtocolError, match="no GraphQL endpoint of Weft"):
            await anext(aiter(weft.thread("thr_1")))


async def test_a_key_is_in_no_text_about_the_client(guarded: Server) -> None:
    weft = Weft(url(guarded), token="weft_secret", settings=Settings())
    with pytest.raises(UnauthenticatedError) as refused:
        await weft.viewer()
    shown = f"{weft!r} {vars(weft)!r} {refused.value!r} {refused.value.data!r} {refused.value.__cause__!r}"
    assert "secret" not in shown
    await weft.close()
