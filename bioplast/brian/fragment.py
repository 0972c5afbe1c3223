"""What a plasticity declaration adds to synapses in Brian2: variables, and code that writes and books.

The model says what is proposed, in its own words; everything here is what the rules and the books add.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from brian2 import Function, Synapses, prefs
from brian2.codegen.generators.cpp_generator import c_data_type
from numpy.typing import DTypeLike

from bioplast.brian.booking import COMPILER
from bioplast.brian.cell_memory import CellMemory
from bioplast.brian.selection import make_selection_functions
from bioplast.plasticity.forms import BrianForm, ConsolidationForm

BOOKS = """
plastic : boolean (constant)  # on the path
m0 : integer                  # writes
m1 : 1                        # summed size of the changes
"""

# A float32 sum of 1e5 small changes loses digits, and an adaptive threshold moves in small steps.
BOOKS_DTYPES = {"m0": np.int64, "m1": np.float64, "maintenance": np.float64, "theta": np.float64}

# How a write is counted.
COUNT = """m0 += int(w != w_before)
m1 += abs(float64(w) - float64(w_before))"""
_BOOK = f"""
w_before = w
w = stored({{after}})
{COUNT}
"""


# How synapses have a memory; what belongs to cells is in none of their equations.
_MEMORY_FLAGS = {"layer": " (shared)", "synapse": "", "neuron": None}


@dataclass(frozen=True)
class Fragment:
    """What the rules add to one Synapses object.

    Attributes
    ----------
    equations : variables of the rules and the books, and ``effective``, the weight as it acts
    code : presynaptic pathway to code: ``write``; where changes compete, before it ``propose``, or ``survey``
        for all synapses; and ``wait`` for all synapses at the end of a trial
    post_code : postsynaptic pathway to code: ``settle``, after ``write``
    functions : for the namespace
    each_step : code on shared variables, which the code of pathways may not write to
    cells : what the cells that the synapses reach have of it, if anything
    triggers : pathway to the event that triggers it, if that has not the pathway's name
    """

    equations: str
    code: Mapping[str, str]
    functions: Mapping[str, Function]
    post_code: Mapping[str, str] = field(default_factory=dict)
    each_step: str = ""
    cells: CellMemory | None = None
    triggers: Mapping[str, str] = field(default_factory=dict)

    @property
    def events(self) -> dict[str, str]:
        """Pathway to the event that triggers it."""
        return {pathway: self.triggers.get(pathway, pathway) for pathway in (*self.code, *self.post_code)}

    def attach(self, synapses: Synapses, n_post: int) -> None:
        """Add to the finished ``synapses`` what runs at every step, and the order within one.

        ``n_post`` is the number of cells that they reach.
        """
        if "propose" in self.triggers:
            synapses.write.order = synapses.propose.order + 1
        if self.cells is not None:
            self.cells.attach(synapses, n_post)
        if self.each_step:
            synapses.run_regularly(self.each_step, when="before_synapses")


def _make_proposal(proposal: str, flag: str) -> str:
    """Code that proposes nothing off the path, with a variable of this name that says whether it is on it."""
    return f"{flag} = plastic\n{inspect.cleandoc(proposal)}\ndelta_w = delta_w*int({flag})"


def make_fragment(
    synapses_name: str,
    form: BrianForm,
    proposal: str,
    keeping: ConsolidationForm | None = None,
    *,
    bounded: bool = False,
) -> Fragment:
    """The variables and the code by which the rules write and book what ``proposal`` proposes.

    Parameters
    ----------
    synapses_name : name of the Synapses object, which owns the competition
    form : the Brian2 form of the selection
    proposal : code that sets ``delta_w`` for a synapse
    keeping : the Brian2 form of the consolidation
    bounded : whether weights stay between ``low`` and ``high``, which the synapses have then
    """
    effective = "w" if keeping is None else keeping.effective
    equations = [BOOKS, *declare(form, keeping), f"effective = {effective} : 1"]
    # The compiled code passes over synapses at the ends of a cell's that are off the path.
    propose = _make_proposal(proposal, "on_path")
    prepare = f"cutoff = {form.cutoff}"
    code, triggers = {}, {}
    if form.all_compete:
        code["survey"] = form.entry
        equations.append("score : 1")
        write = f"{propose}\n{prepare}\n{make_write(form.condition, keeping, bounded=bounded)}"
    elif form.competes:
        # In one line Brian2 would write one `compete` for 1 and one for 0, and NumPy would call both.
        candidate = _make_proposal(proposal, "is_plastic") if form.enters_off_path else propose
        code["propose"] = f"{candidate}\n{form.entry}"
        if not form.memory:  # which moves on between the two
            triggers["propose"] = "write"
        equations.append("delta_w : 1")
        # The compiled code goes only through the synapses for which this is true.
        write = make_write("is_written", keeping, bounded=bounded)
        write = f"on_path = plastic\n{prepare}\nis_written = {form.condition}\n{write}"
    else:
        write = f"{propose}\n{prepare}\n{make_write(form.condition, keeping, bounded=bounded)}"
    if form.memory_per == "synapse":
        write += f"\n{form.memory} = {form.memory_next}"
    cells = CellMemory.of(form)
    if cells is not None:
        write += cells.count
    code["write"] = write
    post_code = {}
    if keeping is not None:
        code["wait"] = keeping.decay_step
        if keeping.crosses:
            code["write"] += f"\nn_crossing_post += int({keeping.crosses})"
            post_code["settle"] = f"{keeping.consolidate}\n{make_booking('change', bounded=bounded)}"
    return Fragment(
        equations="\n".join(equations) + "\n",
        code=code,
        functions={"float64": make_float64(), "stored": make_stored()}
        | make_selection_functions(synapses_name),
        post_code=post_code,
        each_step=f"{form.memory} = {form.memory_next}" if form.memory_per == "layer" and form.memory else "",
        cells=cells,
        triggers=triggers,
    )


def declare(form: BrianForm, keeping: ConsolidationForm | None) -> list[str]:
    """Equations of the variables that the rules need, weights being plain numbers."""
    lines = []
    for part in (form, keeping):
        if part is not None:
            for name, value in part.parameters.items():
                kind = "integer" if isinstance(value, int) and name not in part.in_weights else "1"
                flags = _MEMORY_FLAGS[form.memory_per] if name == form.memory else " (shared, constant)"
                if flags is not None:
                    lines.append(f"{name} : {kind}{flags}")
    for name, values in form.constants.items():
        if values.ndim == 2:
            lines.append(f"{name} : {'boolean' if values.dtype == bool else 'integer'} (constant)")
    if keeping is not None:
        lines.append(keeping.equations)
    return lines


def make_write(condition: str, keeping: ConsolidationForm | None, *, bounded: bool = False) -> str:
    """Code that writes and books ``delta_w`` where ``condition`` holds, always if it is empty."""
    written = f"delta_w*int({condition})" if condition else "delta_w"
    if keeping is None:
        return make_booking(written, bounded=bounded)
    return f"written = {written}\n{keeping.accumulate}\n{make_booking('change', bounded=bounded)}"


def make_booking(change: str, *, bounded: bool = False) -> str:
    """Code that adds ``change``, an expression, to the weight, if need be between ``low`` and ``high``."""
    after = f"w_before + {change}"
    return _BOOK.format(after=f"clip({after}, low, high)" if bounded else after)


def make_float64(name: str = "float64") -> Function:
    """``float64(x)``: a change is booked in double precision even where weights are single."""
    function = _make_function(np.float64)
    code = f"inline double {name}(double x) {{ return x; }}"
    function.implementations.add_implementation("cpp", code, name=name)
    function.implementations.add_implementation(
        "cython", wrap_for_cython(f"static {code}", "double", name), name=name
    )
    return function


def make_stored(dtype: DTypeLike = None, *, guarded: bool = False, name: str = "stored") -> Function:
    """``stored(w)``: what is left of w in a variable; NumPy computes with more digits than it stores.

    Parameters
    ----------
    dtype : of the variable; Brian2's default one if not given
    guarded : keep compilers that may reorder sums, as Brian2's own flags let them, from looking through it:
        they would take ``(w + change) - w`` for the change
    name : in compiled code
    """
    dtype = np.dtype(prefs.core.default_float_dtype if dtype is None else dtype).type
    function = _make_function(lambda w: np.asarray(w, dtype))
    real = c_data_type(dtype)
    body = f"inline {real} {name}({real} w) {{ %s }}"
    kept = f"volatile {real} kept = w; return kept;" if guarded else "return w;"
    code = body % ("return bioplast::set_apart(w);" if guarded else "return w;")
    cython = wrap_for_cython(f"static {body % kept}", real, name)
    compiler = COMPILER if guarded else {}
    function.implementations.add_implementation("cpp", code, name=name, compiler_kwds=compiler)
    function.implementations.add_implementation("cython", cython, name=name)
    return function


def _make_function(meaning: Callable[[Any], Any]) -> Function:
    """A function of a number, with its unit, which NumPy calls without Brian2's slow check of units."""
    function = Function(meaning, arg_units=[None], return_unit=lambda unit: unit, stateless=True)
    function.implementations.add_implementation("numpy", meaning)
    return function


def wrap_for_cython(code: str, real: str, name: str, arguments: str = "") -> str:
    """A C function, of one number if its arguments are not said, for Cython."""
    return f'''cdef extern from *:
    """
    {code}
    """
    {real} {name}({arguments or real})'''
