"""What every rule must do. A new rule is a row in ``ROWS``."""

from dataclasses import dataclass

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.plasticity import RULES, Plasticity
from bioplast.plasticity.part import Path, Proposal, Selection


@dataclass(frozen=True)
class Row:
    """One rule: examples of it, how many of 24 different changes it writes, and what it refuses."""

    examples: tuple[str, ...]
    n_written: tuple[int, ...]
    refused: tuple[tuple[str, str], ...] = ()


ROWS = {
    "plain": Row(("plain",), (24,), (("plain(1)", "plain takes no arguments"),)),
    "largest": Row(
        ("largest(0.1)", "largest(0.5)", "largest(1)", "largest(0.25, output=0.5)"),
        # 24 - round((1 - f) * 23)
        (3, 12, 24, 7),
        (
            ("largest(0)", r"Largest.fraction: must be in \(0, 1\], got 0"),
            ("largest(1.3)", r"Largest.fraction: must be in \(0, 1\], got 1.3"),
            ("largest(nan)", r"Largest.fraction: must be in \(0, 1\], got nan"),
            ("largest(many)", r"Largest.fraction: must be in \(0, 1\], got 'many'"),
            ("largest(0.1, output=2)", r"Largest.output: must be in \(0, 1\], got 2"),
            ("largest", "largest needs fraction"),
        ),
    ),
    "above": Row(
        ("above(12.5)", "above(0.5)", "above(100)"),
        (12, 24, 0),
        (
            ("above(0)", "Above.theta: must be a number above 0, got 0"),
            ("above(-1)", "Above.theta: must be a number above 0, got -1"),
            ("above(inf)", "Above.theta: must be a number above 0, got inf"),
        ),
    ),
    "subnet": Row(
        ("subnet(2)", "subnet(4)"),
        (12, 24),
        (
            ("subnet(0)", "Subnet.units: must be a whole number >= 1, got 0"),
            ("subnet(2.5)", "Subnet.units: must be a whole number >= 1, got 2.5"),
        ),
    ),
}
EXAMPLES = [(text, n) for row in ROWS.values() for text, n in zip(row.examples, row.n_written, strict=True)]
TEXTS = [text for text, _ in EXAMPLES]
LAYER = "input->hidden"
SHAPE = (6, 4)


def find_written(plasticity, delta_w, *, key=0):
    """The changes that are written, of a layer with the plasticity's path."""
    path, rng = plasticity.path, np.random.default_rng(key)
    plastic = np.ones(delta_w.shape, bool) if path is None else path.mask(LAYER, delta_w.shape, rng)
    proposal = Proposal(
        layer=LAYER,
        delta_w=delta_w,
        weights=np.linspace(-1, 1, delta_w.size, dtype=delta_w.dtype).reshape(delta_w.shape),
        plastic=plastic,
        error=np.arange(1, delta_w.shape[1] + 1, dtype=delta_w.dtype),
        activity=np.arange(delta_w.shape[1], 0, -1, dtype=delta_w.dtype),
        key=key,
    )
    return plasticity.selection.mask(proposal) & plastic


def propose(seed=0):
    """Changes of 24 different sizes from 1 to 24 and both signs."""
    rng = np.random.default_rng(seed)
    return (rng.permutation(24) + 1.0).reshape(SHAPE) * rng.choice([-1.0, 1.0], SHAPE)


def test_every_rule_has_a_row():
    assert set(ROWS) == set(RULES)


@pytest.mark.parametrize("name", ROWS)
def test_a_rule_says_what_it_is(name):
    assert RULES[name].name == name
    assert RULES[name].summary
    assert RULES[name].__doc__


@pytest.mark.parametrize(("text", "n_written"), EXAMPLES)
def test_count_is_exact(text, n_written):
    for seed in range(3):
        assert np.count_nonzero(find_written(Plasticity.parse(text), propose(seed))) == n_written


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mask_keeps_shape_and_leaves_the_proposal_alone(text, dtype):
    delta_w = propose().astype(dtype)
    before = delta_w.copy()
    written = find_written(Plasticity.parse(text), delta_w)
    assert written.shape == delta_w.shape
    assert written.dtype == bool
    np.testing.assert_array_equal(delta_w, before)


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_proposed_nothing_written(text):
    delta_w = np.zeros(SHAPE)
    written = find_written(Plasticity.parse(text), delta_w)
    assert np.count_nonzero(np.where(written, delta_w, 0)) == 0


@pytest.mark.parametrize("text", TEXTS)
def test_same_key_same_choice(text):
    first, again = (find_written(Plasticity.parse(text), propose(), key=7) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("text", TEXTS)
def test_sign_does_not_matter(text):
    delta_w = propose()
    plus, minus = (find_written(Plasticity.parse(text), sign * delta_w) for sign in (1, -1))
    np.testing.assert_array_equal(plus, minus)


@pytest.mark.parametrize("text", TEXTS)
def test_text_and_back(text):
    plasticity = Plasticity.parse(text)
    assert Plasticity.parse(str(plasticity)) == plasticity


@pytest.mark.parametrize("text", TEXTS)
def test_every_selection_has_a_brian_form(text):
    form = Plasticity.parse(text).selection.brian(LAYER, 24)
    assert form.cutoff
    assert form.condition
    # Values are run-time arguments: never part of the text that is compiled.
    assert not any(repr(value) in form.cutoff + form.condition for value in form.parameters.values())


@pytest.mark.parametrize(("text", "message"), [refused for row in ROWS.values() for refused in row.refused])
def test_bad_value_raises_with_its_name(text, message):
    with pytest.raises(RequestError, match=message):
        Plasticity.parse(text)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if issubclass(rule, Path)])
def test_a_path_lies_in_both_layers(name):
    path = Plasticity.parse(ROWS[name].examples[0]).path
    rng = np.random.default_rng(0)
    for layer, shape in ((LAYER, (6, 4)), ("hidden->output", (5, 3))):
        mask = path.mask(layer, shape, rng)
        assert mask.shape == shape
        assert mask.dtype == bool


def test_slots_are_known():
    assert {rule.slot for rule in RULES.values()} <= {"gate", "path", "selection", "consolidation"}
    assert any(issubclass(rule, Selection) for rule in RULES.values())
