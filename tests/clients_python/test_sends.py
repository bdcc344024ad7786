"""Sending: shown at once, replaced when the server has it, kept when it fails, and never there twice."""

import asyncio

import pytest
from tests.clients_python.proxy import Proxy
from tests.clients_python.world import Served, answered, client, held, serving, texts, until
from tests.support import in_time, wait_until
from weft_client import (
    AbortedError,
    ConflictError,
    FilePart,
    InvalidInputError,
    MessageState,
    NotFoundError,
    RateLimitedError,
    SendMessageInput,
    Settings,
    Status,
    TextPart,
    TooLargeError,
    UnavailableError,
    Weft,
)

from weft.storage.types import Database
from weft.testing import Gate


async def test_a_message_is_there_at_once_and_is_replaced_by_the_one_that_is_stored(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.ready()
        sending = live.send("Hello", agent_name="echo")
        (shown,) = live.messages
        assert (shown.text, shown.status, shown.local) == ("Hello", MessageState.PENDING, True)
        sent = await sending
        assert (sent.message.text, sent.message.local, sent.client_id) == ("Hello", False, shown.client_id)
        assert sent.generation is not None
        assert sent.cursor is not None
        view = await until(live, answered)
    assert view.messages[0].identity == shown.identity
    assert texts(view) == ["Hello", "You said: Hello"]
    assert live.sendings == ()


async def test_content_is_shown_as_it_will_be_stored(weft: Weft) -> None:
    thread = await weft.threads.create()
    picture = "data:image/png;base64,iVBORw0KGgo="
    async with weft.thread(thread.id) as live:
        parts = [{"type": "text", "text": "Look"}, {"type": "image", "image": picture, "mediaType": "image/png"}]
        sending = live.send(content=parts, agent_name="echo", generate=False)
        shown = live.messages[0]
        await sending
        view = await until(live, lambda view: view.thread is not None)
    assert shown.parts == (TextPart("Look"), FilePart("image/png", picture))
    assert view.messages[0].parts == shown.parts
    assert view.messages[0].text == shown.text


async def test_what_cannot_be_sent_stays_as_failed_and_is_sent_again_under_the_same_id(
    proxy: Proxy, weft: Weft
) -> None:
    thread = await weft.threads.create()
    async with client(proxy.url) as cut, cut.thread(thread.id) as live:
        await live.ready()
        await proxy.refuse()
        sending = live.send("Hello", agent_name="echo")
        with pytest.raises(UnavailableError, match="is the server running"):
            await sending
        assert sending.failed
        (shown,) = live.messages
        assert (shown.text, shown.status, shown.error) == ("Hello", MessageState.FAILED, str(sending.error))
        assert live.sendings == (sending,)
        await proxy.listen()
        sent = await sending.retry()
        assert sent.client_id == shown.client_id
        assert not sending.failed
        view = await until(live, answered)
    assert texts(view) == ["Hello", "You said: Hello"]
    assert view.messages == (await weft.messages.ui_page(thread.id)).nodes


async def test_a_message_whose_confirmation_was_lost_is_there_once(proxy: Proxy, weft: Weft) -> None:
    """The request arrives, the answer to it does not: the event of it is as good."""
    thread = await weft.threads.create()
    async with client(proxy.url) as cut, cut.thread(thread.id) as live:
        await until(live, lambda view: view.status is Status.LIVE)
        proxy.cut_after(0)
        sending = live.send("Hello", agent_name="echo")
        outcome = (await asyncio.gather(sending, return_exceptions=True))[0]
        view = await until(live, answered)
        assert not sending.failed
        await sending.retry()
    assert isinstance(outcome, UnavailableError) or outcome.message.text == "Hello"
    assert texts(view) == ["Hello", "You said: Hello"]
    assert texts(live.view) == ["Hello", "You said: Hello"]


async def test_a_message_that_failed_is_discarded(proxy: Proxy, weft: Weft) -> None:
    thread = await weft.threads.create()
    await proxy.refuse()
    async with client(proxy.url) as cut:
        live = cut.thread(thread.id)
        sending = live.send("Hello", agent_name="echo")
        with pytest.raises(UnavailableError):
            await sending
        await sending.discard()
        assert (live.messages, live.sendings, sending.failed) == ((), (), False)
        with pytest.raises(AbortedError, match="discarded"):
            await sending
    await proxy.listen()


async def test_a_send_that_is_cancelled_is_kept_and_may_be_sent_again(proxy: Proxy, weft: Weft) -> None:
    thread = await weft.threads.create()
    proxy.freeze()
    async with client(proxy.url) as cut:
        live = cut.thread(thread.id)
        sending = live.send("Hello", agent_name="echo", generate=False)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await sending
        assert live.messages[0].status is MessageState.FAILED
        assert "sending it again is safe" in str(sending.error)
        proxy.thaw()
        await sending.retry()
    assert [message.text for message in (await weft.messages.ui_page(thread.id)).nodes] == ["Hello"]


async def test_a_request_that_takes_too_long_says_so(proxy: Proxy) -> None:
    proxy.freeze()
    async with client(proxy.url, settings=Settings(timeout=0.05)) as cut:
        with pytest.raises(UnavailableError, match=r"within 0\.05 s"):
            await cut.agents()
    proxy.thaw()


async def test_several_are_shown_in_their_order_and_end_in_their_places(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.thread(thread.id) as live:
        await live.ready()
        sendings = [live.send(text, agent_name="echo", generate=False) for text in ("a", "b", "c")]
        assert texts(live.view) == ["a", "b", "c"]
        await asyncio.gather(*sendings)
        view = await until(live, lambda view: not any(message.local for message in view.messages))
    assert sorted(texts(view)) == ["a", "b", "c"]
    assert view.messages == (await weft.messages.ui_page(thread.id)).nodes


async def test_refusals_are_errors_of_their_own_kind_that_lead_to_the_mistake(weft: Weft) -> None:
    thread = await weft.threads.create()
    live = weft.thread(thread.id)
    with pytest.raises(NotFoundError) as missing:
        await live.send("Hello", agent_name="nobody")
    assert missing.value.path == ("input", "agentName")
    with pytest.raises(TooLargeError):
        await live.send("x" * 1_100_000, agent_name="echo")
    with pytest.raises(InvalidInputError) as empty:
        await live.send(content=[], agent_name="echo")
    assert empty.value.path[:2] == ("input", "content")
    with pytest.raises(InvalidInputError, match="not both"):
        live.send("Hello", content=[])
    assert [message.status for message in live.messages] == [MessageState.FAILED] * 3


async def test_an_id_that_was_used_for_something_else_is_a_conflict(weft: Weft) -> None:
    thread = await weft.threads.create()
    first = SendMessageInput(thread_id=thread.id, prompt="one", client_id="mine", generate=False)
    await weft.messages.send(first)
    assert (await weft.messages.send(first)).sent_message is not None
    with pytest.raises(ConflictError):
        await weft.messages.send(SendMessageInput(thread_id=thread.id, prompt="two", client_id="mine", generate=False))


async def test_a_limit_says_when_to_come_again(db: Database) -> None:
    gate = Gate()
    async with serving(db, held(gate), limit_generations=1) as server, client(server.url) as weft:
        thread = await weft.threads.create()
        await weft.thread(thread.id).send("Count", agent_name="held")
        await gate.reached()
        with pytest.raises(RateLimitedError) as limited:
            await weft.thread(thread.id).send("Count again", agent_name="held")
        gate.open()
    error = limited.value
    assert (error.code, error.limit_name) == ("RATE_LIMITED", "generations")
    assert error.retry_at is not None
    assert error.retry_after is not None
    assert error.retry_after >= 0


async def test_closing_the_client_ends_what_is_being_sent(served: Served, proxy: Proxy) -> None:
    proxy.freeze()
    weft = client(proxy.url)
    sending = weft.thread("thr_1").send("Hello")
    await wait_until(lambda: proxy.open > 0)
    await in_time(weft.close())
    assert sending.failed
    await wait_until(lambda: not [task for task in asyncio.all_tasks() if task.get_name().startswith("weft send")])
    proxy.thaw()
