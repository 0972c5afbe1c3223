import os
import subprocess
import sys

import numpy as np
import pytest
from brian2 import prefs

from bioplast.backends.programs.preferences import COMPILER_FLAGS, brian_preferences

# What a user may prefer, in a file that Brian2 reads when it is imported.
PREFERRED = {
    "codegen.loop_invariant_optimisations": False,
    "codegen.generators.cpp.flush_denormals": True,
    "codegen.cpp.extra_link_args": ["-ffast-math"],
    "codegen.cpp.define_macros": [("NDEBUG", None)],
    "codegen.string_expression_target": "cython",
    "core.default_integer_dtype": np.int64,
    "core.network.default_schedule": ["start", "resets", "groups", "thresholds", "synapses", "end"],
    "devices.cpp_standalone.openmp_threads": 2,
    "legacy.refractory_timing": True,
}


@pytest.fixture
def preferred():
    """All preferences as a user may have set them."""
    before = dict(prefs)
    for name, value in PREFERRED.items():
        prefs[name] = value
    yield dict(prefs)
    for name, value in before.items():
        prefs[name] = value


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_preferences_hold_inside_and_are_as_before_outside(preferred, dtype):
    with brian_preferences(dtype):
        assert prefs.core.default_float_dtype is np.dtype(dtype).type
        assert prefs.codegen.target == "numpy"
        assert prefs.codegen.cpp.extra_compile_args_gcc == list(COMPILER_FLAGS)
        for name, value in PREFERRED.items():
            assert prefs[name] != value, name
    assert dict(prefs) == preferred


def test_preferences_are_as_before_after_a_failure():
    before = dict(prefs)
    with pytest.raises(ZeroDivisionError), brian_preferences("float32"):
        raise ZeroDivisionError
    assert dict(prefs) == before


def test_what_is_said_where_stays_the_users():
    before = prefs.logging.console_log_level
    prefs.logging.console_log_level = "ERROR"
    try:
        with brian_preferences("float32"):
            assert prefs.logging.console_log_level == "ERROR"
    finally:
        prefs.logging.console_log_level = before


@pytest.mark.parametrize("device", ["cpp_standalone", "runtime"])
def test_what_a_user_prefers_changes_no_network(make_toy, values, stimulus, preferred, device):
    results = make_toy().make_runner(device).run(values, stimulus, ["synapses.w", "synapses.m1"])
    for name, value in preferred.items():
        assert prefs[name] == value
        prefs[name] = prefs.pref_register[name.rpartition(".")[0]][0][name.rpartition(".")[2]].default
    runner = make_toy().make_runner(device)
    for name, array in runner.run(values, stimulus, ["synapses.w", "synapses.m1"]).items():
        np.testing.assert_array_equal(results[name], array, err_msg=name)


def test_a_users_preferences_make_no_other_program(make_toy, preferred):
    first = make_toy().make_runner("cpp_standalone").folder
    for name in PREFERRED:
        group, _, last = name.rpartition(".")
        prefs[name] = prefs.pref_register[group][0][last].default
    assert make_toy().make_runner("cpp_standalone").folder == first


def test_no_flag_lets_the_compiler_change_what_is_computed():
    # -Ofast includes -ffast-math, and -O3 with contraction rounds a product and a sum once.
    assert not {"-ffast-math", "-Ofast", "-funsafe-math-optimizations"} & set(COMPILER_FLAGS)
    assert "-ffp-contract=off" in COMPILER_FLAGS


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
