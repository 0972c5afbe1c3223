"""The arithmetic of ``models/spiking.py`` under ``plain``, as one Numba kernel written straight down.

What Brian2's program is held against: the same spikes, the same event-driven eligibility, the same books.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.compiled import compiled
from bioplast.backends.programs.stimulus import Stimulus
from bioplast.keys import make_keys
from bioplast.network import State
from bioplast.tasks import Trials
from models.spiking import SpikingNetwork


@dataclass
class SpikingKernel:
    """A spiking network that learns everything that is proposed.

    Parameters
    ----------
    network : whose settings are taken; its plasticity is not looked at
    """

    network: SpikingNetwork
    _eligibility: dict[tuple[int, int], NDArray[Any]] = field(default_factory=dict, init=False)

    def present(self, state: State, trials: Trials) -> NDArray[np.int64]:
        """Show the images, learn from each, and say which class each was taken for; ``state`` moves on."""
        network = self.network
        stimulus = Stimulus.of(trials, state.seed, make_keys(state, len(trials)))
        hidden, output = state.layers
        real = hidden.weights.dtype.type
        shape = hidden.weights.shape
        spike_sums = self._eligibility.setdefault(shape, np.zeros(shape, real))
        steps = np.arange(network.n_stimulus + 1)
        decay = np.exp(-1 / network.tau_m_ms)
        eta_hidden, eta_output = network.learning_rates.values()
        predictions = np.zeros(len(trials), np.int64)
        compiled(_present)(
            stimulus.images,
            stimulus.trials["image"],
            stimulus.trials["label"],
            stimulus.trials["key"],
            network.p_input,
            (decay**steps).astype(real),
            (decay**-steps).astype(real),
            real(network.v_thresh),
            real(network.gamma),
            (hidden.weights, hidden.books.m0, hidden.books.m1, real(eta_hidden)),
            (output.weights, output.books.m0, output.books.m1, real(eta_output)),
            spike_sums,
            np.zeros((5, shape[1] + 1), real),
            np.zeros((3, output.weights.shape[1]), real),
            (np.zeros(shape[0], np.int64), np.zeros(shape[0], np.uint64), np.zeros(shape[0], real)),
            np.zeros(shape[1] + 1, np.int64),
            predictions,
        )
        state.trial += len(trials)
        return predictions


def _hash(x: Any) -> Any:  # as bioplast.tasks.poisson.mix
    x ^= x >> np.uint32(16)
    x = np.uint32(x * np.uint32(0x7FEB352D))
    x ^= x >> np.uint32(15)
    x = np.uint32(x * np.uint32(0x846CA68B))
    return x ^ (x >> np.uint32(16))


def _draw_train(key: Any, bound: float, i: int, n_inputs: int, n_steps: int) -> Any:
    train = np.uint64(0)
    for step in range(1, n_steps + 1):
        counter = np.uint32(step * n_inputs + i)
        bits = _hash(np.uint32(key + np.uint32(counter * np.uint32(0x9E3779B9))))
        train |= np.uint64(bits < bound) << np.uint64(step)
    return train


def _book(weights: Any, m0: Any, m1: Any, i: int, j: int, change: Any) -> None:
    before = weights[i, j]
    weights[i, j] = before + change
    after = weights[i, j]
    m0[i, j] += after != before
    m1[i, j] += abs(np.float64(after) - np.float64(before))


def _present(
    images: Any,
    shown: Any,
    labels: Any,
    keys: Any,
    p_input: float,
    fall: Any,
    rise: Any,
    v_thresh: Any,
    gamma: Any,
    hidden: Any,
    output: Any,
    S: Any,
    cells: Any,
    readout: Any,
    inputs: Any,
    fired: Any,
    predictions: Any,
) -> None:
    w, m0, m1, eta = hidden
    w_out, m0_out, m1_out, eta_out = output
    n_inputs, n_hidden = w.shape
    n_classes = w_out.shape[1]
    n_steps = fall.size - 1
    decay = fall[1]
    zero = v_thresh - v_thresh
    one = zero + 1
    lit, trains, P = inputs
    v, trace, trace_sum, H, error = cells[0], cells[1], cells[2], cells[3], cells[4]
    y, y_sum, delta = readout[0], readout[1], readout[2]
    for trial in range(shown.size):
        n_lit = 0
        for i in range(n_inputs):
            level = images[shown[trial], i]
            if level > 0:
                bound = p_input * (level / 255.0) * 4294967296.0
                train = _draw_train(keys[trial], bound, i, n_inputs, n_steps)
                if train != 0:
                    lit[n_lit], trains[n_lit], P[n_lit] = i, train, 0
                    n_lit += 1
        cells[:] = 0
        readout[:] = 0
        for step in range(1, n_steps + 1):
            v[n_hidden] -= 2 * v_thresh
            for j in range(n_hidden + 1):
                v[j] *= decay
                trace[j] *= decay
            v[n_hidden] += 2 * v_thresh
            for j in range(n_hidden + 1):
                H[j] += fall[step] * (gamma * max(zero, one - abs(v[j] - v_thresh) / v_thresh))
                trace_sum[j] += trace[j]
            for k in range(n_classes):
                y[k] *= decay
                y_sum[k] += y[k]
            n_fired = 0
            for j in range(n_hidden + 1):
                if v[j] > v_thresh:
                    fired[n_fired] = j
                    n_fired += 1
            for r in range(n_lit):
                if (trains[r] >> np.uint64(step)) & np.uint64(1):
                    i = lit[r]
                    for j in range(n_hidden):
                        v[j] += w[i, j]
                        S[i, j] += rise[step] * H[j]
                    P[r] += rise[step]
            for f in range(n_fired):
                j = fired[f]
                for k in range(n_classes):
                    y[k] += w_out[j, k]
                v[j] -= v_thresh
                trace[j] += 1
        total, best = 0.0, 0
        for k in range(n_classes):
            if y_sum[k] > y_sum[best]:
                best = k
        predictions[trial] = best
        for k in range(n_classes):
            delta[k] = math.exp((y_sum[k] - y_sum[best]) / n_steps)
            total += delta[k]
        for k in range(n_classes):
            delta[k] = (k == labels[trial]) - delta[k] / total
        for j in range(n_hidden):
            for k in range(n_classes):
                error[j] += w_out[j, k] * delta[k]
            error[j] *= eta
        for r in range(n_lit):
            i = lit[r]
            for j in range(n_hidden):
                change = error[j] * (P[r] * H[j] - S[i, j])
                S[i, j] = 0
                _book(w, m0, m1, i, j, change)
        for j in range(n_hidden + 1):
            if trace_sum[j] > 0:
                for k in range(n_classes):
                    _book(w_out, m0_out, m1_out, j, k, eta_out * delta[k] * trace_sum[j])
