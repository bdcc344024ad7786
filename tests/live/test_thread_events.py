"""threadEvents through a real server: in commit order, without a gap or a repeat, wherever a viewer comes from."""

import asyncio
import random
from functools import partial

import pytest
from tests.live.apps import LONG
from tests.live.server import ServerProcess, serving
from tests.live.viewer import EVENTS, Viewer, subscribed, watching


async def test_a_viewer_sees_the_whole_answer_in_order(server: ServerProcess) -> None:
    thread, viewer = await server.new_thread(), Viewer()
    async with watching(server.socket_url, thread, viewer) as socket:
        sent = await server.send(thread, "slow")
        await socket.feed(viewer, lambda v: v.finished(sent["generation"]["id"]))
    kinds = [event["__typename"] for event in viewer.events if event["__typename"] != "StreamAdvanced"]
    assert kinds == [
        *("MessageSaved", "MessageSaved", "StreamStarted", "GenerationChanged", "ThreadChanged"),
        *("MessageSaved", "StreamEnded", "GenerationChanged"),
    ]
    (stream,) = viewer.streams.values()
    assert stream["text"] == LONG == viewer.messages[stream["key"]]["text"]


async def test_a_viewer_who_joins_late_gets_the_live_stream_from_its_beginning(server: ServerProcess) -> None:
    thread, early, late = await server.new_thread(), Viewer(), Viewer()
    async with watching(server.socket_url, thread, early) as first:
        sent = await server.send(thread, "slow")
        await first.feed(early, lambda v: v.deltas() > 3)
        async with watching(server.socket_url, thread, late) as second:
            await second.feed(late, lambda v: v.finished(sent["generation"]["id"]))
    (stream,) = late.streams.values()
    assert late.events[0]["__typename"] == "StreamStarted"
    assert stream["text"] == LONG


async def test_a_viewer_cut_off_again_and_again_misses_nothing_and_sees_nothing_twice(server: ServerProcess) -> None:
    thread, viewer, cuts = await server.new_thread(), Viewer(), random.Random(7)
    viewer.cursor = (await server.thread(thread))["cursor"]
    sent = await server.send(thread, "slow")
    generation = sent["generation"]["id"]
    while not viewer.finished(generation):
        enough = len(viewer.events) + cuts.randrange(1, 6)
        async with watching(server.socket_url, thread, viewer) as socket:
            await socket.feed(viewer, partial(_has, generation=generation, events=enough))
    (stream,) = viewer.streams.values()
    assert stream["text"] == LONG == viewer.messages[stream["key"]]["text"]


def _has(viewer: Viewer, *, generation: str, events: int) -> bool:
    return viewer.finished(generation) or len(viewer.events) >= events


async def test_a_page_and_its_cursor_are_one_moment(server: ServerProcess) -> None:
    """What `thread` shows of a live stream and what comes after `thread.cursor` are the answer, nothing twice."""
    thread, watcher = await server.new_thread(), Viewer()
    async with watching(server.socket_url, thread, watcher) as socket:
        sent = await server.send(thread, "slow")
        await socket.feed(watcher, lambda v: v.deltas() > 3)
    page = await server.thread(thread)
    (stream,) = page["streams"]
    shown = page["uiMessages"]["edges"][-1]["node"]
    assert shown["status"] == "STREAMING"
    assert shown["text"] == stream["uiMessage"]["text"]
    viewer = Viewer()
    viewer.cursor = page["cursor"]
    viewer.streams[stream["id"]] = {"key": shown["key"], "text": stream["uiMessage"]["text"], "end": stream["end"]}
    async with watching(server.socket_url, thread, viewer) as socket:
        await socket.feed(viewer, lambda v: v.finished(sent["generation"]["id"]))
    assert viewer.streams[stream["id"]]["text"] == LONG


async def test_sendmessage_gives_the_cursor_just_after_the_message(server: ServerProcess) -> None:
    thread, viewer = await server.new_thread(), Viewer()
    sent = await server.send(thread, "echo", "Good morning")
    viewer.cursor = sent["cursor"]
    async with watching(server.socket_url, thread, viewer) as socket:
        await socket.feed(viewer, lambda v: v.finished(sent["generation"]["id"]))
    assert sent["sentMessage"]["key"] not in viewer.messages
    (stream,) = viewer.streams.values()
    assert stream["text"] == "You said: Good morning"


async def test_viewers_of_two_servers_on_one_mongodb_see_the_same(server: ServerProcess, env: dict[str, str]) -> None:
    async with serving(env, server.log, "serve", "tests.live.apps:app", "--no-worker") as other:
        thread, here, there = await server.new_thread(), Viewer(), Viewer()
        async with (
            watching(server.socket_url, thread, here) as first,
            watching(other.socket_url, thread, there) as second,
        ):
            sent = await other.send(thread, "slow")
            generation = sent["generation"]["id"]
            await asyncio.gather(
                first.feed(here, lambda v: v.finished(generation)), second.feed(there, lambda v: v.finished(generation))
            )
    texts = [stream["text"] for viewer in (here, there) for stream in viewer.streams.values()]
    assert texts == [LONG, LONG]
    assert [e["cursor"] for e in here.events][-1] == [e["cursor"] for e in there.events][-1]


