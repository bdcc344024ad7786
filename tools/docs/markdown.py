"""Markdown as the generated pages need it: cells of tables, code spans and links that mean what the text says."""

import re
from collections.abc import Sequence

_TYPE_OR_FIELD = re.compile(r"(?<!\[)`([A-Z]\w+)(\.\w+)?`(?!\])")


def cell(text: str) -> str:
    """Text that may stand in a table: in one line, and without a bar that would end its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table, with an empty line after it; nothing where there are no rows."""
    if not rows:
        return ""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(f"| {' | '.join(cell(each) for each in line)} |\n" for line in lines) + "\n"


def linked(text: str, places: dict[str, str]) -> str:
    """Text in which a type or a field in backquotes leads to where it is described. `places`: name to address."""

    def link(found: re.Match[str]) -> str:
        address = places.get(f"{found[1]}{found[2] or ''}") or places.get(found[1])
        return found[0] if address is None else f"[{found[0]}]({address})"

    return _TYPE_OR_FIELD.sub(link, text)


def plain(text: str) -> str:
    """Text whose angle brackets are not taken for HTML, but for those between backquotes."""
    parts = text.split("`")
    return "`".join(part if n % 2 else part.replace("<", "&lt;") for n, part in enumerate(parts))
