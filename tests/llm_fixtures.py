"""Fixtures of the model tests; the conftests of the folders that need them import them."""

from collections.abc import AsyncGenerator, Generator

import pytest
import pytest_asyncio
from tests.llm_stub import LLMStub, serve_stub

from weft.llm.clients import close_models


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stub_server() -> AsyncGenerator[LLMStub]:
    async with serve_stub() as stub:
        yield stub
        await close_models()


@pytest.fixture
def stub(stub_server: LLMStub, monkeypatch: pytest.MonkeyPatch) -> Generator[LLMStub]:
    """The stub, empty, with the environment leading to it."""
    for name, value in stub_server.env.items():
        monkeypatch.setenv(name, value)
    stub_server.reset()
    yield stub_server
    stub_server.reset()
