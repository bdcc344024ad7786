"""Saving, changing and rating messages: one test a row of behaviour.md, named by its sentence and its number."""

import asyncio
import math
from collections.abc import Mapping
from typing import Any

import pytest
from tests.support import counts, helper, new_thread

from weft.agents.saving import MOST_MESSAGES, SaveOptions
from weft.agents.weft import Weft
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.storage.types import Database
from weft.threads.drafts import Draft, Metadata, draft, usage_of
from weft.threads.messages import FinishReason, Message, MessageRole, MessageStatus, Part
from weft.threads.placement import MAX_ORDER
from weft.threads.threads import Thread
from weft.threads.usage import Usage
from weft.threads.vectors import Embeddings, Space

U, A, T, S = MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL, MessageRole.SYSTEM
CALL: list[Part] = [{"type": "tool-call", "toolCallId": "c1", "toolName": "look", "input": {}}]
RESULT: list[Part] = [
    {"type": "tool-result", "toolCallId": "c1", "toolName": "look", "output": {"type": "text", "value": "seen"}}
]


@pytest.fixture
async def weft(db: Database) -> Weft:
    weft = Weft(Store(db), [helper()], work=False)
    await weft.store.create_indexes()
    return weft


@pytest.fixture
async def thread(weft: Weft) -> Thread:
    return await new_thread(weft.store, user_id="ann")


def say(role: MessageRole, content: Any = "words", **metadata: Any) -> Draft:
    shown = RESULT if role is T and content == "words" else content
    return draft(role=role, content=shown, metadata=Metadata(**metadata))


def places(rows: list[Message]) -> list[tuple[int, int]]:
    return [(row.order, row.step_order) for row in rows]


async def save(weft: Weft, thread: Thread, *roles: MessageRole, **options: Any) -> list[Message]:
    return await weft.messages.save(thread.id, [say(role) for role in roles], SaveOptions(**options))


async def stored(weft: Weft, row: Message) -> Message:
    found = await weft.messages.get(row.id)
    assert found is not None
    return found


# ---------------------------------------------------------------- positions


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([U, A, T, A], [(0, 0), (0, 1), (0, 2), (0, 3)]),
        ([A], [(0, 0)]),
        ([U, S], [(0, 0), (0, 1)]),
        ([U, U], [(0, 0), (1, 0)]),
        ([A, U, A], [(0, 0), (1, 0), (1, 1)]),
    ],
)
async def test_row_19_users_open_turns_and_others_continue_the_last(
    weft: Weft, thread: Thread, roles: list[MessageRole], expected: list[tuple[int, int]]
) -> None:
    assert places(await save(weft, thread, *roles)) == expected


async def test_row_20_a_prompt_takes_the_batch_into_its_turn_and_users_jump_after_the_greatest_order(
    weft: Weft, thread: Thread
) -> None:
    first, *_ = await save(weft, thread, U, A, U, A)
    rows = await save(weft, thread, A, U, A, prompt_message_id=first.id)
    assert places(rows) == [(0, 2), (2, 0), (2, 1)]


@pytest.mark.parametrize(("order", "expected"), [(0, [(0, 2), (0, 3)]), (7, [(7, 0), (7, 1)])])
async def test_row_21_an_order_takes_the_first_message_whatever_its_role(
    weft: Weft, thread: Thread, order: int, expected: list[tuple[int, int]]
) -> None:
    await save(weft, thread, U, A)
    assert places(await save(weft, thread, U, A, order=order)) == expected
    after = await save(weft, thread, U)
    assert places(after) == [(max(1, order + 1), 0)]


async def test_row_21_next_opens_a_turn_whatever_the_role_and_later_users_go_after_it(
    weft: Weft, thread: Thread
) -> None:
    await save(weft, thread, U, A)
    assert places(await save(weft, thread, A, A, U, next_order=True)) == [(1, 0), (1, 1), (2, 0)]


async def test_row_21_the_greatest_order_is_the_last_one(weft: Weft, thread: Thread) -> None:
    assert places(await save(weft, thread, A, order=MAX_ORDER)) == [(MAX_ORDER, 0)]
    before = await counts(weft.store)
    with pytest.raises(InputError, match="order would exceed"):
        await save(weft, thread, U)
    assert await counts(weft.store) == before


async def test_row_22_saves_at_once_into_one_turn_get_different_steps_without_a_hole(
    weft: Weft, thread: Thread, db: Database
) -> None:
    other = Weft(Store(db), [helper()], work=False)
    both = [weft, other]
    saved = await asyncio.gather(*(save(both[n % 2], thread, A, order=3) for n in range(60)))
    assert sorted(places([row for rows in saved for row in rows])) == [(3, step) for step in range(60)]


