"""The stub provider; and which tests need a server that is not everywhere."""

from tests.contracts.atlas_worlds import REAL_URI
from tests.llm_fixtures import stub, stub_server

collect_ignore = [] if REAL_URI else ["test_real_atlas.py"]

__all__ = ["stub", "stub_server"]
