"""``Plasticity``: what may change, one declaration for all networks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from bioplast.errors import RequestError
from bioplast.html import make_facts, make_title
from bioplast.plasticity.chain import Narrowed, Paths
from bioplast.plasticity.part import Consolidation, Gate, Part, Path, Selection, Transform
from bioplast.plasticity.plain import Plain
from bioplast.plasticity.text import format_part, parse_parts

_SINGLE = ("gate", "consolidation")


@dataclass(frozen=True)
class Plasticity:
    """Gate -> proposal -> transforms -> path -> selection -> consolidation -> write -> book.

    Transforms follow one another, paths intersect, and selections narrow one after the other what is written,
    each choosing from what those before it have left; there is one gate and one consolidation.
    ``Plasticity.parse(text)`` and ``str(plasticity)`` are inverse to each other.

    >>> from bioplast.plasticity.largest import Largest
    >>> from bioplast.plasticity.subnet import Subnet
    >>> str(Largest(0.1) + Subnet(100))
    'subnet(100) + largest(0.1)'
    >>> Plasticity.parse("largest(0.1) + subnet(100)") == Largest(0.1) + Subnet(100)
    True
    """

    gate: Gate | None = None
    transforms: tuple[Transform, ...] = ()
    path: Path | None = None
    selection: Selection = Plain()
    consolidation: Consolidation | None = None

    @classmethod
    def of(cls, *parts: Part) -> Plasticity:
        """Put parts together.

        Raises
        ------
        RequestError : two gates, two consolidations, or the same rule of another kind twice
        """
        kinds: dict[str, list[Any]] = {field.name: [] for field in fields(cls)}
        for part in parts:
            is_single = part.slot in _SINGLE
            for other in kinds[part.slot]:
                if is_single or other.name == part.name:
                    what = "one rule" if is_single else f"{part.name} once"
                    both = f"{format_part(other)} and {format_part(part)}"
                    raise RequestError(f"Plasticity.{part.slot}: takes {what}, got {both}")
            kinds[part.slot].append(part)
        paths, selections = kinds["path"], [part for part in kinds["selection"] if part != Plain()]
        return cls(
            gate=next(iter(kinds["gate"]), None),
            transforms=tuple(kinds["transforms"]),
            path=Paths(tuple(paths)) if len(paths) > 1 else next(iter(paths), None),
            selection=Narrowed(tuple(selections)) if len(selections) > 1 else next(iter(selections), Plain()),
            consolidation=next(iter(kinds["consolidation"]), None),
        )

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
        path, selection = self.path, self.selection
        paths = path.paths if isinstance(path, Paths) else (path,)
        selections = selection.selections if isinstance(selection, Narrowed) else (selection,)
        slots = (self.gate, *self.transforms, *paths, *selections, self.consolidation)
        chosen = tuple(part for part in slots if part is not None and part != Plain())
        return chosen or (self.selection,)

    def has(self, form: str) -> bool:
        """Whether every rule, and the selections together, have their form ``"brian"`` or ``"fast"``."""
        return all(part.has(form) for part in (*self.parts, self.selection))

    def check_form(self, form: str) -> None:
        """Raise ``RequestError``, with the rule's name, unless ``has(form)``."""
        for part in (*self.parts, self.selection):
            if not part.has(form):
                raise part.refuse(form)

    def __add__(self, other: Part | Plasticity) -> Plasticity:
        return Plasticity.of(*self.parts, *(other.parts if isinstance(other, Plasticity) else (other,)))

    def _repr_html_(self) -> str:
        """What a notebook shows: the text, and a line on each rule."""
        return make_title(str(self)) + make_facts({format_part(part): part.summary for part in self.parts})

    def __str__(self) -> str:
        return " + ".join(format_part(part) for part in self.parts)
