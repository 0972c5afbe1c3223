"""Compiled Brian2 networks: how they are built, kept, found again, run, and what they are shown."""
