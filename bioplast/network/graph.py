"""A network as data: populations of units, and the projections between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from bioplast.errors import RequestError
from bioplast.plasticity import Plasticity
from bioplast.plasticity.checks import check_count, check_not_negative
from bioplast.plasticity.projection import ProjectionView
from bioplast.plasticity.shapes import check_shapes
from bioplast.sizes import Hidden, list_sizes, name_populations


@dataclass(frozen=True)
class Population:
    """Units of one kind.

    Parameters
    ----------
    name : ``"input"``, ``"hidden"``, ``"output"`` and the like
    size : number of units; one that is always on, where projections have biases, is not counted
    cells : what the units are, for networks that have equations of their own (``backends.brian.cells``)

    Raises
    ------
    RequestError : a name that is no identifier, or no units
    """

    name: str
    size: int
    cells: Any = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise RequestError(f"Population.name: must be an identifier, got {self.name!r}")
        check_count(self, "size", self.size)


@dataclass(frozen=True)
class Projection:
    """Synapses from all units of a population to all of another.

    Parameters
    ----------
    pre, post : names of the populations
    sd : standard deviation of the first weights, which come from a normal distribution around 0
    learning_rate : eta, in whatever unit the network has it
    has_bias : whether a unit that is always on sends too: the last row of the weights
    delay_steps : time steps until what is sent arrives; at least 1 where it goes back
    synapses : what the synapses are, for networks that have equations of their own

    Raises
    ------
    RequestError : a negative number
    """

    pre: str
    post: str
    sd: float = 0.01
    learning_rate: float = 0.01
    has_bias: bool = True
    delay_steps: int = 0
    synapses: Any = None

    def __post_init__(self) -> None:
        check_not_negative(self, "sd", "learning_rate", "delay_steps")

    @property
    def name(self) -> str:
        """As books, records and rules call it.

        >>> Projection("input", "hidden").name
        'input->hidden'
        """
        return f"{self.pre}->{self.post}"


@dataclass(frozen=True)
class Graph:
    """Populations and projections, from the input to the readout.

    The input is the one population that nothing reaches, the readout the one that reaches nothing; what
    arrives with a delay does not count for either.

    Raises
    ------
    RequestError : two populations or projections of one name, a projection between populations that are not
        there, several inputs or readouts, or projections that close a loop without a delay; each is named
    """

    populations: tuple[Population, ...]
    projections: tuple[Projection, ...]

    def __post_init__(self) -> None:
        _check_names("populations", [population.name for population in self.populations])
        _check_names("projections", [projection.name for projection in self.projections])
        names = {population.name for population in self.populations}
        for projection in self.projections:
            for end in (projection.pre, projection.post):
                if end not in names:
                    raise RequestError(
                        f"projection {projection.name}: there is no population {end!r}; "
                        f"there are {', '.join(sorted(names))}"
                    )
        _ = self.input, self.readout, self.depths

    def __getitem__(self, name: str) -> Population:
        """The population of this name."""
        return next(population for population in self.populations if population.name == name)

    @property
    def input(self) -> Population:
        """The population that nothing reaches."""
        return self._find_end("input", {projection.post for projection in self._forward})

    @property
    def readout(self) -> Population:
        """The population that reaches nothing."""
        return self._find_end("readout", {projection.pre for projection in self._forward})

    @property
    def hidden(self) -> tuple[Population, ...]:
        """All other populations, from the input on."""
        ends = (self.input.name, self.readout.name)
        between = [population for population in self.populations if population.name not in ends]
        return tuple(sorted(between, key=lambda population: self.depths[population.name]))

    @cached_property
    def depths(self) -> dict[str, int]:
        """The largest number of projections from the input to each population."""
        depths = {self.input.name: 0}
        left = list(self._forward)
        while left:
            ready = [p for p in left if all(q.post != p.pre for q in left)]
            if not ready:
                back = [p for p in left if self._leads(p.post, p.pre)][-1]
                raise RequestError(
                    f"projection {back.name}: closes a loop without a delay; "
                    "a projection that goes back needs delay_steps >= 1"
                )
            for projection in ready:
                depth = depths.get(projection.pre, 0) + 1
                depths[projection.post] = max(depths.get(projection.post, 0), depth)
                left.remove(projection)
        return depths

    @property
    def is_chain(self) -> bool:
        """Whether each population reaches the next one and no other."""
        names = [self.input.name, *(population.name for population in self.hidden), self.readout.name]
        steps = [(projection.pre, projection.post) for projection in self.projections]
        return steps == list(pairwise(names))

    def shape(self, projection: Projection) -> tuple[int, int]:
        """(n_pre, n_post), of its weights; the last row holds the biases, where there are any."""
        return self[projection.pre].size + projection.has_bias, self[projection.post].size

    def view(self, projection: Projection) -> ProjectionView:
        """The projection as its rules see it, all of its synapses plastic."""
        return ProjectionView(
            projection.name,
            np.ones(self.shape(projection), bool),
            self.depths[projection.pre],
            projection.post == self.readout.name,
        )

    def with_equations(self, cells: Mapping[str, Any], synapses: Sequence[Any]) -> Graph:
        """The same graph, its populations and projections with equations.

        Parameters
        ----------
        cells : by the name of the population
        synapses : one a projection
        """
        pairs = zip(self.projections, synapses, strict=True)
        return Graph(
            tuple(replace(population, cells=cells[population.name]) for population in self.populations),
            tuple(replace(projection, synapses=form) for projection, form in pairs),
        )

    def count_sent(self, n_active: Mapping[str, int]) -> int:
        """How many synapses were reached, by how often units of each population were active."""
        return sum(n_active[p.pre] * self[p.post].size for p in self.projections)

    def check(self, plasticity: Plasticity) -> None:
        """Raise ``RequestError`` if ``plasticity`` cannot rule this network.

        Its path must fit into the hidden populations, and what its rules give back must have the right shape.
        """
        if plasticity.path is not None:
            plasticity.path.check_sizes({population.name: population.size for population in self.hidden})
        for projection in self.projections:
            depth, is_readout = self.depths[projection.pre], projection.post == self.readout.name
            check_shapes(plasticity, depth=depth, is_readout=is_readout)

    @property
    def _forward(self) -> tuple[Projection, ...]:
        return tuple(projection for projection in self.projections if projection.delay_steps == 0)

    def _leads(self, start: str, end: str) -> bool:
        """Whether activity gets from one population to another."""
        reached = {start}
        for _ in self.populations:
            reached |= {projection.post for projection in self._forward if projection.pre in reached}
        return end in reached

    def _find_end(self, role: str, others: set[str]) -> Population:
        found = [population for population in self.populations if population.name not in others]
        if len(found) != 1:
            names = ", ".join(population.name for population in found) or "none"
            raise RequestError(
                f"Graph.{role}: must be one population; "
                f"{'nothing reaches' if role == 'input' else 'nothing is reached from'}: {names}"
            )
        return found[0]


def make_chain(
    n_inputs: int,
    hidden: Hidden,
    n_outputs: int,
    *,
    sds: Sequence[float] = (0.01, 0.01),
    learning_rates: Sequence[float] = (0.01, 0.01),
    sd_between: float | None = None,
    has_bias: bool = True,
) -> Graph:
    """Populations ``input``, ``hidden`` (or ``hidden1``, ``hidden2`` ...) and ``output``, each onto the next.

    Parameters
    ----------
    n_inputs, hidden, n_outputs : numbers of units; several hidden populations are a tuple
    sds, learning_rates : two numbers each, onto hidden populations and onto the output: standard deviation
        of the first weights, and eta
    sd_between : that from one hidden population to the next, if not the one onto hidden populations
    has_bias : whether hidden populations have a unit that is always on; the input has one in any case

    >>> graph = make_chain(4, (3, 2), 10, sds=(0.1, 0.2))
    >>> {projection.name: graph.shape(projection) for projection in graph.projections}
    {'input->hidden1': (5, 3), 'hidden1->hidden2': (4, 2), 'hidden2->output': (3, 10)}
    """
    sizes = (n_inputs, *list_sizes(hidden), n_outputs)
    names = name_populations(len(sizes) - 2)
    between = sds[0] if sd_between is None else sd_between
    projections = tuple(
        Projection(
            pre,
            post,
            sds[1] if post == names[-1] else sds[0] if pre == names[0] else between,
            learning_rates[post == names[-1]],
            has_bias or pre == names[0],
        )
        for pre, post in pairwise(names)
    )
    return Graph(tuple(map(Population, names, sizes)), projections)


def _check_names(kind: str, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise RequestError(f"Graph.{kind}: each name stands for one, got {name!r} twice")
