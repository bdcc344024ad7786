"""What a docstring in Google's style says about a function and its parameters."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import getdoc
from typing import Any, Final

_SECTION: Final = re.compile(r"(Args|Arguments|Parameters|Returns?|Yields?|Raises|Examples?|Notes?|Attributes):\s*$")
_ARGUMENTS: Final = ("Args", "Arguments", "Parameters")
_ENTRY: Final = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Described:
    """`text` is all that stands before the first section; None when there is none."""

    text: str | None
    parameters: Mapping[str, str]


def described(function: Callable[..., Any]) -> Described:
    """The function's docstring, read."""
    before: list[str] = []
    arguments: list[str] = []
    section: str | None = None
    for line in (getdoc(function) or "").splitlines():
        if found := _SECTION.match(line):
            section = found[1]
        elif section is None:
            before.append(line)
        elif section in _ARGUMENTS:
            arguments.append(line)
    return Described("\n".join(before).strip() or None, _entries(arguments))


def _entries(lines: list[str]) -> dict[str, str]:
    """`name: text` or `name (type): text`; what is indented deeper goes on with it."""
    entries: dict[str, list[str]] = {}
    current: list[str] = []
    depth = next((_indent(line) for line in lines if line.strip()), 0)
    for line in lines:
        entry = _ENTRY.match(line.strip()) if _indent(line) <= depth else None
        if entry is not None:
            current = entries.setdefault(entry[1], [])
            current.append(entry[2])
        elif line.strip():
            current.append(line.strip())
    return {name: " ".join(texts).strip() for name, texts in entries.items() if any(texts)}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
