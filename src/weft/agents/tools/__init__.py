"""Tools: how one is defined, what it is told, how a call of it is run. Nothing here knows of rows or streams."""
