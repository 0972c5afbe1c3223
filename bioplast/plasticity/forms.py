"""How rules live in networks that do not run their NumPy meaning: in Brian2, and in machine code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True)
class BrianForm:
    """How a selection lives on Brian2 synapses.

    Its expressions may use ``delta_w``, the ``effective`` weight, the postsynaptic cell's index
    ``j``, its ``error_post`` and ``activity_post``, the random bits ``draw_key(trial_pre, layer_number)``
    of the trial, and the functions of ``bioplast.brian.selection``.

    Attributes
    ----------
    cutoff : expression for ``cutoff``, one number for all synapses of the layer
    condition : which proposed changes are written, in terms of ``cutoff`` and all of the above
    parameters : the values the expressions use; they are run-time arguments of a compiled program, so two
        rules with the same text share one program
    competes : whether the cutoff depends on other synapses of the layer; changes are then proposed one
        step before they are written
    entry : what a synapse enters the competition with when its change is proposed
    enters_off_path : whether a synapse that is not plastic may take part in the competition too
    all_compete : whether the synapses from silent units compete as well
    constants : the same as ``parameters`` with a value for each synapse, (n_pre, n_post), or, where cells
        have a memory, for each cell, (n_post,)
    memory : the parameter that moves on from trial to trial (``Selection.memory``), if one does
    memory_per : ``"layer"`` if it has one value, ``"neuron"`` or ``"synapse"`` if it has one for each
    memory_next : expression for its next value. That of a layer is computed at every step before ``cutoff``,
        that of a neuron at every step from ``tallies``; without new proposals it must stay what it is. That
        of a synapse is computed when it has been written or not
    tallies : integers that cells count up over their synapses in a trial: name to expression
    in_weights : parameters that are in the unit of the weights
    """

    cutoff: str
    condition: str
    parameters: Mapping[str, float] = field(default_factory=dict)
    competes: bool = False
    entry: str = "delta_w = compete(delta_w)"
    enters_off_path: bool = False
    all_compete: bool = False
    constants: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    memory: str = ""
    memory_per: str = "layer"
    memory_next: str = ""
    tallies: Mapping[str, str] = field(default_factory=dict)
    in_weights: tuple[str, ...] = ()


@dataclass(frozen=True)
class GateForm:
    """How a gate lives in a Brian2 network: as a cell that the output tells its answer.

    Attributes
    ----------
    opens : expression in terms of ``is_right``, whether the answer is, and ``certainty``, its probability
    parameters : the values it uses; run-time arguments
    """

    opens: str
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ConsolidationForm:
    """How a consolidation lives on Brian2 synapses.

    Attributes
    ----------
    equations : variables of the synapses
    effective : the weight as it acts, in terms of these and ``w``
    accumulate : code that takes in ``written``, the change a selection lets through or 0, and sets
        ``change``, what goes over into ``w``
    crosses : condition under which a synapse, when it has absorbed, makes all synapses onto its cell
        ``consolidate``; empty if none ever does
    consolidate : code that sets their ``change``
    decay_step : code for all synapses at the end of each trial; what keeping them costs adds up in
        ``maintenance``
    parameters : the values all of it uses; run-time arguments
    in_weights : parameters that are in the unit of the weights
    """

    equations: str
    effective: str
    accumulate: str
    crosses: str
    consolidate: str
    decay_step: str
    parameters: Mapping[str, float]
    in_weights: tuple[str, ...] = ()


@dataclass(frozen=True)
class DenseForm:
    """How a rule runs fast where any synapse may have a change, as in networks that learn in time.

    Attributes
    ----------
    link : ``link(synapses, own, parameters, key)`` on ``bioplast.kernels.dense.DenseArrays``, a plain
        function in Numba's subset of Python, the same for all layers: a transform changes ``change``, a
        selection narrows ``chosen``, a consolidation makes of ``change`` what goes over into the weights
    arrays : what the rule carries in a layer, by name, in the order of ``own``; a single one is ``own``
    parameters : the values it uses, an array of float64
    fade : of a consolidation, what it does at the end of each trial, with the same arguments
    """

    link: Callable[..., None]
    arrays: tuple[str, ...] = ()
    parameters: tuple[float, ...] = ()
    fade: Callable[..., None] | None = None


@dataclass(frozen=True)
class FastForm:
    """How a rule runs fast.

    Attributes
    ----------
    parts : the functions of the kernel that the rule replaces, by name (see ``bioplast.kernels`` and
        ``bioplast.backends.numeric.kernel``): plain functions in Numba's subset of Python, the same for all
        layers. A selection replaces ``select(synapses, n_rows, key)``
    parameters : the values they use in one layer; no part of the machine code
    """

    parts: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    parameters: tuple[float, ...] = ()
