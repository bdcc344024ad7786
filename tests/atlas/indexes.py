"""A search index: its definition, what it holds, and how far it is. A changed one serves the old till it is built."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from bson import DatetimeMS, ObjectId, Timestamp
from tests.atlas.definitions import Definition
from tests.atlas.entries import Entries
from tests.atlas.refusals import by_mongot

from weft.storage.types import Doc


class State(Enum):
    """How far a build is, in the search process's words; its value is the status that a list of indexes shows."""

    NOT_STARTED = "PENDING"
    INITIAL_SYNC = "BUILDING"
    STEADY = "READY"
    STALE = "STALE"
    RECOVERING = "RECOVERING"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


ANSWERS: Final = (State.STEADY, State.STALE, State.RECOVERING)
_STATUS_OF_RECOVERING: Final = "READY"


@dataclass(slots=True)
class Build:
    """One definition's entries. `since` is the time of the oplog from which on changes are to be followed."""

    definition: Definition
    entries: Entries
    version: int
    state: State = State.NOT_STARTED
    since: Timestamp | None = None
    waiting: list[Doc] = field(default_factory=list[Doc])
    """Changes that came while it was being built."""

    @property
    def queryable(self) -> bool:
        return self.state in ANSWERS

    @property
    def status(self) -> str:
        return _STATUS_OF_RECOVERING if self.state is State.RECOVERING else self.state.value


def new_build(definition: Definition, version: int) -> Build:
    return Build(definition, Entries(definition), version)


@dataclass(slots=True)
class SearchIndex:
    """`kind` is `search` or `vectorSearch`. `staged` is built while `main` answers."""

    database: str
    collection: str
    name: str
    kind: str
    main: Build
    staged: Build | None = None
    deleting: bool = False
    id: str = field(default_factory=lambda: str(ObjectId()))
    defined_at: DatetimeMS = field(default_factory=lambda: DatetimeMS(datetime.now(UTC)))

    @property
    def builds(self) -> list[Build]:
        return [self.main] if self.staged is None else [self.main, self.staged]

    @property
    def latest(self) -> Build:
        return self.builds[-1]

    def entries(self, kind: str) -> Entries:
        """What is to be searched. Raises Refused while it is being built, and when it is not of that kind."""
        if not self.main.queryable:
            raise by_mongot(f"cannot query {_WORDS[self.kind]} index {self.name} while in state {self.main.state.name}")
        if self.kind != kind:
            raise by_mongot(f"{self.name} is not an index of type {kind}")
        return self.main.entries

    def listed(self) -> Doc:
        """As `$listSearchIndexes` shows it."""
        status = "DELETING" if self.deleting else "BUILDING" if self.staged is not None else self.main.status
        return {
            "id": self.id,
            "name": self.name,
            "type": self.kind,
            "status": status,
            "queryable": self.main.queryable and not self.deleting,
            "latestDefinitionVersion": {"version": self.latest.version, "createdAt": self.defined_at},
            "latestDefinition": self.latest.definition.source,
            "statusDetail": [
                {
                    "hostname": "stand-in",
                    "status": status,
                    "queryable": self.main.queryable,
                    "mainIndex": _detail(self.main),
                    **({} if self.staged is None else {"stagedIndex": _detail(self.staged)}),
                }
            ],
        }


_WORDS: Final = {"vectorSearch": "vector", "search": "search"}


def _detail(build: Build) -> Doc:
    return {
        "status": build.status,
        "queryable": build.queryable,
        "definitionVersion": {"version": build.version},
        "definition": build.definition.source,
    }
