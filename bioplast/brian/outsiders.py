"""Who else writes to a variable of somebody's synapses while a network runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from brian2 import Network, NetworkOperation
from brian2.core.base import BrianObject
from brian2.core.variables import Variable

_WRITTEN = re.compile(r"(?:^|[\n;])\s*([A-Za-z_]\w*)\s*(?:[-+*/%]|\*\*|//)?=(?!=)")


def has_outsiders(variable: Variable, insider: BrianObject, insiders: Collection[BrianObject]) -> bool:
    """Whether some object beside ``insiders`` may write to ``variable`` in a network that ``insider`` is in.

    What a network operation does is Python's, which nobody can see before: it counts as one that may.
    """
    inside = {id(thing) for thing in insiders}
    return any(
        isinstance(thing, NetworkOperation) or any(other is variable for other in _list_written(thing))
        for network in _find_networks(insider)
        for thing in network.sorted_objects
        if id(thing) not in inside
    )


def _find_networks(thing: BrianObject) -> Iterator[Network]:
    """Brian2 tells an object only after it has prepared it which network it is in."""
    for reference in list(Network.__instances__()):
        network = reference()
        if network is not None and any(part is thing for part in network.sorted_objects):
            yield network


def _list_written(thing: BrianObject) -> Iterator[Any]:
    """The variables that an object's code writes to."""
    group: Any = getattr(thing, "group", None)
    if hasattr(thing, "target_varname"):  # a summed variable, whose code names it no more
        yield thing.target_var
    code = (str(getattr(thing, word, None) or "") for word in ("abstract_code", "code"))
    for name in _WRITTEN.findall("\n".join(code)):
        for owner in (thing, group):
            variables = getattr(owner, "variables", {})
            if name in variables:
                yield variables[name]
