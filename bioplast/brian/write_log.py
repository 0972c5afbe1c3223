"""``WriteLog``: each write of chosen synapses, with its time, size and the weight after it, in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2 import Function
from numpy.typing import NDArray

from bioplast.brian.decisions import is_runtime
from bioplast.brian.fragment import wrap_for_cython
from bioplast.errors import RequestError

if TYPE_CHECKING:
    from bioplast.brian.synapses import PlasticSynapses

WRITE = np.dtype([("t", "<f8"), ("i", "<i4"), ("j", "<i4"), ("change", "<f8"), ("weight", "<f8")])


class WriteLog:
    """Lets ``PlasticSynapses`` add what they book to a file, write by write.

    Memory does not grow with the number of writes. In compiled programs and with Cython as well nothing of it
    is Python. Make it before the run; it is no part of the network.

    Parameters
    ----------
    synapses : whose writes
    file : is begun anew; each entry is a ``WRITE``: time in s, pre- and postsynaptic cell, change and new
        weight in SI units
    which : condition on the synapses, in the words of the model: ``"i < 3 and j == 0"``, or the name of a
        boolean parameter
    weight : of which of several plastic variables; of the first if not given

    Raises
    ------
    RequestError : no such variable is plastic
    """

    def __init__(
        self, synapses: PlasticSynapses, file: str | Path, which: str = "True", weight: str | None = None
    ) -> None:
        ledger = synapses.find_ledger(weight)
        self._file, self._unit = Path(file).resolve(), ledger.weight.unit
        try:
            self._file.write_bytes(b"")
        except OSError as error:
            raise RequestError(f"WriteLog: {self._file} cannot be written ({error.strerror})") from None
        name = ledger.added.name("log_write")
        synapses.namespace[name] = _make_function(name, self._file)
        synapses.logged[ledger.weight.name] = which

    def read(self) -> NDArray[np.void]:
        """What has been written: an array of ``WRITE``, with weights in the synapses' ``unit``."""
        writes = np.fromfile(self._file, WRITE)
        for name in ("change", "weight"):
            writes[name] /= self._unit
        return writes


def _make_function(name: str, file: Path) -> Function:
    """``log_write(is_chosen, i, j, t, before, after)``, which is 0."""

    def log_write(is_chosen: Any, i: Any, j: Any, t: Any, before: Any, after: Any) -> Any:
        parts = np.broadcast_arrays(is_chosen, i, j, t, before, after)
        chosen, i, j, t, before, after = map(np.atleast_1d, parts)
        told = chosen.astype(bool) & (before != after)
        writes = np.empty(np.count_nonzero(told), WRITE)
        before, after = before[told].astype(np.float64), after[told].astype(np.float64)
        writes["t"], writes["i"], writes["j"] = t[told], i[told], j[told]
        writes["change"], writes["weight"] = after - before, after
        if writes.size:
            with file.open("ab") as opened:
                opened.write(writes.tobytes())
        return np.zeros(parts[0].shape)

    function = Function(log_write, arg_units=[None] * 6, return_unit=1, stateless=True)
    function.implementations.add_implementation("numpy", log_write)
    path = str(file).replace("\\", "\\\\").replace('"', '\\"')
    opened = "Log log = bioplast::open_shared_log" if is_runtime() else "Log& log = bioplast::open_log"
    code = f"""static double {name}(double is_chosen, int i, int j, double t, double before, double after) {{
    static bioplast::{opened}("{path}");
    return bioplast::tell(log, is_chosen != 0, i, j, t, before, after);
}}"""
    options = {"headers": ['"write_log.h"'], "include_dirs": [str(Path(__file__).parent)]}
    function.implementations.add_implementation("cpp", code, name=name, compiler_kwds=options)
    arguments = "double, int, int, double, double, double"
    cython = wrap_for_cython(f'#include "write_log.h"\n{code}', "double", name, arguments)
    function.implementations.add_implementation("cython", cython, name=name, compiler_kwds=options)
    return function
