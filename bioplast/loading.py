"""Loading the files of models/, experiments/, rules/ and tasks/, and telling whether they have changed.

A file is loaded from its path and entered in ``sys.modules`` under a name of its own
(``bioplast_models.ann``), so that a worker process can do the same and objects made of its classes can be
sent between the two.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from bioplast.code_digest import digest_code
from bioplast.errors import RequestError
from bioplast.files import read_file
from bioplast.project import EXAMPLES, EXPERIMENTS, MODELS, RULES, TASKS, list_files, list_roots
from bioplast.signals import leave_signals
from bioplast.spelling import suggest

_FOLDERS_BY_KIND = {
    "model": MODELS,
    "experiment": EXPERIMENTS,
    "rule": RULES,
    "task": TASKS,
    "example": EXAMPLES,
}


def load_module(kind: str, name: str, project: Path) -> ModuleType:
    """The file NAME.py in the folder of its kind, of ``project`` or of another of ``list_roots``.

    Parameters
    ----------
    kind : ``"model"``, ``"experiment"``, ``"rule"``, ``"task"`` or ``"example"``

    Raises
    ------
    RequestError : there is no such file, or it cannot be loaded
    """
    folder = _FOLDERS_BY_KIND[kind]
    files = list_files(folder, project)
    if name not in files:
        known = ", ".join(sorted(files)) or "none"
        raise RequestError(
            f"{kind}: no {kind} {name!r}; there are {known}, those in {project / folder} included"
            f"{suggest(name, files)}"
        )
    path = files[name].resolve()
    package = f"bioplast_{kind}s"
    # Pickle wants the parent of a dotted name to be there.
    sys.modules.setdefault(package, ModuleType(package)).__path__ = []
    full_name = f"{package}.{name}"
    source = read_source(path)
    loaded = sys.modules.get(full_name)
    if loaded is not None and loaded.__file__ == str(path) and find_source(loaded) == source:
        return loaded
    # Not through Python's own cache of compiled files: it takes a file of the same second and size for the
    # one it knows.
    loader = SourceFileLoader(full_name, str(path))
    spec = importlib.util.spec_from_file_location(full_name, path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[full_name] = module
    try:
        with leave_signals():
            exec(loader.source_to_code(source, str(path)), vars(module))
    except BaseException as error:
        del sys.modules[full_name]
        if not isinstance(error, Exception) or isinstance(error, RequestError):
            raise
        raise RequestError(f"{kind}: {path} cannot be loaded: {_explain(error, path)}") from error
    vars(module)["__source__"] = source
    return module


def digest_module(module: ModuleType, project: Path) -> dict[str, str]:
    """The code that ``module`` was loaded from, and that of the project's files it uses.

    Returns
    -------
    digests : path below ``project``, or another of ``list_roots``, to what ``bioplast.code_digest`` says
    """
    digests: dict[str, str] = {}
    waiting = [module]
    while waiting:
        module = waiting.pop()
        path = Path(module.__file__ or "")
        name = _name_below_root(path, project)
        if name not in digests:
            digests[name] = digest_code(find_source(module) or read_source(path))
            waiting += [other for other in _list_used(module) if _is_own(other, project)]
    return dict(sorted(digests.items()))


def find_source(module: ModuleType) -> bytes | None:
    """What ``load_module`` loaded a module from; None if that was somebody else."""
    return getattr(module, "__source__", None)


def _name_below_root(path: Path, project: Path) -> str:
    for root in reversed(list_roots(project)):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def _list_used(module: ModuleType) -> Iterator[ModuleType]:
    """The modules that stand in ``module`` under a name, or whose functions and classes do."""
    for value in vars(module).values():
        found = value if isinstance(value, ModuleType) else sys.modules.get(getattr(value, "__module__", ""))
        if isinstance(found, ModuleType):
            yield found


def _is_own(module: ModuleType, project: Path) -> bool:
    """Whether ``module`` is a file of the study: not of this library, nor of an environment in its folder."""
    if module.__name__.startswith(("bioplast_", "bioplast.models.", "bioplast.experiments.")):
        return True
    path = Path(getattr(module, "__file__", None) or "/")
    is_installed = {"site-packages", "dist-packages"} & set(path.parts)
    is_library = module.__name__.partition(".")[0] == "bioplast"
    return path.is_relative_to(project) and not is_installed and not is_library


def read_source(path: Path) -> bytes:
    """The bytes of a Python file.

    Raises
    ------
    RequestError : it cannot be read
    """
    try:
        return read_file(path)
    except OSError as error:
        raise RequestError(f"{path}: cannot be read ({error.strerror})") from None


def _explain(error: Exception, path: Path) -> str:
    """What went wrong, and in which line of the file at ``path``."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    if isinstance(error, SyntaxError):
        lines, text = [error.lineno], str(error.msg)
    else:
        text = f"{type(error).__name__}: {error}"
    return f"line {lines[-1]}: {text}" if lines else text
