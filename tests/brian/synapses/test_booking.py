"""What C++ standalone keeps the books with."""

import os
import shlex
import subprocess
import sys
from functools import partial
from pathlib import Path

import brian2
import pytest
from brian2 import Network, NetworkOperation, NeuronGroup, SpikeGeneratorGroup, device, ms, prefs, set_device

from bioplast.brian import PlasticSynapses, booking

PROGRAM = """
#include "booking.h"
#include <cstdio>
#include <vector>
struct Brian { std::vector<int> all_peek; };
struct Other { std::vector<int> synapses; };
int main(int n, char**) {
    Brian pathway;
    for (int s = 0; s < 20; s++) pathway.all_peek.push_back(7*s);
    bioplast::Ahead ahead, blind;
    for (int step = 0; step < 2; step++) {
        for (int s : pathway.all_peek) std::printf("%zu ", ahead.find(pathway, s));
        pathway.all_peek = {5, 6};
    }
    std::printf("%zu\\n", blind.find(Other(), 3));
    const double w = n, change = 1e-17*n + 1e-16;
    std::printf("%d\\n", bioplast::set_apart(w + change) != w);
}
"""


@pytest.mark.slow
def test_the_header(tmp_path):
    """A pathway looks eight synapses ahead, within a step; sums stay rounded under Brian2's flags."""
    (tmp_path / "main.cpp").write_text(PROGRAM, encoding="utf-8")
    compiler = shlex.split(os.environ.get("CXX", "c++"))
    flags = ["-std=c++11", "-O3", "-ffast-math", f"-I{Path(booking.__file__).parent}"]
    subprocess.run([*compiler, *flags, "main.cpp", "-o", "main"], cwd=tmp_path, check=True)
    found, is_moved = subprocess.check_output([tmp_path / "main"], text=True).splitlines()
    ahead = [7 * (s + 8) if s < 12 else 7 * s for s in range(20)]
    assert [int(synapse) for synapse in found.split()] == [*ahead, 5, 6, 3]
    assert is_moved == "0"


def test_brian_lists_there_which_synapses_have_a_spike():
    classes = (
        Path(brian2.__file__).parent / "devices" / "cpp_standalone" / "templates" / "synapses_classes.cpp"
    )
    assert "std::vector<int> all_peek;" in classes.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", ["plain", "above(0.3)", "cache(0.3)", "largest(0.3)"])
def test_numpy_does_not_go_through_synapses_one_by_one(rule):
    """What is called during a run is the same for few synapses and many, at a spike and at a decision."""
    n_calls = []
    for n_cells in (3, 300):
        calls = []
        start = NetworkOperation(partial(sys.setprofile, lambda frame, event, _, to=calls: to.append(event)))
        source, goal = SpikeGeneratorGroup(2, [0, 1], [1, 4] * ms), NeuronGroup(n_cells, "v : 1")
        options = {"proposals": {"pre": "0.1"}, "bounds": (0, 1), "every": 2 * ms}
        synapses = PlasticSynapses(source, goal, "w : 1", on_pre="v_post += w", plasticity=rule, **options)
        synapses.connect()
        try:
            Network(source, goal, synapses, start).run(6 * ms)
        finally:
            sys.setprofile(None)
        n_calls.append(len(calls))
    assert abs(n_calls[1] - n_calls[0]) < 0.1 * 2 * 300  # of 6 and of 600 synapses
    assert n_calls[0] > 100


def generate(rule="plain", threads=0, **options):
    """The C++ code of the postsynaptic pathway."""
    set_device("cpp_standalone", build_on_run=False)
    prefs.devices.cpp_standalone.openmp_threads = threads
    try:
        source, goal = SpikeGeneratorGroup(2, [0], [1] * ms), NeuronGroup(2, "v : 1", threshold="v > 1")
        options = {"on_post": "", "proposals": {"post": "0.1"}, "every": 2 * ms, "name": "syn"} | options
        synapses = PlasticSynapses(source, goal, "w : 1", plasticity=rule, **options)
        synapses.connect()
        Network(source, goal, synapses).run(3 * ms)
        (code,) = (
            part.code for name, part in device.code_objects.items() if name.startswith("syn_post_code")
        )
        return code.cpp_file
    finally:
        prefs.devices.cpp_standalone.openmp_threads = 0
        device.reinit()
        set_device("runtime")


def test_what_each_synapse_needs_is_fetched():
    code = generate()
    for variable in ("w", "plasticity_m0", "plasticity_m1"):
        assert f"fetch(&brian::_dynamic_array_syn_{variable}[next]);" in code
    assert "plasticity_book(plasticity_w_before, w, _vectorisation_idx);" in code
    assert "plasticity_m0 +=" not in code


def test_books_that_most_changes_do_not_reach_are_not():
    code = generate("cache(0.3)")
    assert "fetch(&brian::_dynamic_array_syn_plasticity_transient[next]);" in code
    assert "fetch(&brian::_dynamic_array_syn_plasticity_m0[next]);" not in code
    assert "at = idx*is_written" in code


def test_threads_do_not_share_what_is_at_hand():
    code = generate("above(0.3)", threads=2)
    assert "at = idx;" in code
    assert "fetch_post()" not in code
    assert "bioplast::fetch(" not in code


def test_a_model_that_reads_the_books_has_them_in_its_code():
    code = generate(on_post="v_post += plasticity_m1")
    assert "plasticity_m0 +=" in code
    assert "plasticity_book(" not in code
