"""Operations that belong to no noun: nodes by id, who asks, which server answers, its agents."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.api.conftest import Api

NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"


async def test_every_entity_is_found_by_its_id(common: "Api") -> None:
    thread = await common.new_thread()
    send = """mutation($id: ID!) { sendMessage(input: { threadId: $id, prompt: "Hi" }) {
      sentMessage { id } generation { id } } }"""
    sent = (await common(send, id=thread))["sendMessage"]
    message, generation = sent["sentMessage"]["id"], sent["generation"]["id"]
    await common.answered(thread, generation)
    streams = "query($id: ID!) { thread(id: $id) { streams(states: null) { id } } }"
    (stream,) = (await common(streams, id=thread))["thread"]["streams"]
    wanted = [
        {"__typename": "Thread", "id": thread},
        {"__typename": "Message", "id": message},
        {"__typename": "Stream", "id": stream["id"]},
        {"__typename": "Generation", "id": generation},
    ]
    for node in wanted:
        assert (await common(NODE, id=node["id"]))["node"] == node
    ids = [node["id"] for node in wanted]
    assert (await common(NODES, ids=[*ids, "thr_none", ids[0]]))["nodes"] == [*wanted, None, wanted[0]]


async def test_what_is_no_id_of_ours_is_null(common: "Api") -> None:
    ids = ["", "thr_", "thr_none", "msg_none", "str_none", "gen_none", "fil_none", "VGhyZWFkOjE="]
    assert (await common(NODES, ids=ids))["nodes"] == [None] * len(ids)


async def test_too_many_ids_are_refused(common: "Api") -> None:
    assert (await common(NODES, ids=["x"] * 100))["nodes"] == [None] * 100
    assert await common.error(NODES, ids=["x"] * 101) == ("BAD_USER_INPUT", "ask for at most 100 ids at once, not 101")


async def test_the_viewer_is_whoever_asks(common: "Api") -> None:
    assert (await common("{ viewer { userId scopes } }"))["viewer"] == {"userId": "u1", "scopes": ["service"]}


async def test_the_server_says_its_version_its_time_and_how_it_searches(common: "Api") -> None:
    info = (await common("{ serverInfo { version time search } }"))["serverInfo"]
    assert info["version"] == metadata.version("weft")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(info["time"])) < timedelta(minutes=1)
    assert info["search"] == "embedded"


async def test_agents_are_listed(start: Callable[..., Any]) -> None:
    api: Api = await start()
    listed = (await api("{ agents { name instructions model } }"))["agents"]
    assert listed == [{"name": "support", "instructions": "Help", "model": "scripted:scripted"}]
