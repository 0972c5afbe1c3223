"""Rules and tasks of a project, beside those of the library."""

import json

import numpy as np
import pytest

from bioplast.additions import load_additions
from bioplast.errors import RequestError
from bioplast.plasticity import RULES, Plasticity
from bioplast.project import find_packages
from bioplast.tasks import TASKS, load_task

ODD = '''"""Every other unit learns."""
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bioplast.plasticity.part import Selection


@dataclass(frozen=True)
class Odd(Selection):
    """Write onto every other unit."""

    first: int = 1

    name: ClassVar[str] = "odd_units"
    summary: ClassVar[str] = "every other unit learns"

    def mask(self, proposal):
        return np.broadcast_to(np.arange(proposal.delta_w.shape[1]) % 2 == self.first, {shape})
'''
WHOLE = "proposal.delta_w.shape"


@pytest.fixture
def add(study):
    """Write a file into the study; the tables of rules and tasks are as before when the test is over."""
    rules, tasks = dict(RULES), dict(TASKS)

    def write(path, text):
        (study / path).parent.mkdir(exist_ok=True)
        (study / path).write_text(text)
        return study

    yield write
    for table, before in ((RULES, rules), (TASKS, tasks)):
        table.clear()
        table.update(before)


def test_a_rule_with_its_numpy_meaning_alone_learns_in_the_artificial_network(add, train, call):
    add("rules/odd_units.py", ODD.format(shape=WHOLE))
    assert "odd_units(first=1)" in call("list")[1]
    options = ("--rule", "odd_units + subnet(4)", "--json", "--hidden", 6)
    status, out, err = call("train", "ann", *options, "--task", "mnist", "--max-samples", 50)
    assert (status, err) == (0, "")
    record = json.loads(out)
    assert record["rule"] == "subnet(4) + odd_units"
    assert record["energy"]["layers"]["hidden->output"]["m0_min"] == 4 * 5


@pytest.mark.parametrize("model", ["rate", "spiking", "perceptron"])
def test_a_network_that_needs_another_form_says_so(add, call, model):
    add("rules/odd_units.py", ODD.format(shape=WHOLE))
    status, _, err = call("train", model, "--rule", "odd_units")
    assert status == 2
    assert err.startswith("bioplast: --rule: odd_units has no ")
    assert err.endswith("every rule runs in ann\n")


def test_an_edited_rule_is_another_run(add, train):
    add("rules/odd_units.py", ODD.format(shape=WHOLE))
    _, first, _ = train("--rule", "odd_units", "--json")
    add("rules/odd_units.py", ODD.format(shape=WHOLE).replace("% 2 ==", "% 3 =="))
    _, second, _ = train("--rule", "odd_units", "--json")
    assert json.loads(first)["key"] != json.loads(second)["key"]


def test_a_rule_that_changes_a_shape_is_refused_by_its_name(add, call):
    add("rules/odd_units.py", ODD.format(shape="(2, proposal.delta_w.shape[1])"))
    status, _, err = call("train", "ann", "--rule", "odd_units", "--max-samples", 50)
    assert status == 2
    assert err == (
        "bioplast: --rule: mask() of odd_units must return bool values of shape (5, 4), got bool of (2, 4)\n"
    )


def test_a_name_that_is_taken_is_refused(add):
    study = add("rules/mine.py", ODD.format(shape=WHOLE).replace('"odd_units"', '"largest"'))
    with pytest.raises(RequestError, match=r"rule: 'largest' is the name of bioplast.plasticity.largest"):
        load_additions(study)
    assert Plasticity.parse("largest(0.1)").selection.__class__.__name__ == "Largest"


def test_a_measurement_may_use_a_rule_of_the_project(add, call):
    """In a worker, which has its own copy of the project."""
    add("rules/odd_units.py", ODD.format(shape=WHOLE))
    add("experiments/asking.py", ASKING)
    status, out, err = call("run", "asking")
    assert status == 0, err
    assert "every other unit learns" in out


ASKING = '''"""What a rule says of itself."""
from matplotlib.figure import Figure

from bioplast.plasticity import Plasticity
from bioplast.studies.declaration import Study
from bioplast.studies.grid import Grid


def measure(point, project):
    return [{"summary": Plasticity.parse(point["rule"]).selection.summary}]


STUDY = Study(
    points=Grid(rule="odd_units", seeds=None),
    measure=measure,
    analyze=lambda rows: rows,
    plot=lambda data: Figure(),
    caption="A summary.",
)
'''
TASK = '''"""Two gray levels."""
import numpy as np

from bioplast.tasks import Images, Task


def load():
    labels = np.arange(40, dtype=np.uint8) % 2
    pixels = np.repeat(labels[:, None] * 100 + 50, 9, axis=1).astype(np.uint8)
    images = Images(pixels, labels)
    return {value}
'''


def test_a_task_of_a_file_is_learned_by_its_name(add, call):
    text = TASK.format(value='Task("grays", images, images, n_classes=2, shape=(3, 3))')
    study = add("tasks/grays.py", text)
    assert "Two gray levels." in call("list")[1]
    status, out, err = call("train", "tiny", "--task", "grays", "--max-samples", 30, "--json")
    assert status == 0, err
    assert json.loads(out)["task"] == "grays"
    load_additions(study)
    np.testing.assert_array_equal(np.unique(load_task("grays").train.pixels), [50, 150])


@pytest.mark.parametrize(
    ("text", "reason"), [(TASK.format(value="3"), "must return a Task, got int"), ("", "must define load()")]
)
def test_a_file_that_gives_no_task_is_refused(add, call, text, reason):
    add("tasks/grays.py", text)
    status, _, err = call("train", "tiny", "--task", "grays")
    assert status == 2
    assert reason in err


def test_a_rule_that_fails_is_told_with_its_line(add, call):
    text = ODD.format(shape=WHOLE).replace("return np", "assert False, 'not yet'; return np")
    study = add("rules/odd_units.py", text)
    status, out, err = call("train", "ann", "--rule", "odd_units", "--max-samples", 50)
    assert (status, out) == (1, "")
    line = 1 + text.splitlines().index(next(line for line in text.splitlines() if "not yet" in line))
    assert err == f"bioplast: {study}/rules/odd_units.py, line {line}: AssertionError: not yet\n"


def test_an_installed_package_adds_by_an_entry_point(call, tmp_path, monkeypatch):
    package = tmp_path / "site" / "mypackage"
    (package / "rules").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rules" / "odd_units.py").write_text(ODD.format(shape=WHOLE))
    (package / "models").mkdir()
    (package / "models" / "packed.py").write_text('"""A network of a package."""\n')
    installed = tmp_path / "site" / "mypackage-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: mypackage\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[bioplast.projects]\nmine = mypackage\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
    known = dict(RULES)
    find_packages.cache_clear()
    try:
        out = call("list")[1]
    finally:
        find_packages.cache_clear()
        RULES.clear()
        RULES.update(known)
    assert "every other unit learns" in out
    assert "A network of a package." in out
