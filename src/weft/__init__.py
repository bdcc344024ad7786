"""Weft: the backend of AI chat and agent products, over one GraphQL API on MongoDB."""

from weft.agents.agent import Agent
from weft.app import create_app

__all__ = ["Agent", "create_app"]
