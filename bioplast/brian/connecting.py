"""Which synapses a condition or a probability makes, found before a compiled program does."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from brian2 import Synapses
from brian2.core.functions import Function
from brian2.core.variables import ArrayVariable, Constant
from brian2.groups.subgroup import Subgroup
from brian2.utils.stringtools import get_identifiers
from numpy.typing import NDArray

from bioplast.brian.decisions import is_runtime
from bioplast.randomness import make_rng

Arguments = tuple[Any, Any, Any, Any]

# What conditions are made of, beside names, numbers and functions.
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: np.logical_not,
    ast.And: np.logical_and,
    ast.Or: np.logical_or,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


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
    found = _compute(ast.parse(condition, mode="eval").body, values)
    return np.array(np.broadcast_to(found, pre.shape), bool)


def _compute(node: ast.AST, values: Mapping[str, Any]) -> Any:
    """The value of an expression; nothing but what stands here is carried out."""
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return value
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(op=op, operand=operand):
            return _OPERATORS[type(op)](_compute(operand, values))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_compute(left, values), _compute(right, values))
        case ast.BoolOp(op=op, values=parts):
            first, *others = (_compute(part, values) for part in parts)
            for other in others:
                first = _OPERATORS[type(op)](first, other)
            return first
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _OPERATORS[type(op)](_compute(left, values), _compute(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return values[name](*(_compute(argument, values) for argument in arguments))
    raise NotImplementedError("an expression of another kind")


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
