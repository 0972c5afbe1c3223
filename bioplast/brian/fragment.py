"""What a plasticity declaration adds to synapses in Brian2: variables, and code that writes and books.

The model says what is proposed, in its own words; everything here is what the rule and the books add.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from brian2 import Function, prefs
from brian2.codegen.generators.cpp_generator import c_data_type

from bioplast.brian.selection import make_selection_functions
from bioplast.plasticity.part import BrianForm

BOOKS = """
plastic : boolean (constant)  # on the path
m0 : integer                  # writes
m1 : 1                        # summed size of the changes
"""

BOOKS_DTYPES = {"m0": np.int64, "m1": np.float64}  # a float32 sum of 1e5 small changes loses digits

_WRITE = """
w_before = w
w = stored(w_before + delta_w*int({condition}))
m0 += int(w != w_before)
m1 += abs(float64(w) - float64(w_before))
"""


@dataclass(frozen=True)
class Fragment:
    """What a rule adds to one Synapses object.

    Attributes
    ----------
    equations : variables of the rule and the books
    code : pathway to code: ``write`` and, if the changes of a layer compete, ``propose`` before it
    events : pathway to the event that triggers it; they have the pathways' names
    parameters : initial values of the rule's shared variables
    functions : for the namespace
    """

    equations: str
    code: Mapping[str, str]
    parameters: Mapping[str, float]
    functions: Mapping[str, Function]

    @property
    def events(self) -> dict[str, str]:
        return {pathway: pathway for pathway in self.code}


def make_fragment(synapses_name: str, form: BrianForm, proposal: str) -> Fragment:
    """The variables and the code by which ``form`` writes and books what ``proposal`` proposes.

    Parameters
    ----------
    synapses_name : name of the Synapses object, which owns the competition
    form : the Brian2 form of the selection
    proposal : code that sets ``delta_w`` for a synapse
    """
    shared = "".join(
        f"{name} : {'integer' if isinstance(value, int) else '1'} (shared, constant)\n"
        for name, value in form.parameters.items()
    )
    write = _WRITE.format(condition=form.condition)
    proposal = inspect.cleandoc(proposal)
    functions = {"float64": _make_float64(), "stored": _make_stored()}
    if not form.competes:
        return Fragment(
            equations=BOOKS + shared,
            code={"write": f"{proposal}\ndelta_w = delta_w*int(plastic)\ncutoff = {form.cutoff}\n{write}"},
            parameters=form.parameters,
            functions=functions,
        )
    return Fragment(
        equations=BOOKS + shared + "delta_w : 1\n",
        code={
            # In one line Brian2 would write one `offer` for 1 and one for 0, and NumPy would call both.
            "propose": f"{proposal}\ndelta_w = delta_w*int(plastic)\ndelta_w = offer(delta_w)",
            "write": f"cutoff = {form.cutoff}\n{write}",
        },
        parameters=form.parameters,
        functions=functions | make_selection_functions(synapses_name),
    )


def _make_float64() -> Function:
    """``float64(x)``: a change is booked in double precision even where weights are single."""
    function = Function(np.float64, arg_units=[None], return_unit=lambda unit: unit, stateless=True)
    function.implementations.add_implementation("cpp", "inline double float64(double x) { return x; }")
    return function


def _make_stored() -> Function:
    """``stored(w)``: what is left of w in a variable; NumPy computes with more digits than it stores."""
    dtype = prefs.core.default_float_dtype
    function = Function(
        lambda w: np.asarray(w, dtype), arg_units=[None], return_unit=lambda unit: unit, stateless=True
    )
    real = c_data_type(dtype)
    function.implementations.add_implementation("cpp", f"inline {real} stored({real} w) {{ return w; }}")
    return function