async def test_a_provider_that_fails_in_the_middle_leaves_its_text_and_its_error(server: ServerProcess) -> None:
    thread, viewer = await server.new_thread(), Viewer()
    async with watching(server.socket_url, thread, viewer) as socket:
        sent = await server.send(thread, "broken")
        await socket.feed(viewer, lambda v: v.finished(sent["generation"]["id"]))
    reply = (await server.thread(thread))["messages"]["edges"][-1]["node"]
    assert (reply["status"], reply["text"], reply["error"]) == ("FAILED", "half an ", "the provider is down")
    assert (reply["finishReason"], reply["usage"]["outputTokens"]) == ("ERROR", 150)
    assert list(viewer.ended.values()) == ["ABORTED"]


async def test_a_missing_key_fails_the_answer_and_not_the_server(server: ServerProcess) -> None:
    thread, viewer = await server.new_thread(), Viewer()
    async with watching(server.socket_url, thread, viewer) as socket:
        sent = await server.send(thread, "keyless")
        await socket.feed(viewer, lambda v: v.finished(sent["generation"]["id"]))
    reply = (await server.thread(thread))["messages"]["edges"][-1]["node"]
    assert reply["status"] == "FAILED"
    assert "OPENAI_API_KEY" in reply["error"]
    assert (await server.send(thread, "echo", "still there?"))["userErrors"] == []


async def test_an_answer_that_is_stopped_keeps_its_text_and_the_reason(server: ServerProcess) -> None:
    thread, viewer = await server.new_thread(), Viewer()
    stop = """mutation Stop($id: ID!) { abortGeneration(input: {generationId: $id, reason: "enough"}) {
      generation { status error } userErrors { code } } }"""
    async with watching(server.socket_url, thread, viewer) as socket:
        generation = (await server.send(thread, "slow"))["generation"]["id"]
        await socket.feed(viewer, lambda v: v.deltas() > 3)
        stopped = await server.call(stop, id=generation)
        await socket.feed(viewer, lambda v: v.finished(generation))
    assert stopped["abortGeneration"] == {"generation": {"status": "ABORTED", "error": "enough"}, "userErrors": []}
    reply = (await server.thread(thread))["messages"]["edges"][-1]["node"]
    assert (reply["status"], reply["error"], reply["finishReason"]) == ("FAILED", "enough", "ABORTED")
    assert reply["text"]
    assert LONG.startswith(reply["text"].strip())


async def test_saved_and_changed_messages_reach_viewers_in_order(server: ServerProcess) -> None:
    thread, viewer = await server.new_thread(), Viewer()
    save = """mutation Save($input: SaveMessagesInput!) { saveMessages(input: $input) {
      messages { id } userErrors { errorMessage } } }"""
    change = """mutation Change($input: UpdateMessageInput!) { updateMessage(input: $input) {
      userErrors { errorMessage } } }"""
    messages = [{"prompt": "one"}, {"role": "ASSISTANT", "content": "two"}, {"prompt": "three"}]
    async with watching(server.socket_url, thread, viewer) as socket:
        saved = await server.call(save, input={"threadId": thread, "messages": messages})
        answer = saved["saveMessages"]["messages"][1]["id"]
        await socket.feed(viewer, lambda v: len(v.texts()) == 3)
        await server.call(change, input={"messageId": answer, "content": "better"})
        await socket.feed(viewer, lambda v: v.texts()[-1:] == ["better"])
    assert viewer.texts() == ["one", "two", "three", "better"]


@pytest.mark.parametrize(
    ("thread", "after", "code"),
    [
        ("thr_00000000000000000000000000", None, "NOT_FOUND"),
        ("own", "garbage", "BAD_USER_INPUT"),
        ("own", "of another thread", "BAD_USER_INPUT"),
        ("own", "from the future", "BAD_USER_INPUT"),
    ],
)
async def test_a_subscription_that_cannot_start_says_why(
    server: ServerProcess, thread: str, after: str | None, code: str
) -> None:
    own, other = await server.new_thread(), await server.new_thread()
    if after == "of another thread":
        after = (await server.thread(other))["cursor"]
    if after == "from the future":
        from weft.threads.cursors import Cursor

        after = Cursor(own, 1000).encode()
    async with subscribed(server.socket_url, EVENTS, id=own if thread == "own" else thread, after=after) as socket:
        message = await socket.next()
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == code


LIST = """subscription List($after: String) { threadListEvents(after: $after) { __typename ... on Event { cursor }
  ... on ThreadChanged { thread { id title lastMessageAt } } ... on ResyncRequired { reason } } }"""


async def test_the_list_of_threads_hears_of_new_and_changed_ones_and_goes_on_from_its_cursor(
    server: ServerProcess,
) -> None:
    async with subscribed(server.socket_url, LIST) as socket:
        hearing = asyncio.create_task(socket.event())
        made: list[str] = []
        while not hearing.done():
            made.append(await server.new_thread())
        first = await hearing
    await server.send(made[-1], "echo")
    missed: list[dict[str, object]] = []
    async with subscribed(server.socket_url, LIST, after=first["cursor"]) as socket:
        while not any(thread["id"] == made[-1] and thread["lastMessageAt"] for thread in missed):
            missed.append((await socket.event())["thread"])
    assert first["thread"]["id"] in made