async def test_row_22_saves_at_once_into_the_next_turn_get_different_orders(weft: Weft, thread: Thread) -> None:
    saved = await asyncio.gather(*(save(weft, thread, U, A) for _ in range(60)))
    expected = [(order, step) for order in range(60) for step in (0, 1)]
    assert sorted(places([row for rows in saved for row in rows])) == expected


async def test_row_25_pages_are_in_order_of_position_and_not_of_time(weft: Weft, thread: Thread) -> None:
    from weft.threads.paging import PageRequest

    for order in (2, 0, 1):
        await save(weft, thread, U, order=order)
    page = await weft.messages.page(thread.id, PageRequest.of(first=10))
    assert places(page.nodes) == [(0, 0), (1, 0), (2, 0)]


# ---------------------------------------------------------------- saving


async def test_row_27_text_and_tool_derive_from_the_content(weft: Weft, thread: Thread) -> None:
    texts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    drafts = [say(U, texts), say(S, "be kind"), say(A, CALL), say(T)]
    rows = await weft.messages.save(thread.id, drafts)
    assert [(row.text, row.tool) for row in rows] == [("a b", False), ("be kind", False), (None, True), (None, True)]


async def test_row_28_the_user_is_the_threads_unless_given(weft: Weft, thread: Thread) -> None:
    (own,), (given,) = await save(weft, thread, U), await save(weft, thread, U, user_id="bob")
    assert (own.user_id, given.user_id) == ("ann", "bob")


async def test_row_29_everything_said_of_a_message_is_kept(weft: Weft, thread: Thread) -> None:
    said = {
        "status": MessageStatus.FAILED,
        "error": "why",
        "finish_reason": FinishReason.LENGTH,
        "model": "m",
        "provider": "human",
        "provider_metadata": {"human": {"name": "Kim"}},
        "sources": [{"id": "s"}],
        "reasoning": "because",
        "usage": Usage(1, 2, 3),
        "warnings": [{"type": "other", "message": "hm"}],
        "text": "for search",
    }
    own = {"color": "blue", "tags": [1, 2]}
    (row,) = await weft.messages.save(thread.id, [say(A, **said, custom=own)], SaveOptions(agent_name="support"))
    kept = await stored(weft, row)
    assert {name: getattr(kept, name) for name in said} == said
    assert (kept.agent_name, kept.metadata) == ("support", own)


async def test_row_29_prompt_is_short_for_a_user_message(weft: Weft, thread: Thread) -> None:
    (row,) = await weft.messages.save(thread.id, [draft(prompt="hello")])
    assert (row.role, row.text) == (U, "hello")


async def test_row_30_a_pending_row_is_filled_in_its_place_and_the_rest_follows(weft: Weft, thread: Thread) -> None:
    (pending,) = await weft.messages.save(thread.id, [say(A, [], status=MessageStatus.PENDING)])
    rows = await save(weft, thread, A, T, A, pending_message_id=pending.id)
    assert rows[0].id == pending.id
    assert places(rows) == [(0, 0), (0, 1), (0, 2)]
    assert (await stored(weft, pending)).status is MessageStatus.SUCCESS


async def test_row_31_what_comes_after_the_failure_is_kept_as_failed(weft: Weft, thread: Thread) -> None:
    (failed,) = await weft.messages.save(thread.id, [say(A, status=MessageStatus.FAILED, error="timeout")])
    rows = await save(weft, thread, A, A, pending_message_id=failed.id)
    error = f"Trying to update a message that failed: {failed.id}, error: timeout"
    assert [(row.status, row.error) for row in rows] == [(MessageStatus.FAILED, error)] * 2
    assert rows[0].text == "words"


@pytest.mark.parametrize(("error", "expected"), [("no model", "no model"), (None, "The prompt message failed")])
async def test_row_32_replies_to_a_failed_prompt_fail(
    weft: Weft, thread: Thread, error: str | None, expected: str
) -> None:
    (prompt,) = await weft.messages.save(thread.id, [say(U, status=MessageStatus.FAILED, error=error)])
    (reply,) = await save(weft, thread, A, prompt_message_id=prompt.id)
    assert (reply.status, reply.error) == (MessageStatus.FAILED, expected)


async def test_row_33_stale_pending_rows_of_the_prompts_turn_fail_and_the_one_being_filled_does_not(
    weft: Weft, thread: Thread
) -> None:
    (prompt,) = await save(weft, thread, U)
    pending = say(A, [], status=MessageStatus.PENDING)
    stale, filled = await weft.messages.save(thread.id, [pending, pending])
    (elsewhere,) = await weft.messages.save(thread.id, [pending], SaveOptions(next_order=True))
    await save(weft, thread, A, prompt_message_id=prompt.id, pending_message_id=filled.id, fail_pending_steps=True)
    rows = [await stored(weft, row) for row in (stale, filled, elsewhere)]
    assert [(row.status, row.error) for row in rows] == [
        (MessageStatus.FAILED, "Restarting"),
        (MessageStatus.SUCCESS, None),
        (MessageStatus.PENDING, None),
    ]


