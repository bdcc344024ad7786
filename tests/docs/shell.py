"""What a shell block asks a reader to do, line by line, and whether the thing it names is there."""

import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

import typer.main
import uvicorn.main
from tests.docs.blocks import ROOT, Block

from weft.cli import cli

SHELL_WORDS: Final = frozenset({"cd", "export", "mkdir", "cat", "echo"})
"""The shell's own: there is nothing in them that could be wrong about Weft."""
_ASSIGNMENT: Final = re.compile(r"^[A-Z][A-Z0-9_]*=")


def commands_in(block: Block) -> Iterator[str]:
    """The commands of a block: without comments, prompts and what a console prints."""
    console, open_command = block.language == "console", ""
    for line in block.text.replace("\\\n", " ").splitlines():
        if console and not open_command and not line.startswith("$ "):
            continue
        command = f"{open_command}\n{line}".strip() if open_command else line.removeprefix("$ ").strip()
        open_command = command if command.count("'") % 2 else ""
        if command and not open_command and not command.startswith("#"):
            yield command


def words_of(command: str) -> list[str]:
    """The words of a command, without the variables that are set for it."""
    words = shlex.split(command, comments=True)
    while words and (_ASSIGNMENT.match(words[0])):
        words = words[1:]
    return words


def check(command: str) -> None:
    """Raises when a command is not one that there is, or is not called so."""
    word, *rest = words_of(command) or ["export"]
    if word.startswith("tools/"):
        assert os.access(ROOT / word, os.X_OK), f"{word} is no program of this repository"
    elif word not in SHELL_WORDS:
        assert word in _CHECKS, f"add {word!r} to tests/docs/shell.py: how can `{command}` be checked?"
        _CHECKS[word](rest)


def _weft(rest: list[str]) -> None:
    command: Any = typer.main.get_command(cli)
    while hasattr(command, "commands") and rest and rest[0] in command.commands:
        command, rest = command.commands[rest[0]], rest[1:]
    if rest != ["--help"]:
        assert not hasattr(command, "commands"), f"weft has no command {rest}"
        # Raises for a command, an option or an argument that there is not.
        command.make_context("weft", list(rest))


def _make(rest: list[str]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert {word for word in rest if "=" not in word} <= targets, rest


def _npm(rest: list[str]) -> None:
    verb, *named = [word for word in rest if not word.startswith("-")]
    assert verb in ("install", "create", "run", "ci", "pack"), rest
    if verb == "install":
        unknown = {_without_version(name) for name in named if not _is_file(name)} - _packages()
        assert not unknown, f"no package.json of this repository has {unknown}"


def _is_file(name: str) -> bool:
    return name.startswith((".", "/")) or "/" in name.removeprefix("@").partition("/")[2]


def _without_version(name: str) -> str:
    return re.sub(r"(?<=.)@[^/]+$", "", name)


@cache
def _packages() -> frozenset[str]:
    manifests = [json.loads(path.read_text()) for path in ROOT.glob("*/*/package.json")]
    kinds = ("dependencies", "devDependencies", "peerDependencies")
    used = {name for each in manifests for kind in kinds for name in each.get(kind, {})}
    return frozenset(used | {each["name"] for each in manifests if "name" in each})


def _pip(rest: list[str]) -> None:
    assert rest[0] == "install", rest
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for name in (word for word in rest[1:] if not word.startswith("-") and not _is_file(word)):
        project, _, asked = name.partition("[")
        known = _locked() | {"weft"} | {path.parent.name for path in ROOT.glob("clients/*/pyproject.toml")}
        assert project in known | {"weft-client"}, name
        assert not asked or asked.removesuffix("]") in extras, name


@cache
def _locked() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements-dev.lock").read_text(), re.M))


def _uvicorn(rest: list[str]) -> None:
    command: Any = uvicorn.main.main
    command.make_context("uvicorn", list(rest))


def _git(rest: list[str]) -> None:
    assert rest[0] == "clone", rest


def _node(rest: list[str]) -> None:
    assert shutil.which("node"), "node runs programs of the docs"
    assert rest[0].endswith((".mjs", ".js")), rest


def _python(rest: list[str]) -> None:
    assert rest[0].endswith(".py") or (rest[0] == "-m" and find_spec(rest[1])), rest


_CHECKS: Final[dict[str, Callable[[list[str]], None]]] = {
    "weft": _weft,
    "make": _make,
    "npm": _npm,
    "pip": _pip,
    "uvicorn": _uvicorn,
    "git": _git,
    "node": _node,
    "python": _python,
    ".venv/bin/weft": _weft,
    ".venv/bin/python": _python,
    ".venv/bin/pip": _pip,
}
