"""JSON text of files and options that anybody may have written."""

from __future__ import annotations

import json
from typing import Any


def parse_json(text: str | bytes) -> Any:
    """The value that ``text`` stands for.

    Raises
    ------
    ValueError : it is no JSON, or its lists lie too deep in each other
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("lists or objects lie too deep in each other") from None
