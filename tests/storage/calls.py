"""One or more calls of every public method of every collection, as Weft makes them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from tests.storage import api_key_calls, deletion_calls, embedding_calls, pending_calls
from tests.storage.filled import GENERATION, MESSAGE, OUTSIDE, STREAM, THREAD, TURNS, USER
from tests.support import LONG_AGO, delta, generation_at, row, stream_at, thread_value, words

from weft.storage.expected import Expected
from weft.storage.paging import encode_cursor
from weft.storage.store import Store
from weft.storage.types import Session
from weft.threads.clock import utc_now
from weft.threads.context_ranges import TurnRange
from weft.threads.context_receipts import ContextReceipt
from weft.threads.cursors import EVERYONE
from weft.threads.events import EventKind, StoredEvent
from weft.threads.messages import MessageRole, MessageStatus
from weft.threads.paging import PageRequest
from weft.threads.streams import StreamState
from weft.threads.threads import ThreadFilter, ThreadOrder, ThreadStatus
from weft.threads.vectors import Embeddings, Space

Call = Callable[[Store, Session], Awaitable[object]]

LEASE: Final = timedelta(seconds=10)
AGENTS: Final = ["helper", "other"]
AT: Final = LONG_AGO + timedelta(seconds=200)


def _requests(*values: object) -> list[PageRequest]:
    """A page from each end, and pages beside and between cursors, both ways."""
    cursor = encode_cursor(values)
    return [
        PageRequest(20),
        PageRequest(20, forward=False),
        PageRequest(20, after=cursor),
        PageRequest(20, forward=False, before=cursor),
        PageRequest(20, after=cursor, before=cursor),
        PageRequest(20, forward=False, after=cursor),
        PageRequest(20, before=cursor),
    ]


def _thread_page(narrowed: ThreadFilter, order: ThreadOrder, request: PageRequest) -> Call:
    return lambda store, _: store.threads.page(narrowed, order, request)


def _message_page(request: PageRequest) -> Call:
    return lambda store, _: store.messages.page(THREAD, request)


def _turn_page(request: PageRequest) -> Call:
    return lambda store, _: store.messages.turn_page(THREAD, request)


def _ui_page(request: PageRequest) -> Call:
    return lambda store, _: store.messages.ui_page(THREAD, request)


def _generation_page(request: PageRequest) -> Call:
    return lambda store, _: store.generations.page(THREAD, request)


_FILTERS = [
    ThreadFilter(),
    ThreadFilter(user_id=USER),
    ThreadFilter(anonymous=True),
    ThreadFilter(status=ThreadStatus.ARCHIVED),
    ThreadFilter(user_id=USER, status=ThreadStatus.ACTIVE),
    ThreadFilter(anonymous=True, status=ThreadStatus.ARCHIVED),
    ThreadFilter(title="RED"),
    ThreadFilter(title="red boat"),
    ThreadFilter(user_id=USER, title="red"),
    ThreadFilter(anonymous=True, title="Red Boat", status=ThreadStatus.ACTIVE),
    ThreadFilter(status=ThreadStatus.ARCHIVED, title="red"),
]

THREADS: Final[dict[str, list[Call]]] = {
    "get": [lambda store, _: store.threads.get(THREAD)],
    "get_with_page": [
        lambda store, _: store.threads.get_with_page(THREAD, PageRequest(20)),
        lambda store, _: store.threads.get_with_page(THREAD, PageRequest(20, forward=False)),
    ],
    "many": [lambda store, _: store.threads.many([f"thr_{n}" for n in range(30)])],
    "by_client_id": [
        lambda store, _: store.threads.by_client_id("bob", None, "c1"),
        lambda store, _: store.threads.by_client_id(None, "key_1", "unknown"),
    ],
    "page": [
        _thread_page(narrowed, order, request)
        for narrowed in _FILTERS
        for order in ThreadOrder
        for request in _requests(AT, "thr_200")
    ],
    "owners": [
        lambda store, _: store.threads.owners(PageRequest(20)),
        lambda store, _: store.threads.owners(PageRequest(20, after=encode_cursor(["u150"]))),
    ],
    "read": [lambda store, session: store.threads.read(session, THREAD)],
    "take": [lambda store, session: store.threads.take(session, THREAD, Expected(2, 1), AT)],
    "insert": [lambda store, session: store.threads.insert(session, thread_value(), "new")],
    "write": [
        lambda store, session: store.threads.write(session, THREAD, {"seq": 5}),
        lambda store, session: store.threads.write(session, THREAD, {"title": None}),
    ],
    **deletion_calls.THREADS,
}

MESSAGES: Final[dict[str, list[Call]]] = {
    "get": [lambda store, _: store.messages.get(MESSAGE)],
    "by_client_id": [
        lambda store, session: store.messages.by_client_id(session, THREAD, "c190"),
        lambda store, session: store.messages.by_client_id(session, THREAD, "unknown"),
    ],
    "of_batch": [lambda store, session: store.messages.of_batch(session, THREAD, "b5")],
    "greatest": [
        lambda store, session: store.messages.greatest(session, THREAD),
        lambda store, session: store.messages.greatest(session, THREAD, 100),
    ],
    "pending": [
        lambda store, session: store.messages.pending(session, THREAD, None, 100),
        lambda store, session: store.messages.pending(session, THREAD, 50, 100),
    ],
    "of_generation": [lambda store, _: store.messages.of_generation("gen_5")],
    "last_step": [lambda store, session: store.messages.last_step(session, THREAD, 100)],
    "insert": [lambda store, session: store.messages.insert(session, [row(MessageRole.USER, 900, 0)], None)],
    "replace": [
        lambda store, session: store.messages.replace(
            session, row(MessageRole.USER, 0, 0, id=MESSAGE, thread_id=THREAD)
        )
    ],
    "before": [lambda store, _: store.messages.before(THREAD, 100, 1, 50)],
    "many": [lambda store, session: store.messages.many([MESSAGE, "msg_none"], session)],
    "turns": [lambda store, _: store.messages.turns(THREAD, [3, 4, 150])],
    "of_ranges": [
        lambda store, _: store.messages.of_ranges([TurnRange(THREAD, 10, 14)], 50),
        lambda store, _: store.messages.of_ranges(
            [TurnRange(THREAD, 3, 4), TurnRange(THREAD, 90, 99), TurnRange("thr_9", 0, 300)], 1001
        ),
    ],
    "parts_before": [lambda store, _: store.messages.parts_before(stream_at(4, 3, message_step_order=1))],
    "page": [
        *map(_message_page, _requests(100, 1)),
        lambda store, _: store.messages.page(THREAD, PageRequest(20), statuses=[MessageStatus.SUCCESS]),
        lambda store, _: store.messages.page(THREAD, PageRequest(20), exclude_tool=True),
        lambda store, _: store.messages.page(THREAD, PageRequest(20), up_to_message_id="msg_50_0"),
    ],
    "turn_page": [*map(_turn_page, _requests(100))],
    "ui_page": [*map(_ui_page, _requests(100))],
}

STREAMS: Final[dict[str, list[Call]]] = {
    "get": [lambda store, _: store.streams.get(STREAM)],
    "alive_after": [lambda store, _: store.streams.alive_after(THREAD, 10 * TURNS - 50)],
    "page": [
        lambda store, _: store.streams.page(THREAD, 0, [StreamState.STREAMING]),
        lambda store, _: store.streams.page(THREAD, 50, list(StreamState)),
    ],
    "live_of_turn": [
        lambda store, session: store.streams.live_of_turn(session, THREAD, TURNS - 1),
        lambda store, session: store.streams.live_of_turn(session, THREAD, 5),
    ],
    "insert": [lambda store, session: store.streams.insert(session, stream_at(900, 1))],
    "end": [lambda store, session: store.streams.end(session, stream_at(0, 1, id=STREAM))],
    "live": [
        lambda store, _: store.streams.live(THREAD),
        lambda store, _: store.streams.live(THREAD, TURNS - 1),
    ],
    "beat": [lambda store, _: store.streams.beat(OUTSIDE)],
    "touch": [lambda store, _: store.streams.touch(OUTSIDE)],
    "held": [lambda store, session: store.streams.held(session, STREAM)],
    "silent": [lambda store, _: store.streams.silent(timedelta(minutes=10), 10)],
    "is_silent": [lambda store, session: store.streams.is_silent(session, OUTSIDE, timedelta(minutes=10))],
    "ended": [lambda store, _: store.streams.ended(timedelta(minutes=5), 10)],
    "forget": [lambda store, _: store.streams.forget(["str_none", "str_gone"])],
}

DELTAS: Final[dict[str, list[Call]]] = {
    "append": [lambda store, _: store.deltas.append(delta(stream_at(900, 1), 0, *words("a")))],
    "read": [
        lambda store, _: store.deltas.read(STREAM, 50, limit=20),
        lambda store, _: store.deltas.read(STREAM, 50, 90),
    ],
    "read_all": [lambda store, _: store.deltas.read_all(STREAM, 500)],
    "end": [lambda store, _: store.deltas.end(STREAM)],
}


def _event() -> StoredEvent:
    return StoredEvent(THREAD, 9000, EventKind.THREAD_CHANGED, {}, None, utc_now())


EVENTS: Final[dict[str, list[Call]]] = {
    "between": [lambda store, _: store.events.between(THREAD, 100, 120)],
    "tombstone": [lambda store, _: store.events.tombstone(THREAD)],
    "threads_told_of": [
        lambda store, _: store.events.threads_told_of(USER, utc_now() - timedelta(seconds=100), 20),
        lambda store, _: store.events.threads_told_of(None, utc_now() - timedelta(seconds=100), 0),
        lambda store, _: store.events.threads_told_of(EVERYONE, utc_now() - timedelta(seconds=100), 20),
        lambda store, _: store.events.threads_told_of(EVERYONE, utc_now() - timedelta(seconds=100), 0),
    ],
    "insert": [lambda store, session: store.events.insert(session, [_event()])],
}

GENERATIONS: Final[dict[str, list[Call]]] = {
    "get": [lambda store, _: store.generations.get(GENERATION)],
    "by_client_id": [
        lambda store, session: store.generations.by_client_id(session, THREAD, "c191"),
        lambda store, session: store.generations.by_client_id(session, THREAD, "unknown"),
    ],
    "active_of_turn": [lambda store, session: store.generations.active_of_turn(session, THREAD, 10)],
    "page": [*map(_generation_page, _requests("gen_150"))],
    "claimable": [lambda store, _: store.generations.claimable(AGENTS, 10)],
    "next_expiry": [lambda store, _: store.generations.next_expiry(AGENTS)],
    "insert": [lambda store, session: store.generations.insert(session, generation_at(900))],
    "insert_leased": [lambda store, session: store.generations.insert_leased(session, generation_at(901), "l", LEASE)],
    "replace": [lambda store, session: store.generations.replace(session, generation_at(0, id=GENERATION))],
    "take": [lambda store, session: store.generations.take(session, GENERATION, "lease", LEASE, "str_1", AT)],
    "renew": [lambda store, _: store.generations.renew("gen_13", "l", LEASE)],
    "holds": [lambda store, session: store.generations.holds(session, "gen_13", "l")],
    "release_orphans": [lambda store, _: store.generations.release_orphans()],
    "release": [lambda store, _: store.generations.release("gen_19", "l")],
    "leased": [lambda store, session: store.generations.leased(session, "gen_13", "l")],
    "many": [lambda store, _: store.generations.many(["gen_13", "gen_14"])],
    "under_way": [lambda store, session: store.generations.under_way(session, "holder", 20)],
    "reserve": [lambda store, session: store.generations.reserve(session, "gen_19", timedelta(seconds=1))],
}

GENERATION_PLACES: Final[dict[str, list[Call]]] = {
    "meet": [lambda store, session: store.generation_places.meet(session, "0a1b2c")],
}

CONTEXT_RECEIPTS: Final[dict[str, list[Call]]] = {
    "put": [lambda store, _: store.context_receipts.put(ContextReceipt(GENERATION, THREAD, 1, [], [], AT))],
    "get": [lambda store, _: store.context_receipts.get(GENERATION)],
}

SEARCH_ENTRIES: Final[dict[str, list[Call]]] = {
    "insert": [
        lambda store, session: store.search_entries.insert(
            session,
            [row(MessageRole.USER, 900, 0)],
            USER,
            given=Embeddings("openai:small", ((0.5, 0.5),)),
            embed=True,
        )
    ],
    "replace": [
        lambda store, session: store.search_entries.replace(session, row(MessageRole.USER, 1, 0), USER, embed=True)
    ],
    "texts": [lambda store, _: store.search_entries.texts([f"msg_{n}" for n in range(30)])],
    "remove": [lambda store, session: store.search_entries.remove(session, ["msg_1_0", "msg_2_0"])],
    "give_some": [
        lambda store, session: store.search_entries.give_some(session, "thr_other", "other"),
        lambda store, _: store.search_entries.give_some(None, "thr_other", "other"),
    ],
    "set_vectors": [lambda store, _: store.search_entries.set_vectors({"msg_1_0": (0.5, 0.5)}, "openai:small")],
}

SEARCH_SPACES: Final[dict[str, list[Call]]] = {
    "note": [lambda store, _: store.search_spaces.note(Space("openai:new", 2))],
    "all": [lambda store, _: store.search_spaces.all()],
    "of_model": [lambda store, _: store.search_spaces.of_model("openai:small")],
    "forget": [lambda store, _: store.search_spaces.forget(Space("openai:none", 2))],
}

CALLS: Final = {
    "threads": THREADS,
    "messages": MESSAGES,
    "streams": STREAMS,
    "deltas": DELTAS,
    "events": EVENTS,
    "generations": GENERATIONS,
    "generationPlaces": GENERATION_PLACES,
    "contextReceipts": CONTEXT_RECEIPTS,
    "searchEntries": SEARCH_ENTRIES,
    "searchSpaces": SEARCH_SPACES,
    "embeddingMigrations": embedding_calls.EMBEDDING_MIGRATIONS,
    "deletions": deletion_calls.DELETIONS,
    "erasures": deletion_calls.ERASURES,
    "pendingCalls": pending_calls.PENDING_CALLS,
    "apiKeys": api_key_calls.API_KEYS,
}
META: Final[dict[str, list[Call]]] = {
    "schema": [lambda store, _: store.meta.schema()],
    "begin": [lambda store, _: store.meta.begin(0)],
    "take": [lambda store, _: store.meta.take("lea_new", LEASE)],
    "renew": [lambda store, _: store.meta.renew("lea_new", LEASE)],
    "reach": [lambda store, _: store.meta.reach("lea_new", 1)],
    "release": [lambda store, _: store.meta.release("lea_new")],
    "release_orphan": [lambda store, _: store.meta.release_orphan()],
}
BACKLOG: Final[dict[str, list[Call]]] = {
    "generations": [lambda store, _: store.backlog.generations()],
    "deletions": [lambda store, _: store.backlog.deletions()],
    "embeddings": [lambda store, _: store.backlog.embeddings()],
}
BESIDES: Final = {
    "removals": deletion_calls.REMOVALS,
    "embedding_queue": embedding_calls.EMBEDDING_QUEUE,
    "vectors": embedding_calls.VECTORS,
    "meta": META,
    "backlog": BACKLOG,
}
"""Of what is no collection itself."""
