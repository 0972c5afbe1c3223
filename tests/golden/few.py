"""The records that `make test` looks at, where each has a program or kernel of its own.

`make test-long` looks at the rest.
"""

from __future__ import annotations

from typing import Any

import pytest
from golden.records import BRIAN_RULES, CASES, TIMED_RULES

from bioplast import Plasticity

FEW = {
    "rate": BRIAN_RULES[:1] + BRIAN_RULES[4:5] + BRIAN_RULES[8:9],
    "spiking": BRIAN_RULES[:1] + BRIAN_RULES[4:5] + BRIAN_RULES[13:14],
    "recurrent": TIMED_RULES[1:3],
    "rnn": TIMED_RULES[1:2],
    "recurrent_rate": TIMED_RULES[1:2],
}


def list_cases(*models: str) -> list[Any]:
    """The cases of ``models``; those that are left out of ``make test`` are marked."""
    cases = [case for case in CASES if case.model in models]
    few = {model: {str(Plasticity.parse(rule)) for rule in FEW[model]} for model in models}
    return [
        case
        if str(Plasticity.parse(case.rule)) in few[case.model]
        else pytest.param(case, marks=pytest.mark.long)
        for case in cases
    ]
