"""Write the numbers in README.md and docs/ anew from the CSV files in docs/, so that none is typed in.

    python docs/tables.py results        # take over table.csv of the experiments there first
    python docs/tables.py                # from the files in docs/ as they are
    python docs/tables.py --check        # write nothing; exit status 1 and the files, if any is out of date
    python docs/tables.py --unmarked     # list the numbers in prose that come from no file

What is between a mark and ``<!-- end -->`` is replaced. Paths are below docs/, parts have ``;`` between them:

    <!-- table compare.csv; network, rule, m0, m0 saving -->    columns, intervals in their cells
    <!-- table compare.csv; network, m0; label=plain -->        of the rows with these values alone
    <!-- value compare.csv; m0 saving; .0f; network=ann; label=above(θ) -->   one number of one row
    <!-- says gallery/experiments/compare.txt -->   the first line of a caption, its headline
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from bioplast.analysis.table import make_markdown

DOCS = Path(__file__).parent
ROOT = DOCS.parent
MARK = re.compile(r"<!-- (table|value|says) (.+?) -->(.*?)<!-- end -->", re.DOTALL)
PERCENTAGES = ("test", "coverage")
# No result of a run: code, links, tables, headings, and what is within a word.
NO_PROSE = re.compile(
    r"<!--.*?-->|```.*?```|^    .*?$|`[^`]*`|\]\([^)]*\)|^\|.*?$|^#.*?$", re.DOTALL | re.MULTILINE
)
NUMBER = re.compile(r"(?<![\w.])\d[\d,.]*(?:e\d+)?(?![\w])")


def fill(text: str, docs: Path = DOCS) -> str:
    """``text`` with what stands at its marks written anew.

    Raises
    ------
    ValueError : a mark that cannot be followed
    """
    return MARK.sub(lambda found: _fill_mark(found, docs), text)


def _fill_mark(found: re.Match[str], docs: Path) -> str:
    kind, arguments = found[1], [part.strip() for part in found[2].split(";")]
    try:
        content = MAKERS[kind](docs / arguments[0], *arguments[1:])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"<!-- {kind} {found[2]} -->: {error!r}") from error
    return f"<!-- {kind} {found[2]} -->{content}<!-- end -->"


def _make_table(path: Path, columns: str, *conditions: str) -> str:
    names = [name.strip() for name in columns.split(",")]
    table = _read(path, conditions)
    ends = [f"{name} {end}" for name in names for end in ("low", "high")]
    table = table[[*names, *(end for end in ends if end in table)]]
    for name in set(PERCENTAGES) & set(names):
        table = table.assign(**{name: [_say_percent(value) for value in table[name]]})
    return f"\n{make_markdown(table)}\n"


def _make_value(path: Path, column: str, form: str, *conditions: str) -> str:
    rows = _read(path, conditions)
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} rows are so, not one")
    return format(rows[column].iloc[0], form)


def _make_headline(path: Path) -> str:
    return path.read_text(encoding="utf-8").partition("\n")[0]


MAKERS: dict[str, Callable[..., str]] = {"table": _make_table, "value": _make_value, "says": _make_headline}


def _read(path: Path, conditions: Sequence[str]) -> pd.DataFrame:
    """The rows of a file that have the values asked for, compared as text."""
    table = pd.read_csv(path)
    for condition in conditions:
        name, _, value = condition.partition("=")
        table = table[table[name.strip()].astype(str) == value.strip()]
    return table


def _say_percent(share: float) -> str:
    return "-" if pd.isna(share) else f"{100 * share:.1f} %"


def list_pages() -> list[Path]:
    """The README and the pages of docs/."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def list_sources(text: str) -> Iterator[Path]:
    """The files in docs/ that the marks in ``text`` name."""
    for _, arguments, _ in MARK.findall(text):
        yield DOCS / arguments.partition(";")[0].strip()


def find_unmarked(text: str) -> list[str]:
    """Numbers in prose that stand at no mark, each with the words around it."""
    prose = NO_PROSE.sub("", MARK.sub("", text))
    places = NUMBER.finditer(prose)
    return [" ".join(prose[max(0, at.start() - 30) : at.end() + 30].split()) for at in places]


def take_over(results: Path) -> None:
    """Copy the tables of the experiments in ``results`` over those that pages name."""
    sources = {source for page in list_pages() for source in list_sources(page.read_text(encoding="utf-8"))}
    for source in sorted(sources):
        table = results / source.stem / "table.csv"
        if source.parent == DOCS and source.suffix == ".csv" and table.exists():
            shutil.copyfile(table, source)


def main() -> int:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path, nargs="?", help="folder with a folder for each experiment")
    parser.add_argument("--check", action="store_true", help="only say which pages are out of date")
    parser.add_argument("--unmarked", action="store_true", help="list numbers that come from no file")
    arguments = parser.parse_args()
    if arguments.results is not None:
        take_over(arguments.results)
    is_old = False
    for page in list_pages():
        text = page.read_text(encoding="utf-8")
        if arguments.unmarked:
            print(*(f"{page.relative_to(ROOT)}: {words}" for words in find_unmarked(text)), sep="\n")
            continue
        filled = fill(text)
        if filled == text:
            continue
        is_old = True
        print(f"{page.relative_to(ROOT)}: {'out of date' if arguments.check else 'written'}")
        if not arguments.check:
            page.write_text(filled, encoding="utf-8")
    return int(is_old and arguments.check)


if __name__ == "__main__":
    sys.exit(main())
