"""Sending: shown at once, replaced when the server has it, kept when it fails, and never there twice."""

import asyncio

import pytest
from tests.clients_python.proxy import Proxy
from tests.clients_python.world import Served, answered, client, texts, until
from tests.support import in_time, wait_until
from weft_client import (
    AbortedError,
    ConflictError,
    FilePart,
    InvalidInputError,
    MessageState,
    NotFoundError,
    SendMessageInput,
    Sent,
    Settings,
    Status,
    TextPart,
    TooLargeError,
    UnavailableError,
    Weft,
)
from weft_client.api.input_types import AppendToStreamInput


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
        assert (sent.client_id, sending.error) == (shown.client_id, None)
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
    assert isinstance(outcome, UnavailableError | Sent)
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
        await live.send("Hello", content=[])
    assert [message.status for message in live.messages] == [MessageState.FAILED] * 3


async def test_the_same_message_again_is_the_first_one(weft: Weft) -> None:
    thread = await weft.threads.create()
    asked = SendMessageInput(thread_id=thread.id, prompt="one", client_id="mine", generate=False)
    first, again = await weft.messages.send(asked), await weft.messages.send(asked)
    assert first.sent_message == again.sent_message
    assert len((await weft.messages.page(thread.id)).nodes) == 1


async def test_a_gap_in_a_stream_is_a_conflict(weft: Weft) -> None:
    thread = await weft.threads.create()
    async with weft.streams.writing(thread.id) as writer:
        with pytest.raises(ConflictError):
            await weft.api.append_to_stream(AppendToStreamInput(stream_id=writer.stream_id, start=5, parts=[]))
        await writer.text("all the same")


async def test_closing_the_client_ends_what_is_being_sent(served: Served, proxy: Proxy) -> None:
    proxy.freeze()
    weft = client(proxy.url)
    sending = weft.thread("thr_1").send("Hello")
    await wait_until(lambda: proxy.open > 0)
    await in_time(weft.close())
    assert sending.failed
    await wait_until(lambda: not [task for task in asyncio.all_tasks() if task.get_name().startswith("weft send")])
    proxy.thaw()
