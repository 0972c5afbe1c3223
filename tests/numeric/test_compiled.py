import numpy as np

from bioplast.numeric.compiled import compiled


def part(x):
    return x + 1


def other_part(x):
    return x * 10


def helper(x):
    return part(x)


def kernel(values):
    total = 0.0
    for i in range(values.size):
        total += helper(values[i])
    return total


def test_machine_code_computes_what_the_function_does():
    values = np.arange(4.0)
    assert compiled(kernel)(values) == kernel(values) == 10


def test_a_part_is_put_in_however_deep():
    assert compiled(kernel, part=other_part)(np.arange(4.0)) == 60
    assert compiled(kernel)(np.arange(4.0)) == 10


def test_made_once():
    assert compiled(kernel, part=other_part) is compiled(kernel, part=other_part)


def test_kept_on_disk(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOPLAST_CACHE", str(tmp_path))
    machine_code = compiled(kernel, helper=other_part)
    assert machine_code(np.arange(4.0)) == 60
    assert list(tmp_path.rglob("*.nbi"))


def test_runs_where_nothing_can_be_kept(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("BIOPLAST_CACHE", str(blocked))
    assert compiled(kernel, helper=part)(np.arange(4.0)) == 10
