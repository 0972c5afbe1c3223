"""The numbers of the network ``spiking`` are those that were once recorded."""

import pytest
from golden.few import list_cases
from golden.records import compute_record, read_records


@pytest.mark.parametrize("case", list_cases("spiking"), ids=lambda case: case.name)
def test_numbers_are_those_of_the_record(case):
    assert compute_record(case) == read_records()[case.name]
