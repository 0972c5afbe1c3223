"""The books of one plastic variable between runs: opened, brought up to date, begun anew, balanced.

While a network runs its own code keeps them (``additions``). The same is said here twice: for arrays, and in
Brian2's words for compiled programs, in which nothing is known before they run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from brian2 import Synapses
from numpy.typing import NDArray

from bioplast.brian.additions import Additions
from bioplast.brian.decisions import is_runtime
from bioplast.brian.weight import Weight
from bioplast.energy import Books, Energy

Array = NDArray[Any]
_COUNTED = ("m0", "m1", "external", "maintenance")


@dataclass(frozen=True)
class Ledger:
    """The books of ``weight`` on ``synapses``, with the variables ``added``."""

    synapses: Synapses
    weight: Weight
    added: Additions

    @property
    def is_open(self) -> bool:
        """Whether the synapses have run."""
        return bool(self.get("opened").all())

    def open(self, *, first: bool) -> None:
        """Begin a run: open the books, or notice what was done to the weights since the last one.

        ``first`` says for compiled programs whether one has run before this; else the books themselves know.
        """
        if first if not is_runtime() else not self.is_open:
            if self.added.keeping is not None:
                self._copy("effective", "w")
            self._copy("w", "initial")
            setattr(self.synapses, self.added.name("opened"), True)
            self._copy("effective", "seen")
            if self.added.drift is not None and self.added.drift.state:
                setattr(self.synapses, self.added.name("state"), f"int({self.added.drift.state})")
        else:
            self._take_over()
            if self.added.drift is None:
                self._copy("effective", "seen")

    def close(self, *, watched: bool = False) -> None:
        """End a run, in which others may have written to the weight if it was ``watched``."""
        if self.added.drift is not None:
            self._copy("effective", "left")
            return
        if watched:
            self._take_over()
        self._copy("effective", "seen")

    def reset(self) -> None:
        """Begin the books anew with the weights as they are now."""
        self._take_over()
        self.close()
        self._copy("seen" if self._is_seen else "w", "initial")
        for word in _COUNTED:
            if self.added.name(word) in self.added.equations.names:
                setattr(self.synapses, f"{self.added.name(word)}_", 0)

    def balance(self) -> Energy:
        """The energy up to now, in the unit of the weight; what is transient is taken for consolidated."""
        values = self.bring_up_to_date()
        weights = values["seen" if self._is_seen else "w"]
        books = Books(values["initial"], self.get("m0").astype(np.int64), self.get("m1"))
        if self.added.keeping is not None:
            books.maintenance = float(self.get("maintenance").sum())
            settled = self.clip(weights + self.get("transient"))
            books.record(weights, settled)
            weights = settled
        energy = books.balance(weights)
        # What others changed is known but for its last digit, and then the way back of a change as well.
        energy = replace(
            energy, m1_min=min(energy.m1_min, energy.m1), external=float(values["external"].sum())
        )
        parts = ("m1", "m1_min", "maintenance", "external")
        return replace(energy, **{part: getattr(energy, part) / self.weight.unit for part in parts})

    def bring_up_to_date(self) -> dict[str, Array]:
        """``w``, ``initial``, ``external`` (and ``seen``, if it drifts) with what others have changed."""
        if self.added.drift is not None:
            moved = self.get("effective") - self.get("left")
            words = ("w", "initial", "seen") if self.added.keeping is not None else ("initial", "seen")
            values = {word: self.get(word) + moved for word in words}
            return {**values, "external": self.get("external") + np.abs(moved)}
        effective, seen = self.get("effective"), self.get("seen")
        new, known = effective, seen
        if self.added.keeping is not None:
            known = self.get("w")
            new = np.where(effective != seen, effective - self.get("transient"), known)
        initial = self.get("initial")
        moved = np.abs(new.astype(np.float64) - known.astype(np.float64))
        return {
            "w": new,
            "initial": np.where(initial == known, new, initial + (new - known)),
            "external": self.get("external") + moved,
        }

    def clip(self, weights: Array) -> Array:
        """Weights between their bounds."""
        if self.weight.bounds is None:
            return weights
        low, high = (
            np.array(self.synapses.variables[bound].get_value()) if isinstance(bound, str) else bound
            for bound in self.weight.bounds
        )
        return np.clip(weights, low, high)

    def get(self, word: str) -> Array:
        """A copy of the variable that the forms call ``word``."""
        return np.array(self.synapses.variables[self.added.name(word)].get_value())

    @property
    def _is_seen(self) -> bool:
        """Whether what is booked is the weight as last looked at, and not the one that drifts."""
        return self.added.drift is not None and self.added.keeping is None

    def _take_over(self) -> None:
        if is_runtime():
            self._set(self.bring_up_to_date())
            if self.added.drift is not None:
                self._copy("effective", "left")
            return
        if self.added.drift is not None:
            self._assign("external", "external + abs(float64(effective) - float64(left))")
            for word in ("w", "initial", "seen") if self.added.keeping is not None else ("initial", "seen"):
                self._assign(word, f"{word} + (effective - left)")
            self._copy("effective", "left")
            return
        new, known = "effective", "seen"
        if self.added.keeping is not None:
            known = "w"
            new = "(stored(effective - transient)*int(effective != seen) + w*int(effective == seen))"
        self._assign("external", f"external + abs(float64({new}) - float64({known}))")
        moved = f"stored(initial + ({new} - {known}))"
        self._assign("initial", f"{new}*int(initial == {known}) + {moved}*int(initial != {known})")
        if self.added.keeping is not None:
            self._assign("w", new)

    def _set(self, values: Mapping[str, Array]) -> None:
        for word, value in values.items():
            if word != "w" or self.added.keeping is not None:  # the weight itself is somebody else's
                self.synapses.variables[self.added.name(word)].set_value(value)

    def _copy(self, source: str, target: str) -> None:
        if is_runtime():
            self.synapses.variables[self.added.name(target)].set_value(self.get(source))
        else:
            self._assign(target, source)

    def _assign(self, word: str, value: str) -> None:
        """Set the variable to an expression when a compiled program comes here."""
        setattr(self.synapses, self.added.name(word), self.added.rename(value))
