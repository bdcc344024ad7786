"""One or more calls of every public method that keeps account of waiting calls."""

from collections.abc import Awaitable, Callable
from typing import Final

from tests.storage.filled import THREAD
from tests.support import pending_call

from weft.storage.store import Store
from weft.storage.types import Session
from weft.threads.clock import utc_now

Call = Callable[[Store, Session], Awaitable[object]]

PENDING_CALLS: Final[dict[str, list[Call]]] = {
    "insert": [lambda store, session: store.pending_calls.insert(session, [pending_call()])],
    "get": [
        lambda store, session: store.pending_calls.get(session, THREAD, "apr_010"),
        lambda store, session: store.pending_calls.get(session, "thr_other", "apr_010"),
    ],
    "of_tool_call": [lambda store, session: store.pending_calls.of_tool_call(session, THREAD, "call_10")],
    "of_message": [lambda store, session: store.pending_calls.of_message(session, "msg_5_1")],
    "of_messages": [lambda store, session: store.pending_calls.of_messages(session, ["msg_5_1", "msg_6_1"])],
    "open_of_turn": [lambda store, session: store.pending_calls.open_of_turn(session, THREAD, 5)],
    "open_of_thread": [lambda store, session: store.pending_calls.open_of_thread(THREAD, session)],
    "decide": [lambda store, session: store.pending_calls.decide(session, "apr_010", True, None, None, utc_now())],
    "expired": [lambda store, _: store.pending_calls.expired(5)],
    "next_expiry": [lambda store, _: store.pending_calls.next_expiry()],
}
