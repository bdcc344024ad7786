"""One or more calls of every public method of the collection of API keys."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from tests.support import LONG_AGO

from weft.storage.api_keys import key_doc
from weft.storage.paging import encode_cursor
from weft.storage.store import Store
from weft.storage.types import Doc, Session
from weft.threads.api_keys import ApiKey
from weft.threads.clock import utc_now
from weft.threads.paging import PageRequest

Call = Callable[[Store, Session], Awaitable[object]]

KEY: Final = "key_007"


def key_value(number: int, name: str | None = None) -> ApiKey:
    return ApiKey(
        f"key_{number:03}", name, ("user",), "ann" if number % 40 == 0 else f"user{number}", LONG_AGO, b"d" * 32
    )


def api_key_docs() -> list[Doc]:
    """Every second one has a name, every fourth is revoked."""
    keys = (key_value(number, f"n{number}" if number % 2 else None) for number in range(400))
    revoked = (replace(key, revoked_at=utc_now()) if n % 4 == 1 else key for n, key in enumerate(keys))
    return [key_doc(key) for key in revoked]


API_KEYS: Final[dict[str, list[Call]]] = {
    "get": [
        lambda store, session: store.api_keys.get(KEY, session),
        lambda store, _: store.api_keys.get("key_none"),
    ],
    "named": [
        lambda store, session: store.api_keys.named("n7", session),
        lambda store, _: store.api_keys.named("nobody"),
    ],
    "page": [
        lambda store, _: store.api_keys.page(PageRequest(20)),
        lambda store, _: store.api_keys.page(PageRequest(20, forward=False)),
        lambda store, _: store.api_keys.page(PageRequest(20, after=encode_cursor([KEY]))),
        lambda store, _: store.api_keys.page(PageRequest(20, forward=False, before=encode_cursor([KEY]))),
    ],
    "insert": [lambda store, session: store.api_keys.insert(session, key_value(900, "new"))],
    "revoke": [lambda store, session: store.api_keys.revoke(session, KEY, utc_now())],
    "revoke_of_user": [lambda store, _: store.api_keys.revoke_of_user("ann", LONG_AGO, utc_now())],
    "remove_of_user": [lambda store, session: store.api_keys.remove_of_user(session, "ann", LONG_AGO)],
    "good": [lambda store, _: store.api_keys.good([KEY, "key_008", "key_none"], utc_now())],
    "note_use": [lambda store, _: store.api_keys.note_use({"key_none": utc_now()})],
}
