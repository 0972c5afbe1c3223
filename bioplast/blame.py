"""Where in the study's own files an error arose."""

from __future__ import annotations

import traceback

# Names under which ``bioplast.project`` loads files of a study.
_STUDY = ("bioplast_models.", "bioplast_experiments.", "bioplast_examples.")


def find_place(error: BaseException) -> str | None:
    """File and line in models/ or experiments/ that ``error`` came through last; None if it did not."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if str(frame.f_globals.get("__name__")).startswith(_STUDY):
            return f"{frame.f_code.co_filename}, line {line}"
    return None
