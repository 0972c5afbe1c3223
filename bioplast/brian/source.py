"""What is changed in the source that Brian2 generated for a program, apart from its templates."""

from __future__ import annotations

import re
from pathlib import Path

from bioplast.brian.made_for import can_replace_parts

_ASKING = re.compile(r"\n *current = std::clock\(\);\s*elapsed_realtime = [^;]*;")
_WRITING = re.compile(
    r"""    ofstream (?P<file>\w+);
    (?P=file)\.open\(results_dir \+ "(?P<name>\w+)"[^;]*;
    if\((?P=file)\.is_open\(\)\)
    \{.*?reinterpret_cast<char\*>\((?P<start>[^)]*)\), (?P<n_bytes>[^;]*)\);
.*?    \} else
    \{
[^\n]*
    \}
""",
    re.DOTALL,
)
# From Brian2 2.10 on: what spikes are on their way, and where the random numbers are.
_WRITING_STATE = re.compile(
    r"""    ofstream (?P<file>\w+);
    (?P=file)\.open\(results_dir \+ "\w+_(queue|state)", ios::out\);
.*?    \} else \{
[^\n]*
    \}
""",
    re.DOTALL,
)


def adapt_source(folder: Path) -> None:
    """Let the program in ``folder`` run without a clock, and write just the arrays it is asked for.

    The source is left alone if Brian2 is none that this was made for.
    """
    if not can_replace_parts():
        return
    _stop_asking_the_time(folder / "network.cpp")
    _write_what_is_wanted(folder / "objects.cpp")


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


def _write_what_is_wanted(source: Path) -> None:
    """Brian2's own programs write every array when they end: for short chunks most of the time they take."""
    text = '#include "results.h"\n' + source.read_text()
    source.write_text(_WRITING_STATE.sub("", _WRITING.sub(_call_ours, text)))


def _call_ours(block: re.Match[str]) -> str:
    start = re.sub(r"^&(\w+)\[0\]$", r"\1.data()", block["start"])  # an array may be empty
    return f'    bioplast::write_if_wanted(results_dir, "{block["name"]}", {start}, {block["n_bytes"]});\n'
