"""Figures, each measured beside its floor in the same run: `python -m benchmarks`; see docs/performance.md."""
