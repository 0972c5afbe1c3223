"""What changes the weight in the code of somebody's ``Synapses``, told apart from the rest as a proposal."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from brian2 import Synapses, second
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.variables import ArrayVariable, Subexpression
from brian2.equations.equations import SUBEXPRESSION, Equations, SingleEquation
from brian2.parsing.rendering import NodeRenderer
from brian2.utils.stringtools import get_identifiers

from bioplast.brian.decisions import is_runtime
from bioplast.brian.pathways import Proposal
from bioplast.errors import RequestError

_SIGNS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_STATEMENT = re.compile(r"([A-Za-z_]\w*)\s*([-+*/%]|\*\*|//)?=(?!=)\s*(.*)", re.DOTALL)


def split_code(
    title: str, synapses: Synapses, pathway: str, weight: str
) -> tuple[str, Proposal | None, tuple[str, str] | None]:
    """A pathway's code without what changes the weight, that change, and the bounds it is kept between.

    Known are ``w += x``, ``w -= x``, ``w = w + x``, ``w = w - x``, the last two also within
    ``clip(..., low, high)``, and ``w = clip(w, low, high)`` right behind one of them.

    Raises
    ------
    RequestError : the weight changes in another way, or between statements that have to come before and after
    """
    owner = f"{title}: pathway {pathway!r}"
    statements = _list_statements(getattr(synapses, pathway).code)
    writing = [k for k, statement in enumerate(statements) if _written(statement) == weight]
    if not writing:
        return "\n".join(statements), None, None
    change, bounds = _read_change(owner, statements[writing[0]], weight)
    if writing[1:] == [writing[0] + 1] and bounds is None:
        inner, bounds = _read_clip(_parse(_STATEMENT.match(statements[writing[1]])[3]))  # type: ignore[index]
        if bounds is None or _render(inner) != weight:
            raise RequestError(
                f"{owner}: changes {weight!r} more than once; make PlasticSynapses with proposals of it"
            )
    elif writing[1:]:
        raise RequestError(
            f"{owner}: changes {weight!r} more than once; make PlasticSynapses with proposals of it"
        )
    before, after = statements[: writing[0]], statements[writing[-1] + 1 :]
    read = _find_all_read(synapses, change)
    if _commute(after, read, weight):
        return "\n".join([*before, *after]), Proposal(change), bounds
    if _commute(before, read, weight):
        return "\n".join([*before, *after]), Proposal(change, first=True), bounds
    raise RequestError(
        f"{owner}: changes {weight!r} between statements that need the order; make two pathways of it"
    )


def convert_synapses(
    kind: Callable[..., Any],
    synapses: Synapses,
    weight: str,
    options: dict[str, Any],
    names: Mapping[str, Any],
) -> Any:
    """See ``PlasticSynapses.from_synapses``, which ``kind`` is; ``names`` are those of the caller."""
    title = f"from_synapses({synapses.name!r})"
    connected = synapses._connect_called
    if connected and not is_runtime():
        raise RequestError(
            f"{title}: in C++ standalone what is connected is not known yet; call it before connect()"
        )
    if synapses.subexpression_updater is not None:
        raise RequestError(f"{title}: a subexpression that is constant over dt cannot be taken over")
    codes: dict[str, dict[str, str]] = {"pre": {}, "post": {}}
    proposals, bounds = {}, set()
    for pathway in synapses._pathways:
        name = pathway.objname
        codes[pathway.prepost][name], proposal, limits = split_code(title, synapses, name, weight)
        if proposal is not None:
            proposals[name] = proposal
            bounds.add(limits)
    if not proposals:
        raise RequestError(f"{title}: no pathway changes {weight!r}")
    if len(bounds) > 1 and "bounds" not in options:
        raise RequestError(f"{title}: pathways keep {weight!r} between different bounds; say which: bounds=")
    (limits,) = bounds if len(bounds) == 1 else (None,)
    new = kind(
        synapses.source,
        synapses.target,
        list_equations(synapses),
        on_pre=codes["pre"],
        on_post=codes["post"],
        **{
            "proposals": proposals,
            "weight": weight,
            "bounds": None if limits is None else read_bounds(synapses, limits, names),
            "on_event": {pathway.objname: pathway.event for pathway in synapses._pathways},
            "delay": {
                pathway.objname: pathway.variables["delay"].get_value()[0] * second
                for pathway in synapses._pathways
                if pathway.variables["delay"].scalar
            },
            "multisynaptic_index": synapses.multisynaptic_index,
            "namespace": synapses.namespace,
            "dtype": {
                name: variable.dtype
                for name, variable in _list_own(synapses).items()
                if np.issubdtype(variable.dtype, np.floating)
            },
            "clock": synapses.clock,
            "order": synapses.order,
            "name": f"{synapses.name}_plastic",
            **({} if synapses.state_updater is None else {"method": synapses.state_updater.method_choice}),
            **options,
        },
    )
    if connected:
        new.connect(i=synapses.i[:], j=synapses.j[:])
        for name, variable in _list_own(synapses).items():
            new.variables[name].set_value(variable.get_value().copy())
    for pathway in synapses._pathways:
        theirs, ours = pathway.variables["delay"], getattr(new, pathway.objname)
        ours.order = pathway.order
        if connected and not theirs.scalar:
            ours.variables["delay"].set_value(theirs.get_value().copy())
    synapses.active = False
    return new


def read_bounds(synapses: Synapses, bounds: tuple[str, str], names: Mapping[str, Any]) -> tuple[Any, Any]:
    """Bounds as ``PlasticSynapses`` takes them: names of parameters, or the values of expressions."""
    low, high = (_read_bound(synapses, bound, names) for bound in bounds)
    return low, high


def list_equations(synapses: Synapses) -> Equations:
    """The model that synapses were made with."""
    by_name = {equation.varname: equation for equation in synapses.equations.values()}
    if synapses.event_driven is not None:
        by_name |= {equation.varname: equation for equation in synapses.event_driven.values()}
    by_name.pop(synapses.multisynaptic_index, None)
    for name, updater in synapses.summed_updaters.items():
        by_name[name] = SingleEquation(
            SUBEXPRESSION, name, updater.target_var.dim, expr=updater.expression, flags=["summed"]
        )
    return Equations(list(by_name.values()))


def _list_own(synapses: Synapses) -> dict[str, ArrayVariable]:
    """The variables of the model that hold values of their own."""
    names = {*list_equations(synapses).names, "lastupdate"}
    own = {name: synapses.variables[name] for name in sorted(names) if name in synapses.variables}
    return {name: variable for name, variable in own.items() if isinstance(variable, ArrayVariable)}


def _list_statements(code: str) -> list[str]:
    lines = (line.partition("#")[0] for line in code.splitlines())
    parts = (part.strip() for line in lines for part in line.split(";"))
    return [part for part in parts if part]


def _written(statement: str) -> str:
    match = _STATEMENT.match(statement)
    return match[1] if match else ""


def _read_change(owner: str, statement: str, weight: str) -> tuple[str, tuple[str, str] | None]:
    match = _STATEMENT.match(statement)
    assert match is not None
    sign, value = match[2], match[3]
    if sign in ("+", "-"):
        return (value if sign == "+" else f"-({value})"), None
    inner, bounds = _read_clip(_parse(value))
    if not sign and isinstance(inner, ast.BinOp):
        left, right = _render(inner.left), _render(inner.right)
        if isinstance(inner.op, ast.Add) and weight in (left, right):
            return (right if left == weight else left), bounds
        if isinstance(inner.op, ast.Sub) and left == weight:
            return f"-({right})", bounds
    raise RequestError(
        f"{owner}: {statement!r} is no sum of {weight!r} and a change; "
        "make PlasticSynapses with proposals of it"
    )


def _read_clip(value: ast.expr) -> tuple[ast.expr, tuple[str, str] | None]:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "clip":
        inner, low, high = value.args
        return inner, (_render(low), _render(high))
    return value, None


def _parse(expression: str) -> ast.expr:
    return ast.parse(expression.strip(), mode="eval").body


def _render(value: ast.expr) -> str:
    return str(NodeRenderer().render_node(value))


def _find_all_read(synapses: Synapses, expression: str) -> set[str]:
    """Names that an expression reads, through the model's subexpressions as well."""
    found: set[str] = set()
    waiting = set(get_identifiers(expression))
    while waiting:
        name = waiting.pop()
        found.add(name)
        variable = synapses.variables.get(name)
        if isinstance(variable, Subexpression):
            waiting |= set(variable.identifiers) - found
    return found


def _commute(statements: Sequence[str], read: set[str], weight: str) -> bool:
    """Whether a change of the weight that reads ``read`` may as well come before as after ``statements``."""
    drawn = {"rand", "randn", "poisson"} & read
    return not any(
        weight in get_identifiers(statement)
        or _written(statement) in read
        or (drawn and get_identifiers(statement) & set(DEFAULT_FUNCTIONS))
        for statement in statements
    )


def _read_bound(synapses: Synapses, bound: str, names: Mapping[str, Any]) -> Any:
    if bound in synapses.variables:
        return bound
    tree = _parse(bound)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(DEFAULT_FUNCTIONS)
    known = synapses.resolve_all(read, names)
    return _compute(tree, {name: variable.get_value_with_unit() for name, variable in known.items()})


def _compute(node: ast.expr, values: Mapping[str, Any]) -> Any:
    """The value of an expression of numbers, names and the signs of arithmetic."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_compute(operand, values)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SIGNS:
            return _SIGNS[type(sign)](_compute(left, values), _compute(right, values))
    raise RequestError(
        "PlasticSynapses.from_synapses: a bound of the weight must be made of numbers, names and + - * / **, "
        f"got {ast.unparse(node)!r}"
    )
