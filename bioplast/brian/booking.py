"""The books in C++ standalone: counted where a weight has changed, and asked for before they are needed.

What books cost there is memory: synapses onto one cell lie far apart, and each array that code at a
postsynaptic spike goes to is one more place to wait for. So a function counts (``book``), which goes to
``m0`` and ``m1`` of a synapse only if the weight has changed, and another (``fetch``) asks early for what the
code will need of a synapse that it comes to a little later. Neither puts a branch into the code, around which
compilers would round what the model computes in another way. Numbers are those of Brian2's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from brian2 import Function, Synapses, get_device, prefs
from brian2.codegen.translation import get_identifiers_recursively
from brian2.core.variables import DynamicArrayVariable, Variable

from bioplast.brian.decisions import is_runtime

PREFIX = "plasticity_"  # of all names that are added to a model
COMPILER = {"headers": ['"booking.h"', "<cmath>"], "include_dirs": [str(Path(__file__).parent)]}


def make_book(name: str, m0: str, m1: str, *, is_often: bool) -> Function:
    """The function ``name(before, after)`` of weights, which is 0 and adds to ``m0`` and ``m1``.

    Where weights mostly stay what they are, so not ``is_often``, 0 is then added to the books of synapse 0,
    which are at hand.
    """

    def write(owner: Any) -> str:
        n_writes, size = (_name_array(owner.variables[variable]) for variable in (m0, m1))
        at = "idx" if is_often or not _is_alone() else "idx*is_written"
        return f"""static inline double {name}(double before, double after, size_t idx) {{
    const size_t is_written = after != before, at = {at};
    {n_writes}[at] += is_written;
    {size}[at] += std::fabs(after - before);
    return 0;
}}"""

    return _make_function(name, 2, write)


def make_fetches(pathways: Mapping[str, Iterable[str]]) -> dict[str, Function]:
    """For each pathway a function, which is 0, for its code; see ``call_fetch``.

    ``pathways`` names the books that its code always goes to by ``book``.
    """
    return {name_fetch(pathway): _make_fetch(pathway, books) for pathway, books in pathways.items()}


def call_fetch(pathway: str) -> str:
    """Code that asks for what code of the pathway needs, if it is compiled and for one thread."""
    return f"{PREFIX}fetched = {name_fetch(pathway)}()" if not is_runtime() and _is_alone() else ""


def name_fetch(pathway: str) -> str:
    """The name of the function for a pathway."""
    return f"{PREFIX}fetch_{pathway}"


def _make_fetch(pathway: str, books: Iterable[str]) -> Function:
    name = name_fetch(pathway)

    def write(synapses: Any) -> str:
        names = _list_names(synapses, getattr(synapses, pathway).code) | set(books)
        variables = (synapses.variables.get(name) for name in sorted(names))
        fetches = "\n".join(
            f"    bioplast::fetch(&{_name_array(variable)}[next]);"
            for variable in variables
            if isinstance(variable, DynamicArrayVariable) and variable.owner.name == synapses.name
        )
        return f"""BIOPLAST_APART static double {name}(size_t idx) {{
    static bioplast::Ahead ahead;
    const size_t next = ahead.find(brian::{getattr(synapses, pathway).name}, idx);
{fetches}
    return 0;
}}"""

    return _make_function(name, 0, write)


def _is_alone() -> bool:
    """Whether programs have one thread."""
    return bool(prefs.devices.cpp_standalone.openmp_threads == 0)


def _list_names(synapses: Synapses, code: str) -> set[str]:
    """What ``code`` of a pathway, and Brian2's for what is event-driven, reads and writes."""
    driven = {} if synapses.event_driven is None else synapses.event_driven
    equations = [equation for equation in driven.values() if equation.expr is not None]
    codes = [code, *(equation.expr.code for equation in equations)]
    names = get_identifiers_recursively(codes, synapses.variables)
    return {"lastupdate", *names, *(equation.varname for equation in equations)}


def _name_array(variable: Variable) -> str:
    return f"brian::{get_device().get_array_name(variable, access_data=False)}"


def _make_function(name: str, n_arguments: int, write: Callable[[Any], str]) -> Function:
    """One that is also given the number of the synapse, with C++ code that ``write`` makes for its owner."""

    def refuse(*_: Any) -> float:
        raise NotImplementedError(f"{name} is for compiled programs")

    function = Function(
        refuse, arg_units=[None] * n_arguments, return_unit=1, stateless=True, auto_vectorise=True
    )
    function.implementations.add_dynamic_implementation(
        "cpp", write, namespace=lambda owner: {}, name=name, compiler_kwds=COMPILER
    )
    return function
