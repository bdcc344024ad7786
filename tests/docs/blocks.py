"""Every fenced block of README.md and of docs/, with where it stands and what its fence says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path
from textwrap import dedent
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_FENCE: Final = re.compile(
    r"^(?P<indent> *)(?P<ticks>```+)(?P<info>[^\n`]*)\n(?P<text>.*?)^(?P=indent)(?P=ticks) *$", re.M | re.S
)
_TITLE: Final = re.compile(r'title="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Block:
    """`title`: the file that a reader would save it as. `prints`: what the block right after it says that it prints."""

    page: str
    line: int
    language: str
    info: str
    text: str
    prints: str | None = None

    @property
    def title(self) -> str | None:
        found = _TITLE.search(self.info)
        bare = self.info.split()[1:2]
        return found[1] if found else bare[0] if bare and "." in bare[0] and "=" not in bare[0] else None

    @property
    def begins(self) -> str:
        """Names it in a way that lasts while other things on its page change."""
        return f"{self.page}: {self.text.partition(chr(10))[0]}"

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@cache
def every_block() -> tuple[Block, ...]:
    """Those of pages that are written by hand; generated ones say nothing of their own."""
    return tuple(block for page in _pages() for block in blocks_of(page, (ROOT / page).read_text(encoding="utf-8")))


def of(*languages: str) -> list[Block]:
    """The blocks in these languages."""
    return [block for block in every_block() if block.language in languages]


def blocks_of(page: str, text: str) -> Iterator[Block]:
    """The blocks of one page, in order."""
    found = list(_FENCE.finditer(text))
    for match, following in zip_longest(found, found[1:]):
        info = match["info"].strip()
        prints = None
        if following and 'title="prints"' in following["info"] and not text[match.end() : following.start()].strip():
            prints = dedent(following["text"])
        yield Block(
            page,
            text.count("\n", 0, match.start()) + 1,
            info.split()[0] if info else "",
            info,
            dedent(match["text"]),
            prints,
        )


def _pages() -> list[str]:
    paths = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return [name for name in names if not name.startswith("docs/reference/") and name not in _GENERATED]


_GENERATED: Final = ("docs/decisions/index.md", "docs/examples/index.md", "docs/changelog.md")
