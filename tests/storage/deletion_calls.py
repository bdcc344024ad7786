"""One or more calls of every public method that deletes, or that keeps account of deletions."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from tests.storage.filled import GENERATION, STREAM, THREAD, USER
from tests.support import LONG_AGO

from weft.storage.store import Store
from weft.storage.types import Session
from weft.threads.deletions import Deletion, DeletionKind
from weft.threads.erasures import Erasure
from weft.threads.positions import Position

Call = Callable[[Store, Session], Awaitable[object]]

LEASE: Final = timedelta(seconds=10)
_SOME: Final = [f"msg_{n}_1" for n in range(10)]
_JOB: Final = Deletion("del_new", DeletionKind.THREAD, LONG_AGO, thread_id="thr_new")

DELETIONS: Final[dict[str, list[Call]]] = {
    "insert": [lambda store, session: store.deletions.insert(session, _JOB, None, LEASE)],
    "take": [lambda store, _: store.deletions.take("lea_new", LEASE)],
    "renew": [lambda store, _: store.deletions.renew("del_1", "lea_1", LEASE, 100)],
    "release": [lambda store, _: store.deletions.release("del_2", "lea_2")],
    "release_orphans": [lambda store, _: store.deletions.release_orphans()],
    "finish": [lambda store, session: store.deletions.finish(session, "del_3", "lea_3")],
    "under_way": [
        lambda store, _: store.deletions.under_way(thread_id="thr_7"),
        lambda store, _: store.deletions.under_way(user_id="u7"),
        lambda store, _: store.deletions.under_way(user_id="nobody"),
    ],
    "next_due": [lambda store, _: store.deletions.next_due()],
}

ERASURES: Final[dict[str, list[Call]]] = {
    "insert": [lambda store, _: store.erasures.insert(Erasure("era_new", USER, LONG_AGO, None, {}))],
    "get": [lambda store, _: store.erasures.get("era_1")],
    "count": [lambda store, session: store.erasures.count(session, "era_1", {"messages": 2})],
    "finish": [lambda store, _: store.erasures.finish("era_1")],
}

REMOVALS: Final[dict[str, list[Call]]] = {
    "threads_of": [lambda store, _: store.removals.threads_of(_SOME)],
    "rows": [lambda store, session: store.removals.rows(session, _SOME)],
    "range": [
        lambda store, session: store.removals.range(session, THREAD, Position(50, 1), Position(60, 1), 500),
        lambda store, session: store.removals.range(session, THREAD, Position(50, 0), Position(2**31, 0), 50),
    ],
    "turns": [lambda store, session: store.removals.turns(session, THREAD, {3, 4, 5})],
    "generations": [lambda store, session: store.removals.generations(session, THREAD, {3, 4, 5})],
    "streams": [lambda store, session: store.removals.streams(session, THREAD, {Position(3, 1), Position(5, 1)})],
    "live_streams": [lambda store, session: store.removals.live_streams(session, THREAD)],
    "delete_rows": [lambda store, session: store.removals.delete_rows(session, _SOME)],
    "of_thread": [lambda store, _: store.removals.of_thread("thr_gone", 5, 20)],
    "of_streams": [lambda store, _: store.removals.of_streams([STREAM], 20)],
    "of_generations": [lambda store, _: store.removals.of_generations([GENERATION], 20)],
}

THREADS: Final[dict[str, list[Call]]] = {
    "of_user": [lambda store, _: store.threads.of_user(USER, LONG_AGO + timedelta(seconds=200), 20)],
    "idle_since": [lambda store, _: store.threads.idle_since(LONG_AGO + timedelta(seconds=20), 20)],
    "moving": [lambda store, _: store.threads.moving(20)],
    "moved": [lambda store, _: store.threads.moved(THREAD, USER)],
    "note_branch": [lambda store, session: store.threads.note_branch(session, THREAD)],
    "delete": [lambda store, session: store.threads.delete(session, "thr_9")],
}
