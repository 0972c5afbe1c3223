"""What is changed in the source that Brian2 generated for a program, apart from its templates."""

from __future__ import annotations

import re
from pathlib import Path

from bioplast.backends.programs.made_for import can_replace_parts

_ASKING = re.compile(r"\n *current = std::clock\(\);\s*elapsed_realtime = [^;]*;")


def adapt_source(folder: Path) -> None:
    """Let the program in ``folder`` run without a clock.

    The source is left alone if Brian2 is none that this was made for.
    """
    if not can_replace_parts():
        return
    _stop_asking_the_time(folder / "network.cpp")


def _stop_asking_the_time(source: Path) -> None:
    """Leave only the last of the calls of Brian2's loop that ask the system how long it has run.

    They take a tenth of the time of a small network and are for a limit on it, which there is none of. From
    2.10 on Brian2 leaves them out itself.
    """
    text = source.read_text()
    asking = _ASKING.search(text)
    if asking:
        inside, after = asking[0], "\n    Network::_globally_running = false;\n"
        source.write_text(text.replace(inside, "", 1).replace(after, inside + after, 1))
