"""The hidden layers of a network by their sizes: a number for one layer, a tuple for several."""

from __future__ import annotations

from collections.abc import Sequence

Hidden = int | tuple[int, ...]


def list_sizes(hidden: int | Sequence[int]) -> tuple[int, ...]:
    """The number of units of each hidden layer, from the input on."""
    return (hidden,) if isinstance(hidden, int) else tuple(hidden)


def simplify(hidden: int | Sequence[int]) -> Hidden:
    """One way to say it: a number where there is one layer.

    >>> simplify([100]), simplify([100, 60])
    (100, (100, 60))
    """
    sizes = list_sizes(hidden)
    return sizes[0] if len(sizes) == 1 else sizes


def format_hidden(hidden: int | Sequence[int]) -> str:
    """The sizes as the command line has them.

    >>> format_hidden((100, 60))
    '100,60'
    """
    return ",".join(map(str, list_sizes(hidden)))


def name_populations(n_hidden_layers: int) -> tuple[str, ...]:
    """The populations from input to output.

    >>> name_populations(1), name_populations(2)
    (('input', 'hidden', 'output'), ('input', 'hidden1', 'hidden2', 'output'))
    """
    numbers = [""] if n_hidden_layers == 1 else [str(number + 1) for number in range(n_hidden_layers)]
    return ("input", *(f"hidden{number}" for number in numbers), "output")


def name_sizes(hidden: Hidden) -> dict[str, int]:
    """The hidden populations and their sizes.

    >>> name_sizes((100, 60))
    {'hidden1': 100, 'hidden2': 60}
    """
    sizes = list_sizes(hidden)
    return dict(zip(name_populations(len(sizes))[1:-1], sizes, strict=True))


def list_shapes(
    n_inputs: int, hidden: int | Sequence[int], n_outputs: int, *, has_bias: bool = True
) -> dict[str, tuple[int, int]]:
    """The layers of synapses, by name, and the shape of their weights, (n_pre, n_post).

    The last row of each holds the biases: synapses from a unit that is always on.

    Parameters
    ----------
    n_inputs, hidden, n_outputs : numbers of units, the always-on ones not counted
    has_bias : whether hidden populations have a unit that is always on

    >>> list_shapes(4, (3, 2), 10)
    {'input->hidden1': (5, 3), 'hidden1->hidden2': (4, 2), 'hidden2->output': (3, 10)}
    """
    sizes = (n_inputs, *list_sizes(hidden), n_outputs)
    names = name_populations(len(sizes) - 2)
    return {
        f"{names[place]}->{names[place + 1]}": (sizes[place] + (has_bias or place == 0), sizes[place + 1])
        for place in range(len(sizes) - 1)
    }
