"""``Plasticity``: what may change, one declaration for all networks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from bioplast.errors import RequestError
from bioplast.plasticity.part import Consolidation, Gate, Part, Path, Selection
from bioplast.plasticity.plain import Plain
from bioplast.plasticity.text import format_part, parse_parts


@dataclass(frozen=True)
class Plasticity:
    """Gate -> proposal -> path -> selection -> consolidation -> write -> book.

    ``Plasticity.parse(text)`` and ``str(plasticity)`` are inverse to each other.

    >>> from bioplast.plasticity.largest import Largest
    >>> from bioplast.plasticity.subnet import Subnet
    >>> str(Largest(0.1) + Subnet(100))
    'subnet(100) + largest(0.1)'
    >>> Plasticity.parse("largest(0.1) + subnet(100)") == Largest(0.1) + Subnet(100)
    True
    """

    gate: Gate | None = None
    path: Path | None = None
    selection: Selection = Plain()
    consolidation: Consolidation | None = None

    @classmethod
    def of(cls, *parts: Part) -> Plasticity:
        """Put parts together.

        Raises
        ------
        RequestError : two parts for one slot
        """
        filled: dict[str, Any] = {}  # a part's slot is the field of its kind
        for part in parts:
            if part.slot in filled:
                raise RequestError(
                    f"Plasticity.{part.slot}: takes one rule, "
                    f"got {format_part(filled[part.slot])} and {format_part(part)}"
                )
            filled[part.slot] = part
        return cls(**filled)

    @classmethod
    def parse(cls, text: str) -> Plasticity:
        """Read the text form.

        Raises
        ------
        RequestError : the text is not of the grammar, or a rule refuses its values
        """
        return cls.of(*parse_parts(text))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The rules of this declaration in the order a trial passes them."""
        slots = [getattr(self, field.name) for field in fields(self)]
        chosen = tuple(part for part in slots if part not in (None, Plain()))
        return chosen or (self.selection,)

    def __add__(self, other: Part | Plasticity) -> Plasticity:
        return Plasticity.of(*self.parts, *(other.parts if isinstance(other, Plasticity) else (other,)))

    def __str__(self) -> str:
        return " + ".join(format_part(part) for part in self.parts)
