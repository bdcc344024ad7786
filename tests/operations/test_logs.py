"""Processes log to standard error, an object of JSON a line, unless people are reading."""

import io
import json
import logging
import pty
import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from tests.live.server import ServerProcess

from weft.errors import ConfigError, UnavailableError
from weft.logs import Json, log_to_stderr
from weft.settings import LogSettings, log_settings
from weft.storage.embedded import EmbeddedMongo
from weft.storage.types import Database


@pytest.fixture
def log() -> Generator[logging.Logger, None, None]:
    """A logger of its own; the root is as before afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield logging.getLogger("tests.logs")
    root.handlers[:], root.level = before, level


def line(**fields: Any) -> dict[str, Any]:
    """The object of one record."""
    record = logging.makeLogRecord({"name": "weft.x", "levelname": "WARNING", "msg": "something happened"} | fields)
    text = Json().format(record)
    assert "\n" not in text
    found: dict[str, Any] = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    return found


def test_an_entry_is_one_object_with_its_time_in_utc_and_its_extras() -> None:
    entry = line(created=1_700_000_000.5, msecs=500.0, thread_id="thr_1", generation="gen_1", attempts=3, done=False)
    assert entry == {
        "time": "2023-11-14T22:13:20.500Z",
        "level": "warning",
        "logger": "weft.x",
        "message": "something happened",
        "thread_id": "thr_1",
        "generation": "gen_1",
        "attempts": 3,
        "done": False,
    }


SAID = "my diagnosis\nis nobody's business"


def test_of_an_error_its_kind_and_places_are_logged_and_not_what_it_says() -> None:
    try:
        try:
            raise KeyError(SAID)
        except KeyError as error:
            raise ExceptionGroup(SAID, [ValueError(SAID), UnavailableError("MongoDB does not answer")]) from error
    except ExceptionGroup:
        entry = line(exc_info=sys.exc_info())
    trace = entry["exception"]
    assert trace.startswith("Traceback")
    assert "KeyError" in trace
    assert "ValueError" in trace
    assert "weft.errors.UnavailableError: MongoDB does not answer" in trace
    assert __file__ in trace
    assert "diagnosis" not in trace
    assert "business" not in trace


def test_nor_is_it_in_what_the_event_loop_says_of_it() -> None:
    entry = line(name="asyncio", msg=f"Task exception was never retrieved\nfuture: {ValueError(SAID)!r}")
    assert entry["message"] == "Task exception was never retrieved"


def test_an_exception_is_whole_if_asked_for_within_the_line() -> None:
    try:
        raise ValueError("line one\nline two")
    except ValueError:
        record = logging.makeLogRecord({"exc_info": sys.exc_info()})
    entry = json.loads(Json(whole=True).format(record))
    assert entry["exception"].startswith("Traceback")
    assert entry["exception"].endswith("ValueError: line one\nline two")


def test_whatever_is_given_the_line_is_json_and_no_longer_than_collectors_take() -> None:
    entry = line(msg="a" * 100_000, half="\ud800", many=float("nan"), thing={1, 2}, text="b" * 100_000, time="mine")
    assert len(json.dumps(entry)) < 17_000
    assert entry["half"] == "\ud800"
    assert entry["many"] == "nan"
    assert entry["thing"] == "{1, 2}"
    assert entry["time_"] == "mine"


def test_what_is_less_than_the_level_is_not_logged(log: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stderr", errors)
    log_to_stderr(LogSettings(level="warning"))
    log.info("quiet")
    log.warning("loud", extra={"error_id": "err_1"})
    (entry,) = map(json.loads, errors.getvalue().splitlines())
    assert (entry["message"], entry["error_id"]) == ("loud", "err_1")


def test_text_is_for_terminals_and_for_whoever_asks_for_it(
    log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stderr", errors)
    log_to_stderr(LogSettings(format="text"))
    log.warning("loud", extra={"error_id": "err_1"})
    assert re.fullmatch(r"\S+ \S+ WARNING tests.logs: loud error_id='err_1'\n", errors.getvalue())
    master, slave = pty.openpty()
    with open(slave, "w") as terminal, open(master, "rb", buffering=0) as shown:
        monkeypatch.setattr(sys, "stderr", terminal)
        log_to_stderr(LogSettings())
        log.warning("loud")
        assert b"WARNING tests.logs: loud" in shown.read(1000)


@pytest.mark.parametrize(("name", "value"), [("WEFT_LOG_FORMAT", "xml"), ("WEFT_LOG_LEVEL", "loud")])
def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=f"^{name} is not usable"):
        log_settings()


async def test_a_server_logs_json_when_no_terminal_reads_it(
    mongod: EmbeddedMongo, db: Database, database: str, tmp_path: Path
) -> None:
    await db["threads"].insert_one({"_id": "thr_1"})
    env = {"WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": database}
    log = tmp_path / "log"
    server = await (await ServerProcess.start(env, log)).ready()
    await server.stop()
    entries = [json.loads(each) for each in log.read_text().splitlines()]
    steps = [entry["step"] for entry in entries if entry["message"] == "the database is migrated"]
    assert "client_ids_of_keys" in steps
    assert {"time", "level", "logger", "message"} <= set(entries[0])
