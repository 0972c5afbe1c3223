"""A program is found again by its declaration, without Brian2; any change of what it is made of is seen."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]

# A network declared in a file of its own, which uses another; the compiler is left out.
MODEL = """
from dataclasses import dataclass
import helper

@dataclass(frozen=True)
class Declaration:
    rate: float = 1.0
    size: int = 2

    def assemble(self):
        from brian2 import Clock, Network, NeuronGroup, ms
        group = NeuronGroup(self.size, f"x : 1", clock=Clock(helper.STEP*ms, name="clock"), name="group")
        group.run_regularly("x += 1")
        return Network(group)
"""
ASK = textwrap.dedent(
    """
    import json, sys, pathlib
    from bioplast.backends.programs import program
    program.compile_source = lambda source: (source / "main").touch()
    import model
    exec(sys.argv[1])
    found = program.build_program(declared.assemble, "float64", declared)
    print(json.dumps([found.folder.name, sorted(found.arrays), "brian2" in sys.modules]))
    """
)


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Asks a new process for the program of a declaration: its name, and whether Brian2 was needed."""
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "helper.py").write_text("STEP = 1\n")
    library = tmp_path / "library"
    shutil.copytree(ROOT / "bioplast", library / "bioplast", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (library, tmp_path))))

    def ask(code="declared = model.Declaration()"):
        done = subprocess.run(
            [sys.executable, "-B", "-c", ASK, code], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        name, arrays, needed_brian2 = json.loads(done.stdout)
        assert "group.x" in arrays
        return name, needed_brian2

    return ask


def change(path):
    path.write_text(path.read_text() + "\n# changed\n")
    os.utime(path, (1, 1))  # long before any process began


def test_found_again_without_brian2(ask):
    name, needed = ask()
    assert needed
    assert ask() == (name, False)
    assert ask() == (name, False)


def test_another_declaration_is_another_key(ask):
    name, _ = ask()
    other, needed = ask("declared = model.Declaration(size=3)")
    assert needed
    assert other != name
    # What is no part of the source leads to the same program, looked for once more.
    assert ask("declared = model.Declaration(rate=2.0)") == (name, True)
    assert ask("declared = model.Declaration(rate=2.0)") == (name, False)


@pytest.mark.parametrize(
    "file",
    [
        "model.py",
        "helper.py",
        "library/bioplast/brian/fragment.py",
        "library/bioplast/backends/programs/templates/synapses.cpp",
        "library/bioplast/plasticity/largest.py",
    ],
)
def test_change_of_a_file_is_seen(ask, tmp_path, file):
    ask()
    assert ask()[1] is False
    path = next(
        path for path in (tmp_path / file, (tmp_path / file).with_suffix("") / "__init__.py") if path.exists()
    )
    change(path)
    assert ask()[1] is True
    assert ask()[1] is False


@pytest.mark.parametrize("package", ["brian2", "sympy"])
def test_change_of_a_version_is_seen(ask, package):
    ask()
    code = f"""
from bioplast.backends.programs import compile, lookup
for part in (compile, lookup):
    real = part.version
    part.version = lambda name, real=real: "0.0" if name == {package!r} else real(name)
declared = model.Declaration()
"""
    assert ask(code)[1] is True
    assert ask()[1] is False


def test_change_of_the_compiler_is_seen(ask, tmp_path, monkeypatch):
    ask()
    monkeypatch.setenv("CXX", "g++ -DOTHER")
    assert ask()[1] is True


def test_code_that_changed_while_the_process_ran_is_not_trusted(ask):
    ask()
    edit = "import helper; path = pathlib.Path(helper.__file__); path.write_text('STEP = 3')\n"
    assert ask(f"{edit}declared = model.Declaration()")[1] is True
    assert ask()[1] is True  # the process that ran the old code left no entry for the new


@pytest.mark.parametrize(
    "code",
    [
        "class Declaration(model.Declaration): pass\ndeclared = Declaration()",
        "declared = model.Declaration(rate=lambda: 1)",
    ],
    ids=["in no file", "a function without a name"],
)
def test_what_cannot_be_known_by_its_content_is_made_each_time(ask, code):
    assert [ask(code)[1] for _ in range(2)] == [True, True]


def test_entry_that_leads_nowhere_is_made_again(ask, tmp_path):
    name, _ = ask()
    shutil.rmtree(tmp_path / "cache" / "programs" / name)
    assert ask() == (name, True)
    (entry,) = (path for path in (tmp_path / "cache" / "lookup").iterdir() if path.suffix != ".lock")
    entry.write_bytes(b"damaged")
    assert ask() == (name, True)
    assert ask() == (name, False)
