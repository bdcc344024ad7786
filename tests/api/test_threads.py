"""Threads through the API: made, changed, found, listed page by page."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Api

FIELDS = "id userId title summary status metadata createdAt updatedAt lastMessageAt"
ERRORS = "userErrors { __typename code errorMessage path }"
CREATE = f"mutation($input: CreateThreadInput!) {{ createThread(input: $input) {{ thread {{ {FIELDS} }} {ERRORS} }} }}"
UPDATE = f"mutation($input: UpdateThreadInput!) {{ updateThread(input: $input) {{ thread {{ {FIELDS} }} {ERRORS} }} }}"
THREAD = f"query($id: ID!) {{ thread(id: $id) {{ {FIELDS} }} }}"
LIST = """query($filter: ThreadFilter, $order: ThreadOrder, $first: Int, $after: String, $last: Int, $before: String) {
  threads(filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def listed(api: "Api", **arguments: Any) -> tuple[list[str], bool, bool]:
    page = (await api(LIST, **arguments))["threads"]
    info = page["pageInfo"]
    return [edge["node"]["title"] for edge in page["edges"]], info["hasNextPage"], info["hasPreviousPage"]


async def test_a_new_thread_is_what_was_asked_for(common: "Api") -> None:
    given = {"userId": "u1", "title": "T", "summary": "S", "metadata": {"a": [1, None, "ü"]}}
    payload = (await common(CREATE, input=given))["createThread"]
    thread = payload["thread"]
    assert payload["userErrors"] == []
    assert thread["id"].startswith("thr_")
    assert {name: thread[name] for name in given} == given
    assert (thread["status"], thread["lastMessageAt"]) == ("ACTIVE", None)
    assert thread["createdAt"] == thread["updatedAt"]
    assert (await common(THREAD, id=thread["id"]))["thread"] == thread


async def test_everything_about_a_new_thread_is_optional(common: "Api") -> None:
    thread = (await common(CREATE, input={}))["createThread"]["thread"]
    assert [thread[name] for name in ("userId", "title", "summary", "metadata")] == ["u1", None, None, None]


async def test_null_as_the_owner_makes_a_thread_anonymous(common: "Api") -> None:
    thread = (await common(CREATE, input={"userId": None}))["createThread"]["thread"]
    assert thread["userId"] is None


async def test_the_same_client_id_makes_one_thread(api: "Api") -> None:
    made = [await api.new_thread(userId="u1", title=title, clientId="c") for title in ("first", "second")]
    other = await api.new_thread(userId="u2", clientId="c")
    assert made[0] == made[1] != other


async def test_an_update_changes_what_is_given_and_clears_what_is_null(common: "Api") -> None:
    id_ = await common.new_thread(userId="u1", title="T", summary="S", metadata=1)
    changed = await common(UPDATE, input={"threadId": id_, "title": "New", "summary": None, "status": "ARCHIVED"})
    thread = changed["updateThread"]["thread"]
    assert [thread[n] for n in ("userId", "title", "summary", "status", "metadata")] == [
        "u1",
        "New",
        None,
        "ARCHIVED",
        1,
    ]
    cleared = await common(UPDATE, input={"threadId": id_, "userId": None, "title": None, "metadata": None})
    thread = cleared["updateThread"]["thread"]
    assert [thread[n] for n in ("userId", "title", "status", "metadata")] == [None, None, "ARCHIVED", None]
    assert (await common(THREAD, id=id_))["thread"] == thread


async def test_refused_updates_change_nothing(common: "Api") -> None:
    id_ = await common.new_thread(title="T")
    before = await common(THREAD, id=id_)
    code, path, _ = await common.refusal(UPDATE, input={"threadId": id_, "title": "New", "status": None})
    assert (code, path) == ("INVALID", ["input", "status"])
    code, path, message = await common.refusal(UPDATE, input={"threadId": id_, "title": "N", "metadata": "x" * 16_383})
    assert (code, path) == ("TOO_LARGE", ["input", "metadata"])
    assert "16384" in message
    assert await common(THREAD, id=id_) == before


async def test_metadata_may_have_sixteen_kibibytes(common: "Api") -> None:
    assert await common.new_thread(metadata="x" * 16_382)


async def test_a_thread_that_is_not_there(common: "Api") -> None:
    assert (await common(THREAD, id="thr_none"))["thread"] is None
    code, path, message = await common.refusal(UPDATE, input={"threadId": "thr_none", "title": "T"})
    assert (code, path, message) == ("NOT_FOUND", ["input", "threadId"], "thread thr_none not found")
    code, path, _ = await common.refusal(UPDATE, input={"threadId": "thr_none"})
    assert (code, path) == ("NOT_FOUND", ["input", "threadId"])


async def test_threads_are_listed_newest_first_in_exact_pages(api: "Api") -> None:
    for title in "abcde":
        await api.new_thread(title=title)
    assert await listed(api) == (["e", "d", "c", "b", "a"], False, False)
    assert await listed(api, first=2) == (["e", "d"], True, False)
    second = (await api(LIST, first=2))["threads"]["pageInfo"]["endCursor"]
    assert await listed(api, first=3, after=second) == (["c", "b", "a"], False, True)
    assert await listed(api, last=2) == (["b", "a"], False, True)
    fourth = (await api(LIST, last=2))["threads"]["pageInfo"]["startCursor"]
    assert await listed(api, last=3, before=fourth) == (["e", "d", "c"], True, False)
    assert (await listed(api, first=9, after=second, before=fourth))[0] == ["c"]


async def test_a_list_is_narrowed_by_owner_and_status(api: "Api") -> None:
    for title, owner in (("a", "u1"), ("b", "u2"), ("c", None)):
        await api.new_thread(title=title, userId=owner)
    archived = await api.new_thread(title="d", userId="u1")
    await api(UPDATE, input={"threadId": archived, "status": "ARCHIVED"})
    assert (await listed(api, filter={"userId": "u1"}))[0] == ["d", "a"]
    assert (await listed(api, filter={"userId": "u1", "status": "ACTIVE"}))[0] == ["a"]
    assert (await listed(api, filter={"anonymous": True}))[0] == ["c"]
    assert (await listed(api, filter={"anonymous": False}))[0] == ["d", "c", "b", "a"]
    assert (await listed(api, filter={"userId": "nobody"})) == ([], False, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"first": 0}, "first must be between 1 and 100, not 0"),
        ({"last": 101}, "last must be between 1 and 100, not 101"),
        ({"first": 1, "last": 1}, "give first or last, not both"),
        ({"first": 1, "after": "garbage"}, "'garbage' is not a cursor of this list"),
        ({"last": 1, "before": ""}, "'' is not a cursor of this list"),
        ({"filter": {"userId": "u1", "anonymous": True}}, "give userId or anonymous, not both"),
    ],
)
async def test_a_page_that_cannot_be_says_why(common: "Api", arguments: dict[str, Any], message: str) -> None:
    assert await common.error(LIST, **arguments) == ("BAD_USER_INPUT", message)


