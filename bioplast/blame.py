"""Where in the study's own files an error arose."""

from __future__ import annotations

import traceback

# Names under which ``bioplast.loading`` loads files of a study.
_STUDY = tuple(f"bioplast_{kind}." for kind in ("models", "experiments", "rules", "tasks", "examples"))


def find_place(error: BaseException) -> str | None:
    """File and line of the study that ``error`` came through last; None if it did not."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if str(frame.f_globals.get("__name__")).startswith(_STUDY):
            return f"{frame.f_code.co_filename}, line {line}"
    return None
