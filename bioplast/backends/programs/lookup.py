"""By what a program is found again without Brian2: what its network is declared as, and the code of that.

An entry of the build cache is named after a digest of the declaration, of the library's files and those of
the classes that the declaration consists of, and of versions and compiler. It holds the name of a program.
Several entries hold the same: most numbers in a declaration are arguments of the program.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import platform
import sys
import sysconfig
import time
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from bioplast.backends.programs.compile import describe_machine

_PACKAGE = Path(__file__).parents[2]
_SUFFIXES = (".py", ".h", ".cpp")
_LIBRARIES = ("brian2", "jinja2", "numpy", "sympy")  # known by their versions
_STANDARD = Path(sysconfig.get_path("stdlib")).resolve()
_MOST_MODULES = 100
_STARTED = time.time()


def make_lookup_key(declaration: object, compiler: str) -> str | None:
    """Name of the entry for a declaration; None if it cannot be known by its content.

    It cannot if a part of it cannot be pickled, if code that it is made of is in no file (but in a notebook),
    uses many other libraries, or was changed since this process began and may not be what the process runs.

    Parameters
    ----------
    declaration : any object, compared by what it consists of
    compiler : as ``describe_compiler`` says
    """
    try:
        content, modules = _describe(declaration)
        code = [_read_code(module) for module in _list_modules(modules)]
    except (pickle.PicklingError, AttributeError, TypeError, RecursionError, ValueError, OSError):
        return None
    library = _digest_library()
    if library is None or None in code:
        return None
    versions = [platform.python_version(), *(version(name) for name in _LIBRARIES)]
    facts = [content, describe_machine(compiler), library, *map(str.encode, versions), *code]
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(len(fact or b"").to_bytes(8, "big") + (fact or b""))
    return digest.hexdigest()[:24]


class _Describer(pickle.Pickler):
    """Notes the modules of all classes and functions in what is pickled."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=4)
        self.fast = True  # the same bytes whether or not equal parts are one object
        self.modules: set[str] = set()

    def reducer_override(self, thing: Any) -> Any:
        owner = thing if isinstance(thing, type | FunctionType) else type(thing)
        kinds = owner.__mro__ if isinstance(owner, type) else (owner,)
        self.modules |= {kind.__module__ for kind in kinds}
        return NotImplemented


def _describe(declaration: object) -> tuple[bytes, list[ModuleType]]:
    file = io.BytesIO()
    describer = _Describer(file)
    describer.dump(declaration)
    return file.getvalue(), [sys.modules[name] for name in describer.modules if name in sys.modules]


def _list_modules(modules: Iterable[ModuleType]) -> list[ModuleType]:
    """Modules and all that these use, the library's and those of ``_LIBRARIES`` left out."""
    waiting, seen, found = list(modules), set[str](), list[ModuleType]()
    while waiting:
        module = waiting.pop()
        if module.__name__ in seen or module.__name__.partition(".")[0] in _LIBRARIES:
            continue
        seen.add(module.__name__)
        path = _find_file(module)
        if path is None or path.is_relative_to(_PACKAGE):
            continue
        found.append(module)
        if len(found) > _MOST_MODULES:
            raise ValueError("too many to read")
        for value in list(vars(module).values()):
            used = value if isinstance(value, ModuleType) else getattr(value, "__module__", None)
            used = sys.modules.get(used) if isinstance(used, str) else used
            waiting += [used] if isinstance(used, ModuleType) else []
    return sorted(found, key=lambda module: module.__name__)


def _find_file(module: ModuleType) -> Path | None:
    """Where a module's code is; None if it comes with Python."""
    name = getattr(module, "__file__", None)
    if name is None:
        if getattr(module.__spec__, "origin", None) in ("built-in", "frozen"):
            return None
        raise ValueError("its code is in no file")
    path = Path(name).resolve()
    is_standard = path.is_relative_to(_STANDARD) and "site-packages" not in path.parts
    return None if is_standard else path


def _read_code(module: ModuleType) -> bytes | None:
    """What a module was loaded from; None if that is not known any more."""
    source = getattr(module, "__source__", None)  # of files of models and the like (``bioplast.loading``)
    return source if isinstance(source, bytes) else _read_unchanged(Path(module.__file__ or ""))


def _read_unchanged(path: Path) -> bytes | None:
    """What is in a file, unless that may have come after this process read it."""
    return None if path.stat().st_mtime > _STARTED else path.read_bytes()


@cache
def _digest_library() -> bytes | None:
    digest = hashlib.sha256()
    for path in sorted(path for path in _PACKAGE.rglob("*") if path.suffix in _SUFFIXES):
        content = _read_unchanged(path)
        if content is None:
            return None
        digest.update(f"{path.relative_to(_PACKAGE)} {len(content)}\0".encode() + content)
    return digest.digest()
