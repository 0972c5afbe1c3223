"""Numbers and lists in sentences."""

from __future__ import annotations

from collections.abc import Iterable


def say_factor(factor: float) -> str:
    """How many times more or less, with two digits below a hundred.

    >>> [say_factor(factor) for factor in (1.26, 9.97, 21.4, 1234.5)]
    ['1.3', '10', '21', '1,234']
    """
    return f"{factor:,.0f}" if factor >= 9.95 else f"{factor:.1f}"


def join_words(words: Iterable[str]) -> str:
    """All of ``words``, at least one, with commas and an "and".

    >>> join_words(["ann", "rate", "spiking"]), join_words(["ann"])
    ('ann, rate and spiking', 'ann')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
