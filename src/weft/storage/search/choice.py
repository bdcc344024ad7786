"""Which way of searching a server can do, and an operator wants."""

import logging
from collections.abc import Mapping
from typing import Final

from weft.errors import ConfigError
from weft.settings import SearchSetting
from weft.storage.search.atlas.search import AtlasSearch
from weft.storage.search.detection import Ability, detect
from weft.storage.search.embedded.search import EmbeddedOptions, EmbeddedSearch
from weft.storage.search.strategy import SearchStrategy
from weft.storage.store import Store

_LOG = logging.getLogger(__name__)
_WHY_NOT: Final[Mapping[Ability, str]] = {
    Ability.NONE: (
        "WEFT_SEARCH is atlas, but this MongoDB has no search indexes of its own ({reason}). Use Atlas or a MongoDB "
        "with a mongot beside it (docs/search-atlas.md), or set WEFT_SEARCH=auto: Weft then searches by itself."
    ),
    Ability.FORBIDDEN: (
        "WEFT_SEARCH is atlas, but the MongoDB user may not see search indexes: give it the role readWrite of the "
        "database, or set WEFT_SEARCH=embedded."
    ),
}


async def choose(
    store: Store, wanted: SearchSetting = "auto", embedded: EmbeddedOptions | None = None
) -> SearchStrategy:
    """Search by the server's own indexes where it has them (atlas-search.md D.5), else by Weft's, as `embedded` says.

    The language of `embedded` is that of either.

    A server whose search does not answer just now counts as one that has it: its searches fail until it is back.

    Raises ConfigError when `atlas` is wanted and not there.
    """
    if wanted == "embedded":
        return EmbeddedSearch(store.database, store.own_writes, embedded)
    found = await detect(store.database)
    if found.ability in (Ability.HERE, Ability.AWAY):
        language = (embedded or EmbeddedOptions()).language
        return AtlasSearch(store.database, store.search_spaces, language=language)
    if wanted == "atlas":
        raise ConfigError(_WHY_NOT[found.ability].format(reason=found.reason))
    if found.ability is Ability.FORBIDDEN:
        _LOG.warning("search indexes may not be used by this MongoDB user: Weft searches by itself; run `weft doctor`")
    return EmbeddedSearch(store.database, store.own_writes, embedded)
