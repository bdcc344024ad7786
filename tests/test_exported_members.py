"""The front door has few names, and each leads somewhere."""

import weft


def test_the_front_door_is_exactly_these_names() -> None:
    agents = ["Agent", "Credentials", "MCPServer", "OpenAIEmbeddings", "PydanticAIModel", "Tool", "ToolContext"]
    makers = ["client_tool", "create_app", "embedding_model", "human_tool", "search_tool", "tool"]
    assert sorted(weft.__all__) == ["Action", *agents, "Viewer", *makers]


def test_every_name_on_the_front_door_leads_somewhere() -> None:
    assert all(callable(getattr(weft, name)) for name in weft.__all__)
