"""What a Brian2 network is shown: images and trials, reached through functions in its equations.

============================  ==============================================================
``pixel(trial, i)``           input i of the trial's image in 0..1; the last input is always 1
``label(trial)``              the class the image belongs to
``draw_key(trial, layer)``    32 random bits for the rules that draw, in layer 0, 1 ...
``poisson_train(trial, i, n, p)``  the spikes of input i in steps 1 to n: bit s is set if it fires
                              at step s, which happens with probability ``p * pixel(trial, i)``
``regular_train(trial, i, n, p)``  the same with spikes at even distances, as many as are expected;
                              each input begins at a phase of its own
``fires(train, step)``        bit ``step`` of a train, 0 or 1
``release_key(trial, layer)``  32 random bits for the synapses of layer 0, 1 ... in a trial
``draw(key, counter)``        a uniform number in [0, 1), one for each counter
``is_over(trial)``            1 once every trial has been shown; ends a compiled program
============================  ==============================================================

Compiled programs map the images into memory, so parallel runs share one copy and a program is not
tied to the images it was built with. In runtime mode the same functions read NumPy arrays. Random
numbers are counter-based (``bioplast.tasks.poisson``), so both draw the same spikes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.programs.images import images_file, with_always_on
from bioplast.randomness import make_key
from bioplast.tasks.poisson import mix, trial_keys, uniform
from bioplast.tasks.task import Trials

if TYPE_CHECKING:  # a program that is found again is run without Brian2
    from brian2 import Function

MAX_STEPS = 62  # a spike train is the bits of one signed 64-bit number, sign and one spare left out

_RELEASE = 0x85EBCA6B  # what tells the layers' keys apart, as in stimulus.h
MAX_LAYERS = 8  # of synapses in a network, as in stimulus.h
_TRIAL = np.dtype(
    [("image", np.int32), ("label", np.int32), ("key", np.uint32), ("draws", np.uint32, MAX_LAYERS)]
)

# Each reads the current image and trial through the functions of stimulus.h.
_CPP = {
    "pixel": """
inline %(real)s pixel(long trial, int i) {
    return bioplast::level<%(n_inputs)d>(trial, i) / (%(real)s) 255;
}""",
    "label": "inline int label(long trial) { return bioplast::shown(trial).label; }",
    "draw_key": """
inline int64_t draw_key(long trial, int layer) { return bioplast::shown(trial).draws[layer]; }""",
    "poisson_train": """
inline int64_t poisson_train(long trial, int i, int n_steps, double p) {
    return bioplast::poisson_train<%(n_inputs)d>(trial, i, n_steps, p);
}""",
    "regular_train": """
inline int64_t regular_train(long trial, int i, int n_steps, double p) {
    return bioplast::regular_train<%(n_inputs)d>(trial, i, n_steps, p);
}""",
    "fires": "inline int64_t fires(int64_t train, int step) { return (train >> step) & 1; }",
    "release_key": """
inline int64_t release_key(long trial, int layer) { return bioplast::release_key(trial, layer); }""",
    "draw": """
inline double draw(int64_t key, int64_t counter) { return bioplast::draw(key, counter); }""",
    "is_over": """
