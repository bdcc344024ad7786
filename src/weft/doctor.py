"""Looks at everything Weft needs, and says of each thing that is wrong how to mend it."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

from weft.agents.agent import Agent
from weft.app import WeftApp
from weft.errors import WeftError
from weft.pages import WEB
from weft.storage.connection import check
from weft.storage.embedded import EmbeddedMongo

_KEYS = {"openai": "OPENAI_API_KEY", "openai-chat": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}


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
        yield Finding("search", weft.search.name)


def _key(agent: Agent) -> Finding:
    provider = agent.model_name.partition(":")[0]
    variable = _KEYS.get(provider)
    subject = f"agent {agent.name}"
    if (
        variable is None
        or os.environ.get(variable)
        or (provider == "openai-chat" and os.environ.get("OPENAI_BASE_URL"))
    ):
        return Finding(subject, f"model {agent.model_name}")
    return Finding(subject, f"model {agent.model_name}, no key", f"set {variable} in the server's environment")


def _pages() -> Finding:
    built = all((WEB / name / "index.html").is_file() for name in ("playground", "graphiql"))
    return Finding("pages", "built" if built else "not built", None if built else "run: make web")
