"""What an experiment leaves to look at: figure, its numbers, table and caption."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from bioplast.analysis.table import make_markdown, make_rich_table
from bioplast.errors import RequestError
from bioplast.figures.style import save_figure, use_style
from bioplast.studies.caption import fill_caption
from bioplast.studies.experiment import Experiment
from bioplast.studies.jobs import Failure
from bioplast.studies.report import write_report
from bioplast.training.lock import only_one
from bioplast.training.record import Run

NO_LIMIT = 10_000  # columns of characters: a log has room for every cell


def draw(
    experiment: Experiment,
    findings: Sequence[Any],
    folder: Path,
    *,
    runs: Sequence[Run] = (),
    failures: Sequence[Failure] = (),
    rows: pd.DataFrame | None = None,
    command: str = "",
    shown: Console | None = None,
) -> pd.DataFrame:
    """Analyze, write figure.{pdf,png,svg}, figure.csv, table.{csv,md} and caption.txt, report.html; print
    table and caption.

    Parameters
    ----------
    experiment : whose
    findings : what its ``analyze`` is given
    folder : where to write
    runs, failures : what the caption accounts for
    rows : what was measured at points
    command : what makes all this, for the report
    shown : where table and caption are shown; standard output if None

    Returns
    -------
    data : what is drawn

    Raises
    ------
    RequestError : the folder cannot be written
    """
    # Two studies may share the folder: the figure is that of one of them, not of both.
    with only_one(folder):
        try:
            data = experiment.analyze(*findings)
            data.to_csv(folder / "figure.csv", index=False)
            with use_style():
                save_figure(experiment.plot(data), folder)
            table = experiment.tabulate(data, *findings)
            table.to_csv(folder / "table.csv", index=False)
            (folder / "table.md").write_text(make_markdown(table) + "\n", encoding="utf-8")
            words = fill_caption(experiment.caption, runs, failures, experiment.describe(data))
            caption = "\n\n".join(filter(None, [experiment.say(data), words]))
            (folder / "caption.txt").write_text(caption + "\n", encoding="utf-8")
            write_report(
                experiment,
                folder,
                headline=experiment.say(data),
                caption=words,
                table=table,
                runs=runs,
                rows=rows,
                command=command or f"bioplast run {experiment.name}",
            )
        except OSError as error:
            reason = f"cannot write the figure to {folder}: {error.strerror}"
            raise RequestError(f"out: {reason}; finished runs are kept") from None
    screen = shown or Console()
    if screen.is_terminal:
        screen.print(make_rich_table(table, screen.width))
    else:
        (shown or Console(width=NO_LIMIT)).print(make_rich_table(table))
    screen.print(caption, highlight=False, markup=False)
    return data
