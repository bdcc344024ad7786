"""What the driver sends, and how the server would answer it."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from weft.storage.types import Database, Doc

_FILTERED: Final = {
    "find": ("filter", "sort", "limit", "projection"),
    "aggregate": ("pipeline", "cursor"),
    "update": ("updates",),
    "delete": ("deletes",),
    "count": ("query",),
    "distinct": ("key", "query"),
    "findAndModify": ("query", "sort", "update", "remove"),
}


class Recorder(CommandListener):
    """Keeps the commands with a filter that were sent while it listens."""

    def __init__(self) -> None:
        self._heard: list[Doc] | None = None

    @contextmanager
    def listening(self) -> Generator[list[Doc], None, None]:
        heard: list[Doc] = []
        self._heard = heard
        try:
            yield heard
        finally:
            self._heard = None

    def started(self, event: CommandStartedEvent) -> None:
        if self._heard is None or event.command_name not in _FILTERED:
            return
        name = event.command_name
        fields = {field: event.command[field] for field in _FILTERED[name] if field in event.command}
        self._heard.append({name: event.command[name], **fields})

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to note."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to note."""


class Plan:
    """How a command is answered: its stages, and what it looked at to return `returned` documents."""

    def __init__(self, explained: Mapping[str, Any]) -> None:
        self.stages = {stage for plan in _winning(explained) for stage in _stages(plan)}
        stats: list[Mapping[str, Any]] = list(_find(explained, "executionStats"))
        self.returned = max(int(each["nReturned"]) for each in stats)
        self.examined = max(max(int(each["totalKeysExamined"]), int(each["totalDocsExamined"])) for each in stats)


async def explain(database: Database, command: Doc) -> Plan:
    return Plan(await database.command({"explain": command, "verbosity": "executionStats"}))


def _winning(explained: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from _find(explained, "winningPlan")


def _find(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, inner in value.items():  # pyright: ignore[reportUnknownVariableType]
            if key == name:
                yield inner
            else:
                yield from _find(inner, name)
    elif isinstance(value, list):
        for inner in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _find(inner, name)


def _stages(plan: Any) -> Iterator[str]:
    yield from _find(plan, "stage")