inline int is_over(long trial) {
    if (trial >= bioplast::n_trials) Network::_globally_stopped = true;
    return trial >= bioplast::n_trials;
}""",
}


@dataclass(frozen=True)
class Stimulus:
    """A chunk of trials as a network reads them.

    Attributes
    ----------
    images : (n_images, n_pixels + 1) uint8, the always-on input in the last column
    trials : (n_trials,) records of image, label, random key of the spikes and random keys of the layers
    """

    images: NDArray[np.uint8]
    trials: NDArray[np.void]

    @classmethod
    def of(cls, trials: Trials, seed: int, draws: NDArray[np.int64] | None = None) -> Stimulus:
        """The stimulus of a chunk in a run with this seed.

        ``draws`` (n_trials, n_layers) is for rules that draw (``bioplast.keys``).
        """
        numbers = trials.first + np.arange(len(trials), dtype=np.int64)
        records = np.zeros(len(trials), _TRIAL)
        records["image"] = trials.indices
        records["label"] = trials.labels
        records["key"] = trial_keys(make_key(seed, "spikes"), trials.stream, numbers)
        if draws is not None:
            records["draws"][:, : draws.shape[1]] = draws
        return cls(with_always_on(trials.images), records)

    @property
    def parts(self) -> list[tuple[str, str, NDArray[Any]]]:
        """What a program is told: the path of the file with the images, and the trials."""
        path = np.frombuffer(os.fsencode(images_file(self.images)), np.uint8)
        return [("images", "-", path), ("trials", "-", self.trials)]

    @property
    def files(self) -> Mapping[str, int]:
        """Open files that a program needs: none."""
        return {}


class Screen:
    """Holds the stimulus that a network in runtime mode is being shown."""

    stimulus: Stimulus

    def show(self, stimulus: Stimulus) -> int:
        """Hold it: the number of trials."""
        self.stimulus = stimulus
        return len(stimulus.trials)

    def level(self, trial: Any, i: Any) -> Any:
        shown = self.stimulus.trials["image"][np.minimum(trial, len(self.stimulus.trials) - 1)]
        return self.stimulus.images[shown, i]

    def pixel(self, trial: Any, i: Any) -> Any:
        from brian2 import prefs

        return self.level(trial, i) / prefs.core.default_float_dtype(255)

    def label(self, trial: Any) -> Any:
        return self.stimulus.trials["label"][np.minimum(trial, len(self.stimulus.trials) - 1)]

    def draw_key(self, trial: Any, layer: Any) -> Any:
        draws = self.stimulus.trials["draws"][np.minimum(trial, len(self.stimulus.trials) - 1), layer]
        return draws.astype(np.int64)

    def poisson_train(self, trial: Any, i: Any, n_steps: Any, p: Any) -> Any:
        key = int(self.stimulus.trials["key"][min(int(trial), len(self.stimulus.trials) - 1)])
        units = np.atleast_1d(i)
        steps = np.arange(1, int(n_steps) + 1)[:, None]
        counters = steps * self.stimulus.images.shape[1] + units  # (n_steps, n_units)
        fired = uniform(key, counters) < p * (self.level(int(trial), units) / 255.0)
        return (fired.astype(np.int64) << steps).sum(axis=0)

    def regular_train(self, trial: Any, i: Any, n_steps: Any, p: Any) -> Any:
        units = np.atleast_1d(i).astype(np.uint64)
        rate = (p * (self.level(int(trial), i) / 255.0) * 2.0**32).astype(np.uint64)
        phase = units * np.uint64(0x9E3779B9) & np.uint64(0xFFFFFFFF)
        steps = np.arange(int(n_steps) + 1, dtype=np.uint64)[:, None]
        fired = np.diff((phase + steps * rate) >> np.uint64(32), axis=0)  # (n_steps, n_units), 0 or 1
        return (fired << steps[1:]).sum(axis=0).astype(np.int64)

    def fires(self, train: Any, step: Any) -> Any:
        return (train >> step) & 1

    def release_key(self, trial: Any, layer: Any) -> Any:
        key = self.stimulus.trials["key"][np.minimum(trial, len(self.stimulus.trials) - 1)]
        return mix(np.asarray(key + np.uint32((layer + 1) * _RELEASE & 0xFFFFFFFF))).astype(np.int64)

    def draw(self, key: Any, counter: Any) -> Any:
        return uniform(key, np.asarray(counter, np.int64))

    def is_over(self, trial: Any) -> Any:
        return np.asarray(trial) >= len(self.stimulus.trials)


def make_stimulus_functions(n_inputs: int, screen: Screen) -> dict[str, Function]:
    """The functions above for a network with ``n_inputs`` inputs, the always-on one included."""
    from brian2 import Function, prefs
    from brian2.codegen.generators.cpp_generator import c_data_type

    functions: dict[str, Function] = {}
    real = c_data_type(prefs.core.default_float_dtype)
    arguments: Mapping[str, int] = {
        "pixel": 2,
        "label": 1,
        "draw_key": 2,
        "poisson_train": 4,
        "regular_train": 4,
        "fires": 2,
        "release_key": 2,
        "draw": 2,
        "is_over": 1,
    }
    for name, n_arguments in arguments.items():
        function = Function(
            _python_form(getattr(screen, name)),
            arg_units=[1] * n_arguments,
            return_unit=1,
            return_type="float" if name in ("pixel", "draw") else "integer",
            stateless=True,
        )
        code = _CPP[name] % {"n_inputs": n_inputs, "real": real}
        function.implementations.add_implementation("cpp", code, compiler_kwds={"headers": ['"stimulus.h"']})
        functions[name] = function
    return functions


def _python_form(method: Callable[..., Any]) -> Callable[..., Any]:
    def call(*values: Any) -> Any:
        return method(*values)

    return call
