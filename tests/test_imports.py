"""Imports run one way: experiments -> models -> bioplast, and inside bioplast from top to bottom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From bottom to top. A part may import from itself and from the rows below its own.
ROWS = (
    {
        "blame",
        "code_digest",
        "errors",
        "files",
        "html",
        "jsontext",
        "notice",
        "randomness",
        "signals",
        "sizes",
        "spelling",
    },
    {"kernels", "terms", "build_cache"},
    {"plasticity", "energy", "tasks", "changes"},
    {"__init__", "network"},
    {"keys"},
    {"backends", "backends.numeric", "brian", "project"},
    {"backends.programs"},
    {"backends.brian"},
    {"loading"},
    {"additions"},
    {"training"},
    {"analysis"},
    {"figures", "export"},
    {"studies"},
    {"options", "listing"},
    {"commands"},
    {"cli"},
    {"__main__"},
    {"models"},
    {"experiments"},
)
HEIGHT = {part: height for height, row in enumerate(ROWS) for part in row}
FOLDERS = ("bioplast", "models", "experiments")
# A method that shows a run in a notebook: what draws it is imported when it is called.
ALLOWED = {("bioplast.training.record", "bioplast.figures.course.plot_courses")}


def find_part(module):
    """The part a module belongs to: ``bioplast.tasks.idx`` to ``tasks``; none for a foreign one."""
    first, _, rest = module.partition(".")
    if first == "bioplast":
        part, _, below = rest.partition(".")
        return f"backends.{below.partition('.')[0]}" if part == "backends" and below else part or "__init__"
    return first if first in FOLDERS else None


def list_imports(source, module, *, is_package=False):
    """Names of the modules, or of things in them, that ``source`` imports anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [node.module] if node.module else []
            if node.level:
                parents = module.split(".")
                base = parents[: len(parents) - node.level + is_package] + base
            prefix = ".".join(base)
            # `from bioplast import tasks` imports a part, `from bioplast import largest` the root.
            for alias in node.names:
                name = f"{prefix}.{alias.name}"
                yield name if prefix != "bioplast" or find_part(name) in HEIGHT else prefix


def find_faults(source, module, *, is_package=False):
    """What ``module`` imports although it must not."""
    part = find_part(module)
    faults = []
    for name in list_imports(source, module, is_package=is_package):
        imported = find_part(name)
        if imported is None or imported == part:
            continue
        if (module, name) in ALLOWED:
            continue
        if imported not in HEIGHT or HEIGHT[imported] >= HEIGHT[part]:
            faults.append(name)
    return faults


def list_files():
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def name_module(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", list_files(), ids=name_module)
def test_imports_run_one_way(path):
    module = name_module(path)
    assert find_part(module) in HEIGHT, f"give {module} a place in ROWS"
    source = path.read_text(encoding="utf-8")
    assert find_faults(source, module, is_package=path.name == "__init__.py") == []


def test_every_row_is_there():
    found = {find_part(name_module(path)) for path in list_files()}
    assert found == set(HEIGHT)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bioplast.tasks.load", "import bioplast.network"),
        ("bioplast.tasks.load", "from bioplast.plasticity import Plain"),
        ("bioplast.tasks.load", "from bioplast import network"),
        ("bioplast.tasks.load", "from bioplast import largest"),
        ("bioplast.tasks.load", "from ..network import State"),
        ("bioplast.tasks.load", "from .. import network"),
        ("bioplast.network", "def f():\n    from bioplast.backends.numeric.kernel import run"),
        ("bioplast.network", "if TYPE_CHECKING:\n    from bioplast.training import loop"),
        ("bioplast.backends.numeric.kernel", "from bioplast.brian import build"),
        ("bioplast.training.loop", "from models.ann import make_network"),
        ("bioplast.studies.study", "import experiments.compare"),
        ("bioplast.errors", "from bioplast.unheard_of import thing"),
        ("models.ann", "from experiments import compare"),
    ],
)
def test_import_against_the_grain_is_found(module, source):
    assert len(find_faults(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("bioplast.tasks.load", "import os, numpy.typing\nfrom bioplast.errors import RequestError"),
        (
            "bioplast.tasks.load",
            "from .folder import load_folder\nfrom . import mnist\nfrom ..errors import E",
        ),
        ("bioplast.network", "from bioplast.tasks.task import Trials"),
        ("bioplast.training.run", "from bioplast import __version__"),
        ("models.ann", "from bioplast import numeric, largest"),
        ("experiments.compare", "from models import ann\nfrom bioplast.figures import style"),
    ],
)
def test_import_with_the_grain_passes(module, source):
    assert find_faults(source, module) == []


def test_relative_import_in_a_package_counts_from_the_package():
    assert find_faults("from .load import load_task", "bioplast.tasks", is_package=True) == []
    assert find_faults("from ..network import State", "bioplast.tasks", is_package=True) == [
        "bioplast.network.State"
    ]
