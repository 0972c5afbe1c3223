"""What a person is told in passing, on standard error."""

from __future__ import annotations

import sys


def give_notice(message: str) -> None:
    """Tell a person, in one line."""
    print("bioplast:", " ".join(message.split()), file=sys.stderr)
