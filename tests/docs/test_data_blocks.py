"""What the docs show of data can be read, and an image is made by instructions that there are."""

import json
import tomllib
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

import pytest
from tests.docs.blocks import Block, of

_DOCKER: Final = {"FROM", "COPY", "RUN", "ENV", "CMD", "USER", "WORKDIR", "EXPOSE", "ARG", "ENTRYPOINT"}


def _image(text: str) -> list[str]:
    words = [line.split()[0] for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    assert words[0] == "FROM"
    assert set(words) <= _DOCKER
    return words


READ: Final[dict[str, Callable[[str], Any]]] = {
    "json": json.loads,
    "yaml": import_module("yaml").safe_load,
    "toml": tomllib.loads,
    "dockerfile": _image,
}


@pytest.mark.parametrize("block", of(*READ), ids=lambda block: block.place)
def test_data_can_be_read(block: Block) -> None:
    assert READ[block.language](block.text)


@pytest.mark.parametrize(
    ("language", "text"), [("json", "{"), ("yaml", "a: ["), ("toml", "a"), ("dockerfile", "COPY a b")]
)
def test_data_that_is_broken_is_found(language: str, text: str) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - each reader has an error of its own
        READ[language](text)
