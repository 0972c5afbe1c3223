"""The code that somebody's synapses run at events, with the proposals of changes behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bioplast.errors import RequestError

Codes = dict[str, str]


def add_proposals(
    title: str,
    codes: tuple[Any, Any],
    proposals: Mapping[str, str],
    weight: str,
    propose: Callable[[str], str],
) -> tuple[Codes, Codes]:
    """Pre- and postsynaptic pathways with ``propose(change)`` behind the code of those that propose one.

    Parameters
    ----------
    title : for error messages
    codes : ``on_pre`` and ``on_post`` as Brian2 takes them
    proposals : pathway to proposed change; ``pre`` and ``post`` are made if there is none

    Raises
    ------
    RequestError : nothing is proposed, or by a pathway that does not exist, or a pathway's own code changes
        the weight
    """
    named = _name("pre", codes[0]), _name("post", codes[1])
    for pathway, code in (*named[0].items(), *named[1].items()):
        if re.search(rf"(^|[\n;])\s*{re.escape(weight)}\s*([-+*/%]|\*\*|//)?=(?!=)", code):
            raise RequestError(f"{title}: pathway {pathway!r} changes {weight!r} itself; propose it instead")
    if not proposals:
        raise RequestError(f"{title}: proposals must name a pathway and a change, got none")
    for pathway, change in proposals.items():
        if pathway in ("pre", "post"):
            named[pathway == "post"].setdefault(pathway, "")
        side = next((side for side in named if pathway in side), None)
        if side is None:
            there = ", ".join([*named[0], *named[1]]) or "none"
            raise RequestError(f"{title}: no pathway {pathway!r} to propose a change; there is {there}")
        side[pathway] = f"{side[pathway]}\n{propose(change)}"
    return named


def _name(default: str, code: Any) -> Codes:
    if not code:
        return {}
    return dict(code) if isinstance(code, Mapping) else {default: code}
