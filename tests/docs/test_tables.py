"""What stands at marks on pages comes from files, and pages in the repository are up to date."""

import importlib.util
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "docs" / "tables.py"

CSV = """network,label,m0,m0 saving,m0 saving low,m0 saving high,test
ann,plain,736213744,1.0,1.0,1.0,0.9559
ann,above(θ),27898045,20.16,19.2,21.6,0.9512
"""


def load_program():
    spec = importlib.util.spec_from_file_location("tables_program", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tables = load_program()


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "compare.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "compare.txt").write_text("Thresholds save most.\n\nMore words.\n", encoding="utf-8")
    return tmp_path


def test_a_table_has_the_columns_asked_for_with_intervals_in_their_cells(docs):
    text = "<!-- table compare.csv; label, m0, m0 saving, test --><!-- end -->"
    assert tables.fill(text, docs).splitlines() == [
        "<!-- table compare.csv; label, m0, m0 saving, test -->",
        "| label | m0 | m0 saving | test |",
        "|---|---:|---:|---|",
        "| plain | 7.36e+08 | 1 [1, 1] | 95.6 % |",
        "| above(θ) | 2.79e+07 | 20.2 [19.2, 21.6] | 95.1 % |",
        "<!-- end -->",
    ]


def test_rows_are_those_with_the_values_asked_for(docs):
    text = "<!-- table compare.csv; m0; label=plain -->\nold\n<!-- end -->"
    assert tables.fill(text, docs).count("\n|") == 3


def test_a_number_and_a_headline_stand_in_a_sentence(docs):
    text = (
        "Saves <!-- value compare.csv; m0 saving; .0f; network=ann; label=above(θ) -->3<!-- end --> times. "
        "<!-- says compare.txt -->Old.<!-- end -->"
    )
    filled = tables.fill(text, docs)
    assert "-->20<!-- end --> times" in filled
    assert "-->Thresholds save most.<!-- end -->" in filled
    assert tables.fill(filled, docs) == filled


@pytest.mark.parametrize(
    "mark",
    [
        "table none.csv; m0",
        "table compare.csv; m7",
        "table compare.csv",
        "value compare.csv; m0; .0f; network=ann",
        "value compare.csv; label; .0f; label=plain",
    ],
)
def test_a_mark_that_cannot_be_followed_is_named(docs, mark):
    with pytest.raises(ValueError, match=f"<!-- {mark} -->"):
        tables.fill(f"<!-- {mark} -->3<!-- end -->", docs)


def test_numbers_that_come_from_no_file_are_found():
    text = "Saves <!-- value a.csv; b; .0f -->20<!-- end --> times with N = 100.\n\n    make 3\n| 4 | `5` |\n"
    assert tables.find_unmarked(text) == ["Saves times with N = 100."]


def test_every_page_is_up_to_date():
    for page in tables.list_pages():
        text = page.read_text(encoding="utf-8")
        assert tables.fill(text) == text, f"{page}: python docs/tables.py"
