"""From a graph, with its cells and synapses, to a Brian2 network that learns, answers and ends."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from brian2 import Clock, EventMonitor, Network, NeuronGroup, ms
from brian2 import Synapses as BrianSynapses

from bioplast.backends.brian.cells import Cells, ReadoutCells, Synapses
from bioplast.backends.brian.dale import BOUND_EQUATIONS, SIGN_EQUATIONS
from bioplast.backends.brian.events import TIME, make_learning_events, make_settling_events
from bioplast.backends.brian.feedback import FEEDBACK_DTYPES, FEEDBACKS, send_directly
from bioplast.backends.brian.gate import make_gate
from bioplast.backends.brian.layers import connect_all, name_group, name_synapses
from bioplast.brian.fragment import BOOKS_DTYPES, Fragment, make_fragment
from bioplast.network import Graph, Population, Projection
from bioplast.plasticity import Plasticity

# Of all cells whose outgoing synapses learn.
_SENDER = """
n_active : integer                          # what the population's signalling is counted by
learning : integer (shared, constant)
"""

_WEIGHT = """
w : 1
eta : 1 (shared, constant)
"""


@dataclass(frozen=True)
class Assembly:
    """Makes the network of a graph.

    Parameters
    ----------
    graph : its populations have ``Cells``, the readout ``ReadoutCells``, its projections ``Synapses``
    plasticity : what may change
    feedback : through which weights errors go back, one of ``FEEDBACKS``
    dale : whether all synapses that leave a cell have one sign
    equations : shared variables of all cells, beside those of the time in a trial
    phases : the steps of a trial by name (``bioplast.backends.brian.events``)
    namespace : constants and functions, with ``n_steps``
    clock : of all objects
    """

    graph: Graph
    plasticity: Plasticity
    feedback: str
    dale: bool
    equations: str
    phases: Mapping[str, int]
    namespace: Mapping[str, Any]
    clock: Clock

    def make_network(self) -> Network:
        """The network; it runs until ``is_over``."""
        graph, common = self.graph, self._common(self.graph.readout)
        rules = {projection.name: self._make_rule(projection) for projection in graph.projections}
        groups = {
            population.name: self._make_group(population, rules)
            for population in (graph.input, *graph.hidden, graph.readout)
        }
        synapses = [
            self._connect(projection, number, groups, rules[projection.name])
            for number, projection in enumerate(graph.projections)
        ]
        output = groups[graph.readout.name]
        if self.feedback == "direct":
            synapses += [send_directly(groups[hidden.name], output, **common) for hidden in graph.hidden]
        answers = EventMonitor(output, "answer", name="answers")
        cells = graph.readout.cells
        comparison = BrianSynapses(
            output,
            output,
            on_pre=cells.compare,
            on_event=dict.fromkeys(cells.compare, "read"),
            name="output_to_output",
            **common,
        )
        comparison.connect()
        for number, pathway in enumerate(cells.compare):
            getattr(comparison, pathway).order = number
        ending = NeuronGroup(1, "over : integer", name="ending", **common)
        ending.run_regularly("over = is_over((timestep(t, dt) + 1)//n_steps)", when="end")
        senders = [group for name, group in groups.items() if name != graph.readout.name]
        gating = make_gate(self.plasticity.gate, output, senders, cells.reading, **common)
        return Network(*groups.values(), answers, *synapses, comparison, *gating, ending)

    def _common(self, population: Population) -> dict[str, Any]:
        """The clock and the namespace of its objects: errors go back population by population."""
        steps = dict(self.phases)
        steps["FEEDBACK"] += self.graph.depths[self.graph.readout.name] - self.graph.depths[population.name]
        return {"namespace": {**self.namespace, **steps}, "clock": self.clock}

    def _make_rule(self, projection: Projection) -> Fragment:
        # The text of a form does not depend on which synapses are plastic.
        form = self.plasticity.selection.brian(self.graph.view(projection))
        consolidation = self.plasticity.consolidation
        keeping = None if consolidation is None else consolidation.brian()
        synapses: Synapses = projection.synapses
        propose = inspect.cleandoc(synapses.propose)
        if synapses.send_error:
            propose += FEEDBACKS[self.feedback].decay
        return make_fragment(name_synapses(projection.name), form, propose, keeping, bounded=self.dale)

    def _make_group(self, population: Population, rules: Mapping[str, Fragment]) -> NeuronGroup:
        cells: Cells = population.cells
        outgoing = [p for p in self.graph.projections if p.pre == population.name]
        incoming = [p for p in self.graph.projections if p.post == population.name]
        equations = TIME + self.equations + cells.equations
        events = dict(cells.events)
        if outgoing:
            equations += _SENDER + (SIGN_EQUATIONS if self.dale else "")
            if self.plasticity.gate is not None:
                equations += "is_open : boolean (linked)\n"
        if any("settle" in rules[p.name].events for p in incoming):
            equations += "n_crossing : integer  # synapses that make the cell consolidate\n"
            condition, code = events["start"]
            events["start"] = condition, f"{code}; n_crossing = 0"
        if isinstance(cells, ReadoutCells):
            events["answer"] = f"step == FEEDBACK and {cells.reading} >= highest", ""
        learning: dict[str, str] = {}
        for projection in outgoing:
            learning |= self._make_learning_events(projection, cells, rules[projection.name])
        for projection in incoming:
            learning |= make_settling_events(rules[projection.name])
        refractory: dict[str, Any] = {}
        if cells.refractory is not None:
            is_number = isinstance(cells.refractory, int | float)
            refractory = {"refractory": cells.refractory * ms if is_number else cells.refractory}
        group = NeuronGroup(
            population.size + bool(outgoing),
            equations,
            threshold=cells.threshold,
            reset=cells.reset,
            method=cells.method,
            dtype=dict(cells.dtype),
            events={**{event: condition for event, (condition, _) in events.items()}, **learning},
            name=name_group(population, self.graph),
            **refractory,
            **self._common(population),
        )
        for name, value in cells.always_on.items():
            getattr(group, name)[population.size :] = value
        for event, (_, code) in events.items():
            if code:
                group.run_on_event(event, code, when="before_synapses")
        for code in cells.each_step:
            group.run_regularly(code, when="before_thresholds")
        return group

    def _make_learning_events(self, projection: Projection, cells: Cells, rule: Fragment) -> dict[str, str]:
        if self.plasticity.gate is None:
            return make_learning_events(rule, cells.active, "")
        events = make_learning_events(rule, cells.active, " and is_open")
        if projection.synapses.forget:
            events["forget"] = f"step == WRITE and learning == 1 and {cells.active} and not is_open"
        return events

    def _connect(
        self, projection: Projection, number: int, groups: Mapping[str, NeuronGroup], rule: Fragment
    ) -> BrianSynapses:
        """The synapses of a projection, which send, send back and learn."""
        form: Synapses = projection.synapses
        on_pre = dict(form.on_pre)
        if form.forget and self.plasticity.gate is not None:
            on_pre["forget"] = "forget", form.forget
        equations = _WEIGHT + (BOUND_EQUATIONS if self.dale else "") + form.equations
        on_post, events = {}, {pathway: event for pathway, (event, _) in on_pre.items()}
        code, back = dict(rule.code), FEEDBACKS[self.feedback]
        if form.send_error and back.weight:
            equations += back.equations
            on_post["feedback"] = f"error_pre += {form.send_error.format(weight=back.weight)}"
            events["feedback"] = "feedback"
            code["write"] += back.follow
        common = self._common(self.graph[projection.post])
        synapses = BrianSynapses(
            groups[projection.pre],
            groups[projection.post],
            equations + rule.equations,
            on_pre={**{pathway: text for pathway, (_, text) in on_pre.items()}, **code},
            on_post={**on_post, **rule.post_code},
            on_event={**events, **rule.events},
            dtype={**BOOKS_DTYPES, **FEEDBACK_DTYPES},
            name=name_synapses(projection.name),
            namespace={**common["namespace"], **rule.functions, "layer_number": number},
            clock=self.clock,
        )
        n_post = self.graph[projection.post].size
        connect_all(synapses, len(groups[projection.pre]), n_post)
        rule.attach(synapses, n_post)
        return synapses
