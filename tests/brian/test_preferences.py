import numpy as np
import pytest
from brian2 import prefs

from bioplast.brian.preferences import COMPILER_FLAGS, brian_preferences

NAMES = (
    "core.default_float_dtype",
    "codegen.target",
    "codegen.cpp.extra_compile_args",
    "codegen.cpp.extra_compile_args_gcc",
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_preferences_hold_inside_and_are_as_before_outside(dtype):
    before = {name: prefs[name] for name in NAMES}
    with brian_preferences(dtype):
        assert prefs.core.default_float_dtype is np.dtype(dtype).type
        assert prefs.codegen.target == "numpy"
        assert prefs.codegen.cpp.extra_compile_args_gcc == list(COMPILER_FLAGS)
    assert {name: prefs[name] for name in NAMES} == before


def test_preferences_are_as_before_after_a_failure():
    before = {name: prefs[name] for name in NAMES}
    with pytest.raises(ZeroDivisionError), brian_preferences("float32"):
        raise ZeroDivisionError
    assert {name: prefs[name] for name in NAMES} == before


def test_no_flag_lets_the_compiler_change_what_is_computed():
    # -Ofast includes -ffast-math, and -O3 with contraction rounds a product and a sum once.
    assert not {"-ffast-math", "-Ofast", "-funsafe-math-optimizations"} & set(COMPILER_FLAGS)
    assert "-ffp-contract=off" in COMPILER_FLAGS
