"""The calls by what they are about. Each is one request that raises what the server refuses."""
