"""The stub provider."""

from tests.llm_fixtures import stub, stub_server

__all__ = ["stub", "stub_server"]
