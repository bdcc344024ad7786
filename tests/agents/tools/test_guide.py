"""The program of the guide to tools does what the guide says."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from weft.storage.embedded import EmbeddedMongo

GUIDE = Path(__file__).parents[3] / "docs" / "tools.md"


def test_rows_73_to_77_the_example_of_the_tools_guide_does_what_it_says(
    mongod: EmbeddedMongo, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEFT_MONGODB_URI", mongod.uri)
    monkeypatch.setenv("WEFT_DATABASE", database)
    [program] = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(), flags=re.MULTILINE | re.DOTALL)
    module: dict[str, Any] = {"__name__": "tools.md"}
    exec(compile(program, "tools.md", "exec"), module)
    weather, search, booked = asyncio.run(module["main"]())
    assert weather == "Sunny in Rome for 3 days."
    assert search == {"words": "bike", "found": ["red bike", "blue bike"]}
    assert booked == {"booked": "2026-05-01", "reference": booked["reference"], "by": "ann"}
