"""Rows of behaviour.md that speak of what the API shows: 2, 9 and 43. The rest is tested in tests/agents."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.api.conftest import Api

VISIBLE = "id createdAt userId title summary status"
INTERNAL = {"order", "defaultSystemPrompt", "parentThreadIds", "seq", "lastOrder", "activeAt", "titleWords", "clientId"}
OWNER = "query($id: ID!) { thread(id: $id) { userId } }"
MESSAGES = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { id content } } }"
SAVE = "mutation($input: SaveMessagesInput!) { saveMessages(input: $input) { messages { id content } } }"


async def test_row_2_clients_see_the_fields_of_a_thread_and_none_of_its_internals(common: "Api") -> None:
    id_ = await common.new_thread(userId="ann", title="T", summary="S", clientId="c-row-2")
    thread = (await common(f"query($id: ID!) {{ thread(id: $id) {{ {VISIBLE} }} }}", id=id_))["thread"]
    assert thread.pop("createdAt")
    assert thread == {"id": id_, "userId": "ann", "title": "T", "summary": "S", "status": "ACTIVE"}
    declared = (await common('{ __type(name: "Thread") { fields { name } } }'))["__type"]["fields"]
    names = {field["name"] for field in declared}
    assert names >= set(VISIBLE.split())
    assert not names & INTERNAL


async def test_row_9_the_owner_of_a_thread_is_its_user_and_null_for_an_anonymous_or_missing_one(common: "Api") -> None:
    owned, anonymous = await common.new_thread(userId="ann"), await common.new_thread(userId=None)
    assert (await common(OWNER, id=owned))["thread"] == {"userId": "ann"}
    assert (await common(OWNER, id=anonymous))["thread"] == {"userId": None}
    assert (await common(OWNER, id="thr_none"))["thread"] is None


async def test_row_43_messages_by_id_are_as_many_and_in_the_order_asked_for_with_null_for_missing_ones(
    common: "Api",
) -> None:
    given = [{"prompt": text} for text in ("one", "two", "three")]
    saved = await common(SAVE, input={"threadId": await common.new_thread(), "messages": given})
    one, two, three = saved["saveMessages"]["messages"]
    ids = [three["id"], "msg_00000000000000000000000000", one["id"], three["id"], two["id"]]
    assert (await common(MESSAGES, ids=ids))["nodes"] == [three, None, one, three, two]
