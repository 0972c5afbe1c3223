import math

import pytest

from bioplast.analysis.verdict import NOTHING, Expectation, Finding, Judgment, join_verdicts, judge


@pytest.mark.parametrize(
    ("low", "high", "verdict", "reason"),
    [
        (2.0, 3.0, "reproduced", "the interval lies inside the range"),
        (1.0, 4.0, "reproduced", "the interval lies inside the range"),
        (0.5, 0.9, "refuted", "the interval lies below the range"),
        (4.1, 9.0, "refuted", "the interval lies above the range"),
        (0.9, 2.0, "cannot be decided", "the interval has an end of the range in it"),
        (3.0, 4.1, "cannot be decided", "the interval has an end of the range in it"),
        (0.0, 9.0, "cannot be decided", "the interval has an end of the range in it"),
        (2.0, math.nan, "cannot be decided", "the interval has an end of the range in it"),
        (4.1, math.nan, "refuted", "the interval lies above the range"),
        (math.nan, 0.9, "refuted", "the interval lies below the range"),
        (math.nan, math.nan, "cannot be decided", "no interval is known"),
    ],
)
def test_a_verdict_follows_from_interval_and_range(low, high, verdict, reason):
    finding = Finding(2.0, low, high, 5)
    assert judge(finding, Expectation(1.0, 4.0)) == Judgment(verdict, reason)


def test_what_was_not_measured_cannot_be_decided():
    assert judge(NOTHING, Expectation()) == Judgment("cannot be decided", "nothing was measured")


def test_what_was_measured_in_another_set_up_decides_nothing():
    judgment = judge(Finding(9.0, 8.0, 10.0, 5), Expectation(1.0, 4.0), "another goal")
    assert judgment == Judgment("other set-up", "ours: another goal")
    assert judge(NOTHING, Expectation(), "another goal").verdict == "cannot be decided"


def test_a_value_between_two_bounds_is_judged_by_them():
    assert judge(Finding(math.nan, 2.0, 3.0, 6), Expectation(1.0, 4.0)).verdict == "reproduced"


def test_what_is_not_defined_cannot_be_decided():
    judgment = judge(Finding(0.6, 0.5, 0.7, 5), None)
    assert judgment == Judgment("cannot be decided", "the source's definition is not known")


def test_a_range_may_have_one_end():
    assert judge(Finding(5.0, 4.0, 1e9, 3), Expectation(low=4)).verdict == "reproduced"
    assert judge(Finding(5.0, 4.0, 1e9, 3), Expectation(high=3)).verdict == "refuted"
    assert judge(Finding(5.0, 4.0, math.nan, 3), Expectation(low=4)).verdict == "reproduced"


def test_about_is_within_a_factor():
    assert Expectation.about(900, 1.5) == Expectation(600, 1350)


def test_a_range_is_not_the_wrong_way_round():
    with pytest.raises(ValueError, match="low must not be above high, got 2 and 1"):
        Expectation(2, 1)


@pytest.mark.parametrize(
    ("verdicts", "joined"),
    [
        (["reproduced", "reproduced"], "reproduced"),
        (["reproduced", "refuted", "cannot be decided"], "refuted"),
        (["reproduced", "cannot be decided"], "cannot be decided"),
        (["reproduced", "other set-up"], "reproduced"),
        (["refuted", "other set-up"], "refuted"),
        (["other set-up", "cannot be decided"], "cannot be decided"),
        (["other set-up", "other set-up"], "other set-up"),
        ([], "cannot be decided"),
    ],
)
def test_a_claim_of_parts_stands_if_all_do(verdicts, joined):
    assert join_verdicts(verdicts) == joined
