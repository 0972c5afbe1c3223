"""Targets that code is generated for."""

import pytest
from brian2 import get_device, prefs, set_device

from bioplast.backends.programs.compile import compile_source


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

    def run(*, as_brian_does):
        # In few pieces, as the study's own networks, a large program is compiled in a fifth of the time.
        device.build(directory=str(tmp_path), compile=as_brian_does, run=False)
        if not as_brian_does:
            compile_source(tmp_path)
        device.run(str(tmp_path), with_output=False)

    yield run
    device.reinit()
    set_device(previous)
