"""A declaration as chains of machine code, for changes that any synapse may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bioplast.backends.numeric.recurrent.trials import Chain
from bioplast.kernels.dense import DenseArrays, chain, nest
from bioplast.network import Layer
from bioplast.plasticity import Plasticity
from bioplast.plasticity.forms import DenseForm
from bioplast.plasticity.part import Part
from bioplast.plasticity.plain import Plain
from bioplast.plasticity.projection import ProjectionView

_ANY = ProjectionView.whole("any", (1, 1))  # links are the same for all projections


@dataclass(frozen=True)
class DenseRules:
    """The fast form of a declaration, where all its rules have one.

    Attributes
    ----------
    plasticity : the declaration
    is_fast : whether all its rules have the form; if not, their NumPy meaning is run
    parts : the functions of ``bioplast.backends.numeric.recurrent.trials`` that it replaces
    """

    plasticity: Plasticity
    is_fast: bool = field(init=False)
    parts: Mapping[str, Callable[..., Any]] = field(init=False)

    def __post_init__(self) -> None:
        forms = [part.dense(_ANY) for group in self._groups for part in group]
        gate = self.plasticity.gate
        object.__setattr__(
            self, "is_fast", all(form is not None for form in forms) and (gate is None or gate.has("fast"))
        )
        parts: dict[str, Callable[..., Any]] = {}
        if self.is_fast:
            for name, group in zip(("transform", "select", "consolidate"), self._groups, strict=True):
                parts[name] = chain(tuple(_form(part, _ANY).link for part in group))
            for part in self._groups[2]:
                fade = _form(part, _ANY).fade
                parts |= {} if fade is None else {"fade": fade}
        if gate is not None and gate.has("fast"):
            parts |= gate.fast().parts
        object.__setattr__(self, "parts", parts)

    @property
    def _groups(self) -> tuple[tuple[Part, ...], ...]:
        """Transforms, selections and consolidations, each in the order a trial passes them."""
        parts = self.plasticity.parts
        selections = tuple(part for part in parts if part.slot == "selection" and part != Plain())
        return self.plasticity.transforms, selections, tuple(p for p in parts if p.slot == "consolidation")

    @property
    def gate_values(self) -> NDArray[np.float64]:
        """The values of the gate."""
        gate = self.plasticity.gate
        return np.array(() if gate is None or not gate.has("fast") else gate.fast().parameters, np.float64)

    def make_chain(self, layer: Layer, maintenance: NDArray[np.float64]) -> Chain:
        """What the rules own in ``layer``; what keeping changes costs goes to ``maintenance`` (1,)."""
        if not self.is_fast:
            return Chain((), (), (), (), (), ())
        known = {**layer.carried, "maintenance": maintenance}
        fields: list[Any] = []
        first = 0
        for group in self._groups:
            owned, values = [], []
            for part in group:
                form = _form(part, layer.view)
                memory = known.get("memory", np.zeros(0))
                n = part.memory(layer.view).size if hasattr(part, "memory") else 0
                arrays = [known[name] for name in form.arrays if name != "memory"]
                arrays += [memory[first : first + n]] if "memory" in form.arrays else []
                first += n
                owned.append(arrays[0] if len(arrays) == 1 else tuple(arrays))
                values.append(np.array(form.parameters, np.float64))
            fields += [nest(tuple(owned)), nest(tuple(values))]
        return Chain(*fields)


def make_dense(layer: Layer) -> DenseArrays:
    """The layer's arrays for a kernel, and room for a trial's changes."""
    shape, dtype = layer.weights.shape, layer.weights.dtype
    return DenseArrays(
        weights=layer.weights,
        m0=layer.books.m0,
        m1=layer.books.m1,
        effective=layer.effective,
        plastic=layer.plastic,
        n_plastic=int(layer.plastic.sum()),
        change=np.zeros(shape, dtype),
        chosen=np.zeros(shape, bool),
        scratch=np.zeros(shape[0] * shape[1], dtype),
        cell=np.zeros(1, dtype),
    )


def _form(part: Part, view: ProjectionView) -> DenseForm:
    form = part.dense(view)
    assert form is not None
    return form
