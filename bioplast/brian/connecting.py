"""Which synapses a condition or a probability makes, found before a compiled program does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from brian2 import Synapses
from brian2.core.functions import Function
from brian2.core.variables import ArrayVariable, Constant
from brian2.groups.subgroup import Subgroup
from brian2.parsing.rendering import NumpyNodeRenderer
from brian2.utils.stringtools import get_identifiers
from numpy.typing import NDArray

from bioplast.brian.decisions import is_runtime
from bioplast.randomness import make_rng

Arguments = tuple[Any, Any, Any, Any]


def make_known(
    synapses: Synapses, arguments: Arguments, n: Any, names: Mapping[str, Any], seed: int
) -> Arguments:
    """``condition``, ``i``, ``j`` and ``p`` of ``connect`` as arrays of the synapses that they make.

    They stand in Brian2's order. What ``p`` leaves to chance is drawn here, by ``seed`` and not by Brian2's
    generators. In runtime mode, and where something is known only to the running program, the arguments
    come back as they are.

    Parameters
    ----------
    n : synapses for each pair; only with one of them something is made known
    names : what the condition may name beside the variables of the cells
    """
    condition, i, j, p = arguments
    is_plain = i is None and j is None and n == 1 and not isinstance(p, str)
    if is_runtime() or not is_plain or (condition is None and p == 1):
        return arguments
    pre, post = np.indices((len(synapses.source), len(synapses.target)), np.int32)
    try:
        exist = _evaluate(str(True if condition is None else condition), synapses, pre, post, names)
    except (NotImplementedError, KeyError, TypeError):
        return arguments
    if p != 1:
        exist &= make_rng(seed, "connections").random(exist.shape) < p
    sources, targets = np.nonzero(exist)
    return None, sources, targets, 1.0


def _evaluate(
    condition: str, synapses: Synapses, pre: NDArray[Any], post: NDArray[Any], names: Mapping[str, Any]
) -> NDArray[np.bool_]:
    """(n_pre, n_post): the condition, as NumPy computes it.

    Raises
    ------
    NotImplementedError, KeyError : it names what is not known yet
    """
    values: dict[str, Any] = {"i": pre, "j": post}
    for name in get_identifiers(condition) - {"True", "False", "i", "j"}:
        base, _, side = name.rpartition("_")
        if side in ("pre", "post"):
            cells, index = (synapses.source, pre) if side == "pre" else (synapses.target, post)
            values[name] = _read(cells, base, index)
        else:
            values[name] = _value(synapses.resolve_all({name}, names)[name])
    code = compile(NumpyNodeRenderer().render_expr(condition), "<condition>", "eval")
    return np.array(np.broadcast_to(eval(code, {"logical_not": np.logical_not}, values), pre.shape), bool)


def _read(cells: Any, name: str, index: NDArray[Any]) -> NDArray[Any]:
    """A variable of the cells with these indices."""
    values = np.asarray(cells.variables[name].get_value())
    if not values.ndim:
        return values
    return values[index + (cells.start if isinstance(cells, Subgroup) else 0)]


def _value(thing: Any) -> Any:
    if isinstance(thing, Function):
        if not thing.stateless:
            raise NotImplementedError("a random number")
        return thing.pyfunc
    if isinstance(thing, ArrayVariable | Constant) and thing.scalar:
        return np.asarray(thing.get_value()).item()
    raise NotImplementedError("no constant")
