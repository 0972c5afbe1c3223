"""The numbers of networks in time are those that were once recorded."""

import pytest
from golden.records import CASES, compute_record, read_records


@pytest.mark.parametrize("case", [c for c in CASES if c.task], ids=lambda case: case.name)
def test_numbers_are_those_of_the_record(case):
    assert compute_record(case) == read_records()[case.name]