async def test_row_33_a_stale_row_that_an_agent_writes_ends_with_its_generation(weft: Weft, thread: Thread) -> None:
    sent = await weft.messages.send(thread.id, prompt="go")
    assert sent.generation is not None
    await save(weft, thread, A, prompt_message_id=sent.message.id, fail_pending_steps=True)
    generation = await weft.generations.get(sent.generation.id)
    assert generation is not None
    assert (generation.status.value, generation.error) == ("aborted", "Restarting")


async def test_row_34_hidden_messages_are_found_without_a_user(weft: Weft, thread: Thread, db: Database) -> None:
    vectors = Embeddings("e", [[1.0, 0.0]])
    (hidden,) = await save(weft, thread, U, hide_from_user_search=True, embeddings=vectors)
    (shown,) = await save(weft, thread, U, embeddings=vectors)
    docs = {doc["_id"]: doc["userId"] for doc in await db["searchEntries"].find().to_list()}
    assert docs == {hidden.id: None, shown.id: "ann"}
    assert (await stored(weft, hidden)).user_id == "ann"


async def test_row_35_vectors_go_with_their_messages_and_failed_ones_get_none(
    weft: Weft, thread: Thread, db: Database
) -> None:
    drafts = [say(U), say(A, status=MessageStatus.FAILED), say(A), say(A)]
    vectors = Embeddings("e", [[1.0, 0.5], [1.0, 0.5], None, [0.0, 2.0]])
    rows = await weft.messages.save(thread.id, drafts, SaveOptions(embeddings=vectors))
    key = Space("e", 2).key
    docs = {
        doc["_id"]: doc["vectors"][key].as_vector().data
        for doc in await db["searchEntries"].find({"spaces": key}).to_list()
    }
    assert docs == {rows[0].id: [1.0, 0.5], rows[3].id: [0.0, 2.0]}


WRONG_VECTORS: list[tuple[list[list[float] | None], tuple[str, ...]]] = [
    ([[1.0]], ("vectors",)),
    ([[1.0], [1.0, 2.0]], ("vectors", "1")),
    ([[], []], ("vectors", "0")),
    ([[0.0] * 8193, None], ("vectors", "0")),
    ([[math.nan], None], ("vectors", "0")),
    ([None, [math.inf]], ("vectors", "1")),
]


@pytest.mark.parametrize(("vectors", "where"), WRONG_VECTORS)
async def test_row_35_wrong_vectors_are_refused_and_nothing_is_saved(
    weft: Weft, thread: Thread, vectors: list[list[float] | None], where: tuple[str, ...]
) -> None:
    before = await counts(weft.store)
    with pytest.raises(InputError) as refused:
        await save(weft, thread, U, A, embeddings=Embeddings("e", vectors))
    assert refused.value.path == ("input", "embeddings", *where)
    assert await counts(weft.store) == before


async def test_row_36_new_content_derives_text_tool_and_what_finds_it_anew(
    weft: Weft, thread: Thread, db: Database
) -> None:
    (row,) = await save(weft, thread, A, embeddings=Embeddings("e", [[1.0]]))
    changed = await weft.messages.update(row.id, {"content": CALL})
    assert (changed.text, changed.tool, changed.status) == (None, True, MessageStatus.SUCCESS)
    assert await db["searchEntries"].count_documents({}) == 0
    failed = await weft.messages.update(row.id, {"status": MessageStatus.FAILED, "error": "no"})
    assert (failed.status, failed.error, failed.content) == (MessageStatus.FAILED, "no", changed.content)
    back = await weft.messages.update(row.id, {"content": "said again", "status": MessageStatus.SUCCESS, "error": None})
    (entry,) = await db["searchEntries"].find().to_list()
    assert (entry["_id"], entry["text"], "vectors" in entry) == (back.id, "said again", False)


# ---------------------------------------------------------------- again, and wrong


async def test_the_same_client_ids_return_the_first_rows_and_store_nothing(weft: Weft, thread: Thread) -> None:
    drafts = [draft(prompt="one", client_id="a"), draft(prompt="two"), draft(prompt="three", client_id="b")]
    first = await weft.messages.save(thread.id, drafts)
    before = await counts(weft.store)
    again = await asyncio.gather(*(weft.messages.save(thread.id, drafts) for _ in range(5)))
    assert [[row.id for row in rows] for rows in again] == [[row.id for row in first]] * 5
    assert await counts(weft.store) == before


