"""Golden records: what every network wrote with every rule, kept to show when a number moves.

They were made with Python 3.11, Brian2 2.9 and NumPy 2.3, and are the same, bit for bit, with Python 3.12
(Brian2 2.10) and 3.13 (Brian2 2.11) and NumPy 2.5.

``records.json`` holds, for each case, digests of the weights and of both books of every layer, their sums
and the predictions, as they were when the record was made. ``python -m tests.golden.records`` adds the
records of new cases, and makes those again of which a revision was raised
(``bioplast.training.revisions``); it writes nothing if another number has moved.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bioplast import Plasticity
from bioplast.backends.numeric import reference
from bioplast.loading import load_module
from bioplast.sizes import Hidden, format_hidden
from bioplast.tasks import Images, Trials, load_task
from bioplast.training.config import DEVICES
from bioplast.training.revisions import collect_revisions, list_parts

FILE = Path(__file__).with_name("records.json")
PROJECT = Path(__file__).parents[2]
SEED = 7
CHUNKS = ((0, 90), (90, 200))  # what rules carry passes from one to the next

RULES = [
    "plain",
    "largest(0.1)",
    "largest(0.02, output=0.2)",
    "largest(0.1, per=neuron)",
    "above(0.00003)",
    "above(0.001, target=0.05, rate=0.2, output=0.1)",
    'above(0.0003, target=0.05, output=0.1, per="neuron")',
    'above(0.0003, target=0.3, rate=0.1, per="synapse")',
    "smallest(0.9, output=0.5)",
    "random(0.1)",
    "strongest(0.1)",
    "weakest(0.1)",
    "neurons(0.2, output=0.5)",
    "largest_error(0.2, output=0.3)",
    "most_active(0.2, output=0.3)",
    "fixed(0.3)",
    "fixed(0.3) + largest(0.2)",
    "subnet(5)",
    "subnet(5) + largest(0.2)",
    "subnet(5) + largest(0.2, per=neuron)",
    "subnet(5) + strongest(0.2)",
    "readout",
    "readout + random(0.3)",
    "lazy",
    "lazy(0.12) + above(0.001, target=0.05, rate=0.3)",
    "cache(0.0003, 0.01)",
    "cache(0.0004, 0.01, per=neuron)",
    "lazy(0.12) + fixed(0.5) + largest(0.2, per=neuron) + cache(0.0004, 0.01, per=neuron)",
]
# A Brian2 program takes longer to compile than to run: one program for each form of a selection, and all
# other rules in one of these.
BRIAN_RULES = [
    "plain",
    "subnet(5)",
    "readout",
    "fixed(0.3)",
    "largest(0.1)",
    "largest(0.02, output=0.2)",
    "subnet(5) + largest(0.2)",
    "above(0.00003)",
    "above(0.001, target=0.05, rate=0.2, output=0.1)",
    'above(0.0003, target=0.05, output=0.1, per="neuron")',
    'above(0.0003, target=0.3, rate=0.1, per="synapse")',
    "smallest(0.9, output=0.5)",
    "random(0.1)",
    "strongest(0.2) + cache(0.0003, 0.01)",
    "lazy + weakest(0.1)",
    "neurons(0.2, output=0.5)",
    "largest_error(0.2, output=0.3)",
    "most_active(0.2, output=0.3)",
    "lazy(0.12) + fixed(0.5) + largest(0.2, per=neuron) + cache(0.0004, 0.01, per=neuron)",
]
PERCEPTRON_RULES = [
    "plain",
    "largest(0.1)",
    "largest(0.1, per=neuron)",
    "above(0.5, target=0.05, rate=0.2)",
    'above(0.5, target=0.05, per="neuron")',
    'above(0.5, target=0.3, rate=0.1, per="synapse")',
    "random(0.3)",
    "strongest(0.1)",
    "weakest(0.1)",
    "fixed(0.3)",
    "cache(4)",
    "cache(3, 0.01, per=neuron)",
]

# Without a fast form, so that the NumPy reference runs them.
CHAINS = [
    "momentum(0.5)",
    "adam",
    "weight_decay(0.01) + largest(0.1)",
    "largest(0.2) + random(0.5)",
    "fixed(0.5) + subnet(5) + momentum + above(0.001, target=0.1) + strongest(0.5)",
    'above(0.0001, target=0.5, per="neuron") + largest(0.2) + lazy',
]

TIMED_RULES = [
    "plain",
    "adam(0.01) + largest(0.1)",
    "lazy(0.9) + momentum + above(0.001, target=0.1) + cache(0.01, 0.01)",
    "random(0.1)",
]
CUES = "cues(n_cues=3, cue=20, delay=30, recall=30)"
LATENCIES = "randman(n_classes=4, n_train=50)"
PATTERN = "patterns-in-time(steps=100)"


@dataclass(frozen=True)
class Case:
    """A network with a rule.

    Attributes
    ----------
    model : name of a file in models/
    rule : its declaration
    options : settings that are not as the model has them
    protocol, device : as in ``RunConfig``; the network's own device if empty
    is_reference : whether the artificial network is the one in NumPy
    hidden : sizes of the hidden layers; the perceptron has none
    task : in time; images if empty
    """

    model: str
    rule: str
    options: dict[str, Any] = field(default_factory=dict, hash=False)
    protocol: str = "standard"
    device: str = ""
    is_reference: bool = False
    hidden: Hidden = 20
    task: str = ""

    @property
    def name(self) -> str:
        parts = [self.model, self.rule, *(f"{name}={value}" for name, value in self.options.items())]
        if self.protocol != "standard":
            parts.append(self.protocol)
        if self.device == "runtime":
            parts.append(self.device)
        if self.is_reference:
            parts.append("reference")
        if self.hidden != 20:
            parts.append(f"hidden {format_hidden(self.hidden)}")
        if self.task:
            parts.append(self.task)
        return ", ".join(parts)


CASES = [
    *(Case("ann", rule) for rule in RULES),
    *(Case("ann", rule, is_reference=True) for rule in RULES),
    *(Case("ann", rule, protocol="paper") for rule in ("plain", "largest(0.1)", "subnet(5)", "cache(0.001)")),
    *(Case("ann", rule, {"dtype": "float64"}) for rule in ("plain", "largest(0.1)", "subnet(5)")),
    *(Case("ann", rule, hidden=(20, 12)) for rule in ("plain", "largest(0.1)", "subnet(5)", "cache(0.001)")),
    *(Case("ann", rule) for rule in CHAINS),
    *(Case("perceptron", rule) for rule in PERCEPTRON_RULES),
    *(Case("rate", rule) for rule in BRIAN_RULES),
    *(Case("spiking", rule) for rule in BRIAN_RULES),
    *(Case(m, rule, device="runtime") for m in ("rate", "spiking") for rule in ("plain", "largest(0.1)")),
    *(Case("recurrent", rule, task=CUES) for rule in TIMED_RULES),
    *(Case("rnn", rule, task=CUES) for rule in TIMED_RULES[:2]),
    Case("rnn", "adam", {"credit": "e-prop", "feedback": "random"}, task=CUES),
    Case("recurrent_rate", "adam(0.01) + largest(0.1)", task=CUES),
    Case("recurrent_rate", "adam", {"credit": "bptt"}, task=CUES),
    Case("recurrent", "adam", {"tau_syn": 5.0, "reset": "zero", "answer": "steps"}, task=LATENCIES),
    Case("recurrent", "adam", {"feedback": "symmetric", "dtype": "float64"}, task=PATTERN),
    Case("rate", "largest(0.1)", {"feedback": "random", "dale": True}),
    Case("spiking", "largest(0.1)", {"feedback": "sign", "dale": True}),
    Case("spiking", "plain", {"readout": "spikes", "tau_refrac_ms": 3.0, "spike_trains": "regular"}),
]


@cache
def make_images() -> Images:
    """200 digits at low resolution, of 12 by 12 pixels."""
    train = load_task("mnist").train
    pixels = train.pixels[:200].reshape(-1, 28, 28)[:, 2:26:2, 2:26:2].reshape(-1, 144)
    return Images(np.ascontiguousarray(pixels), train.labels[:200])


def compute_record(case: Case) -> dict[str, Any]:
    """Let the network of ``case`` learn from 200 images (20 in runtime mode): what it wrote."""
    module = load_module("model", case.model, PROJECT)
    make = getattr(module, "MAKERS", {"standard": module.make_network})[case.protocol]
    images = load_task(case.task).train if case.task else make_images()
    network = make(
        n_pixels=load_task(case.task).n_pixels if case.task else images.pixels.shape[1],
        n_classes=load_task(case.task).n_classes if case.task else 10,
        n_hidden=1 if case.model == "perceptron" else case.hidden,
        plasticity=Plasticity.parse(case.rule),
        device=case.device or getattr(module, "DEVICE", DEVICES[0]),
    )
    if case.options:
        network = network.with_settings(case.options)
    state = network.initial_state(SEED)
    predictions = []
    for first, last in ((0, 20),) if case.device == "runtime" else CHUNKS:
        trials = Trials(images, np.arange(first, last), first)
        predictions.append(present(case, network, state, trials))
    layers = {
        layer.name: {
            "weights": digest(layer.weights),
            "m0": digest(layer.books.m0),
            "m1": digest(layer.books.m1),
            "m0_sum": int(layer.books.m0.sum()),
            "m1_sum": float(layer.books.m1.sum()),
            "maintenance": layer.books.maintenance,
            "carried": {name: digest(array) for name, array in layer.carried.items()},
        }
        for layer in state.layers
    }
    parts = list_parts(network.plasticity, network.backend, case.protocol)
    return {
        "revisions": collect_revisions(parts),
        "predictions": digest(np.concatenate(predictions)),
        "layers": layers,
    }


def present(case: Case, network: Any, state: Any, trials: Trials) -> np.ndarray[Any, Any]:
    """Learn from ``trials``: the predictions."""
    if not case.is_reference:
        return network.present(state, trials, learn=True).predictions
    outcome = reference.present(
        state,
        trials,
        settings=network.constants,
        encoding=network.encoding,
        plasticity=network.plasticity,
        learn=True,
    )
    return outcome.predictions


def digest(array: np.ndarray[Any, Any]) -> str:
    """16 hexadecimal digits of the SHA-256 of ``array``, its dtype and its shape."""
    text = f"{array.dtype.str} {array.shape} ".encode()
    return hashlib.sha256(text + np.ascontiguousarray(array).tobytes()).hexdigest()[:16]


def read_records() -> dict[str, Any]:
    """The records that are kept, by the name of their case."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}


def main() -> int:
    """Make the records that may be made; 1 if one has moved that may not."""
    kept, records, moved = read_records(), {}, []
    for case in CASES:
        found = compute_record(case)
        before = kept.get(case.name, found)
        if before != found and before["revisions"] == found["revisions"]:
            moved.append(case.name)
        records[case.name] = found
    if moved:
        print("moved, and so nothing is written:", *moved, sep="\n  ")
        return 1
    FILE.write_text(json.dumps(records, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(records)} records")
    return 0


if __name__ == "__main__":
    sys.exit(main())