async def test_a_sidebar_hears_of_new_and_changed_threads(api: "Api") -> None:
    document = """subscription($user: String, $after: String) { threadListEvents(userId: $user, after: $after) {
      __typename ... on Event { cursor } ... on ThreadChanged { thread { title cursor } } } }"""
    async with api.follow(document, user="u1") as following:
        id_ = await api.new_thread(userId="u1", title="new")
        await api.new_thread(userId="u2", title="other")
        first = await following()
        assert first["thread"]["title"] == "new"
        await api(UPDATE, input={"threadId": id_, "title": "newer"})
        assert (await following())["thread"]["title"] == "newer"
    async with api.follow(document, user="u1", after=first["cursor"]) as following:
        assert (await following())["thread"]["title"] == "newer"


FOLLOWED = """query($filter: ThreadFilter, $first: Int, $after: String) {
  threads(filter: $filter, first: $first, after: $after) { cursor edges { cursor node { title } } } }"""
FOLLOW = """subscription($user: String, $everyone: Boolean! = false, $after: String!) {
  threadListEvents(userId: $user, everyone: $everyone, after: $after) { __typename
    ... on ThreadChanged { thread { id title status } } ... on ThreadDeleted { threadId } } }"""


@pytest.mark.parametrize(
    ("filter", "followed"),
    [
        (None, {"everyone": True}),
        ({"status": "ARCHIVED"}, {"everyone": True}),
        ({"anonymous": True}, {}),
        ({"userId": "u1"}, {"user": "u1"}),
        ({"userId": "u1", "title": "nothing has these words", "status": "ACTIVE"}, {"user": "u1"}),
    ],
)
async def test_a_page_of_threads_has_the_cursor_to_follow_its_list_from(
    api: "Api", filter: dict[str, Any] | None, followed: dict[str, Any]
) -> None:
    user = None if filter is not None and "anonymous" in filter else "u1"
    gone = await api.new_thread(userId=user, title="gone")
    cursor = (await api(FOLLOWED, filter=filter))["threads"]["cursor"]
    made = await api.new_thread(userId=user, title="new")
    await api(UPDATE, input={"threadId": made, "status": "ARCHIVED"})
    await api.weft.threads.delete(gone)
    async with api.follow(FOLLOW, after=cursor, **followed) as following:
        told = [await following(), await following()]
    assert {"__typename": "ThreadDeleted", "threadId": gone} in told
    assert {"__typename": "ThreadChanged", "thread": {"id": made, "title": "new", "status": "ARCHIVED"}} in told


async def test_every_page_has_a_cursor_of_the_same_list(api: "Api") -> None:
    for title in ("one", "two"):
        await api.new_thread(userId="u1", title=title)
    (edge,) = (await api(FOLLOWED, first=1))["threads"]["edges"]
    page = (await api(FOLLOWED, first=1, after=edge["cursor"]))["threads"]
    assert [edge["node"]["title"] for edge in page["edges"]] == ["one"]
    await api.new_thread(userId="u1", title="three")
    async with api.follow(FOLLOW, everyone=True, after=page["cursor"]) as following:
        while (await following())["thread"]["title"] != "three":
            pass


async def test_a_list_cursor_of_somebody_else_is_refused(common: "Api") -> None:
    document = 'subscription { threadListEvents(userId: "u1", after: "AQ") { __typename } }'
    with pytest.raises(Exception, match="is not a cursor"):
        async with common.follow(document):
            pass
