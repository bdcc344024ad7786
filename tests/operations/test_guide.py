"""What docs/operations.md says of commands, settings and metrics is so; the image's files fit the code."""

import asyncio
import re
import shlex
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tests.operations.test_metrics import samples
from tests.support import new_thread

from weft.agents.weft import Weft
from weft.metrics import Meter
from weft.secret_files import PROVIDER_KEYS
from weft.settings import LimitSettings, LogSettings, Settings
from weft.storage.embedded import EmbeddedMongo
from weft.storage.store import Store

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/operations.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("weft ")]
KNOWN = {
    *(f"WEFT_{name.upper()}" for name in Settings.model_fields),
    *(f"WEFT_LIMIT_{name.upper()}" for name in LimitSettings.model_fields),
    *(f"WEFT_LOG_{name.upper()}" for name in LogSettings.model_fields),
    "WEFT_TRACE",
}


async def weft(store: Store, mongod: EmbeddedMongo, folder: Path, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "weft", *arguments,
        cwd=folder, env={"PATH": "/usr/bin:/bin", "WEFT_MONGODB_URI": mongod.uri, "WEFT_DATABASE": store.database.name},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(40):
        printed, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode()


async def test_the_commands_of_the_guide_work_one_after_the_other(
    empty_store: Store, mongod: EmbeddedMongo, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text((ROOT / "deploy/main.py").read_text())
    kept = await new_thread(empty_store, user_id="ann", title="Kept")
    assert len(COMMANDS) == 6
    for command in COMMANDS:
        code, printed = await weft(empty_store, mongod, tmp_path, *shlex.split(command)[1:])
        assert code == 0, (command, printed)
        if "erase" in command:
            assert await empty_store.threads.get(kept.id) is None
    assert (await empty_store.threads.get(kept.id)) is not None
    code, printed = await weft(empty_store, mongod, tmp_path, "embeddings", "status", "main:app")
    assert code == 0, printed
    code, printed = await weft(empty_store, mongod, tmp_path, "doctor", "main:app")
    assert printed.startswith("ok"), printed


def test_the_settings_of_the_guide_and_of_the_images_files_are_there() -> None:
    for name in ("docs/operations.md", "Dockerfile", "compose.yaml"):
        named = set(re.findall(r"WEFT_[A-Z_]*[A-Z]", (ROOT / name).read_text()))
        assert named - {"WEFT_LIMIT"} <= KNOWN, name


async def test_the_metrics_of_the_guide_are_there(empty_store: Store) -> None:
    async with Weft(empty_store, work=False) as opened:
        there = {name for name, *_ in samples((await Meter().text(opened, 0)).decode())}
    families = there | {name.removesuffix("_count") for name in there} | {"weft_request_duration_seconds"}
    named = set(re.findall(r"\b(?:weft|process)_[a-z_]+", GUIDE.partition("## Metrics")[2].partition("## Limits")[0]))
    assert named <= families | {"weft_change_feed_lag_seconds"}


@pytest.fixture
def compose() -> dict[str, Any]:
    yaml: Any = import_module("yaml")
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def test_the_services_run_commands_that_there_are_without_rights_they_do_not_need(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["weft"]["command"] == ["serve", "main:app", "--no-worker"]
    assert services["worker"]["command"] == ["worker", "main:app"]
    for name in ("weft", "worker"):
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["read_only"] is True
        assert services[name]["depends_on"] == {"mongo": {"condition": "service_healthy"}}
    assert services["weft"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in services["mongo"]
    assert compose["volumes"].keys() == {"mongo"}


def test_keys_of_providers_reach_the_services_as_files_if_there_are_any(compose: dict[str, Any]) -> None:
    assert {name.upper() for name in compose["secrets"]} == set(PROVIDER_KEYS)
    for name in ("weft", "worker"):
        service = compose["services"][name]
        assert service["secrets"] == list(compose["secrets"])
        for key in PROVIDER_KEYS:
            assert service["environment"][f"{key}_FILE"] == f"${{{key}_FILE:+/run/secrets/{key.lower()}}}"
            assert compose["secrets"][key.lower()] == {"file": f"${{{key}_FILE:-/dev/null}}"}


def test_the_image_runs_as_nobody_special_and_is_asked_whether_it_lives() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM")) :]
    assert "USER 10001" in last
    assert any("/healthz" in line for line in last)
    assert not [line for line in last if line.startswith("RUN") and "pip" in line]
    for line in lines:
        for source in re.findall(r"^COPY (?!--)(.*) \S+$", line):
            assert all((ROOT / each).exists() for each in source.split()), line
    kept = (ROOT / ".dockerignore").read_text()
    assert kept.startswith("*\n")
    for source in ("clients", "src", "deploy", "requirements.lock", "pyproject.toml", "README.md", "LICENSE"):
        assert f"!{source}\n" in kept
