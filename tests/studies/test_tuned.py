import pytest

from bioplast.errors import RequestError
from bioplast.studies.grid import Grid
from bioplast.studies.tuned import read_tuned

TABLE = """model,label,rule,options,chosen
ann,plain,plain,"learning_rate=0.02, learning_rate_output=0.1",False
ann,plain,plain,"learning_rate=0.027999999999999997, learning_rate_output=0.1",True
ann,largest,"largest(0.02, output=0.2)",,True
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tuning.csv"
    path.write_text(TABLE)
    return path


def test_the_chosen_setting_is_read_to_the_last_bit(table):
    tuned = read_tuned("ann", "plain", path=table)
    assert tuned.rule == "plain"
    assert tuned.options == {"learning_rate": 0.027999999999999997, "learning_rate_output": 0.1}
    assert read_tuned("ann", "largest", path=table).options == {}


def test_it_is_a_cell_of_a_grid(table):
    (settings,) = Grid(cells=[read_tuned("ann", "largest", path=table).cell]).list_settings()
    assert settings == {"model": "ann", "rule": "largest(0.02, output=0.2)", "options": {}, "seed": 1}


def test_what_was_not_tuned_is_refused_with_what_there_is(table):
    message = r"nothing was tuned for 'above' in 'ann'; there are plain \(ann\), largest \(ann\)"
    with pytest.raises(RequestError, match=message):
        read_tuned("ann", "above", path=table)


@pytest.mark.parametrize("text", ["model,label\nann,plain\n", TABLE.replace("=0.1", "=x"), "\xff"])
def test_a_file_that_is_none_is_refused_by_name(tmp_path, text):
    path = tmp_path / "tuning.csv"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(RequestError, match=r"tuning\.csv cannot be read"):
        read_tuned("ann", "plain", path=path)
    with pytest.raises(RequestError, match=r"none\.csv cannot be read"):
        read_tuned("ann", "plain", path=tmp_path / "none.csv")
