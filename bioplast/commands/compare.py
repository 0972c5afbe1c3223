"""``bioplast compare``: two runs side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from bioplast.commands.folders import ProjectOption, ResultsOption
from bioplast.commands.results import read_named_run


def compare(
    first: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a finished run, or its key.")],
    second: Annotated[str, typer.Argument(metavar="RUN", help="The run it is compared with.")],
    json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """Say in what two runs differ, and what each cost.

    For instance:

    bioplast compare 0123456789abcdef fedcba9876543210
    """
    from bioplast.analysis.columns import format_columns
    from bioplast.analysis.comparison import compare_records
    from bioplast.training.record import format_record

    one, other = (read_named_run(text, results, project)[1] for text in (first, second))
    rows = compare_records(one.record, other.record)
    if json:
        print(format_record({"first": one.record["key"], "second": other.record["key"], "rows": rows}))
        return
    names = {"first": str(one.record["key"]), "second": str(other.record["key"]), "times": "times"}
    for line in format_columns([{names.get(name, ""): value for name, value in row.items()} for row in rows]):
        print(line)
