"""What a built site must not have: links that lead nowhere, anything from elsewhere, pages that nobody can get to.

The generator checks links of Markdown; this looks at the pages as a browser gets them, generated ones and HTML too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

_LOADS: Final = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src")}
_LOADED_LINKS: Final = {"stylesheet", "preload", "modulepreload", "icon", "preconnect", "manifest"}
_STAND_ALONE: Final = ("404.html",)


@dataclass(slots=True)
class _Page(HTMLParser):
    anchors: set[str] = field(default_factory=set[str])
    links: list[str] = field(default_factory=list[str])
    loaded: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.loaded += [given[name] for name in ("src",) if (tag, name) in _LOADS and name in given]
        if tag == "link" and _LOADED_LINKS & set(given.get("rel", "").split()):
            self.loaded.append(given["href"])


def problems(site: Path) -> list[str]:
    """What is wrong with a built site, in words; empty when nothing is."""
    pages = {path.relative_to(site).as_posix(): _read(path) for path in sorted(site.rglob("*.html"))}
    found = [
        f"{name}: {problem}"
        for name, page in pages.items()
        if name not in _STAND_ALONE
        for problem in _of_page(site, name, page, pages)
    ]
    return found


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _of_page(site: Path, name: str, page: _Page, pages: dict[str, _Page]) -> Iterator[str]:
    for address in page.loaded:
        if urlsplit(address).netloc:
            yield f"loads {address} from elsewhere"
        elif not address.startswith("data:") and not (site / _place(name, address)).is_file():
            yield f"loads {address}, which is not there"
    for address in page.links:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = _place(name, address)
        if not (site / target).is_file():
            yield f"leads to {address}, which is not there"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"leads to {address}, which has no such place"


def _place(name: str, address: str) -> str:
    """The file, from the site's folder on, that an address on a page means."""
    path = unquote(urlsplit(urljoin(f"/{name}", address)).path).lstrip("/")
    return f"{path}index.html" if path.endswith("/") or not path else path


def unlisted(docs: Path, navigation: Any) -> list[str]:
    """What of the pages and the navigation does not fit each other, in words."""
    listed = list(_files(navigation))
    there = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
    # The list of decisions, itself in the navigation, has every one of them.
    needed = {name for name in there if not name.startswith("decisions/0")}
    missing = [f"{name} is in the navigation of mkdocs.yml but not there" for name in sorted(set(listed) - there)]
    twice = [
        f"{name} is in the navigation twice" for name in sorted({each for each in listed if listed.count(each) > 1})
    ]
    return [
        *missing,
        *twice,
        *(f"{name} is not in the navigation of mkdocs.yml" for name in sorted(needed - set(listed))),
    ]


def _files(navigation: Any) -> Iterable[str]:
    match navigation:
        case str():
            yield navigation
        case list():
            for each in navigation:  # pyright: ignore[reportUnknownVariableType]
                yield from _files(each)
        case dict():
            for each in navigation.values():  # pyright: ignore[reportUnknownVariableType]
                yield from _files(each)
        case _:
            raise ValueError(f"{navigation!r} is no page")
