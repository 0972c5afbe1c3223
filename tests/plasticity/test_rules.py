"""What every rule must do. A new rule is a row in ``ROWS``."""

from dataclasses import dataclass

import numpy as np
import pytest

from bioplast.errors import RequestError
from bioplast.plasticity import RULES, Plasticity
from bioplast.plasticity.part import Path, Proposal, Selection, Transform
from bioplast.plasticity.projection import ProjectionView


@dataclass(frozen=True)
class Row:
    """One rule: examples of it, how many of 24 different changes it writes, and what it refuses."""

    examples: tuple[str, ...]
    n_written: tuple[int, ...]
    refused: tuple[tuple[str, str], ...] = ()


def make_share_row(name, least=3):
    """A rule that takes a fraction and writes ``least`` changes for a tenth."""
    title = name.title().replace("_", "")
    return Row(
        (f"{name}(0.1)", f"{name}(0.5)", f"{name}(1)"),
        (least, 12, 24),
        (
            (f"{name}(0)", rf"{title}.fraction: must be in \(0, 1\], got 0"),
            (f"{name}(0.1, output=2)", rf"{title}.output: must be in \(0, 1\], got 2"),
        ),
    )


ROWS = {
    "plain": Row(("plain",), (24,), (("plain(1)", "plain takes no arguments"),)),
    "largest": Row(
        (
            "largest(0.1)",
            "largest(0.5)",
            "largest(1)",
            "largest(0.25, output=0.5)",
            "largest(0.4, per=neuron)",
        ),
        # 24 - round((1 - f) * 23), and four times 6 - round((1 - f) * 5)
        (3, 12, 24, 7, 12),
        (
            ("largest(0)", r"Largest.fraction: must be in \(0, 1\], got 0"),
            ("largest(1.3)", r"Largest.fraction: must be in \(0, 1\], got 1.3"),
            ("largest(nan)", r"Largest.fraction: must be in \(0, 1\], got nan"),
            ("largest(many)", r"Largest.fraction: must be in \(0, 1\], got 'many'"),
            ("largest(0.1, output=2)", r"Largest.output: must be in \(0, 1\], got 2"),
            ("largest(0.1, per=synapse)", "Largest.per: must be one of layer, neuron, got 'synapse'"),
            ("largest", "largest needs fraction"),
        ),
    ),
    "above": Row(
        (
            "above(12.5)",
            "above(0.5)",
            "above(100)",
            "above(12.5, target=0.1, output=0.2, rate=0.5)",
            'above(12.5, target=0.1, per="neuron")',
            'above(12.5, target=0.1, output=0.2, per="synapse")',
        ),
        (12, 24, 0, 12, 12, 12),
        (
            ("above(0)", "Above.theta: must be a number above 0, got 0"),
            ("above(-1)", "Above.theta: must be a number above 0, got -1"),
            ("above(1, target=0)", r"Above.target: must be in \(0, 1\], got 0"),
            ("above(1, output=0.5)", "Above.output: needs a target, got 0.5 without one"),
            ("above(1, target=0.5, rate=1)", r"Above.rate: must be in \[0, 1\), got 1"),
            ("above(1, per=neuron)", "Above.per: needs a target, got 'neuron' without one"),
            ("above(1, 0.5, per=cell)", "Above.per: must be one of layer, neuron, synapse, got 'cell'"),
            ("above(inf)", "Above.theta: must be a number above 0, got inf"),
        ),
    ),
    "reserve": Row(
        ("reserve(0.02)", "reserve(0.1, surprise=2.5)", "reserve(0.1, surprise=2.5, output=0.3)"),
        (24, 24, 24),  # a reserve is full at first; see test_reserve
        (
            ("reserve(-0.1)", r"Reserve.refill: must be in \[0, 1\], got"),
            ("reserve(1.1)", r"Reserve.refill: must be in \[0, 1\], got"),
            ("reserve(0.1, surprise=0)", "Reserve.surprise: must be a number above 0, got 0"),
            ("reserve(0.1, output=-1)", "Reserve.output: must be a number above 0, got -1"),
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
    "smallest": make_share_row("smallest"),
    "random": make_share_row("random"),
    "strongest": make_share_row("strongest"),
    "weakest": make_share_row("weakest"),
    "fixed": make_share_row("fixed"),
    "neurons": make_share_row("neurons", least=6),
    "largest_error": make_share_row("largest_error", least=6),
    "most_active": make_share_row("most_active", least=6),
    "readout": Row(("readout",), (0,), (("readout(0.1)", "readout takes no arguments"),)),
    "lazy": Row(
        ("lazy", "lazy(0.5)"),
        (24, 24),
        (
            ("lazy(-0.1)", r"Lazy.confidence: must be in \[0, 1\), got -0.1"),
            ("lazy(1)", r"Lazy.confidence: must be in \[0, 1\), got 1"),
        ),
    ),
    "cache": Row(
        ("cache(0.02)", "cache(0.02, 0.001)", 'cache(0.04, 0.001, per="neuron")'),
        (24, 24, 24),
        (
            ("cache(0)", "Cache.theta: must be a number above 0, got 0"),
            ("cache(-0.1)", "Cache.theta: must be a number above 0, got -0.1"),
            ("cache(0.1, 1)", r"Cache.decay: must be in \[0, 1\), got 1"),
            ("cache(0.1, 0, layer)", "Cache.per: must be one of synapse, neuron, got 'layer'"),
            ("cache(0.1, cost=-1)", r"Cache.cost: must be in \[0, inf\), got -1"),
        ),
    ),
}
EXAMPLES = [(text, n) for row in ROWS.values() for text, n in zip(row.examples, row.n_written, strict=True)]
TEXTS = [text for text, _ in EXAMPLES]
LAYER = "input->hidden"
SHAPE = (6, 4)
READOUT = ProjectionView.whole("hidden->output", (5, 3), depth=1, is_readout=True)


def find_written(plasticity, delta_w, *, key=0):
    """The changes that are written, of a layer with the plasticity's path."""
    path, view = plasticity.path, ProjectionView.whole(LAYER, delta_w.shape)
    plastic = view.plastic if path is None else path.mask(view, np.random.default_rng(key))
    view = ProjectionView(LAYER, plastic)
    proposal = Proposal(
        view=view,
        delta_w=delta_w,
        weights=np.linspace(-1, 1.01, delta_w.size, dtype=delta_w.dtype).reshape(delta_w.shape),
        error=np.arange(1, delta_w.shape[1] + 1, dtype=delta_w.dtype),
        activity=np.arange(delta_w.shape[1], 0, -1, dtype=delta_w.dtype),
        key=key,
        memory=plasticity.selection.memory(view),
    )
    return plasticity.selection.mask(proposal) & plastic if plastic.any() else plastic


def propose(seed=0):
    """Changes of 24 different sizes from 1 to 24 and both signs."""
    rng = np.random.default_rng(seed)
    return (rng.permutation(24) + 1.0).reshape(SHAPE) * rng.choice([-1.0, 1.0], SHAPE)


def test_every_rule_has_a_row():
    transforms = {name for name, rule in RULES.items() if issubclass(rule, Transform)}
    assert transforms  # they choose nothing: see test_transforms
    assert set(ROWS) == set(RULES) - transforms


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
def test_brian_form_holds_no_values(text):
    selection = Plasticity.parse(text).selection
    form = selection.brian(ProjectionView.whole(LAYER, SHAPE))
    other = selection.brian(READOUT)
    # One text for all layers; values are run-time arguments and no part of what is compiled.
    for name in ("cutoff", "condition", "entry", "memory", "memory_next"):
        assert getattr(form, name) == getattr(other, name)
        assert not any(repr(value) in getattr(form, name) for value in form.parameters.values())
    assert set(form.parameters) == set(other.parameters)
    assert {values.shape for values in form.constants.values()} <= {SHAPE, SHAPE[1:]}
    assert not form.memory or form.memory in form.parameters


@pytest.mark.parametrize("text", ["lazy", "lazy(0.5)"])
def test_brian_form_of_a_gate_holds_no_values(text):
    gate = Plasticity.parse(text).gate
    assert gate.brian().opens == Plasticity.parse("lazy(0.123)").gate.brian().opens
    assert gate.brian().parameters == {"confidence": gate.confidence}


@pytest.mark.parametrize("per", ["synapse", "neuron"])
def test_brian_form_of_a_consolidation_holds_no_values(per):
    texts = [f"cache({value}, {value}, {per})" for value in (0.25, 0.5)]
    forms = [Plasticity.parse(text).consolidation.brian() for text in texts]
    assert forms[0].parameters != forms[1].parameters
    assert (
        len(
            {
                (form.equations, form.effective, form.accumulate, form.consolidate, form.decay_step)
                for form in forms
            }
        )
        == 1
    )


@pytest.mark.parametrize(("text", "message"), [refused for row in ROWS.values() for refused in row.refused])
def test_bad_value_raises_with_its_name(text, message):
    with pytest.raises(RequestError, match=message):
        Plasticity.parse(text)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if issubclass(rule, Path)])
def test_a_path_lies_in_both_layers(name):
    path = Plasticity.parse(ROWS[name].examples[0]).path
    rng = np.random.default_rng(0)
    for view in (ProjectionView.whole(LAYER, SHAPE), READOUT):
        mask = path.mask(view, rng)
        assert mask.shape == view.shape
        assert mask.dtype == bool


def test_slots_are_known():
    assert {rule.slot for rule in RULES.values()} <= {
        "gate",
        "transforms",
        "path",
        "selection",
        "consolidation",
    }
    assert any(issubclass(rule, Selection) for rule in RULES.values())
