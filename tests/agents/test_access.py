"""What a viewer may reach: their own threads, those of their key, and what an application's rule says."""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from weft.agents.access import policy
from weft.agents.access.access import Authorize
from weft.agents.access.seen import Services, seen_by
from weft.agents.agent import Agent
from weft.agents.context.options import ContextOptions
from weft.agents.weft import Weft
from weft.errors import ForbiddenError, InputError
from weft.storage.store import Store
from weft.storage.types import Database
from weft.threads.drafts import draft
from weft.threads.events import Item, ThreadChanged
from weft.threads.messages import MessageRole
from weft.threads.paging import PageRequest
from weft.threads.search import SearchOptions
from weft.threads.threads import Thread, ThreadFilter, ThreadOrder
from weft.threads.viewers import Action, Scope, Viewer, may_see

ANN, BOB = Viewer("ann", (Scope.USER,)), Viewer("bob", (Scope.USER,))
KEY, OTHER_KEY = Viewer(None, (Scope.USER,), "key_1"), Viewer(None, (Scope.USER,), "key_2")
SERVICE, ADMIN = Viewer(scopes=(Scope.SERVICE,), key="key_s"), Viewer(scopes=(Scope.ADMIN,))
ALL = PageRequest(100)


@pytest_asyncio.fixture(loop_scope="session")
async def weft(db: Database) -> AsyncGenerator[Weft, None]:
    async with Weft(Store(db), work=False) as opened:
        yield opened


def thread_of(item: Item) -> str:
    assert isinstance(item.event, ThreadChanged)
    return item.event.thread.id


async def listed(services: Services, narrowed: ThreadFilter | None = None) -> set[str]:
    page = await services.threads.page(narrowed or ThreadFilter(), ThreadOrder.CREATED, ALL)
    return {thread.id for thread in page.nodes}


async def test_a_thread_belongs_to_the_user_or_the_key_that_made_it(weft: Weft) -> None:
    anns = await seen_by(weft, ANN).threads.create()
    keys = await seen_by(weft, KEY).threads.create()
    assert (anns.user_id, anns.made_by) == ("ann", None)
    assert (keys.user_id, keys.made_by) == (None, "key_1")
    nothing = set[str]()
    for viewer, seen in ((ANN, {anns.id}), (BOB, nothing), (KEY, {keys.id}), (OTHER_KEY, nothing)):
        services = seen_by(weft, viewer)
        found = {thread.id for thread in (anns, keys) if await services.threads.get(thread.id) is not None}
        assert found == await listed(services) == seen
    assert await listed(seen_by(weft, SERVICE)) == await listed(seen_by(weft, ADMIN)) == {anns.id, keys.id}


async def test_lists_hold_no_others_however_they_are_narrowed(weft: Weft) -> None:
    await seen_by(weft, ANN).threads.create(title="plans")
    nobodys = await weft.threads.create(title="plans")
    for viewer in (BOB, KEY, Viewer()):
        for narrowed in (
            ThreadFilter(user_id="ann"),
            ThreadFilter(anonymous=True),
            ThreadFilter(title="plans"),
            ThreadFilter(user_id="ann", title="plans"),
            ThreadFilter(made_by="key_s"),
        ):
            assert await listed(seen_by(weft, viewer), narrowed) == set()
    assert nobodys.id in await listed(seen_by(weft, SERVICE), ThreadFilter(anonymous=True))


async def test_the_same_client_id_of_two_keys_names_two_threads(weft: Weft) -> None:
    first = await seen_by(weft, KEY).threads.create(client_id="draft")
    second = await seen_by(weft, OTHER_KEY).threads.create(client_id="draft")
    assert first.id != second.id
    assert (await seen_by(weft, KEY).threads.create(client_id="draft")).id == first.id


async def test_a_user_names_nobody_else(weft: Weft) -> None:
    services = seen_by(weft, BOB)
    mine = await services.threads.create()
    with pytest.raises(ForbiddenError):
        await services.threads.create(user_id="ann")
    with pytest.raises(ForbiddenError):
        await services.threads.update(mine.id, {"user_id": "ann"})
    with pytest.raises(ForbiddenError):
        await services.threads.delete_user_data("ann")
    with pytest.raises(ForbiddenError):
        await services.answers.generate_text("helper", user_id="ann", prompt="hi")
    with pytest.raises(ForbiddenError):
        await services.feeds.thread_list("ann", None)
    with pytest.raises(ForbiddenError):
        await services.search.messages("plans", user_id="ann")


async def test_everyone_is_for_a_user_who_may_list(weft: Weft) -> None:
    own = await seen_by(weft, BOB).feeds.thread_list(None, None, everyone=True)
    everybodys = await seen_by(weft, SERVICE).feeds.thread_list(None, None, everyone=True)
    anns, mine = await seen_by(weft, ANN).threads.create(), await seen_by(weft, BOB).threads.create()
    assert [thread_of(await anext(own))] == [mine.id]
    assert [thread_of(await anext(everybodys)), thread_of(await anext(everybodys))] == [anns.id, mine.id]
    with pytest.raises(ForbiddenError):
        await seen_by(weft, KEY).feeds.thread_list(None, None, everyone=True)
    for reader in (own, everybodys):
        await reader.aclose()


