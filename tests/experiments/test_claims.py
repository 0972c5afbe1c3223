import math
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from bioplast.analysis.claim import Claim, Part
from bioplast.analysis.finders import find_row
from bioplast.analysis.verdict import VERDICTS, Expectation
from bioplast.figures.scoreboard import VERDICT_LOOKS, plot_scoreboard
from bioplast.figures.style import use_style
from bioplast.loading import load_module
from bioplast.project import list_experiments
from bioplast.studies.caption import fill_caption

ROOT = Path(__file__).parents[2]
claims = load_module("experiment", "claims", ROOT)

PARTS = {
    1: (Part("large", 10.0, Expectation(low=8), "one", find_row("findings", "large")),),
    2: (
        Part("right", 2.0, Expectation(1, 3), "one", find_row("findings", "right")),
        Part("wrong", 2.0, Expectation(1, 3), "two", find_row("findings", "wrong")),
    ),
    3: (
        Part("right", 2.0, Expectation(1, 3), "one", find_row("findings", "right")),
        Part("never measured", 5.0, Expectation(), "two", find_row("findings", "nothing")),
    ),
    4: (
        Part("large", 10.0, Expectation(low=8), "one", find_row("findings", "large"), differs="a goal"),
        Part("large", 10.0, Expectation(low=8), "one", find_row("findings", "large"), differs="a loss"),
    ),
    5: (Part("elsewhere", 0.99, Expectation(low=0.9), lacking="its data are out of reach"),),
}
FOUND = {
    "one": {"large": (20.0, 10.0, 30.0, 5), "right": (2.0, 1.5, 2.5, 4)},
    "two": {"wrong": (9.0, 8.0, math.inf, 3)},
}


@pytest.fixture
def sources(monkeypatch):
    """Two experiments that found what is written above, and three claims on it."""

    def load(kind, name, project):
        return SimpleNamespace(
            findings=lambda data: pd.DataFrame.from_dict(
                FOUND[name], orient="index", columns=["value", "low", "high", "n"]
            )
        )

    monkeypatch.setattr(claims, "load_module", load)
    monkeypatch.setattr(claims, "CLAIMS", {n: Claim(f"claim {n}", "a paper", *p) for n, p in PARTS.items()})
    return {"one": pd.DataFrame(), "two": pd.DataFrame()}


def test_each_number_has_its_verdict(sources):
    data = claims.analyze(sources).set_index("name")
    assert data["verdict"].to_dict() == {
        "1": "reproduced",
        "2a": "reproduced",
        "2b": "refuted",
        "3a": "reproduced",
        "3b": "cannot be decided",
        "4a": "other set-up",
        "4b": "other set-up",
        "5": "cannot be decided",
    }
    assert data.loc[["4a", "5"], "reason"].tolist() == ["ours: a goal", "its data are out of reach"]
    assert data.loc["1", ["shown", "shown low", "shown high"]].tolist() == [2.0, 1.0, 3.0]
    assert data.loc["2a", ["agrees low", "agrees high"]].tolist() == [0.5, 1.5]
    assert data.loc["2b", "said"] == "9 [8, inf] n = 3"
    assert data.loc["3b", ["n", "reason", "said"]].tolist() == [0, "nothing was measured", "-"]


def test_a_claim_of_parts_has_one_row_and_one_verdict(sources):
    table = claims.tabulate(claims.analyze(sources)).set_index("claim")
    verdicts = ["reproduced", "refuted", "cannot be decided", "other set-up", "cannot be decided"]
    assert table["verdict"].to_dict() == dict(zip("12345", verdicts, strict=True))
    assert table.loc["2", "measured"] == "right: 2 [1.5, 2.5] n = 4; wrong: 9 [8, inf] n = 3"


@pytest.mark.parametrize(
    ("low", "high", "said", "verdict"),
    [
        (8.0, math.nan, "9 [at least 8] n = 3", "refuted"),
        (2.0, math.nan, "9 [at least 2] n = 3", "cannot be decided"),
        (math.nan, 9.5, "9 [at most 9.5] n = 3", "cannot be decided"),
        (math.nan, math.nan, "9 n = 3", "cannot be decided"),
    ],
)
def test_an_end_that_is_not_known_may_be_anywhere(sources, monkeypatch, low, high, said, verdict):
    monkeypatch.setitem(FOUND["two"], "wrong", (9.0, low, high, 3))
    data = claims.analyze(sources).set_index("name")
    assert data.loc["2b", ["said", "verdict"]].tolist() == [said, verdict]
    line, limits = plot_scoreboard(data.reset_index()).axes[0].lines, (0.02, 50.0)
    drawn = [entry.get_xdata() for entry in line if list(entry.get_ydata()) == [2, 2]]
    ends = [limit if math.isnan(end) else end / 2 for end, limit in zip((low, high), limits, strict=True)]
    assert [list(x) for x in drawn] == ([] if math.isnan(low) and math.isnan(high) else [ends])


def test_another_measurement_is_another_verdict(sources, monkeypatch):
    monkeypatch.setitem(FOUND["two"], "wrong", (2.0, 1.5, 2.5, 3))
    assert claims.tabulate(claims.analyze(sources)).set_index("claim").loc["2", "verdict"] == "reproduced"


def test_the_caption_counts_the_verdicts(sources):
    text = fill_caption(claims.CAPTION, [], [], claims.describe(claims.analyze(sources)))
    assert "8 numbers of 5 claims" in text
    assert "Reproduced: 1. Cannot be decided: 3, 5. Other set-up: 4. Refuted: 2." in text
    # 1 - coverage of n = 5, 4, 3 and 4: 1/16, 1/8, 1/4 and 1/8.
    assert "the intervals alone would decide about 0.6 of the 4 numbers that are decided" in text


def test_the_figure_has_a_line_for_each_number(sources):
    data = claims.analyze(sources)
    with use_style():
        (ax,) = plot_scoreboard(data).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "1  large",
        "2a  right",
        "2b  wrong",
        "3a  right",
        "3b  never measured",
        "4a  large",
        "4b  large",
        "5  elsewhere",
    ]
    written = [text.get_text() for text in ax.texts]
    assert written[2] == "9 [8, inf] n = 3  refuted"
    drawn = [line.get_xdata()[0] for line in ax.lines if line.get_marker() not in ("None", None)]
    assert drawn == [2.0, 1.0, 4.5, 1.0, 2.0, 2.0]


def test_every_claim_is_on_an_experiment_that_there_is():
    assert set(claims.SOURCES) <= set(list_experiments(ROOT)) - {"claims"}
    for claim in claims.CLAIMS.values():
        for part in claim.parts:
            # What was claimed would itself be right, or, if it is to be more, what is next to it.
            expected = part.expected
            assert expected is None or expected.low <= math.nextafter(part.claimed, math.inf), part.quantity
            assert expected is None or part.claimed <= expected.high, part.quantity


def test_verdicts_are_drawn_in_a_look_of_their_own():
    assert set(VERDICT_LOOKS) == set(VERDICTS)
