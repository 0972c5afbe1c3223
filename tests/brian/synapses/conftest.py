"""Targets that code is generated for."""

import pytest
from brian2 import get_device, prefs, set_device


@pytest.fixture(autouse=True)
def target(request):
    """NumPy, for which nothing is compiled, where no other target is asked for."""
    before = prefs.codegen.target
    prefs.codegen.target = getattr(request, "param", "numpy")
    yield
    prefs.codegen.target = before


@pytest.fixture
def standalone(tmp_path):
    """A function that runs a network of what it is given as a compiled program."""
    previous = get_device()
    set_device("cpp_standalone", directory=str(tmp_path), build_on_run=False)
    device = get_device()
    yield lambda: device.build(directory=str(tmp_path), run=True)
    device.reinit()
    set_device(previous)
