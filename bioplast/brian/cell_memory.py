"""What a rule remembers for each cell: variables of synapses with one value for each cell that they reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from brian2 import NeuronGroup, Synapses

from bioplast.plasticity.forms import BrianForm

_CELL = "_postsynaptic_idx"  # by which Brian2 finds the values of the cells that synapses reach


@dataclass(frozen=True)
class CellMemory:
    """The memory of a selection with one value a cell (``BrianForm.memory_per``).

    Synapses count up for their cell what they see when they are written or not. After the synapses, at every
    step, the cells move on and count from 0 again.

    Attributes
    ----------
    memory, memory_next, tallies : of the selection's Brian2 form
    shared : names of its parameters, which the synapses have
    constants : names of its integers with one value a cell
    """

    memory: str
    memory_next: str
    tallies: Mapping[str, str]
    shared: tuple[str, ...]
    constants: tuple[str, ...]

    @classmethod
    def of(cls, form: BrianForm) -> CellMemory | None:
        """That of ``form``; None if no cell remembers anything."""
        if form.memory_per != "neuron":
            return None
        constants = tuple(name for name, values in form.constants.items() if values.ndim == 1)
        shared = tuple(name for name in form.parameters if name != form.memory)
        return cls(form.memory, form.memory_next, form.tallies, shared, constants)

    @property
    def count(self) -> str:
        """Code by which a synapse tells its cell what it sees."""
        return "".join(f"\n{name} += {expression}" for name, expression in self.tallies.items())

    def attach(self, synapses: Synapses, n_post: int) -> None:
        """Give ``synapses`` onto the first ``n_post`` of their target cells these variables and the code."""
        variables = synapses.variables
        variables.add_array(self.memory, n_post, dtype=np.float64, index=_CELL)
        variables.add_arrays(self.constants, n_post, dtype=np.int32, constant=True, index=_CELL)
        variables.add_arrays(tuple(self.tallies), n_post, dtype=np.int32, index=_CELL)
        cells = NeuronGroup(n_post, "", name=f"{synapses.name}_cells", clock=synapses.clock)
        for name in (self.memory, *self.constants, *self.tallies):
            cells.variables.add_reference(name, synapses, index="_idx")
        for name in self.shared:
            cells.variables.add_reference(name, synapses)
        forget = "".join(f"\n{name} = 0" for name in self.tallies)
        cells.run_regularly(f"{self.memory} = {self.memory_next}{forget}", when="after_synapses")
        synapses.contained_objects.append(cells)
