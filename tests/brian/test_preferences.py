import os
import subprocess
import sys

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


USERS = {
    "codegen.loop_invariant_optimisations": False,
    "devices.cpp_standalone.openmp_threads": 2,
    "legacy.refractory_timing": True,
    "core.network.default_schedule": ["start", "synapses", "groups", "thresholds", "resets", "end"],
    "codegen.cpp.define_macros": [("NDEBUG", None)],
}


@pytest.fixture
def user_preferences():
    """Preferences as a file of the user's sets them."""
    before = {name: prefs[name] for name in USERS}
    for name, value in USERS.items():
        prefs[name] = value
    yield
    for name, value in before.items():
        prefs[name] = value


def test_what_the_user_prefers_elsewhere_is_not_for_our_networks(user_preferences):
    with brian_preferences("float32"):
        assert not any(prefs[name] == value for name, value in USERS.items())
    assert {name: prefs[name] for name in USERS} == USERS


def test_a_file_of_preferences_changes_no_number(tmp_path, request):
    root = request.config.rootpath
    code = (
        "from golden.records import Case, compute_record; "
        "print(compute_record(Case('spiking', 'plain', device='runtime')))"
    )
    found = set()
    for text in ("", "codegen.loop_invariant_optimisations = False\nlegacy.refractory_timing = True\n"):
        (tmp_path / "brian_preferences").write_text(text)
        environment = os.environ | {"PYTHONPATH": f"{root}:{root / 'tests'}"}
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1
