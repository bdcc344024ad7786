"""Documents that schemathesis makes from the schema, put to a server: every root field, any argument, any selection."""

import re
import time
from collections import Counter
from typing import Any, Final

import httpx2
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes, scalar
from tests.live.server import ROOT, SEND
from tests.trials.socket_fuzz import Target

SNAPSHOT: Final = ROOT / "src/weft/schema/schema.graphql"
DEADLINE: Final = 10.0
"""Seconds that the server is told an operation may take; see `env` of the tests."""
GRACE: Final = 5.0
_AN_ID: Final = re.compile(r'\b(\w*[iI]d): (?:"[^"\\\n]*"|-?\d+)')
_AN_AGENT: Final = re.compile(r'\bagentName: (?:"[^"\\\n]*")')


def _scalars() -> None:
    texts: Any = st.text(max_size=20).map(nodes.String)
    times: Any = st.datetimes().map(lambda at: nodes.String(at.isoformat() + "Z"))
    json: Any = st.one_of(st.text(max_size=9).map(nodes.String), st.integers().map(nodes.Int), st.just(nodes.Null))
    scalar("DateTime", st.one_of(times, texts))
    scalar("JSON", json)


def operations() -> list[Any]:
    """One for each root field of the schema's snapshot."""
    _scalars()
    graphql: Any = schemathesis.graphql
    schema = graphql.from_path(SNAPSHOT)
    return [operation for root in ("Query", "Mutation") for operation in schema[root].values()]


class Asker:
    """Puts documents to the server; `codes` counts the errors that it answered with, by code."""

    def __init__(self, target: Target) -> None:
        headers = {"authorization": target.authorization} if target.authorization else {}
        self._http = httpx2.Client(base_url=target.base, headers=headers, timeout=DEADLINE + GRACE)
        self._ids: dict[str, str] = {}
        self.codes: Counter[str] = Counter()
        self.asked = 0

    def close(self) -> None:
        self._http.close()

    def begin(self) -> None:
        """A thread with a message and its answer, whose ids some of the documents get."""
        made = self._data("mutation { createThread(input: {}) { thread { id } } }", {})
        thread = made["createThread"]["thread"]["id"]
        asked = {"threadId": thread, "agentName": "echo", "prompt": "Hello"}
        sent = self._data(SEND, {"input": asked})["sendMessage"]
        self._ids = {
            "threadId": thread,
            "id": thread,
            "messageId": sent["sentMessage"]["id"],
            "promptMessageId": sent["sentMessage"]["id"],
            "generationId": sent["generation"]["id"],
        }

    def ask(self, document: str, *, known: bool) -> None:
        """Fails on an answer that no document may get."""
        text = self._with_ids(document) if known else document
        begun = time.monotonic()
        response = self._http.post("/graphql", json={"query": text})
        took = time.monotonic() - begun
        self.asked += 1
        assert response.status_code < 500, (response.status_code, response.text[:1000])
        assert took < DEADLINE + GRACE, f"{took:.1f} s"
        for error in response.json().get("errors", ()):
            code = error["extensions"]["code"]
            assert code != "INTERNAL", error
            self.codes[code] += 1

    def _with_ids(self, document: str) -> str:
        named = _AN_ID.sub(lambda found: f'{found[1]}: "{self._ids.get(found[1], self._ids["id"])}"', document)
        return _AN_AGENT.sub('agentName: "echo"', named)

    def _data(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post("/graphql", json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, answer
        return dict(answer["data"])


def fuzz(target: Target) -> Asker:
    """So many documents for each root field. Raises AssertionError with the smallest document that shows a defect."""
    asker = Asker(target)
    try:
        for number, operation in enumerate(operations()):
            asker.begin()
            _try_out(operation, asker, target.examples, target.seed + number)
    finally:
        asker.close()
    return asker


def _try_out(operation: Any, asker: Asker, examples: int, seeded: int) -> None:
    @seed(seeded)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(operation.as_strategy(), st.booleans())
    def asks(case: Any, known: bool) -> None:
        asker.ask(case.body, known=known)

    asks()
