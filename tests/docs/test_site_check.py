"""What is wrong with a built site is found: a link into nowhere, what is from elsewhere, a page that nobody gets to."""

from pathlib import Path

import pytest
from tools.docs.site_check import problems, unlisted


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Two pages that are well, and a file."""
    (tmp_path / "guide").mkdir()
    (tmp_path / "a.css").write_text("")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="a.css"><h1 id="top"></h1><a href="guide/#part">x</a>'
    )
    (tmp_path / "guide" / "index.html").write_text(
        '<h2 id="part"></h2><a href="..">y</a><a href="https://mongodb.com">z</a>'
    )
    return tmp_path


def test_a_site_whose_links_lead_somewhere_is_well(site: Path) -> None:
    assert problems(site) == []


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ('<a href="../none/">x</a>', "leads to ../none/, which is not there"),
        ('<a href="none.py">x</a>', "leads to none.py, which is not there"),
        ('<a href="../#none">x</a>', "leads to ../#none, which has no such place"),
        ('<a href="#none">x</a>', "leads to #none, which has no such place"),
        ('<script src="https://unpkg.com/x.js"></script>', "loads https://unpkg.com/x.js from elsewhere"),
        ('<link rel="stylesheet" href="//fonts.example/x">', "loads //fonts.example/x from elsewhere"),
        ('<link rel="preconnect" href="https://fonts.example">', "loads https://fonts.example from elsewhere"),
        ('<img src="none.png">', "loads none.png, which is not there"),
    ],
)
def test_what_is_wrong_with_a_page_is_said(site: Path, html: str, problem: str) -> None:
    (site / "guide" / "index.html").write_text(f'<h2 id="part"></h2>{html}')
    assert problems(site) == [f"guide/index.html: {problem}"]


def test_pages_and_the_navigation_fit_each_other(tmp_path: Path) -> None:
    for name in ("index.md", "lost.md", "decisions/0001-a.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# A page\n")
    assert unlisted(tmp_path, [{"Home": "index.md"}, {"More": [{"Gone": "gone.md"}, "index.md"]}]) == [
        "gone.md is in the navigation of mkdocs.yml but not there",
        "index.md is in the navigation twice",
        "lost.md is not in the navigation of mkdocs.yml",
    ]
