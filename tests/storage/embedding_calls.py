"""One or more calls of every public method that makes, keeps and moves vectors."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from tests.storage.filled import LEASED, SPACE, THREAD
from tests.support import LONG_AGO

from weft.storage.store import Store
from weft.storage.types import Session
from weft.threads.embeddings import Migration, MigrationState
from weft.threads.vectors import Space

Call = Callable[[Store, Session], Awaitable[object]]

LENGTH: Final = timedelta(seconds=10)
MODEL: Final = "openai:small"
NEW: Final = Space("openai:new", 2)
WAY: Final = Migration("from_13", "to", MigrationState.RUNNING, 9, 0, 0, None, LONG_AGO, LONG_AGO)

EMBEDDING_QUEUE: Final[dict[str, list[Call]]] = {
    "claim": [lambda store, _: store.embedding_queue.claim(MODEL, "lea", LENGTH, 10)],
    "claim_one": [lambda store, _: store.embedding_queue.claim_one("msg_other_5", MODEL, "lea", LENGTH)],
    "renew": [lambda store, _: store.embedding_queue.renew([LEASED], "l", LENGTH)],
    "store": [lambda store, _: store.embedding_queue.store({LEASED: (1.0, 2.0)}, NEW, "l")],
    "postpone": [lambda store, _: store.embedding_queue.postpone([LEASED], "l", LENGTH)],
    "give_up": [lambda store, _: store.embedding_queue.give_up([LEASED], MODEL, "l", "400")],
    "release": [lambda store, _: store.embedding_queue.release([LEASED], "l")],
    "release_orphans": [lambda store, _: store.embedding_queue.release_orphans()],
    "next_due": [lambda store, _: store.embedding_queue.next_due(MODEL)],
    "hasten": [lambda store, _: store.embedding_queue.hasten(MODEL)],
    "ask": [lambda store, _: store.embedding_queue.ask(["msg_3_0", "msg_4_0"], "openai:new", [NEW.key])],
    "ask_beside": [lambda store, _: store.embedding_queue.ask_beside("openai:new", MODEL, 10)],
    "withdraw": [lambda store, _: store.embedding_queue.withdraw(MODEL, 10)],
    "ask_again": [lambda store, _: store.embedding_queue.ask_again("openai:broken", 10)],
    "waiting": [lambda store, _: store.embedding_queue.waiting(MODEL)],
    "waits_before": [lambda store, _: store.embedding_queue.waits_before(MODEL, "msg_other_20")],
    "pending": [lambda store, _: store.embedding_queue.pending()],
}

VECTORS: Final[dict[str, list[Call]]] = {
    "page": [
        lambda store, _: store.vectors.page(SPACE, None, None, 20),
        lambda store, _: store.vectors.page(SPACE, None, "msg_100_0", 20),
        lambda store, _: store.vectors.page(SPACE, THREAD, None, 20),
        lambda store, _: store.vectors.page(SPACE, THREAD, "msg_100_0", 20),
        lambda store, _: store.vectors.page(SPACE, "thr_none", None, 20),
    ],
    "ids": [
        lambda store, _: store.vectors.ids(SPACE.key, None, 20),
        lambda store, _: store.vectors.ids(SPACE.key, "msg_100_0", 20),
    ],
    "entries": [lambda store, _: store.vectors.entries(["msg_3_0", "msg_none"])],
    "of_message": [lambda store, _: store.vectors.of_message("msg_3_0", SPACE)],
    "set_made": [lambda store, _: _set_made(store)],
    "count": [lambda store, _: store.vectors.count(SPACE)],
    "remove": [lambda store, _: store.vectors.remove(["msg_3_0", "msg_none"], [SPACE])],
    "remove_some": [
        lambda store, _: store.vectors.remove_some(SPACE, None, 10),
        lambda store, _: store.vectors.remove_some(SPACE, THREAD, 10),
    ],
}


async def _set_made(store: Store) -> None:
    entries = await store.vectors.entries(["msg_3_0"])
    await store.vectors.set_made(entries, {"msg_3_0": (1.0, 2.0)}, "openai:new")


EMBEDDING_MIGRATIONS: Final[dict[str, list[Call]]] = {
    "begin": [lambda store, _: store.embedding_migrations.begin("from_new", "to", 9, LENGTH)],
    "all": [lambda store, _: store.embedding_migrations.all()],
    "get": [lambda store, _: store.embedding_migrations.get("from_13", "to")],
    "move": [
        lambda store, _: store.embedding_migrations.move(WAY, MigrationState.READY, None),
        lambda store, _: store.embedding_migrations.move(WAY, MigrationState.READY, LENGTH, "l"),
    ],
    "forget_ways_from": [lambda store, _: store.embedding_migrations.forget_ways_from("from_14")],
    "take": [lambda store, _: store.embedding_migrations.take("lea", LENGTH)],
    "advance": [
        lambda store, _: store.embedding_migrations.advance(WAY, "l", LENGTH, cursor=("key", "msg_3_0"), asked=3)
    ],
    "release": [lambda store, _: store.embedding_migrations.release("from_13 > to", "l", LENGTH)],
    "release_orphans": [lambda store, _: store.embedding_migrations.release_orphans()],
    "next_due": [lambda store, _: store.embedding_migrations.next_due()],
}
