"""The files that describe the package agree with each other and with what is imported."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import bioplast

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))

# In a conda environment, but no packages of PyPI: what there is on any machine that has pip.
ONLY_CONDA = {"python", "pip", "cxx-compiler", "make"}
# Names that conda-forge has for what PyPI calls otherwise; its dask is much more than dask.
CONDA_NAMES = {"dask-core": "dask"}


def read_bounds(requirements, python=None):
    """Name to version bounds; with ``python``, of the requirements that hold for that version."""
    bounds = {}
    for requirement in map(Requirement, requirements):
        if (
            requirement.marker is None
            or python is None
            or requirement.marker.evaluate({"python_version": python})
        ):
            assert requirement.name not in bounds, f"{requirement.name} is named twice"
            bounds[requirement.name] = requirement.specifier
    return bounds


def find_oldest_python():
    """The oldest Python that environment.yml allows."""
    specifier = read_bounds(ENVIRONMENT["dependencies"])["python"]
    (oldest,) = [clause.version for clause in specifier if clause.operator == ">="]
    return oldest


def test_environment_names_the_same_packages_and_bounds():
    declared = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    in_conda = read_bounds(ENVIRONMENT["dependencies"])
    assert set(in_conda) >= ONLY_CONDA
    in_conda = {
        CONDA_NAMES.get(name, name): bounds for name, bounds in in_conda.items() if name not in ONLY_CONDA
    }
    assert in_conda == read_bounds(declared, python=find_oldest_python())


def test_environment_has_a_python_that_is_allowed():
    assert find_oldest_python() in SpecifierSet(PROJECT["requires-python"])
    assert ENVIRONMENT["channels"] == ["conda-forge"]


@pytest.mark.parametrize(("python", "allowed"), [("3.11", False), ("3.12", True), ("3.13", True)])
def test_numpy_2_4_is_kept_from_the_brian2_that_cannot_use_it(python, allowed):
    assert ("2.4.0" in read_bounds(PROJECT["dependencies"], python)["numpy"]) == allowed


def test_what_is_imported_is_declared_and_what_is_declared_is_imported():
    imported = set()
    for folder in ("bioplast", "models", "experiments"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    imported.add(node.module.partition(".")[0])
    foreign = imported - sys.stdlib_module_names - {"bioplast", "models", "experiments"}
    foreign.add("cryptography")  # Dask's Security.temporary imports it
    assert foreign == {Requirement(text).name for text in PROJECT["dependencies"]}


def test_citation_and_changelog_are_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == bioplast.__version__
    assert citation["license"] in PROJECT["license"]
    newest = re.search(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == bioplast.__version__


def test_every_paper_that_the_code_names_can_be_cited():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["references"]
    assert len(cited) >= 5
    known = {reference["doi"].lower() for reference in cited}
    named = set()
    for folder in ("bioplast", "models", "experiments"):
        for path in (ROOT / folder).rglob("*.py"):
            found = re.findall(r"doi:(10\.\d+/[\w./-]*\w)", path.read_text(encoding="utf-8"))
            named |= {doi.lower() for doi in found}
    assert named
    assert named <= known


def test_command_is_installed_under_its_name():
    assert PROJECT["scripts"] == {"bioplast": "bioplast.cli:main"}


def test_every_data_file_goes_into_the_wheel():
    packaged = set()
    for package, patterns in PYPROJECT["tool"]["setuptools"]["package-data"].items():
        for pattern in patterns:
            matches = set((ROOT / package.replace(".", "/")).glob(pattern))
            assert matches, f"{package}: nothing matches {pattern}"
            packaged |= matches
    files = {path for path in (ROOT / "bioplast").rglob("*") if path.is_file()}
    data = {path for path in files if path.suffix not in {".py", ".pyc"}}
    # Numba's caches, which a run leaves in __pycache__, are no part of the package.
    assert {path for path in data if path.parent.name != "__pycache__"} == packaged
