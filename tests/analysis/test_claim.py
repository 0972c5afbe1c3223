import pytest

from bioplast.analysis.claim import Claim, Part, assess
from bioplast.analysis.finders import find_row
from bioplast.analysis.verdict import NOTHING, Expectation, Finding


def test_a_claim_has_as_many_parts_as_it_is_given():
    part = Part("m0", 1.0, None, "some", find_row("savings", "m0"))
    assert Claim("text", "source", part, part).parts == (part, part)
    assert Claim("text", "source").parts == ()


@pytest.mark.parametrize(
    ("part", "finding", "verdict", "chance"),
    [
        (Part("m0", 2.0, Expectation(1, 3)), Finding(2, 1.5, 2.5, 5), "reproduced", 0.0625),
        (Part("m0", 2.0, Expectation(1, 3)), Finding(2, 0.5, 2.5, 5), "cannot be decided", 0),
        (Part("m0", 2.0, Expectation(1, 3), differs="a goal"), Finding(9, 8, 10, 5), "other set-up", 0),
        (Part("m0", 2.0, Expectation(1, 3), lacking="no data"), NOTHING, "cannot be decided", 0),
    ],
)
def test_a_number_is_assessed_with_what_chance_would_decide(part, finding, verdict, chance):
    row = assess("1", part, finding)
    assert row["verdict"] == verdict
    assert row["chance"] == pytest.approx(chance)
    assert row["reason"] == (part.lacking or row["reason"])


def test_what_lies_between_two_bounds_is_said_so():
    row = assess("1", Part("m0", 2.0, None), Finding(float("nan"), 1.0, 3.0, 4))
    assert row["said"] == "[1, 3] n = 4"
