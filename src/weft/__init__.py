"""Weft: the backend of AI chat and agent products, over one GraphQL API on MongoDB.

A name is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from weft.agents.agent import Agent
    from weft.agents.identity.credentials import Credentials
    from weft.agents.search_tool import search_tool
    from weft.agents.tools.answered import client_tool, human_tool
    from weft.agents.tools.context import ToolContext
    from weft.agents.tools.decorator import tool
    from weft.agents.tools.definition import Tool
    from weft.agents.tools.mcp_server import MCPServer
    from weft.app import create_app
    from weft.llm.callable_embeddings import embedding_model
    from weft.llm.openai_embeddings import OpenAIEmbeddings
    from weft.llm.pydantic_ai import PydanticAIModel
    from weft.threads.viewers import Action, Viewer

__all__ = [
    "Action",
    "Agent",
    "Credentials",
    "MCPServer",
    "OpenAIEmbeddings",
    "PydanticAIModel",
    "Tool",
    "ToolContext",
    "Viewer",
    "client_tool",
    "create_app",
    "embedding_model",
    "human_tool",
    "search_tool",
    "tool",
]

_ROOMS: Final = {
    "Action": "weft.threads.viewers",
    "Agent": "weft.agents.agent",
    "Credentials": "weft.agents.identity.credentials",
    "MCPServer": "weft.agents.tools.mcp_server",
    "OpenAIEmbeddings": "weft.llm.openai_embeddings",
    "PydanticAIModel": "weft.llm.pydantic_ai",
    "Tool": "weft.agents.tools.definition",
    "ToolContext": "weft.agents.tools.context",
    "Viewer": "weft.threads.viewers",
    "client_tool": "weft.agents.tools.answered",
    "create_app": "weft.app",
    "embedding_model": "weft.llm.callable_embeddings",
    "human_tool": "weft.agents.tools.answered",
    "search_tool": "weft.agents.search_tool",
    "tool": "weft.agents.tools.decorator",
}


def __getattr__(name: str) -> Any:
    room = _ROOMS.get(name)
    if room is None:
        raise AttributeError(f"module 'weft' has no attribute {name!r}")
    return getattr(import_module(room), name)
