"""The list of decisions: each page of docs/decisions by its heading, so that a new one needs no entry anywhere."""

from pathlib import Path

_HEAD = """# Decisions

Where somebody could reasonably have chosen otherwise: what was chosen, what was rejected, and why.

"""


def decisions_index(folder: Path) -> str:
    """The page. Raises ValueError for a decision without a heading."""
    return _HEAD + "".join(f"- [{_heading(path)}]({path.name})\n" for path in sorted(folder.glob("0*.md")))


def _heading(path: Path) -> str:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    if not first.startswith("# "):
        raise ValueError(f"{path} begins without a heading")
    return first.removeprefix("# ")
