"""What docs/recipes shows is what was tried."""

import re
from typing import Final

import pytest
from tests.docs.blocks import Block, every_block
from tests.recipes.test_recipes import RECIPES, ROOT

BLOCKS: Final = [block for block in every_block() if block.page.startswith("docs/recipes/")]
UNSEEN: Final = {"relay/message.ts", "shared/Screen.tsx"}
"""What a page names instead: a list of fields, and what a thread looks like."""


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_a_block_is_a_file_of_the_recipes_as_it_stands(block: Block) -> None:
    assert block.title is not None
    assert block.title.startswith("clients/recipes/")
    assert block.text == (ROOT / block.title).read_text(), "write it again from the file"


def test_every_file_of_a_recipe_is_shown() -> None:
    files = {
        path.relative_to(RECIPES).as_posix()
        for room in ("apollo", "relay", "shared", "urql")
        for path in (RECIPES / room).glob("*.ts*")
    }
    assert files - UNSEEN == {(block.title or "").removeprefix("clients/recipes/") for block in BLOCKS}


def test_what_a_page_says_was_tested_is_what_is_installed() -> None:
    manifest = (RECIPES / "package.json").read_text()
    pages = {name: (ROOT / "docs" / "recipes" / f"{name}.md").read_text() for name in ("apollo", "urql", "relay")}
    for page, packages in {
        "apollo": ["@apollo/client"],
        "urql": ["urql", "@urql/core", "@urql/exchange-graphcache"],
        "relay": ["react-relay"],
    }.items():
        for package in packages:
            found = re.search(rf'"{package}": "(.*?)"', manifest)
            assert found
            assert found[1] in pages[page], package
