"""Text and declaration are two forms of the same thing."""

from hypothesis import given
from hypothesis import strategies as st

from bioplast import Plasticity, above, largest, plain, subnet

fractions = st.floats(0, 1, exclude_min=True)
positive = st.floats(0, exclude_min=True, allow_infinity=False)
selections = st.one_of(
    st.builds(plain),
    st.builds(largest, fractions, st.none() | fractions),
    st.builds(above, positive),
)
paths = st.none() | st.builds(subnet, st.integers(1, 10**6))


@given(selection=selections, path=paths)
def test_text_and_back(selection, path):
    plasticity = Plasticity(path=path, selection=selection)
    assert Plasticity.parse(str(plasticity)) == plasticity
