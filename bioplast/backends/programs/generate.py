"""The C++ source of a network's program: Brian2's own, and what lets it stay for chunk after chunk."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from brian2 import Network
from brian2.core.variables import ArrayVariable, DynamicArrayVariable
from brian2.devices.cpp_standalone.device import CPPStandaloneDevice
from brian2.synapses.synapses import SynapticPathway
from numpy.typing import DTypeLike

import bioplast.brian
from bioplast.backends.programs.source import adapt_source
from bioplast.backends.programs.templates import fast_templates
from bioplast.backends.programs.workspace import Workspace
from bioplast.build_cache import writing

# Long enough for any chunk; one ends when all trials have been shown (``is_over``).
_HERE = Path(__file__).parent
_RULES = Path(bioplast.brian.__file__ or "").parent  # with what rules are made of in C++
_MAX_STEPS = 2**40

_BEGIN = """
bioplast::Chunks chunks;
bioplast::know_network(chunks);
chunks.keep();
while (chunks.begin()) {{
{network}.t = 0;
"""
_END = """
chunks.end();
}
std::_Exit(0);
"""
_HEADER = """// What the network consists of.
#pragma once
#include "chunks.h"
#include "objects.h"

namespace bioplast {{
static void know_network(Chunks& chunks) {{
    using namespace brian;
    {lines}
}}
}}  // namespace bioplast
"""


def generate_source(
    assemble: Callable[[], Network], dtype: DTypeLike, folder: Path
) -> dict[str, tuple[str, str, bool]]:
    """Write the source of the network that ``assemble`` makes into ``folder``.

    Returns
    -------
    arrays : ``"object.variable"`` to the array's name in the program, its dtype, and whether it is constant
        while the network runs
    """
    device = CPPStandaloneDevice()
    with Workspace(dtype, device).entered(), fast_templates():
        network = assemble()
        # Several would drift apart, and stand in the source in an order that is never the same.
        (clock,) = {part.clock for part in network.sorted_objects}
        device.insert_code("before_network_run", _BEGIN.format(network=network.name))
        device.insert_code("after_network_run", _END)
        network.run(_MAX_STEPS * clock.dt)
        with writing(folder):
            device.build(directory=str(folder), compile=False, run=False)
            adapt_source(folder)
            for header in (*_HERE.glob("*.h"), *_RULES.glob("*.h")):
                shutil.copy(header, folder)
            (folder / "network_parts.h").write_text(_HEADER.format(lines=_list_parts(device, network)))
            main = folder / "main.cpp"
            main.write_text('#include "network_parts.h"\n' + main.read_text())
        arrays = {
            f"{variable.owner.name}.{variable.name}": (
                device.get_array_filename(variable),
                np.dtype(variable.dtype).str,
                bool(variable.constant),
            )
            for variable in device.arrays
            if variable.owner is not None
        }
    gc.collect()  # exceptions that Brian2 caught hold on to all that called it, a program that runs included
    return arrays


def _list_parts(device: CPPStandaloneDevice, network: Network) -> str:
    """C++ that makes arrays and pathways known."""
    flat = (variable for variable in device.arrays if getattr(variable, "ndim", 1) == 1)
    arrays = sorted(_describe(device, variable) for variable in flat)
    pathways = sorted(part.name for part in network.sorted_objects if isinstance(part, SynapticPathway))
    lines = [*arrays, *(f"chunks.know_pathway({name});" for name in pathways)]
    return "\n    ".join(lines)


def _describe(device: Any, variable: ArrayVariable) -> str:
    name = device.get_array_name(variable, access_data=False)
    values = name if isinstance(variable, DynamicArrayVariable) else f"{name}, _num_{name}"
    # What is only constant may still be written by code that runs at an event.
    is_fixed = str(bool(variable.constant and variable.read_only)).lower()
    return f'chunks.know("{device.get_array_filename(variable)}", {is_fixed}, {values});'
