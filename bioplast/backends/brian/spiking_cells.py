"""Cells and synapses of the spiking network: leaky integrate-and-fire, in Brian2's equations.

What they mean is said in ``models/spiking.py``: potentials in units of the threshold, traces in spikes,
synapses with the eligibility P H - S.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bioplast.backends.brian import softmax
from bioplast.backends.brian.cells import Cells, ReadoutCells, Synapses

INPUT = """
train : integer (constant)                  # bit s: a spike at step s
P : 1                                       # sum over the spikes so far of 1/a
"""

HIDDEN = """
dv/dt = (bias - v)/tau_m : 1
psi = gamma*clip(1 - abs(v - v_thresh)/v_thresh, 0, 1){if_ready} : 1
dpre_trace/dt = -pre_trace/tau_m : 1
trace_sum : 1                               # sum over t of pre_trace
H : 1                                       # sum over t of a psi
learns : boolean (constant)                 # has plastic synapses onto it
bias : 1 (constant)                         # drive of the last cell, which fires regularly
error : 1
activity = trace_sum : 1
"""

# Of hidden cells that send to other hidden cells.
BETWEEN = """
P : 1                                       # sum over the spikes so far of 1/a
"""

# Of hidden cells that get spikes and send errors back to other hidden cells.
BEHIND = """
psi_sum : 1                                 # sum over t of psi
gain = psi_sum*tau_m/(dt*n_stimulus) : 1
"""

OUTPUT = f"""
dy/dt = -y/tau_m : 1
{softmax.EQUATIONS}
activity = readout : 1
"""

# What the output answers by: its mean potential, or how often its cells fired.
READOUTS = {
    "membrane": "y_sum : 1\nreadout = y_sum/n_stimulus : 1\n",
    "spikes": "n_spikes : 1\nreadout = n_spikes : 1\n",
}

# While nothing is learned, and off the path, S and H are not needed: the compiled code leaves them.
TRACE = "on_path = plastic\nS += learning_pre*int(on_path)*exp(step_pre*dt/tau_m)*H_post"
ADD_PSI = "on_path = learns\nH += learning*int(on_path)*int(is_shown)*exp(-step*dt/tau_m)*psi"

# What a trial leaves of the sum P when the next one begins, at a = 1.
CARRY = "P = P*exp(-n_steps*dt/tau_m)"

# Whether a spike releases transmitter at a synapse; what it has then makes up for the times it does not.
RELEASED = (
    "*int(draw(release_key(trial_pre, layer_number), (step_pre*N_pre + i)*N_post + j) < release_probability)"
    "/release_probability"
)


def make_input_synapses(jump: str, released: str) -> Synapses:
    """Synapses of the input: a spike counts ``psp_input`` if ``jump`` says so."""
    return _make_onto_hidden(f"{jump}effective{released}", f"delta_w = {jump}eta*error_post*eligibility")


def make_hidden_synapses(released: str) -> Synapses:
    """Synapses between hidden cells, which errors pass."""
    send_error = "{weight}*error_post*gain_post"
    return _make_onto_hidden(f"effective{released}", "delta_w = eta*error_post*eligibility", send_error)


def make_output_synapses(released: str) -> Synapses:
    """Synapses onto the readout."""
    return Synapses(
        "delta_w = eta*error_post*trace_sum_pre",
        on_pre={"spike": ("spike", f"y_post += effective{released}")},
        send_error="{weight}*error_post",
    )


def _make_onto_hidden(jump: str, propose: str, send_error: str = "") -> Synapses:
    return Synapses(
        f"eligibility = P_pre*H_post - S\nS = 0\n{propose}",
        "S : 1  # sum over the presynaptic spikes of H/a\n",
        on_pre={"spike": ("spike", f"v_post += {jump}"), "trace": ("spike", TRACE)},
        send_error=send_error,
        forget="S = 0",
    )


@dataclass(frozen=True)
class SpikingCells:
    """The cells of a network.

    Parameters
    ----------
    spike_trains, readout, tau_refrac_ms, reset, v_thresh : as ``SpikingNetwork`` has them
    """

    spike_trains: str
    readout: str
    tau_refrac_ms: float
    reset: bool
    v_thresh: float

    def make_input(self) -> Cells:
        train = f"train = {self.spike_trains}_train(trial, i, n_stimulus, p_input)"
        return Cells(
            INPUT,
            active="train != 0",
            threshold="fires(train, step) == 1",
            reset="P += exp(step*dt/tau_m); n_active += 1",
            dtype={"train": np.int64},
            events={"start": ("step == START", f"{train}; {self._begin_sum}")},
        )

    def make_hidden(self, *, is_first: bool, is_last: bool) -> Cells:
        """A population, which is the first or the last of the hidden ones, or both."""
        equations, if_ready = HIDDEN, ""
        start = self._begin("v = 0; pre_trace = 0") + "trace_sum = 0; H = 0; error = 0"
        reset = "v -= v_thresh; pre_trace += 1; n_active += 1"
        each_step = [ADD_PSI, "trace_sum += int(is_shown)*pre_trace"]
        events = {}
        if self.tau_refrac_ms > 0:
            if_ready = "*int(not_refractory)"  # a cell that cannot fire learns nothing from its potential
        if not is_last:
            equations, start, reset = (
                equations + BETWEEN,
                f"{start}; {self._begin_sum}",
                f"{reset}; P += exp(step*dt/tau_m)",
            )
        if not is_first:
            equations, start = equations + BEHIND, f"{start}; psi_sum = 0"
            each_step.append("psi_sum += learning*int(is_shown)*psi")
            events["feedback"] = "step == FEEDBACK", ""
        return Cells(
            equations.format(if_ready=if_ready),
            active="trace_sum > 0",
            threshold="v > v_thresh and is_shown",
            reset=reset,
            events={"start": ("step == START", f"{start}{self._recover}"), **events},
            each_step=tuple(each_step),
            always_on={"bias": 2 * self.v_thresh},
            refractory=self._refractory,
        )

    def make_output(self) -> ReadoutCells:
        firing: dict[str, Any] = {}
        start = self._begin("y = 0")
        if self.readout == "spikes":
            start = f"{start}n_spikes = 0{self._recover}; total = 0"
            firing = {"threshold": "y > v_thresh and is_shown", "reset": "y -= v_thresh; n_spikes += 1"}
            firing["refractory"] = self._refractory
        else:
            start = f"{start}y_sum = 0; total = 0"
            firing = {"each_step": ("y_sum += int(is_shown)*y",)}
        return ReadoutCells(
            OUTPUT + READOUTS[self.readout],
            events={
                "start": ("step == START", start),
                "read": ("step == READ", "highest = readout"),
                "feedback": ("step == FEEDBACK", softmax.ERROR),
            },
            reading="readout",
            compare=softmax.COMPARE,
            **firing,
        )

    def _begin(self, code: str) -> str:
        """What a trial begins with if cells are at rest then."""
        return f"{code}; " if self.reset else ""

    @property
    def _begin_sum(self) -> str:
        return "P = 0" if self.reset else CARRY

    @property
    def _refractory(self) -> float | None:
        return self.tau_refrac_ms or None

    @property
    def _recover(self) -> str:
        """What makes a cell ready to fire."""
        return "; lastspike = -1e4*second" if self.tau_refrac_ms > 0 and self.reset else ""