async def test_a_client_id_of_another_batch_is_a_conflict(weft: Weft, thread: Thread) -> None:
    await weft.messages.save(thread.id, [draft(prompt="one", client_id="a")])
    mixed = [draft(prompt="one", client_id="a"), draft(prompt="new", client_id="c")]
    with pytest.raises(InputError) as refused:
        await weft.messages.save(thread.id, mixed)
    assert refused.value.reason is ErrorCode.CONFLICT


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"order": -1}, "order"),
        ({"order": MAX_ORDER + 1}, "order"),
        ({"order": 1, "prompt_message_id": "msg_x"}, "promptMessageId"),
        ({"order": 1, "pending_message_id": "msg_x"}, "pendingMessageId"),
        ({"order": 1, "next_order": True}, "placement"),
        ({"next_order": True, "prompt_message_id": "msg_x"}, "promptMessageId"),
        ({"prompt_message_id": "msg_x"}, "promptMessageId"),
        ({"pending_message_id": "msg_x"}, "pendingMessageId"),
    ],
)
async def test_places_that_cannot_be_are_refused_and_nothing_is_saved(
    weft: Weft, thread: Thread, options: Mapping[str, Any], path: str
) -> None:
    before = await counts(weft.store)
    with pytest.raises(InputError) as refused:
        await save(weft, thread, A, **options)
    assert refused.value.path == ("input", path)
    assert await counts(weft.store) == before


async def test_messages_of_another_thread_are_not_found(weft: Weft, thread: Thread) -> None:
    (foreign,) = await save(weft, await new_thread(weft.store), U)
    with pytest.raises(InputError) as refused:
        await save(weft, thread, A, prompt_message_id=foreign.id)
    assert refused.value.reason is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(("count", "reason"), [(0, ErrorCode.INVALID), (MOST_MESSAGES + 1, ErrorCode.TOO_LARGE)])
async def test_a_save_has_one_to_a_thousand_messages(weft: Weft, thread: Thread, count: int, reason: ErrorCode) -> None:
    with pytest.raises(InputError) as refused:
        await weft.messages.save(thread.id, [draft(prompt="x")] * count)
    assert (refused.value.reason, refused.value.path) == (reason, ("input", "messages"))


async def test_a_thousand_messages_are_saved_at_once(weft: Weft, thread: Thread) -> None:
    rows = await weft.messages.save(thread.id, [draft(prompt=str(n)) for n in range(MOST_MESSAGES)])
    assert places(rows) == [(order, 0) for order in range(MOST_MESSAGES)]


async def test_a_message_that_is_saved_already_is_not_filled_again(weft: Weft, thread: Thread) -> None:
    (row,) = await save(weft, thread, A)
    with pytest.raises(InputError) as refused:
        await save(weft, thread, A, pending_message_id=row.id)
    assert refused.value.reason is ErrorCode.CONFLICT


# ---------------------------------------------------------------- rating and usage


async def test_a_rating_is_kept_replaced_and_taken_back(weft: Weft, thread: Thread) -> None:
    (row,) = await save(weft, thread, A)
    await weft.messages.rate(row.id, 1, "good", "ann")
    rated = await weft.messages.rate(row.id, -1, "not so good", "ann")
    assert rated.feedback is not None
    assert (rated.feedback.rating, rated.feedback.comment, rated.feedback.user_id) == (-1, "not so good", "ann")
    assert (await weft.messages.rate(row.id, None)).feedback is None


@pytest.mark.parametrize(("rating", "comment", "path"), [(2, None, "rating"), (None, "why", "comment")])
async def test_a_rating_that_is_none_is_refused(
    weft: Weft, thread: Thread, rating: int | None, comment: str | None, path: str
) -> None:
    (row,) = await save(weft, thread, A)
    with pytest.raises(InputError) as refused:
        await weft.messages.rate(row.id, rating, comment)
    assert refused.value.path == ("input", path)


async def test_unknown_messages_are_not_found(weft: Weft) -> None:
    for call in (weft.messages.rate("msg_none", 1), weft.messages.update("msg_none", {"error": "x"})):
        with pytest.raises(InputError) as refused:
            await call
        assert refused.value.reason is ErrorCode.NOT_FOUND


def test_usage_is_read_by_todays_names_and_the_references() -> None:
    assert usage_of({"promptTokens": 1, "completionTokens": 2, "raw": {}}, ()) == Usage(1, 2, 3)
    assert usage_of({"inputTokens": 1, "outputTokens": 2, "totalTokens": 9}, ()) == Usage(1, 2, 9)
    for wrong in ("three", {"inputTokens": -1}, {"inputTokens": "many"}, {"inputTokens": True}):
        with pytest.raises(InputError):
            usage_of(wrong, ("usage",))
