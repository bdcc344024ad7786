"""Looks at everything Weft needs, and says of each thing that is wrong how to mend it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from pydantic import SecretStr

from weft.agents.agent import Agent
from weft.agents.weft import Weft
from weft.app import WeftApp
from weft.errors import WeftError
from weft.llm.keys import key_of, missing_key
from weft.pages import WEB
from weft.secret_files import secret, source_of
from weft.settings import Settings, is_secret, variable_of
from weft.storage.connection import check
from weft.storage.embedded import EmbeddedMongo
from weft.storage.search.atlas.index_upkeep import IndexState, IndexUpkeep
from weft.storage.search.detection import Ability, detect


@dataclass(frozen=True, slots=True)
class Finding:
    """`mend` is None when all is well."""

    subject: str
    found: str
    mend: str | None = None


async def examine(app: WeftApp) -> AsyncIterator[Finding]:
    """Every finding, good and bad. Starts the embedded MongoDB when no other is set."""
    async for finding in _mongodb(app):
        yield finding
    for agent in app.agents:
        yield _key(agent)
    for finding in _secrets(app.settings):
        yield finding
    yield await _callers(app)
    yield _pages()


async def _mongodb(app: WeftApp) -> AsyncIterator[Finding]:
    uri = app.settings.mongodb_uri
    try:
        if uri is not None:
            async for finding in _server(app, uri.get_secret_value()):
                yield finding
        else:
            async with EmbeddedMongo(app.settings.data_dir) as server:
                yield Finding("MongoDB", f"embedded, data in {app.settings.data_dir}")
                async for finding in _server(app, server.uri):
                    yield finding
    except WeftError as error:
        yield Finding("MongoDB", "not usable", error.message)


async def _server(app: WeftApp, uri: str) -> AsyncIterator[Finding]:
    report = await check(uri)
    kind = "sharded cluster" if report.sharded else f"replica set {report.replica_set}"
    yield Finding("MongoDB", f"version {report.version}, {kind}, {report.latency_ms:.1f} ms away")
    async with app.opened(work=False) as weft:
        missing = await weft.store.missing_indexes()
        mend = f"missing: {', '.join(missing)}; start the server once with a user that may create indexes"
        yield Finding("indexes", "all there" if not missing else "incomplete", mend if missing else None)
        problems = await weft.ready()
        yield Finding("live feed", "open" if not problems else "; ".join(problems), "see MongoDB" if problems else None)
        async for finding in _search(app, weft):
            yield finding


async def _search(app: WeftApp, weft: Weft) -> AsyncIterator[Finding]:
    """Which way is searched, why, and the indexes of that way."""
    if app.settings.search == "embedded":
        yield Finding("search", "embedded, as WEFT_SEARCH says")
        return
    found = await detect(weft.store.database)
    match found.ability:
        case Ability.NONE:
            yield Finding("search", "embedded: this MongoDB has no search indexes of its own")
        case Ability.FORBIDDEN:
            mend = "give it the role readWrite of the database, or set WEFT_SEARCH=embedded if this is meant to be"
            yield Finding("search", f"{weft.search.name}: the MongoDB user may not see search indexes", mend)
        case Ability.AWAY:
            mend = "see that mongot runs and that mongod can reach it; until then searches fail, all else works"
            yield Finding("search", f"{weft.search.name}, but it does not answer: {found.reason}", mend)
        case Ability.HERE:
            yield Finding("search", f"{weft.search.name}: search indexes of MongoDB's own")
            async for finding in _search_indexes(weft, IndexUpkeep(weft.store.database, app.settings.search_language)):
                yield finding


async def _search_indexes(weft: Weft, indexes: IndexUpkeep) -> AsyncIterator[Finding]:
    try:
        states = await indexes.states(await weft.store.search_spaces.all())
    except WeftError as error:
        yield Finding("search indexes", "not known", error.message)
        return
    for state in states:
        yield Finding(f"search index {state.name}", f"{state.status}, {state.entries} entries", _mend(state))


def _mend(state: IndexState) -> str | None:
    if not state.wanted:
        return "it is not used any more: drop it with `weft search drop-indexes --unused`"
    if state.failed:
        return "drop it with `weft search drop-indexes`, then run `weft search create-indexes`; see the server's log"
    if state.status == "STALE":
        return "it answers, but with what it knew a while ago: see the server's log, or drop and create it again"
    if state.ready:
        return None
    return "run `weft search create-indexes`, which makes or changes it and waits until it can be searched"


def _key(agent: Agent) -> Finding:
    subject, found = f"agent {agent.name}", f"model {agent.model_name}"
    if variable := missing_key(agent.model):
        mend = f"set {variable} in the server's environment, or {variable}_FILE to a file with it"
        return Finding(subject, f"{found}, no key", mend)
    variable = key_of(agent.model)
    source = None if variable is None else source_of(variable)
    return Finding(subject, f"{found}, {variable} {source}" if source else found)


def _secrets(settings: Settings) -> Iterator[Finding]:
    """Where each secret comes from, never what it is."""
    for name, field in Settings.model_fields.items():
        value: SecretStr | None = getattr(settings, name) if is_secret(field) else None
        if value is not None:
            variable = variable_of(name)
            outside = secret(variable) == value.get_secret_value()
            yield Finding(variable, (source_of(variable) if outside else None) or "given by the app's own code")


async def _callers(app: WeftApp) -> Finding:
    authentication = app.authentication
    if authentication is None:
        return Finding("callers", "anybody on this machine, as operator; others are refused")
    try:
        await authentication.check()
    except WeftError as error:
        return Finding("callers", error.message, "see WEFT_JWKS_URL, and whether this machine can reach it")
    return Finding("callers", f"known by {authentication.by}")


def _pages() -> Finding:
    built = all((WEB / name / "index.html").is_file() for name in ("playground", "graphiql"))
    return Finding("pages", "built" if built else "not built", None if built else "run: make web")
