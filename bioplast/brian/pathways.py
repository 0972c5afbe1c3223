"""The code that somebody's synapses run at events, with the proposals of changes in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brian2 import DimensionMismatchError, Synapses
from brian2.parsing.expressions import parse_expression_dimensions
from brian2.utils.stringtools import get_identifiers

from bioplast.brian.booking import call_fetch
from bioplast.brian.weight import Weight
from bioplast.errors import RequestError

Codes = dict[str, str]


@dataclass(frozen=True)
class Proposal:
    """What a pathway would change, and when in its own code.

    Parameters
    ----------
    change : expression in the unit of the weight
    first : whether the change is made before the pathway's own code, which then sends the new weight; after
        it if not said
    """

    change: str
    first: bool = False


@dataclass(frozen=True)
class Pathways:
    """Pre- and postsynaptic pathways, and what they propose.

    Attributes
    ----------
    sides : of the pre- and of the postsynaptic cells, pathway to its own code
    proposals : pathway to what it proposes of each plastic variable, by its name
    """

    sides: tuple[Codes, Codes]
    proposals: Mapping[str, Mapping[str, Proposal]]

    @classmethod
    def of(
        cls,
        title: str,
        codes: tuple[Any, Any],
        proposals: Mapping[str, Mapping[str, str | Proposal]],
        drifting: Collection[str] = (),
    ) -> Pathways:
        """The pathways of somebody's synapses.

        Parameters
        ----------
        title : for error messages
        codes : ``on_pre`` and ``on_post`` as Brian2 takes them
        proposals : plastic variable to pathway to what is proposed; ``pre`` and ``post`` are made where their
            side has no pathway at all
        drifting : plastic variables that follow a differential equation, of which nothing is proposed

        Raises
        ------
        RequestError : nothing is proposed, or by a pathway that does not exist, or a pathway's own code
            changes a plastic variable
        """
        sides = _name("pre", codes[0]), _name("post", codes[1])
        by_pathway: dict[str, dict[str, Proposal]] = {}
        for variable, wanted in proposals.items():
            if variable in drifting:
                if wanted:
                    raise RequestError(
                        f"{title}: {variable!r} drifts, so nothing else is proposed; change it in code"
                    )
                continue
            _check_code(title, sides, variable)
            if not wanted:
                raise RequestError(f"{title}: proposals must name a pathway and a change, got none")
            for pathway, proposal in wanted.items():
                _find_side(title, sides, pathway).setdefault(pathway, "")
                by_pathway.setdefault(pathway, {})[variable] = _read(title, pathway, proposal)
        return cls(sides, by_pathway)

    def put_together(self, propose: Mapping[str, Callable[[str], str]]) -> tuple[Codes, Codes]:
        """Own code of the pathways, with code that ``propose`` makes of changes by plastic variable."""
        pre, post = (
            {pathway: self._put_together(pathway, code, propose) for pathway, code in side.items()}
            for side in self.sides
        )
        return pre, post

    def _put_together(self, pathway: str, code: str, propose: Mapping[str, Callable[[str], str]]) -> str:
        goes_far = pathway in self.sides[1] and pathway in self.proposals
        lines: Sequence[list[str]] = ([call_fetch(pathway)] if goes_far else [], [])
        for variable, proposal in self.proposals.get(pathway, {}).items():
            lines[not proposal.first].append(propose[variable](proposal.change))
        return "\n".join([*lines[0], code, *lines[1]])

    def check_units(self, title: str, synapses: Synapses, weights: Iterable[Weight], names: Any) -> None:
        """Refuse changes in other units than the variables', as far as ``names`` and the model know them.

        Raises
        ------
        DimensionMismatchError : a proposal has another unit than its variable
        """
        sizes = {weight.name: weight.size.dim for weight in weights}
        for pathway, changes in self.proposals.items():
            for variable, proposal in changes.items():
                try:
                    known = synapses.resolve_all(get_identifiers(proposal.change), names)
                except KeyError:
                    continue  # defined in the pathway's code or later on: Brian2 checks it before a run
                dimensions = parse_expression_dimensions(proposal.change, known)
                if dimensions is not sizes[variable]:
                    raise DimensionMismatchError(
                        f"{title}: pathway {pathway!r} proposes {proposal.change!r} "
                        f"as change of {variable!r}",
                        dimensions,
                        sizes[variable],
                    )


def _name(default: str, code: Any) -> Codes:
    if not code:
        return {}
    return dict(code) if isinstance(code, Mapping) else {default: code}


def _check_code(title: str, sides: tuple[Codes, Codes], variable: str) -> None:
    for pathway, code in (*sides[0].items(), *sides[1].items()):
        if re.search(rf"(^|[\n;])\s*{re.escape(variable)}\s*([-+*/%]|\*\*|//)?=(?!=)", code):
            raise RequestError(
                f"{title}: pathway {pathway!r} changes {variable!r} itself; propose it instead"
            )


def _find_side(title: str, sides: tuple[Codes, Codes], pathway: str) -> Codes:
    """The side that a pathway is on; one that ``pre`` or ``post`` is to be made on has no other."""
    for side in sides:
        if pathway in side:
            return side
    for default, side in zip(("pre", "post"), sides, strict=True):
        if pathway == default and not side:
            return side
    there = ", ".join([*sides[0], *sides[1]]) or "none"
    raise RequestError(f"{title}: no pathway {pathway!r} to propose a change; there is {there}")


def _read(title: str, pathway: str, proposal: str | Proposal) -> Proposal:
    """The proposal in one line, without comments."""
    proposal = proposal if isinstance(proposal, Proposal) else Proposal(proposal)
    lines = (line.partition("#")[0].strip() for line in str(proposal.change).splitlines())
    change = " ".join(line for line in lines if line)
    if not change:
        raise RequestError(f"{title}: pathway {pathway!r} proposes no change, {proposal.change!r}")
    return Proposal(change, proposal.first)
