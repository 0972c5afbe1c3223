"""Speed and memory, side by side. ``python -m benchmarks`` runs them; README.md has the numbers."""
