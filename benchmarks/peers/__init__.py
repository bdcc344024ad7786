"""Weft beside its peers, with one fake model, the same client and the same loads: `make bench-peers`."""
