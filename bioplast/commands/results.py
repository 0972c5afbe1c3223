"""``bioplast list``, ``show`` and ``gc``: what there is, and what lies in results/."""

from __future__ import annotations

import json as json_text
import shutil
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bioplast.commands.folders import ProjectOption, ResultsOption, find_named, find_project, find_results
from bioplast.errors import RequestError
from bioplast.listing import make_listing
from bioplast.options import check_path

if TYPE_CHECKING:
    from bioplast.training.record import Run

MOST_WIDTH = 33  # of a column of names; longer ones push what is said of them to the right


def list_all(
    runs: Annotated[bool, typer.Option("--runs", help="List the runs in results/ instead.")] = False,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=VALUE", help="Only runs with this, e.g. model=ann or status=failed."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """List networks, experiments, rules and tasks; or runs.

    For instance:

    bioplast list --runs --where model=ann --json
    """
    if (where or results) and not runs:
        raise RequestError("list: --where and --results choose among runs; add --runs")
    if runs:
        _list_runs(find_results(results, project), where or [], find_named(project), json=json)
        return
    sections = make_listing(find_project(project))
    if json:
        print(json_text.dumps(sections))
        return
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for section, lines in sections.items():
        print(section)
        width = min(MOST_WIDTH, max(map(len, lines)))
        for name, line in lines.items():
            text = f"  {name:<{width}}  {line}"
            if columns is not None:
                text = textwrap.fill(text, columns, subsequent_indent=" " * (width + 4))
            print(text)


def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a run, its run.json, or its key.")],
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """Show one run.

    For instance:

    bioplast show results/train/0123456789abcdef
    """
    from bioplast.training.summary import make_summary

    _, found = read_named_run(run, results, project)
    Console().print(make_summary(found.record))


def gc(
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete it; without this it is only listed.")
    ] = False,
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Outdated runs as well, with their weights.")
    ] = False,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """List or delete old checkpoints and leftovers in results/.

    Only files that bioplast wrote are deleted, and none through a link.

    For instance:

    bioplast gc --outdated --delete
    """
    from bioplast.studies.catalog import find_entries
    from bioplast.studies.garbage import delete_file, list_garbage

    folder = find_results(results, project)
    n_bytes = n_paths = 0
    for path, reason in list_garbage(find_entries(folder, find_named(project)), outdated=outdated):
        print(f"{path.relative_to(folder)}  {reason}")
        n_paths += 1
        n_bytes += path.stat().st_size
        if delete:
            delete_file(path)
    verb = "deleted" if delete else "to delete with --delete"
    print(f"{n_paths} file{'s' * (n_paths != 1)}, {n_bytes / 1e6:,.1f} MB {verb}")


def read_named_run(text: str, results: Path | None, project: Path | None) -> tuple[Path, Run]:
    """The folder and the finished run that ``text`` is the key, the folder or the run.json of.

    Raises
    ------
    RequestError : there is none, or it is not finished
    """
    from bioplast.training.record import RECORD_FILE, read_run

    check_path("RUN", text)
    path = Path(text)
    if not (path.name == RECORD_FILE or (path / RECORD_FILE).exists()):
        path = find_run_folder(text, results, project)
    return path.parent if path.name == RECORD_FILE else path, read_run(path)


def find_run_folder(text: str, results: Path | None, project: Path | None) -> Path:
    """The folder of the finished run that ``text`` is the key or the folder of."""
    from bioplast.studies.age import Age
    from bioplast.studies.catalog import find_entry, read_entry

    check_path("RUN", text)
    is_key = len(text) >= 4 and set(text) <= set("0123456789abcdef") and not Path(text).exists()
    entry = (
        find_entry(find_results(results, project), text, find_named(project))
        if is_key
        else read_entry(Path(text), Age.of(Path(text), find_named(project)))
    )
    if entry is None:
        return Path(text)
    if entry.run is None:
        reason = f": {entry.reason}" if entry.reason else ""
        raise RequestError(f"run: {entry.folder} is not finished but {entry.status}{reason}")
    return entry.folder


def _list_runs(results: Path, where: Sequence[str], project: Path | None, *, json: bool) -> None:
    from bioplast.analysis.columns import format_columns
    from bioplast.studies.catalog import find_entries, make_entry_rows

    wanted = {}
    for text in where:
        name, equals, value = text.partition("=")
        if not equals:
            raise RequestError(f"--where: must be FIELD=VALUE, got {text!r}")
        wanted[name] = value
    entries = find_entries(results, project, **wanted)
    rows = make_entry_rows(entries)
    if json:
        from bioplast.training.record import format_record

        print(format_record({"results": str(results), "runs": rows}))
        return
    for line in format_columns(rows):
        print(line)
    print(f"{len(entries)} runs in {results}")
