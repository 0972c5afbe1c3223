"""Brian2's preferences while it works for bioplast, and as they were before and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from brian2 import prefs
from brian2.utils.logger import catch_logs
from numpy.typing import DTypeLike

# Not Brian2's -ffast-math, under which (w + change) - w may be folded into the change and rounding is
# never booked; and no contraction to fused multiply-adds, so that sums round as NumPy's do.
COMPILER_FLAGS = (
    "-w",
    "-O3",
    "-march=native",
    "-std=c++11",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
)
_ABOUT_THE_PERSON = "logging"  # these say what is printed where, and change no number


@contextmanager
def brian_preferences(dtype: DTypeLike) -> Iterator[None]:
    """Generate code for variables of ``dtype`` that computes what it says, whatever a user prefers.

    Brian2 reads preferences from files in the home and the working directory, and some change numbers or
    the number of threads. So all have their defaults here, except those that are ours.
    """
    wanted = _list_defaults() | {
        "core.default_float_dtype": np.dtype(dtype).type,
        "codegen.cpp.extra_compile_args_gcc": list(COMPILER_FLAGS),
        "codegen.cpp.extra_compile_args": list(COMPILER_FLAGS),
        "codegen.target": "numpy",  # in runtime mode, where there may be no compiler
    }
    before = {name: prefs[name] for name in wanted}
    try:
        for name, value in wanted.items():
            prefs[name] = value
        with catch_logs():  # it wonders whether `y = clip(x, y, high)` depends on the order of synapses
            yield
    finally:
        for name, value in before.items():
            prefs[name] = value


def _list_defaults() -> dict[str, Any]:
    return {
        f"{group}.{name}": preference.default
        for group, (preferences, _) in prefs.pref_register.items()
        if group.partition(".")[0] != _ABOUT_THE_PERSON
        for name, preference in preferences.items()
    }
