"""Threads and lists of messages as behaviour.md rows 1–26 and 37–45 have them, changed where decisions.md says so.

Rows 2, 9 and 43 are in tests/api/test_rows.py, rows 19–22 and 27–36 in test_saving.py. Deleting in all its cases is in
test_deletions.py and test_removing.py.
"""

import asyncio
from typing import Any

import pytest
from tests.agents.deleting import all_deleted, deleting
from tests.agents.services import Services
from tests.support import helper

from weft.agents.deletion.requests import Deletions
from weft.agents.saving import SaveOptions
from weft.agents.threads import ThreadService
from weft.agents.weft import Weft
from weft.errors import ErrorCode, InputError
from weft.storage.store import Store
from weft.storage.types import Database
from weft.threads.drafts import Draft, Metadata, draft
from weft.threads.generations import GenerationStatus
from weft.threads.messages import Message, MessageRole, MessageStatus, Part
from weft.threads.paging import PageRequest
from weft.threads.threads import Thread, ThreadFilter, ThreadOrder, ThreadStatus

U, A, T = MessageRole.USER, MessageRole.ASSISTANT, MessageRole.TOOL
PENDING = Metadata(status=MessageStatus.PENDING)
ALL = PageRequest.of(first=100)


@pytest.fixture
async def weft(db: Database) -> Weft:
    weft = Weft(Store(db), [helper()], work=False)
    await weft.store.create_indexes()
    return weft


def say(role: MessageRole, text: str = "words", **metadata: Any) -> Draft:
    return draft(role=role, content=text, metadata=Metadata(**metadata))


async def turns(weft: Weft, thread: Thread, count: int) -> list[Message]:
    """So many turns of a question and an answer."""
    return await weft.messages.save(thread.id, [say(role) for _ in range(count) for role in (U, A)])


async def titles(weft: Weft, **narrowed: Any) -> list[str | None]:
    page = await weft.threads.page(ThreadFilter(**narrowed), ThreadOrder.CREATED, ALL)
    return [thread.title for thread in page.nodes]


async def test_row_1_a_new_thread_is_active_and_without_a_user_it_is_anonymous(weft: Weft) -> None:
    owned = await weft.threads.create(user_id="ann", title="t", summary="s")
    anonymous = await weft.threads.create()
    assert (owned.user_id, owned.title, owned.summary, owned.status) == ("ann", "t", "s", ThreadStatus.ACTIVE)
    assert (anonymous.user_id, anonymous.title) == (None, None)


async def test_row_3_a_missing_thread_is_none_or_not_found(weft: Weft) -> None:
    assert await weft.threads.get("thr_none") is None
    with pytest.raises(InputError) as refused:
        await weft.threads.require("thr_none", "id")
    assert refused.value.reason is ErrorCode.NOT_FOUND


