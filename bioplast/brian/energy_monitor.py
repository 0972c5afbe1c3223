"""``EnergyMonitor``: what plasticity has cost, over time, as a sum or by postsynaptic cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from brian2 import Function, NeuronGroup, Quantity, StateMonitor, get_device, prefs
from brian2.codegen.runtime.numpy_rt import NumpyCodeObject
from brian2.core.variables import ArrayVariable
from numpy.typing import NDArray

from bioplast.brian.decisions import is_runtime
from bioplast.errors import RequestError

if TYPE_CHECKING:
    from bioplast.brian.synapses import PlasticSynapses

_WORDS = ("m0", "m1", "maintenance", "external")


class EnergyMonitor(StateMonitor):
    """Totals of the books of ``PlasticSynapses`` on a clock; add it to the network.

    ``monitor.t``, ``m0``, ``m1``, ``external`` and, where a consolidation is charged for what is transient,
    ``maintenance`` are what had been booked by then: arrays of shape (1, n_times), or (n_post, n_times) by
    postsynaptic cell. No synapse is recorded, so memory grows with neither their number nor that of changes.
    What others write (``external``) counts once it is noticed, at the synapse's next change.

    Parameters
    ----------
    synapses : whose books
    dt : time between two samples; the first is at the start
    by_cell : keep a total for each postsynaptic cell
    weight : of which of several plastic variables; of the first if not given
    name : as for ``StateMonitor``

    Raises
    ------
    RequestError : no such variable is plastic, or totals by cell where OpenMP adds them up
    """

    def __init__(
        self,
        synapses: PlasticSynapses,
        dt: Quantity,
        *,
        by_cell: bool = False,
        weight: str | None = None,
        name: str = "energymonitor*",
    ) -> None:
        ledger = synapses.find_ledger(weight)
        if by_cell and not is_runtime() and prefs.devices.cpp_standalone.openmp_threads > 0:
            raise RequestError("EnergyMonitor: totals by cell need OpenMP to be off")
        names = {word: ledger.added.name(word) for word in _WORDS}
        names = {word: name for word, name in names.items() if name in ledger.added.equations.names}
        n_cells = len(synapses.target) if by_cell else 1
        first = getattr(synapses.target, "start", 0)
        functions = {
            f"total_{word}": _make_total(synapses, synapses.variables[name], n_cells, first, by_cell=by_cell)
            for word, name in names.items()
        }
        unit = {word: "integer" if word == "m0" else "1" for word in names}
        totals = NeuronGroup(
            n_cells,
            "\n".join(f"{word} : {unit[word]}" for word in names),
            dtype={word: np.int64 if word == "m0" else np.float64 for word in names},
            namespace=functions,
            name=f"{synapses.name}_totals*",
            codeobj_class=NumpyCodeObject if is_runtime() else None,
            dt=dt,
        )
        code = "\n".join(f"{word} = total_{word}(i)" for word in names)
        totals.run_regularly(code, clock=totals.clock, when="start", order=1, codeobj_class=None)
        super().__init__(
            totals, list(names), record=True, clock=totals.clock, when="start", order=2, name=name
        )
        self._totals, self._unit = totals, ledger.weight.unit
        self.contained_objects.append(totals)

    def __getattr__(self, item: str) -> Any:
        """Totals in the unit of the weight."""
        value = super().__getattr__(item)
        return np.asarray(value) / self._unit if item in ("m1", "maintenance", "external") else value


def _make_total(
    synapses: PlasticSynapses, variable: ArrayVariable, n_cells: int, first: int, *, by_cell: bool
) -> Function:
    """``total(i)``: sum of a variable of synapses onto cell i of the target, or of all of them.

    Cell 0 is asked first, and then all are added up.
    """
    wide = np.int64 if np.issubdtype(variable.dtype, np.integer) else np.float64

    def total(i: NDArray[Any]) -> NDArray[Any]:
        values = variable.get_value()
        if not by_cell:
            return np.full(np.shape(i), values.sum(dtype=wide))
        cells = synapses.variables["_synaptic_post"].get_value() - first
        sums = np.zeros(n_cells, wide)
        np.add.at(sums, cells, values)
        return sums[np.asarray(i)]

    function = Function(total, arg_units=[1], return_unit=1, stateless=False)
    function.implementations.add_implementation("numpy", total)
    if not is_runtime():
        values, posts = (
            f"brian::{get_device().get_array_name(array, access_data=False)}"
            for array in (variable, synapses.variables["_synaptic_post"])
        )
        name = f"total_of_{variable.name}_{synapses.name}"
        cell = f"{posts}[s] - {first}" if by_cell else "0"
        code = f"""static double {name}(int i) {{
    static std::vector<double> sums({n_cells});
    if (i == 0) {{
        sums.assign({n_cells}, 0.0);
        for (size_t s = 0; s < {posts}.size(); s++)
            sums[{cell}] += {values}[s];
    }}
    return sums[i];
}}"""
        function.implementations.add_implementation(
            "cpp", code, name=name, compiler_kwds={"headers": ["<vector>"]}
        )
    return function
