"""``PlasticSynapses``: a declaration of what may change, and the books, on anyone's own Brian2 synapses."""

from __future__ import annotations

import itertools
from collections import ChainMap
from collections.abc import Mapping
from functools import partial
from typing import Any

from brian2 import Equations, Quantity, Synapses, get_device, prefs
from brian2.core.namespace import get_local_namespace

from bioplast.brian.booking import PREFIX, make_fetches
from bioplast.brian.connecting import make_known
from bioplast.brian.convert import convert_synapses
from bioplast.brian.decisions import is_runtime, make_decisions
from bioplast.brian.layout import Layout
from bioplast.brian.ledger import Ledger
from bioplast.brian.outsiders import has_outsiders
from bioplast.brian.pathways import Pathways, Proposal
from bioplast.brian.plastic import LAYERS, Plastic
from bioplast.brian.weight import by_name
from bioplast.energy import Energy
from bioplast.errors import RequestError
from bioplast.plasticity import Plasticity
from bioplast.plasticity.part import Part

_numbers = itertools.count()


class PlasticSynapses(Synapses):
    """Brian2 synapses of which a declaration decides what changes, with books of what did.

    Model, pathways, units and names stay as they are. Variables are added whose names begin with
    ``plasticity_``. ``m0`` and ``m1``, numbers of writes and summed sizes of changes, are also attributes.

    Parameters
    ----------
    source, target, model, on_pre, on_post, others : as for ``Synapses``
    plasticity : a declaration or its text; of n synapses ``largest(f)`` and its kind write
        ``n - round((1 - f)*(n - 1))`` at a decision, which is 2 of 5 at f = 0.2
    proposals : pathway to the change of the weight that it proposes, an expression in the unit of the
        weight, evaluated after the pathway's own code, or a ``Proposal``, which may come first; where a side
        has no pathway, ``pre`` or ``post`` is made
    weight : the variable that changes; what others write to it is booked apart, as ``external``
    unit : what the numbers of the declaration and of ``energy`` are in; needed if the weight has one
    every : time between two decisions, for rules that choose between synapses or that know time
    together : let proposals add up till the next decision, even if the rule could decide on each alone
    bounds : lowest and highest weight, or names of the model's parameters that say them for each synapse;
        where they are met, what really happened is booked
    layer : which of ``"input->hidden"`` and ``"hidden->output"`` the synapses are to rules that ask
    plasticity_seed : of the rules that draw
    counts : of a weight that follows a differential equation, what counts as a write if the declaration is
        ``plain``: the least change, or the text of a discrete state; see ``bioplast.brian.drift``
    also : more plastic variables: name to ``proposals``, and ``plasticity`` where it is another declaration,
        ``unit``, ``bounds`` and ``counts``

    Raises
    ------
    RequestError : no such weight or pathway, or a rule that these synapses cannot have
    DimensionMismatchError : a proposal, ``unit``, ``bounds`` or ``every`` with a wrong unit
    """

    def __init__(
        self,
        source: Any,
        target: Any = None,
        model: Any = None,
        on_pre: Any = None,
        on_post: Any = None,
        *,
        plasticity: str | Plasticity | Part,
        proposals: Mapping[str, str | Proposal] | None = None,
        weight: str = "w",
        unit: Quantity | None = None,
        every: Quantity | None = None,
        together: bool = False,
        bounds: tuple[Quantity | str | None, Quantity | str | None] | None = None,
        layer: str = LAYERS[0],
        plasticity_seed: int = 0,
        counts: Quantity | str | None = None,
        also: Mapping[str, Mapping[str, Any]] | None = None,
        namespace: Mapping[str, Any] | None = None,
        dtype: Any = None,
        name: str = "synapses*",
        **others: Any,
    ) -> None:
        title = f"PlasticSynapses {name.removesuffix('*')!r}"
        self._layout: Layout | None = None
        self.logged: dict[str, str] = {}  # plastic variable to synapses of which writes are logged
        self._has_run = self._was_watched = False
        model = model if isinstance(model, Equations) else Equations(model or "")
        for taken in sorted({*model.names, *(namespace or {})}):
            if taken.startswith(PREFIX):
                raise RequestError(
                    f"{title}: {taken!r} begins as the names that rules and books need; rename it"
                )
        first = {"proposals": proposals, "unit": unit, "bounds": bounds, "counts": counts}
        wanted: dict[str, Mapping[str, Any]] = {weight: first} | dict(also or {})
        reads = PREFIX in f"{model} {on_pre} {on_post} {wanted}"
        shared = {"layer": layer, "seed": plasticity_seed, "together": together, "reads_books": reads}
        self._plastic: dict[str, Plastic] = {}
        for variable, what in wanted.items():
            options = {"plasticity": plasticity, "unit": None, "bounds": None, **shared, **what}
            options.pop("proposals", None)
            prefix = PREFIX if variable == weight else f"{PREFIX}{variable}_"
            self._plastic[variable] = Plastic.of(title, model, dtype, prefix, weight=variable, **options)
            self._plastic[variable].check(source if target is None else target, every)
            model = self._plastic[variable].gate(model)
        drifting = [name for name, plastic in self._plastic.items() if plastic.weight.drifts]
        self._codes = Pathways.of(
            title,
            (on_pre, on_post),
            {variable: what.get("proposals") or {} for variable, what in wanted.items()},
            drifting,
        )
        codes = self._put_together(watched=False)
        parts = self._plastic.values()
        functions = [plastic.make_functions(f"plastic {next(_numbers)}") for plastic in parts]
        books = {name for plastic in parts for name in plastic.added.books_all}
        functions.append(make_fetches(dict.fromkeys(self._codes.sides[1], books)))
        dtypes = [plastic.added.dtypes(plastic.weight.dtype) for plastic in parts]
        Synapses.__init__(
            self,
            source,
            target,
            sum((plastic.added.equations for plastic in parts), model),
            on_pre=codes[0],
            on_post=codes[1],
            namespace=dict(ChainMap(dict(namespace or {}), *functions)),
            dtype=dict(ChainMap(*dtypes, by_name(model, dtype))),
            name=name,
            **others,
        )
        self._title = f"PlasticSynapses {self.name!r}"
        self._ledgers = {
            plastic.weight.name: Ledger(self, plastic.weight, plastic.added) for plastic in parts
        }
        self._aliases = {alias: name for plastic in parts for alias, name in plastic.added.aliases.items()}
        weights = [plastic.weight for plastic in parts]
        self._codes.check_units(self._title, self, weights, get_local_namespace(1))
        steps = [
            partial(self._decide, plastic, number)
            for plastic in parts
            for number in range(len(plastic.added.list_decisions(watched=True)) * plastic.needs_times)
        ]
        self._decisions = make_decisions(self, steps, every)
        self.contained_objects.extend(self._decisions)

    @classmethod
    def from_synapses(cls, synapses: Synapses, *, weight: str = "w", **options: Any) -> PlasticSynapses:
        """Synapses that do what ``synapses`` do, with a declaration and books.

        What changes the weight in their code becomes a proposal, made first where the code sends the new
        weight, and its ``clip`` the bounds. Connections, values and delays are taken over, and ``synapses``
        themselves are made inactive: take them out of the network, and their monitors.

        Parameters
        ----------
        synapses : Brian2's own, in runtime mode before or after ``connect``, for C++ standalone before
        weight : the variable that changes
        options : ``plasticity``, ``unit``, ``every`` and others of ``PlasticSynapses``

        Raises
        ------
        RequestError : the weight changes in another way than by a sum, or C++ standalone has connected them
        """
        return convert_synapses(cls, synapses, weight, options, get_local_namespace(1))

    def connect(
        self,
        condition: Any = None,
        i: Any = None,
        j: Any = None,
        p: Any = 1.0,
        n: Any = 1,
        skip_if_invalid: bool = False,
        namespace: Mapping[str, Any] | None = None,
        level: int = 0,
    ) -> None:
        """As ``Synapses.connect``.

        Raises
        ------
        RequestError : the rule goes by units, and these synapses do not reach all from all; or it counts
            synapses, and only the running program will know which there are
        """
        parts = self._plastic.values()
        if any(plastic.counts_synapses for plastic in parts):
            names, seed = namespace or get_local_namespace(level + 1), next(iter(parts)).seed
            condition, i, j, p = make_known(self, (condition, i, j, p), n, names, seed)
        new = Layout.foresee(condition, i, j, p, n, (len(self.source), len(self.target)))
        for plastic in self._plastic.values():
            plastic.check_connectivity(new)
        Synapses.connect(self, condition, i, j, p, n, skip_if_invalid, namespace, level + 1)
        if is_runtime():
            new = Layout.of(self.i[:], self.j[:], len(self.source), len(self.target))
        elif new is not None and self._layout is not None:
            new = self._layout.join(new)
        self._layout = new
        for plastic in self._plastic.values():
            plastic.set_parameters(self, new)

    def before_run(self, run_namespace: Any) -> None:
        """Open the books, and notice weights that were set since the last run."""
        if not self._connect_called:
            raise self._refuse("there are no synapses yet; call connect() before the run")
        for plastic in self._plastic.values():
            if plastic.meets and not is_runtime() and prefs.devices.cpp_standalone.openmp_threads > 0:
                raise self._refuse(f"{plastic.rules} lets synapses compete, for which OpenMP must be off")
        if not is_runtime() and not get_device().run_args_applied:
            get_device().apply_run_args()  # weights that a program is given are the first ones
        for ledger in self._ledgers.values():
            ledger.open(first=not self._has_run)
        self._has_run = True
        self._was_watched = self._is_watched
        codes = self._put_together(watched=self._was_watched)
        for pathway in self._pathways:
            pathway.code = (codes[0] | codes[1])[pathway.objname]
        super().before_run(run_namespace)

    def after_run(self) -> None:
        """Remember the weights, to notice what is done to them before the next run."""
        super().after_run()
        for ledger in self._ledgers.values():
            ledger.close(watched=self._was_watched)

    def energy(self, weight: str | None = None) -> Energy:
        """What plasticity has cost since the first run began, in ``unit``.

        What is still transient counts as consolidated now, as when learning ends. In C++ standalone this can
        be asked once the program has run.

        Parameters
        ----------
        weight : of which of several plastic variables; of the first if not given

        Raises
        ------
        RequestError : they have not run yet, or no such variable is plastic
        """
        ledger = self.find_ledger(weight)
        if not ledger.is_open:
            raise self._refuse("the books are opened when the synapses first run, which they have not")
        return ledger.balance()

    def find_ledger(self, weight: str | None = None) -> Ledger:
        """The books of a plastic variable, of the first if none is named.

        Raises
        ------
        RequestError : no such variable is plastic
        """
        weight = next(iter(self._ledgers)) if weight is None else weight
        if weight not in self._ledgers:
            raise self._refuse(f"{weight!r} is not plastic; there is {', '.join(self._ledgers)}")
        return self._ledgers[weight]

    def reset_books(self) -> None:
        """Begin the books anew with the weights as they are, for instance after a burn-in.

        Raises
        ------
        RequestError : they have not run yet
        """
        if not self._has_run:
            raise self._refuse("the books are opened when the synapses first run, which they have not")
        for ledger in self._ledgers.values():
            ledger.reset()

    def __getattr__(self, name: str) -> Any:
        """Variables, and short names of those of the books where the model has none of that name."""
        word = name.removesuffix("_")
        if word not in self.__dict__.get("variables", ()):
            name = self.__dict__.get("_aliases", {}).get(word, word) + name[len(word) :]
        return super().__getattr__(name)

    @property
    def _is_watched(self) -> bool:
        """Whether somebody else may write to a weight in the network that is about to run."""
        insiders = (self, *self._pathways, *self._decisions)
        return any(has_outsiders(self.variables[name], self, insiders) for name in self._plastic)

    def _decide(self, plastic: Plastic, part: int) -> str:
        """Code of a part of a decision."""
        logged = self.logged.get(plastic.weight.name, "")
        codes = plastic.added.list_decisions(watched=self._is_watched, logged=logged)
        return codes[part] if part < len(codes) else ""

    def _put_together(self, *, watched: bool) -> tuple[dict[str, str], dict[str, str]]:
        return self._codes.put_together(
            {
                name: partial(plastic.added.propose, watched=watched, logged=self.logged.get(name, ""))
                for name, plastic in self._plastic.items()
            }
        )

    def _refuse(self, reason: str) -> RequestError:
        return RequestError(f"{self._title}: {reason}")
