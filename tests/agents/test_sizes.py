"""How large prompts, metadata and titles may be is set; whoever hands in more is told the limit and its setting."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from weft import Agent
from weft.agents.limits import SIZES, Sizes
from weft.agents.weft import Weft
from weft.errors import ConfigError, ErrorCode, InputError
from weft.resolvers.defaults import sizes_of
from weft.settings import LimitSettings, from_environment
from weft.storage.store import Store
from weft.storage.types import Client
from weft.testing import ScriptedModel
from weft.threads.drafts import Draft, Metadata, draft
from weft.threads.messages import MessageRole

SMALL = Sizes(prompt_bytes=20, metadata_bytes=10, title_characters=5)
PROMPT, METADATA, TITLE = "x" * 19, {"a": "12345"}, "123456"
Way = Callable[[], Awaitable[Any]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def weft(client: Client) -> AsyncGenerator[Weft, None]:
    database = client["test_sizes"]
    agent = Agent("helper", model=ScriptedModel(["Hello."], repeat=True))
    async with Weft(Store(database), [agent], sizes=SMALL) as opened:
        yield opened
    await client.drop_database(database)


async def ways(weft: Weft) -> dict[str, list[Way]]:
    """Every way to hand in each of them, by the setting of its limit."""
    thread = await weft.threads.create()
    (row,) = await weft.messages.save(thread.id, [draft(prompt="Hi")])
    stream = await weft.streams.create(thread.id)
    custom = replace(draft(prompt="Hi"), metadata=Metadata(custom=METADATA))
    ended = Draft(MessageRole.ASSISTANT, [{"type": "text", "text": "Hi"}], metadata=custom.metadata)
    return {
        "PROMPT_BYTES": [
            lambda: weft.messages.send(thread.id, agent_name="helper", prompt=PROMPT),
            lambda: weft.messages.send(thread.id, content=[{"type": "text", "text": "a"}]),
            lambda: weft.generations.regenerate(row.id, "helper", PROMPT),
            lambda: weft.answers.generate_text("helper", user_id="u", prompt=PROMPT),
            lambda: weft.answers.generate_object("helper", user_id="u", prompt=PROMPT, schema={}),
        ],
        "METADATA_BYTES": [
            lambda: weft.threads.create(metadata=METADATA),
            lambda: weft.threads.update(thread.id, {"metadata": METADATA}),
            lambda: weft.messages.send(thread.id, prompt="Hi", metadata=METADATA),
            lambda: weft.messages.save(thread.id, [custom]),
            lambda: weft.messages.update(row.id, {"metadata": METADATA}),
            lambda: weft.generations.start("helper", thread.id, row.id, custom=METADATA),
            lambda: weft.answers.generate_text("helper", user_id="u", prompt="Hi", custom=METADATA),
            lambda: weft.answers.generate_text("helper", user_id="u", messages=[custom]),
            lambda: weft.streams.finish(stream.id, [ended]),
        ],
        "TITLE_CHARACTERS": [
            lambda: weft.threads.create(title=TITLE),
            lambda: weft.threads.create(summary=TITLE),
            lambda: weft.threads.update(thread.id, {"title": TITLE}),
            lambda: weft.threads.branch(thread.id, title=TITLE),
        ],
    }


@pytest.mark.parametrize("setting", ["PROMPT_BYTES", "METADATA_BYTES", "TITLE_CHARACTERS"])
async def test_more_is_refused_everywhere_by_the_name_of_the_setting(weft: Weft, setting: str) -> None:
    found = await ways(weft)
    for way in found[setting]:
        with pytest.raises(InputError) as refused:
            await way()
        limit = getattr(SMALL, setting.lower())
        assert refused.value.reason is ErrorCode.TOO_LARGE
        assert refused.value.message.endswith(f"; the limit is {limit} (WEFT_LIMIT_{setting})")


async def test_as_much_as_the_limit_is_taken(weft: Weft) -> None:
    thread = await weft.threads.create(title=TITLE[:5], metadata={"a": "12"}, summary=TITLE[:5])
    sent = await weft.messages.send(thread.id, prompt=PROMPT[:18])
    assert sent.message.text == PROMPT[:18]


def test_they_are_settings_with_the_values_there_were_before(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sizes_of(LimitSettings()) == SIZES == Sizes(1024 * 1024, 16 * 1024, 2000)
    monkeypatch.setenv("WEFT_LIMIT_PROMPT_BYTES", "500")
    assert sizes_of(from_environment().limits).prompt_bytes == 500
    monkeypatch.setenv("WEFT_LIMIT_PROMPT_BYTES", str(64 * 1024 * 1024))  # more than a document of MongoDB holds
    with pytest.raises(ConfigError, match="WEFT_LIMIT_PROMPT_BYTES is not usable"):
        from_environment()
