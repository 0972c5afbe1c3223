"""Text and declaration are two forms of the same thing."""

from hypothesis import given
from hypothesis import strategies as st

from bioplast import Plasticity
from bioplast.plasticity import RULES

fractions = st.floats(0, 1, exclude_min=True)
below_one = st.floats(0, 1, exclude_max=True)
positive = st.floats(0, exclude_min=True, allow_infinity=False)
shares = ("smallest", "random", "strongest", "weakest", "neurons", "largest_error", "most_active")
gates = st.none() | st.builds(RULES["lazy"], below_one)
paths = st.one_of(
    st.none(),
    st.builds(RULES["subnet"], st.integers(1, 10**6)),
    st.builds(RULES["fixed"], fractions, st.none() | fractions),
    st.builds(RULES["readout"]),
)
selections = st.one_of(
    st.builds(RULES["plain"]),
    st.builds(RULES["largest"], fractions, st.none() | fractions, st.sampled_from(["layer", "neuron"])),
    st.builds(RULES["above"], positive, fractions, st.none() | fractions, below_one),
    *(st.builds(RULES[name], fractions, fractions) for name in shares),
)
consolidations = st.none() | st.builds(
    RULES["cache"], positive, below_one, st.sampled_from(["synapse", "neuron"]), positive
)


transforms = st.lists(
    st.builds(RULES["momentum"], below_one) | st.builds(RULES["weight_decay"], below_one),
    unique_by=type,
)


@given(
    gate=gates,
    transforms=transforms,
    path=paths,
    selection=selections,
    consolidation=consolidations,
)
def test_text_and_back(gate, transforms, path, selection, consolidation):
    plasticity = Plasticity(gate, tuple(transforms), path, selection, consolidation)
    assert Plasticity.parse(str(plasticity)) == plasticity