async def test_the_cursor_of_a_list_leads_on_in_what_its_viewer_may_list(weft: Weft) -> None:
    for viewer, narrowed in ((BOB, ThreadFilter()), (SERVICE, ThreadFilter()), (SERVICE, ThreadFilter(user_id="bob"))):
        services, user_id = seen_by(weft, viewer), narrowed.user_id
        page = await services.threads.page(narrowed, ThreadOrder.CREATED, ALL)
        anns, mine = await seen_by(weft, ANN).threads.create(), await seen_by(weft, BOB).threads.create()
        reader = await services.feeds.thread_list(user_id, page.cursor, everyone=user_id is None)
        told = {thread_of(item) async for item in reader.catch_up()}
        await reader.aclose()
        assert mine.id in told
        assert (anns.id in told) == (viewer is SERVICE and user_id is None)


async def test_nobody_follows_a_list_by_the_cursor_of_somebody_else(weft: Weft) -> None:
    anns = await seen_by(weft, ANN).threads.page(ThreadFilter(), ThreadOrder.CREATED, ALL)
    everybodys = await seen_by(weft, SERVICE).threads.page(ThreadFilter(), ThreadOrder.CREATED, ALL)
    keys = await seen_by(weft, KEY).threads.page(ThreadFilter(), ThreadOrder.CREATED, ALL)
    for cursor in (anns.cursor, everybodys.cursor, keys.cursor):
        with pytest.raises(InputError, match="another list of threads"):
            await seen_by(weft, BOB).feeds.thread_list(None, cursor, everyone=True)
        with pytest.raises(ForbiddenError):
            await seen_by(weft, BOB).feeds.thread_list("ann", cursor)
        for everyone in (True, False):
            with pytest.raises(ForbiddenError):
                await seen_by(weft, KEY).feeds.thread_list(None, cursor, everyone=everyone)


async def test_only_an_admin_lists_users(weft: Weft) -> None:
    def no_opinion(*_: object) -> None:
        return None

    for viewer in (ANN, KEY, SERVICE):
        for authorize in (None, no_opinion):
            with pytest.raises(ForbiddenError):
                await seen_by(weft, viewer, authorize).threads.users(ALL)
    assert (await seen_by(weft, ADMIN).threads.users(ALL)).nodes == []


async def test_whoever_is_nobody_makes_nothing(weft: Weft) -> None:
    with pytest.raises(ForbiddenError):
        await seen_by(weft, Viewer()).threads.create()


async def test_search_finds_what_is_the_viewers(weft: Weft) -> None:
    anns = await seen_by(weft, ANN).threads.create()
    await weft.messages.save(anns.id, [draft(prompt="the budget of the garden")])
    (found,) = await seen_by(weft, ANN).search.messages("budget")
    assert found.thread.id == anns.id
    assert await seen_by(weft, BOB).search.messages("budget") == []
    with pytest.raises(InputError, match="not found"):
        await seen_by(weft, BOB).search.messages("budget", thread_id=anns.id)
    with pytest.raises(ForbiddenError):
        await seen_by(weft, KEY).search.messages("budget")


async def test_what_has_no_rule_cannot_be_called(weft: Weft) -> None:
    services = seen_by(weft, ANN)
    with pytest.raises(AttributeError, match="no rule"):
        await services.streams.writing("thr_1").__aenter__()
    assert not hasattr(services, "store")


async def test_every_rule_is_of_a_method_that_there_is(weft: Weft) -> None:
    for service in ("threads", "messages", "generations", "streams", "approvals", "answers", "feeds", "search"):
        for name in getattr(policy, service.upper()):
            assert hasattr(getattr(weft, service), name), f"{service}.{name}"


@pytest.mark.parametrize("answer", [True, False, None])
async def test_an_applications_rule_goes_before_ours_where_it_says_something(weft: Weft, answer: bool | None) -> None:
    asked: list[tuple[Viewer, Action, str]] = []

    def rule(viewer: Viewer, action: Action, thread: Thread) -> bool | None:
        asked.append((viewer, action, thread.id))
        return answer

    thread = await weft.threads.create(user_id="ann")
    authorize: Authorize = rule
    for viewer in (ANN, BOB, SERVICE):
        seen = await seen_by(weft, viewer, authorize).threads.get(thread.id) is not None
        assert seen is (may_see(viewer, thread) if answer is None else answer)
    assert asked == [(viewer, Action.READ, thread.id) for viewer in (ANN, BOB, SERVICE)]
    assert await seen_by(weft, ADMIN, authorize).threads.get(thread.id) is not None


async def test_a_rule_may_let_read_and_not_write(weft: Weft) -> None:
    thread = await weft.threads.create(user_id="ann")

    def readers(_: Viewer, action: Action, __: Thread) -> bool | None:
        return True if action is Action.READ else None

    bob = seen_by(weft, BOB, readers)
    assert (await bob.messages.page(thread.id, ALL)).nodes == []
    with pytest.raises(InputError, match="not found"):
        await bob.messages.save(thread.id, [draft(role=MessageRole.USER, content="mine")])


async def test_a_guest_who_may_write_has_nothing_looked_up_in_the_owners_other_threads(db: Database) -> None:
    agent = Agent("helper", model="demo", context=ContextOptions(search=SearchOptions(), search_other_threads=True))
    async with Weft(Store(db), [agent], work=False) as weft:
        thread = await weft.threads.create(user_id="ann")
        shared = seen_by(weft, BOB, _everything)
        sent = await shared.messages.send(thread.id, agent_name="helper", prompt="what did she say of me?")
        own = await seen_by(weft, ANN).messages.send(thread.id, agent_name="helper", prompt="what did I say?")
        assert sent.generation is not None
        assert own.generation is not None
        assert sent.generation.options.context.search_other_threads is False
        assert own.generation.options.context.search_other_threads is None


def _everything(_: Viewer, __: Action, ___: Thread) -> bool:
    return True
