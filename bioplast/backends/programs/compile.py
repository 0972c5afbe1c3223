"""The C++ compiler: found, named in the key of a program, and given the source in few pieces.

Brian2 writes each piece of code into a file of its own, fifty for a network. Compiled one by one, most of the
time goes into reading the same headers again; joined into a file for each core they take a third of it. More
than half of the rest went into making code fast that runs once, before the first trial or after the last.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

from bioplast.backends.programs.guard import run_guarded
from bioplast.backends.programs.made_for import can_replace_parts
from bioplast.errors import MachineError, RequestError

_MAX_PARTS = 3  # more would read the headers more often than they save
_ONCE = re.compile(r"before_run_|after_run_|\w+_create_|(objects|main|synapses_classes)\.cpp$")
_SETUP = "setup.cpp"  # all that runs once
_OWNER = "device cpp_standalone"

# Flags meant for the make that started this process; the flags of a program stand in its makefile, which
# its key is made of.
_FOREIGN = ("MAKEFLAGS", "MFLAGS", "MAKEFILES", "GNUMAKEFLAGS", "MAKELEVEL")


def find_compiler() -> list[str]:
    """The C++ compiler's command: its path and its arguments.

    Raises
    ------
    RequestError : there is none, or no make
    """
    command = _compiler_command()
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise RequestError(f"{_OWNER}: CXX={command}: {error}") from None
    path = shutil.which(words[0]) if words else None
    if path is None or shutil.which("make") is None:
        raise RequestError(
            f"{_OWNER}: needs a C++ compiler and make, found no {'make' if path else command}; "
            "install it, or use --device runtime (slow)"
        )
    return [path, *words[1:]]


def describe_compiler() -> str:
    """The C++ compiler's command, with its arguments, and what it says of itself.

    Raises
    ------
    RequestError : there is none, or it cannot say what it is
    """
    words, command = find_compiler(), _compiler_command()
    try:
        done = subprocess.run(
            [*words, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise RequestError(f"{_OWNER}: CXX={command}: cannot be run ({error.strerror})") from None
    if done.returncode:
        raise RequestError(
            f"{_OWNER}: {command} --version: exit status {done.returncode} in place of the compiler's "
            "version; set CXX to a C++ compiler"
        )
    return f"{command}\n{done.stdout}"


def compile_source(source: Path) -> None:
    """Make ``main`` from the source that Brian2 left in a folder.

    Raises
    ------
    MachineError : it does not compile
    """
    n_cores = os.cpu_count() or 1
    (source / "make.deps").touch()  # the source never changes: nobody needs to know what depends on what
    command = ["make", f"-j{n_cores}", "-C", str(source), f"CXX={_compiler_command()}"]
    command.append("--old-file=make.deps")
    if can_replace_parts():
        command.append(f"SRCS={' '.join(_join(source, max(1, min(n_cores - 1, _MAX_PARTS))))}")
    # What a compiler leaves when it is killed goes with the folder.
    with tempfile.TemporaryDirectory(dir=source) as scratch:
        environment = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        done = run_guarded(command, environment | {"TMPDIR": scratch, "LC_ALL": "C"})
    if done.returncode:
        reason = _find_reason(done.stderr) or f"exit status {done.returncode}"
        error = MachineError(f"{_OWNER}: {_compiler_command()}: the network did not compile: {reason}")
        error.add_note(done.stderr[-4000:])
        raise error


def hash_source(source: Path, compiler: str) -> str:
    """Key of a program: its source, and all that decides what a compiler makes of it.

    Parameters
    ----------
    compiler : the one that ``describe_compiler`` describes
    """
    digest = hashlib.sha256(describe_machine(compiler))
    for file in sorted(source.rglob("*")):
        if file.is_file():
            content = file.read_bytes().replace(str(source).encode(), b"")
            digest.update(str(file.relative_to(source)).encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:24]


def describe_machine(compiler: str) -> bytes:
    """What decides beside the source what a program does; see ``hash_source``."""
    facts = (version("brian2"), compiler, platform.machine(), _cpu_features())
    return b"".join(fact.encode() + b"\0" for fact in facts)


def _compiler_command() -> str:
    return os.environ.get("CXX") or "g++"


def _find_reason(said: str) -> str:
    """The line that says why something did not compile, of all that make and compilers said."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    compilers = [line for line in lines if not line.startswith("make")] or lines
    errors = [line for line in compilers if "error" in line.lower()] or compilers
    return errors[0] if errors else ""


def _cpu_features() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")


def _join(source: Path, n_parts: int) -> list[str]:
    """Write files that include all others; return their names.

    What runs once stands in a file that is hardly optimized, the rest in ``n_parts``, about as much in each.
    """
    for code in (source / "code_objects").glob("*.cpp"):
        _name_support(code)
    files = _list_files(source)
    once = [file for file in files if _ONCE.match(file.name)]
    parts: list[list[Path]] = [[] for _ in range(n_parts)]
    sizes = [0] * n_parts
    for file in sorted(set(files) - set(once), key=lambda file: (-file.stat().st_size, file)):
        smallest = sizes.index(min(sizes))
        parts[smallest].append(file)
        sizes[smallest] += file.stat().st_size
    joined = {_SETUP: once} | {f"part_{number}.cpp": part for number, part in enumerate(parts)}
    for name, part in joined.items():
        lines = (f'#include "{file.relative_to(source)}"\n' for file in part)
        (source / name).write_text("".join(lines))
    with (source / "makefile").open("a") as makefile:
        makefile.write(f"\n{Path(_SETUP).stem}.o: OPTIMISATIONS += -O1\n")
    return list(joined)


def _list_files(source: Path) -> list[Path]:
    """What Brian2's own makefile compiles, which differs between its versions."""
    listed = re.search(r"^SRCS = (.*)$", (source / "makefile").read_text(), re.MULTILINE)
    if listed is None:
        raise RuntimeError(f"{source}/makefile: lists no sources (SRCS)")
    return [source / name for name in listed[1].split()]


def _name_support(code: Path) -> None:
    """Give what a piece of code calls a namespace of its own in place of the one without a name."""
    name = f"support_of_{code.stem}"
    text = code.read_text().replace("\nnamespace {", f"\nnamespace {name} {{")
    code.write_text(re.sub(r"\n(void \w+\(\)\s*\{)", rf"\n\1 using namespace {name};", text))