async def test_row_4_an_update_changes_what_is_given_and_null_clears(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann", title="t", summary="s", metadata={"a": 1})
    changed = await weft.threads.update(thread.id, {"title": "new", "summary": None})
    assert (changed.title, changed.summary, changed.user_id, changed.metadata) == ("new", None, "ann", {"a": 1})
    with pytest.raises(InputError, match="not found"):
        await weft.threads.update("thr_none", {"title": "x"})


async def test_row_5_a_thread_is_archived_and_back(weft: Weft) -> None:
    thread = await weft.threads.create()
    for status in (ThreadStatus.ARCHIVED, ThreadStatus.ACTIVE):
        assert (await weft.threads.update(thread.id, {"status": status})).status is status


async def test_row_6_threads_of_a_user_are_newest_first_and_anonymous_ones_are_apart(weft: Weft) -> None:
    for user, title in (("ann", "1"), ("bob", "2"), ("ann", "3"), (None, "4")):
        await weft.threads.create(user_id=user, title=title)
    assert await titles(weft, user_id="ann") == ["3", "1"]
    assert await titles(weft, anonymous=True) == ["4"]


async def test_row_7_title_words_are_found_in_any_case_and_only_among_the_users_threads(weft: Weft) -> None:
    await weft.threads.create(user_id="ann", title="Broken Chain")
    await weft.threads.create(user_id="bob", title="A broken wheel")
    assert await titles(weft, user_id="ann", title="BROKEN") == ["Broken Chain"]
    assert await titles(weft, title="broken chain") == ["Broken Chain"]
    assert await titles(weft, title="brok") == []


async def test_row_8_users_that_own_threads_come_once_in_order(weft: Weft) -> None:
    for user in ("cy", "ann", None, "ann", "bob"):
        await weft.threads.create(user_id=user)
    first = await weft.threads.users(PageRequest.of(first=2))
    rest = await weft.threads.users(PageRequest.of(first=2, after=first.edges[-1].cursor))
    assert (first.nodes, first.has_next, rest.nodes, rest.has_next) == (["ann", "bob"], True, ["cy"], False)


async def test_row_10_a_thread_is_continued_by_its_id_from_anywhere_and_for_another_user(
    weft: Weft, db: Database
) -> None:
    """Weft hands out no bound object: whoever has the id reads, changes and continues the thread."""
    thread = await weft.threads.create(user_id="ann", title="t")
    await turns(weft, thread, 1)
    elsewhere = Weft(Store(db), [helper()], work=False)
    await elsewhere.threads.update(thread.id, {"title": "new"})
    sent = await elsewhere.messages.send(thread.id, prompt="more")
    (row,) = await elsewhere.messages.save(thread.id, [say(A)], SaveOptions(user_id="bob"))
    assert sent.generation is not None
    assert (sent.message.order, row.order, row.step_order, row.user_id) == (1, 1, 2, "bob")
    kept = await weft.threads.require(thread.id, "id")
    assert (kept.title, kept.user_id) == ("new", "ann")


async def test_row_12_a_large_thread_is_deleted_in_the_background_batch_by_batch_until_nothing_is_left(
    weft: Weft, db: Database
) -> None:
    """The size of a batch is Weft's own, so there is none of a caller's to lose."""
    thread = await weft.threads.create(user_id="ann")
    for _ in range(3):
        await weft.messages.save(thread.id, [say(U)] * 1000)
    threads = ThreadService(weft.store, Deletions(weft.store, call_seconds=0))
    assert not await threads.delete(thread.id)
    assert await weft.threads.get(thread.id) is None
    assert 0 < await db["messages"].count_documents({}) < 3000
    async with deleting(Store(db)):
        await all_deleted(weft.store, events=1)
    assert await threads.delete(thread.id)


async def test_rows_11_and_14_a_deleted_thread_takes_everything_with_it(weft: Weft, db: Database) -> None:
    thread = await weft.threads.create(user_id="ann")
    await turns(weft, thread, 3)
    assert await weft.threads.delete(thread.id)
    left = {name: await db[name].count_documents({}) for name in await db.list_collection_names()}
    assert {name for name, count in left.items() if count} == {"events"}, "only the event that tells of it"
    assert left["events"] == 1


async def test_row_13_everything_of_a_user_goes_and_a_user_without_threads_is_no_error(weft: Weft) -> None:
    for user in ("ann", "ann", "bob"):
        await turns(weft, await weft.threads.create(user_id=user, title=user), 2)
    assert await weft.threads.delete_user_data("ann")
    assert await weft.threads.delete_user_data("nobody")
    assert await titles(weft) == ["bob"]


@pytest.mark.parametrize("user_id", [None, "ann"])
async def test_row_15_nothing_is_saved_into_a_deleted_thread_not_even_for_a_user(
    weft: Weft, user_id: str | None
) -> None:
    thread = await weft.threads.create(user_id="ann")
    await weft.threads.delete(thread.id)
    for call in (
        weft.messages.save(thread.id, [say(U)], SaveOptions(user_id=user_id)),
        weft.messages.send(thread.id, prompt="hello?"),
    ):
        with pytest.raises(InputError) as refused:
            await call
        assert refused.value.reason is ErrorCode.NOT_FOUND


async def test_row_16_a_branch_has_exactly_the_messages_up_to_the_one_named(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann", title="t")
    rows = await turns(weft, thread, 3)
    branch = await weft.threads.branch(thread.id, up_to_and_including_message_id=rows[2].id)
    copied = (await weft.messages.page(branch.id, ALL)).nodes
    assert [(row.order, row.step_order, row.text) for row in copied] == [
        (0, 0, "words"),
        (0, 1, "words"),
        (1, 0, "words"),
    ]
    assert not {row.id for row in copied} & {row.id for row in rows}
    assert len((await weft.messages.page(thread.id, ALL)).nodes) == 6


async def test_row_17_a_tool_renames_its_thread_and_what_is_not_to_be_stored_leaves_no_message(weft: Weft) -> None:
    """What a tool does and what comes of it, as rows: the call, the change of the thread in between, the result."""
    thread = await weft.threads.create(title="Untitled")
    call: Part = {"type": "tool-call", "toolCallId": "c1", "toolName": "rename", "input": {"title": "A Red Boat"}}
    named = {"toolCallId": "c1", "toolName": "rename"}
    done: Part = {"type": "tool-result", **named, "output": {"type": "text", "value": "renamed"}}
    await weft.messages.save(thread.id, [say(U), draft(role=A, content=[call])])
    renamed = await weft.threads.update(thread.id, {"title": call["input"]["title"]})
    *_, answered = await weft.messages.save(thread.id, [draft(role=T, content=[done]), say(A, "Done.")])
    assert await titles(weft, title="boat") == [renamed.title] == ["A Red Boat"]
    rows = (await weft.messages.page(thread.id, ALL)).nodes
    assert [(row.role, row.order, row.step_order, row.tool) for row in rows] == [
        (U, 0, 0, False),
        (A, 0, 1, True),
        (T, 0, 2, True),
        (A, 0, 3, False),
    ]
    summed_up = await weft.threads.update(thread.id, {"title": "Boats", "summary": "Which boat to buy"})
    assert (summed_up.title, summed_up.summary) == ("Boats", "Which boat to buy")
    assert (await weft.messages.page(thread.id, ALL)).nodes == rows
    assert summed_up.last_message_at == answered.created_at
    assert (await titles(weft, title="boats"), await titles(weft, title="red")) == (["Boats"], [])


async def test_row_18_no_two_messages_have_one_position_whoever_writes(weft: Weft, db: Database) -> None:
    other, thread = Weft(Store(db), [helper()], work=False), await weft.threads.create()

    async def several(writer: Weft) -> None:
        for _ in range(10):
            await turns(writer, thread, 1)

    await asyncio.gather(*(several(writer) for writer in (weft, other) * 10))
    page, places = PageRequest.of(first=100), list[tuple[int, int]]()
    while True:
        found = await weft.messages.page(thread.id, page)
        places += [(row.order, row.step_order) for row in found.nodes]
        if not found.has_next:
            break
        page = PageRequest.of(first=100, after=found.edges[-1].cursor)
    assert places == [(order, step) for order in range(200) for step in (0, 1)]


async def test_row_23_orders_of_deleted_messages_are_never_given_out_again(weft: Weft) -> None:
    thread = await weft.threads.create()
    rows = await turns(weft, thread, 2)
    await weft.messages.delete([row.id for row in rows[2:]])
    assert [(row.order, row.step_order) for row in await turns(weft, thread, 1)] == [(2, 0), (2, 1)]


async def test_row_24_an_old_prompt_is_answered_at_the_next_step_of_its_turn(weft: Weft) -> None:
    thread = await weft.threads.create()
    prompt, *_ = await turns(weft, thread, 2)
    (reply,) = await weft.messages.save(thread.id, [say(A, "again")], SaveOptions(prompt_message_id=prompt.id))
    assert (reply.order, reply.step_order) == (0, 2)
    assert len((await weft.messages.page(thread.id, ALL)).nodes) == 5


async def test_row_26_a_message_is_a_success_unless_said_otherwise(weft: Weft) -> None:
    thread = await weft.threads.create()
    drafts = [say(U), say(A, status=MessageStatus.PENDING), say(A, status=MessageStatus.FAILED)]
    rows = await weft.messages.save(thread.id, drafts)
    assert [row.status.value for row in rows] == ["success", "pending", "failed"]


async def test_row_37_a_pending_answer_without_content_ends_with_what_its_stream_has_and_ends_once(weft: Weft) -> None:
    """Ending an answer is Weft's finaliser: `abortGeneration`, or its agent's last word."""
    services = Services(weft.store)
    generation = await services.asked()
    await services.half_written(generation)
    assert (await services.reply(generation)).content == []
    await services.generations.abort(generation.id, "enough")
    ended = await services.reply(generation)
    assert (ended.status, ended.error, ended.text) == (MessageStatus.FAILED, "enough", "Half an answer ")
    again = await services.generations.abort(generation.id, "again")
    assert again.status is GenerationStatus.ABORTED
    assert await services.reply(generation) == ended


@pytest.mark.parametrize("status", [MessageStatus.SUCCESS, MessageStatus.FAILED])
async def test_row_37_an_answer_whose_row_is_not_pending_any_more_leaves_it_as_it_is(
    weft: Weft, status: MessageStatus
) -> None:
    services = Services(weft.store)
    generation = await services.asked()
    await services.half_written(generation)
    settled = await weft.messages.update(generation.reply_message_id, {"content": "By hand.", "status": status})
    await services.generations.abort(generation.id, "enough")
    assert await services.reply(generation) == settled
    assert (settled.text, settled.status) == ("By hand.", status)


async def test_row_37_an_empty_pending_row_without_a_stream_succeeds_empty(weft: Weft) -> None:
    thread = await weft.threads.create()
    _, pending = await weft.messages.save(thread.id, [say(U), draft(role=A, content=[], metadata=PENDING)])
    row = await weft.messages.update(pending.id, {"status": MessageStatus.SUCCESS})
    assert (row.status, row.content, row.text, row.error) == (MessageStatus.SUCCESS, [], None, None)


async def test_row_38_ids_really_deleted_are_returned_and_unknown_ones_skipped(weft: Weft) -> None:
    rows = await turns(weft, await weft.threads.create(), 1)
    unknown = "msg_00000000000000000000000000"
    assert await weft.messages.delete([rows[1].id, unknown]) == [rows[1].id]
    assert await weft.messages.delete([rows[1].id]) == []


async def test_row_39_a_range_has_its_start_and_not_its_end(weft: Weft) -> None:
    thread = await weft.threads.create()
    await turns(weft, thread, 4)
    progress = await weft.messages.delete_range(thread.id, 1, 3, end_step_order=1)
    rows = (await weft.messages.page(thread.id, ALL)).nodes
    assert progress.done
    assert [(row.order, row.step_order) for row in rows] == [(0, 0), (0, 1), (3, 1)]


async def test_row_40_deleting_a_message_renumbers_nothing(weft: Weft) -> None:
    thread = await weft.threads.create()
    rows = await turns(weft, thread, 2)
    await weft.messages.delete([rows[0].id])
    left = (await weft.messages.page(thread.id, ALL)).nodes
    assert [(row.order, row.step_order) for row in left] == [(0, 1), (1, 0), (1, 1)]


async def test_row_41_messages_are_listed_by_status_without_tools_and_up_to_a_turn_and_a_full_last_page_says_so(
    weft: Weft,
) -> None:
    thread = await weft.threads.create()
    rows = await turns(weft, thread, 2)
    failed = await weft.messages.save(thread.id, [say(A, status=MessageStatus.FAILED)])
    listed = weft.messages.page
    assert (await listed(thread.id, ALL, statuses=[MessageStatus.FAILED])).nodes == failed
    assert len((await listed(thread.id, ALL, up_to_message_id=rows[0].id)).nodes) == 2
    full = await listed(thread.id, PageRequest.of(first=5))
    assert (len(full.nodes), full.has_next) == (5, False)


async def test_row_42_a_page_of_ui_messages_holds_whole_turns(weft: Weft) -> None:
    thread = await weft.threads.create()
    await turns(weft, thread, 3)
    page = await weft.messages.ui_page(thread.id, PageRequest.of(last=3))
    assert ([message.order for message in page.nodes], page.has_previous) == ([2, 2], True)


async def test_row_45_a_person_answers_as_the_agent(weft: Weft) -> None:
    thread = await weft.threads.create()
    await weft.messages.save(thread.id, [say(U)])
    human = {"human": {"name": "Kim"}}
    (row,) = await weft.messages.save(
        thread.id, [say(A, "Kim here.", provider="human", provider_metadata=human)], SaveOptions(agent_name="Kim")
    )
    assert (row.agent_name, row.provider, row.provider_metadata) == ("Kim", "human", human)
