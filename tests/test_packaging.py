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
from bioplast.backends.programs.made_for import is_made_for

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
    declared.remove("bioplast[export]")  # tests of these files are left out where their packages are missing
    in_conda = read_bounds(ENVIRONMENT["dependencies"])
    assert set(in_conda) >= ONLY_CONDA
    in_conda = {
        CONDA_NAMES.get(name, name): bounds for name, bounds in in_conda.items() if name not in ONLY_CONDA
    }
    assert in_conda == read_bounds(declared, python=find_oldest_python())


def test_environment_has_a_python_that_is_allowed():
    assert find_oldest_python() in SpecifierSet(PROJECT["requires-python"])
    assert ENVIRONMENT["channels"] == ["conda-forge"]


# As PyPI has them: the Python and the NumPy that each Brian2 asks for, and the NumPy that it cannot use,
# which pip does not know.
BRIAN2 = {
    "2.8.0.4": (">=3.9", ">=1.23.5", ">=2.4"),
    "2.9.0": (">=3.10", ">=1.23.5", ">=2.4"),
    "2.10.0": (">=3.12", ">=2.0.0", ""),
    "2.10.1": (">=3.12", ">=2.0.0", ""),
    "2.11.0": (">=3.13", ">=2.3.0", ""),
    "2.12.0": (">=3.13", ">=2.3.0", ""),  # not there yet, so not tried
}
NUMPY = ("1.26.4", "2.0.2", "2.1.3", "2.2.6", "2.3.5", "2.4.6", "2.5.5")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def list_pairs(python):
    """What pip may choose of Brian2 and NumPy for a version of Python."""
    bounds = read_bounds(PROJECT["dependencies"], python)
    return [
        (brian2, numpy)
        for brian2, (pythons, numpys, _) in BRIAN2.items()
        for numpy in NUMPY
        if brian2 in bounds["brian2"] and python in SpecifierSet(pythons)
        if numpy in bounds["numpy"] and numpy in SpecifierSet(numpys)
    ]


@pytest.mark.parametrize("python", PYTHONS)
def test_every_pair_of_brian2_and_numpy_that_pip_can_choose_works(python):
    pairs = list_pairs(python)
    assert pairs
    for brian2, numpy in pairs:
        unusable = BRIAN2[brian2][2]
        assert not (unusable and numpy in SpecifierSet(unusable)), (brian2, numpy)


def test_brian2_is_one_that_our_parts_were_made_for():
    allowed = {brian2 for python in PYTHONS for brian2, _ in list_pairs(python)}
    assert allowed == {"2.9.0", "2.10.0", "2.10.1", "2.11.0"}
    assert all(is_made_for(brian2) == (brian2 in allowed) for brian2 in BRIAN2)


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
    settings, packaged = PYPROJECT["tool"]["setuptools"], set()
    for package, patterns in settings["package-data"].items():
        folder = ROOT / settings["package-dir"].get(package, package.replace(".", "/"))
        for pattern in patterns:
            matches = set(folder.glob(pattern))
            assert matches, f"{package}: nothing matches {pattern}"
            packaged |= matches
    folders = ("bioplast", "models", "experiments")
    files = {path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()}
    data = {path for path in files if path.suffix not in {".py", ".pyc"}}
    # Numba's caches, which a run leaves in __pycache__, are no part of the package.
    assert {path for path in data if path.parent.name != "__pycache__"} == packaged


def test_every_package_goes_into_the_wheel():
    settings = PYPROJECT["tool"]["setuptools"]
    elsewhere = settings["package-dir"]
    folders = {path.parent for path in (ROOT / "bioplast").rglob("*.py")}
    folders |= {ROOT / folder for folder in elsewhere.values()}
    folders |= {path.parent for path in (ROOT / "docs" / "examples").rglob("*.py")}

    def name(folder):
        for package, place in elsewhere.items():
            if folder.is_relative_to(ROOT / place):
                rest = folder.relative_to(ROOT / place)
                return ".".join([package, *rest.parts])
        return ".".join(folder.relative_to(ROOT).parts)

    assert sorted(map(name, folders)) == sorted(settings["packages"])
