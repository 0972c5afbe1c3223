import numpy as np
import pytest

from bioplast import Plasticity
from bioplast.errors import RequestError
from bioplast.network import Graph, Population, Projection, make_chain

POPULATIONS = tuple(
    Population(name, size) for name, size in (("input", 4), ("a", 3), ("b", 2), ("output", 5))
)


def connect(*names):
    return tuple(Projection(*name.split("->")) for name in names)


def test_activity_flows_from_the_input_to_the_readout():
    graph = Graph(POPULATIONS, connect("b->output", "input->a", "a->b", "input->b"))
    assert (graph.input.name, graph.readout.name) == ("input", "output")
    assert [population.name for population in graph.hidden] == ["a", "b"]
    assert graph.depths == {"input": 0, "a": 1, "b": 2, "output": 3}
    assert not graph.is_chain


def test_chain_of_any_length():
    graph = make_chain(4, (3, 2), 5, sds=(0.1, 0.2), learning_rates=(0.01, 0.02))
    assert graph.is_chain
    assert [(p.name, p.sd, p.learning_rate) for p in graph.projections] == [
        ("input->hidden1", 0.1, 0.01),
        ("hidden1->hidden2", 0.1, 0.01),
        ("hidden2->output", 0.2, 0.02),
    ]
    assert [graph.shape(p) for p in graph.projections] == [(5, 3), (4, 2), (3, 5)]
    views = [graph.view(p) for p in graph.projections]
    assert [(view.depth, view.is_input, view.is_readout) for view in views] == [
        (0, True, False),
        (1, False, False),
        (2, False, True),
    ]
    assert all(view.plastic.all() and view.plastic.dtype == np.bool_ for view in views)


def test_what_goes_back_with_a_delay_is_no_loop():
    back = (Projection("b", "a", delay_steps=1), Projection("a", "a", delay_steps=1))
    graph = Graph(POPULATIONS, (*connect("input->a", "a->b", "b->output"), *back))
    assert graph.depths["b"] == 2


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("input->a a->b b->a b->output", "projection b->a: closes a loop .* delay_steps >= 1"),
        ("input->a input->a", "Graph.projections: .* got 'input->a' twice"),
        ("input->c", "projection input->c: there is no population 'c'; there are a, b, input, output"),
        ("input->a a->output", "Graph.input: must be one population; nothing reaches: input, b"),
        ("input->a input->b a->output", "Graph.readout: .* nothing is reached from: b, output"),
    ],
)
def test_what_is_no_network_is_refused_by_name(names, message):
    with pytest.raises(RequestError, match=message):
        Graph(POPULATIONS, connect(*names.split()))


def test_two_populations_of_one_name_are_refused():
    with pytest.raises(RequestError, match=r"Graph.populations: .* got 'a' twice"):
        Graph((*POPULATIONS, Population("a", 1)), connect("input->a"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Population("a b", 3), "Population.name: must be an identifier, got 'a b'"),
        (lambda: Population("a", 0), "Population.size: must be a whole number >= 1, got 0"),
        (lambda: Projection("a", "b", sd=-1), "Projection.sd: must be a number >= 0, got -1"),
        (lambda: Projection("a", "b", delay_steps=-1), "Projection.delay_steps: must be .* >= 0, got -1"),
    ],
)
def test_numbers_are_checked(make, message):
    with pytest.raises(RequestError, match=message):
        make()


def test_path_through_a_population_that_is_too_small_is_refused_by_its_name():
    graph = make_chain(4, (3, 2), 5, sds=(0.1, 0.1), learning_rates=(0.1, 0.1))
    graph.check(Plasticity.parse("subnet(2)"))
    with pytest.raises(RequestError, match=r"Subnet.units: must be at most the 2 units of hidden2, got 3"):
        graph.check(Plasticity.parse("subnet(3)"))
