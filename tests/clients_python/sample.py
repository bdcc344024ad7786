"""A program as a user would write it. It is not run: `make types` knows the type of everything in it, and finds the
mistakes in `mistaken`, for an `ignore` that nothing is wrong with is one itself."""

from collections.abc import Sequence
from typing import assert_type

from weft_client import (
    AlreadyHandledError,
    ContextItem,
    GenerateTextInput,
    Generation,
    LiveThread,
    Message,
    Page,
    RateLimitedError,
    Role,
    Sent,
    StoredMessage,
    TextPart,
    Thread,
    ToolPart,
    ToolState,
    Usage,
    View,
    Weft,
)
from weft_client.api import ThreadEventsThreadEventsStreamAdvanced as Advanced


async def key() -> str:
    return "weft_…"


async def use() -> None:
    async with Weft("http://127.0.0.1:8000/graphql", token=key) as client:
        created = await client.threads.create(title="A thread", user_id=None)
        assert_type(created, Thread)
        assert_type(created.title, str | None)
        async with client.thread(created.id) as thread:
            assert_type(await thread.send("Hello"), Sent)
            async for message in thread:
                assert_type(message, Message)
                await look(message)
            async for view in thread.updates():
                assert_type(view, View)
            assert_type(thread.messages, tuple[Message, ...])
            assert_type(await thread.regenerate(thread.messages[0]), Generation)
        async for piece in client.stream_text(created.id, "Hello"):
            assert_type(piece, str)
        async for event in client.api.thread_events(created.id):
            if isinstance(event, Advanced):
                assert_type(event.delta.start, int)


async def look(message: Message) -> None:
    assert_type(message.role, Role)
    assert_type(message.usage, Usage | None)
    for part in message.parts:
        match part:
            case TextPart(text):
                assert_type(text, str)
            case ToolPart(state=ToolState.APPROVAL_REQUESTED) as call:
                assert_type(call.tool_name, str)
            case _:
                pass


async def calls(client: Weft, thread: str) -> None:
    assert_type(await client.messages.page(thread), Page[StoredMessage])
    answer = await client.generations.generate_text(GenerateTextInput(agent_name="demo", thread_id=thread, prompt="Hi"))
    assert_type(answer.text, str | None)
    assert_type(await client.generations.context(answer.generation.id if answer.generation else ""), list[ContextItem])
    try:
        await client.thread(thread).approve("apr_1")
    except AlreadyHandledError as error:
        assert_type(error.path, tuple[str | int, ...])
    except RateLimitedError as error:
        assert_type(error.retry_after, float | None)


def names(found: Sequence[Thread]) -> list[str]:
    return [thread.title or "" for thread in found]


async def mistaken(client: Weft, thread: LiveThread) -> None:
    await thread.send(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await client.threads.create(titel="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    thread.send("nobody looks what became of it")  # type: ignore[unused-awaitable]
    await client.threads.update("thr_1", status="gone")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
