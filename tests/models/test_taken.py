"""Which branches of our templates the networks take: a miss would give the same numbers, slowly, in silence.

The templates match on the text that Brian2 generates. Where that changes, a branch is left out or still
looks up what it should know; each tells so when it is taken, in programs that are compiled with it.
"""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from golden.records import make_images

from bioplast import Plasticity
from bioplast.backends.programs import preferences, program
from bioplast.loading import load_module
from bioplast.tasks import Trials, load_task

PROJECT = Path(__file__).parents[2]
IMAGES = make_images()
CUES = load_task("cues(n_cues=3, delay=50)")

# What each of the many pieces with such a name does.
EVERY = {"push_spikes": {"instant"}, "thresholder": {"shared condition", "block"}}
MOVED = ("stateupdater", "run_regularly", "run_regularly_1")
SENDING = {
    "rate": {
        "input_to_hidden_send": {"4 together", "2 together", "run"},
        "hidden_to_output_summed_variable_I_post": {"matrix"},
        "hidden_to_output_feedback": {"matrix"},
        "output_to_output_compare": {"4 together", "2 together"},
    },
    "spiking": {
        "inputs_spike_thresholder": {"bits"},
        "hidden_spike_thresholder": {"block"},  # no condition on potentials holds for all cells
        "input_to_hidden_spike": {"4 together", "2 together", "run"},
        "hidden_to_output_spike": {"2 together", "run"},
        "hidden_to_output_feedback": {"matrix"},
        "output_to_output_compare": {"4 together", "2 together"},
        "output_to_output_add": {"4 together", "2 together"},
    },
}
# What goes on for learning alone.
GATHERING = {
    "rate": {},
    "spiking": {"hidden_run_regularly": {"on path"}, "input_to_hidden_trace": {"run on path"}},
}
WRITING = {
    "plain": {"write": {"run on path"}},
    "smallest(0.9)": {"propose": {"run on path"}, "write": {"decided"}},
    "above(0.001, target=0.05, rate=0.3)": {"propose": {"run on path"}, "write": {"listed"}},
    "above(0.0003, target=0.1, per=neuron)": {"write": {"4 together", "2 together", "run on path"}},
    "above(0.0003, target=0.3, per=synapse)": {"write": {"run on path"}},
    "largest(0.1)": {"propose": {"run on path"}, "write": {"listed"}},
    "largest(0.1, per=neuron)": {"propose": {"run on path"}, "write": {"listed"}},
}
# Hidden cells may be silent: with fewer candidates than may be written none is listed: each is decided on.
UNLISTED = {("spiking", "largest(0.1)"): {"write": {"decided", "listed"}}}


@pytest.fixture
def find_taken(monkeypatch, tmp_path):
    """Show a network some trials: by the name of its pieces of code, the branches they took."""
    # The same source, not optimised, which would take longer than all else.
    monkeypatch.setattr(preferences, "COMPILER_FLAGS", ("-w", "-O0", "-std=c++11", "-DBIOPLAST_TELL"))
    # And not a program that was compiled without telling.
    monkeypatch.setattr(program, "make_lookup_key", lambda *arguments: None)
    told = tmp_path / "taken"
    monkeypatch.setenv("BIOPLAST_TAKEN", str(told))

    def show(model, rule, *, learn, n_units=IMAGES.pixels.shape[1], n_classes=10, images=IMAGES, n=30):
        network = load_module("model", model, PROJECT).make_network(
            n_pixels=n_units,
            n_classes=n_classes,
            n_hidden=20,
            plasticity=Plasticity.parse(rule),
            device="cpp_standalone",
        )
        network.present(network.initial_state(1), Trials(images, np.arange(n), 0), learn=learn)
        taken = defaultdict(set)
        for line in told.read_text().splitlines():
            code, branch = line.split(" ", 1)
            taken[code.removesuffix("_codeobject")].add(branch)
        return taken

    return show


def take_out(taken, ending):
    """The branches of all pieces of which the names so end, and which are none of a network's own."""
    return [taken.pop(code) for code in list(taken) if code.endswith(ending)]


@pytest.mark.parametrize("rule", WRITING)
@pytest.mark.parametrize("model", SENDING)
def test_fast_branches_are_taken(find_taken, model, rule):
    taken = find_taken(model, rule, learn=True)
    writing = WRITING[rule] | UNLISTED.get((model, rule), {})
    layers = ("input_to_hidden", "hidden_to_output")
    writing = {f"{layer}_{code}": branches for layer in layers for code, branches in writing.items()}
    own = SENDING[model] | GATHERING[model] | writing
    assert {code: taken.pop(code) for code in own} == own
    moved = [each for ending in MOVED for each in take_out(taken, ending)]
    assert len(moved) > 1
    assert all(each == {"side by side"} for each in moved)
    for ending, branches in EVERY.items():
        found = take_out(taken, ending)
        assert len(found) > 4
        assert all(each == branches for each in found), ending
    assert taken == {}


@pytest.mark.parametrize("model", SENDING)
def test_code_of_learning_is_passed_over_while_nothing_is_learned(find_taken, model):
    taken = find_taken(model, "plain", learn=False)
    own = SENDING[model] | {code: {"not learning"} for code in GATHERING[model]}
    assert {code: taken.pop(code) for code in own} == own
    moved = [each for ending in MOVED for each in take_out(taken, ending)]
    assert len(moved) > 1
    assert all(each == {"side by side"} for each in moved)
    assert take_out(taken, "write_thresholder") == [{"shared condition"}] * 2
    for ending, branches in EVERY.items():
        assert all(each == branches for each in take_out(taken, ending)), ending
    assert taken == {}


# Of the network that is shown a trial and of the one that replays it.
IN_TIME = {
    "recurrent": {
        "inputs_spike_thresholder": {"block"},
        "cells_spike_thresholder": {"block"},
        "cells_run_regularly": {"side by side"},
        "readout_run_regularly": {"side by side"},
        "inputs_to_cells_pre": {"2 together", "run"},
        "cells_to_cells_pre": {"4 together", "2 together", "run"},
        "cells_to_readout_pre": {"4 together", "2 together", "run"},
    },
    "recurrent_rate": {
        "inputs_spike_thresholder": {"block"},
        "cells_spike_thresholder": {"block"},
        "cells_run_regularly": {"side by side"},
        "cells_run_regularly_1": {"side by side"},
        "readout_run_regularly": {"side by side"},
        "inputs_to_cells_pre": {"4 together", "2 together", "run"},
        "cells_to_cells_pre": {"4 together", "run"},
        "cells_to_readout_pre": {"4 together", "run"},
    },
}


@pytest.mark.parametrize("model", IN_TIME)
def test_fast_branches_are_taken_in_time(find_taken, model):
    shown = {"n_units": CUES.n_pixels, "n_classes": CUES.n_classes, "images": CUES.train, "n": 3}
    taken = find_taken(model, "plain", learn=True, **shown)
    assert take_out(taken, "push_spikes") == [{"instant"}] * 3
    assert taken == IN_TIME[model]
