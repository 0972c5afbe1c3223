"""Some of Brian2's C++ templates, in forms that do less or that compilers can vectorize.

Which branches a program took it tells if it was compiled with ``-DBIOPLAST_TELL`` (``taken.h``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from brian2.codegen.templates import Templater
from brian2.devices.cpp_standalone.codeobject import CPPStandaloneCodeObject

from bioplast.backends.programs.made_for import can_replace_parts


@contextmanager
def fast_templates() -> Iterator[None]:
    """Generate code from the templates in this folder where there is one, else from Brian2's.

    From Brian2's alone if it is none that these were made for.
    """
    stock = CPPStandaloneCodeObject.templater
    CPPStandaloneCodeObject.templater = _derive(stock) if can_replace_parts() else stock
    try:
        yield
    finally:
        CPPStandaloneCodeObject.templater = stock


@cache  # a template is read once, whatever is built from it
def _derive(stock: Templater) -> Templater:
    return stock.derive("bioplast.backends.programs.templates", templates_dir=".")
