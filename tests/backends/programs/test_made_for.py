"""With a Brian2 that nobody has tried, its own templates make the same numbers, and one line says so."""

import numpy as np
import pytest
from golden.records import Case, compute_record, read_records

from bioplast.backends.programs import made_for, preferences


@pytest.fixture
def untried(monkeypatch):
    """Brian2 as if it were of a version that is not there yet; not optimised, as that takes long."""
    made_for._tell.cache_clear()
    monkeypatch.setattr(made_for, "version", lambda package: "2.99.1")
    monkeypatch.setattr(preferences, "COMPILER_FLAGS", ("-w", "-O0", "-std=c++11"))
    yield "2.99.1"
    made_for._tell.cache_clear()


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2.8.0.4", False),
        ("2.9.0", True),
        ("2.10.1", True),
        ("2.11.0.post1", True),
        ("2.12.0", False),
        ("2.12.0.dev3", False),
        ("3.0", False),
        ("unknown", False),
    ],
)
def test_versions_that_our_parts_were_made_for(version, expected):
    assert made_for.is_made_for(version) == expected


def test_this_brian2_is_one_of_them(capsys):
    assert made_for.can_replace_parts()
    assert capsys.readouterr().err == ""


@pytest.mark.long
def test_with_another_its_own_templates_are_taken_and_one_line_says_so(
    make_toy, untried, values, stimulus, capsys
):
    program = make_toy().make_runner("cpp_standalone")
    make_toy().make_runner("cpp_standalone")
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith(f"bioplast: Brian2 {untried} has not been tried (from 2.9 to below 2.12 have); ")
    pieces = list((program.folder / "code_objects").glob("*.cpp"))
    assert len(pieces) > 10
    # Every template of ours tells what it does.
    assert not [piece.name for piece in pieces if "BIOPLAST_TAKEN" in piece.read_text()]
    assert not list(program.folder.glob("part_*.cpp"))
    wanted = ["synapses.w", "synapses.m0", "synapses.m1"]
    stock = program.run(values, stimulus, wanted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made_for, "version", lambda package: "2.9.0")
        ours = make_toy().make_runner("cpp_standalone")
    assert ours.folder != program.folder
    for name, array in ours.run(values, stimulus, wanted).items():
        np.testing.assert_array_equal(stock[name], array, err_msg=name)


@pytest.mark.long
@pytest.mark.parametrize(
    ("model", "rule"), [("rate", "largest(0.1)"), ("spiking", "subnet(5) + largest(0.2)")]
)
def test_networks_have_the_same_numbers_with_its_own_templates(untried, model, rule):
    case = Case(model, rule)
    assert compute_record(case) == read_records()[case.name]
