"""What is added to the library: networks in models/, figures in experiments/, rules/ and tasks/.

The library brings a study of its own. A folder of the user's, the project, adds to it: a file there comes
before one of the same name in the library's study. Installed packages can add too: one with an entry point in
the group ``bioplast.projects`` names a package whose folder is a project.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import stat
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

from bioplast.errors import RequestError
from bioplast.files import read_file

MODELS = "models"
EXPERIMENTS = "experiments"
RULES = "rules"
TASKS = "tasks"
EXAMPLES = "docs/examples"
FOLDERS = (MODELS, EXPERIMENTS, RULES, TASKS)

_PACKAGE = Path(__file__).parent
# Of the library itself: within the package where it is installed, beside it in a checkout.
STUDY = _PACKAGE if (_PACKAGE / MODELS).is_dir() else _PACKAGE.parent


def find_project(start: Path | None = None) -> Path:
    """The project around ``start`` (the working directory if None), or that folder itself if there is none.

    Raises
    ------
    RequestError : there is one into which somebody else may have put something
    """
    start = (start or Path.cwd()).resolve()
    return search_project(start) or start


def search_project(start: Path) -> Path | None:
    """The nearest folder from ``start`` upwards that is a project; None if there is none.

    It has models/ and experiments/, or, if it is ``start`` itself, one of ``FOLDERS`` at least. A project's
    files are run, so the search ends where folders begin that are not the user's.

    Raises
    ------
    RequestError : there is one into which somebody else may have put something
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if _is_project(folder) or (folder == start and _adds_something(folder)):
            _check_owner(folder)
            return folder
        if not _is_users(folder):
            break
    return None


def open_project(folder: Path) -> Path:
    """``folder``, made sure to be a project.

    Raises
    ------
    RequestError : it is none
    """
    if not _adds_something(folder):
        wanted = ", ".join(f"{name}/" for name in FOLDERS[:-1])
        raise RequestError(f"project: {folder} must be a folder with {wanted} or {FOLDERS[-1]}/")
    return folder.resolve()


def list_models(project: Path) -> dict[str, str]:
    """Names of the models, each with the first line of its docstring."""
    return _list(MODELS, project)


def list_experiments(project: Path) -> dict[str, str]:
    """Names of the experiments, each with the first line of its docstring."""
    return _list(EXPERIMENTS, project)


def list_roots(project: Path) -> tuple[Path, ...]:
    """Folders whose files add up: the library's study, installed packages, ``project``. Later ones win."""
    return (STUDY, *find_packages(), project)


@cache
def find_packages() -> tuple[Path, ...]:
    """The folders of installed packages that add something, by the names of their entry points.

    Raises
    ------
    RequestError : an entry point that names no package
    """
    folders = []
    for entry in sorted(entry_points(group="bioplast.projects"), key=lambda entry: entry.name):
        spec = importlib.util.find_spec(entry.value)
        if spec is None or not spec.submodule_search_locations:
            raise RequestError(f"{entry.name}: its entry point must name a package, got {entry.value!r}")
        folders += [Path(folder).resolve() for folder in spec.submodule_search_locations]
    return tuple(folders)


def list_files(kind: str, project: Path) -> dict[str, Path]:
    """The files in a folder of ``FOLDERS``, by name, in all of ``list_roots``."""
    files: dict[str, Path] = {}
    for root in list_roots(project):
        # What the package itself has of these are not files that are added: they are imported.
        if root != _PACKAGE or kind not in (RULES, TASKS):
            files |= _list_files(root / kind)
    return files


def find_code(name: str, project: Path) -> Path | None:
    """The file that ``digest_module`` calls ``name``; None if it is gone."""
    for root in reversed(list_roots(project)):
        if (root / name).is_file():
            return root / name
    return None


def _is_project(folder: Path) -> bool:
    return (folder / MODELS).is_dir() and (folder / EXPERIMENTS).is_dir()


def _adds_something(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in FOLDERS)


def _is_users(folder: Path) -> bool:
    """Whether ``folder`` belongs to the user; one that is not there yet is nobody else's."""
    try:
        owner = folder.stat().st_uid
        return not hasattr(os, "geteuid") or owner == os.geteuid()  # Windows knows no such numbers
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _check_owner(project: Path) -> None:
    for folder in (project, *(project / name for name in FOLDERS)):
        if not folder.is_dir():
            continue
        fault = "" if _is_users(folder) else "belongs to another user"
        fault = fault or ("can be written to by everybody" if folder.stat().st_mode & stat.S_IWOTH else "")
        if fault:
            raise RequestError(
                f"project: {folder} {fault}, so its files are not run unasked; name it with --project DIR"
            )


def _list_files(folder: Path) -> dict[str, Path]:
    names = {path.stem: path for path in sorted(folder.glob("*.py")) if path.is_file()}
    return {name: path for name, path in names.items() if name.isidentifier() and not name.startswith("_")}


def _list(kind: str, project: Path) -> dict[str, str]:
    return {name: read_summary(path) for name, path in sorted(list_files(kind, project).items())}


def read_summary(path: Path) -> str:
    """The first line of a file's docstring; the file is parsed, not run: listing must be quick."""
    try:
        docstring = ast.get_docstring(ast.parse(read_file(path)))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"(not Python: {error})"
    except OSError as error:
        return f"(cannot be read: {error.strerror})"
    return docstring.partition("\n")[0] if docstring else "(no docstring)"
