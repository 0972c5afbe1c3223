"""What a network is, as data, and the state it carries from one chunk of trials to the next."""

from bioplast.network.graph import Graph, Population, Projection, make_chain
from bioplast.network.state import DTYPES, Layer, Model, Outcome, State

__all__ = [
    "DTYPES",
    "Graph",
    "Layer",
    "Model",
    "Outcome",
    "Population",
    "Projection",
    "State",
    "make_chain",
]
