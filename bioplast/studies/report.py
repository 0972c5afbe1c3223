"""``report.html``: a study in one file, with nothing to be loaded from elsewhere.

The page is ``report.html`` beside this file, with fields in double braces.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from bioplast.analysis.frame import make_run_frame
from bioplast.studies.experiment import Experiment
from bioplast.training.loop import Row
from bioplast.training.record import Run, purge

REPORT_FILE = "report.html"
_COLUMNS = (
    *("model", "rule", "options", "hidden", "task", "protocol", "goal", "seed", "samples", "converged"),
    *("test", "m0", "m1", "inefficiency_m1", "images_per_second", "key"),
)
# Columns that say nothing where all runs have the same there.
_SAME = ("options", "task", "protocol", "goal", "hidden")
_QUANTITIES = ("online", "validation", "m0", "m1")
_SHARES = ("online", "validation")
_MOST_POINTS, _LEAST_OF_A_RUN = 60_000, 10  # of traces, in all runs together
_MOST_ROWS = 5_000
_MOST_SVG = 4_000_000  # bytes; a larger figure is shown as pixels
_FIELD = re.compile(r"{{(\w+)}}")


def write_report(
    experiment: Experiment,
    folder: Path,
    *,
    headline: str,
    caption: str,
    table: pd.DataFrame,
    runs: Sequence[Run],
    rows: pd.DataFrame | None,
    command: str,
) -> None:
    """Write the report of an experiment whose figure lies in ``folder``.

    Parameters
    ----------
    experiment : whose
    folder : where ``figure.svg`` and ``figure.png`` are
    headline : what the figure shows, a sentence; may be empty
    caption : its words, paragraphs set apart by empty lines
    table : the table that goes with the figure
    runs : what it was made of
    rows : what was measured at its points; None if it has none
    command : what makes it
    """
    tables = [_make_table("Results", table)]
    if runs:
        tables.append(_list_runs(runs))
    if rows is not None:
        tables.append(_make_table("Measurements", rows.iloc[:_MOST_ROWS]))
    data = {
        "tables": tables,
        "names": [run.title for run in runs],
        "quantities": _QUANTITIES,
        "shares": _SHARES,
    }
    summary = (experiment.module.__doc__ or "").strip().partition("\n")[0]
    fields = {
        "title": _escape(f"{experiment.name}: bioplast"),
        "name": _escape(experiment.name),
        "line": _escape(summary),
        "message": f'<p class="message">{_escape(headline)}</p>' if headline else "",
        "figure": _embed_figure(folder),
        "caption": "".join(f"<p>{_escape(paragraph)}</p>" for paragraph in caption.split("\n\n")),
        "facts": _make_facts(experiment, runs, command),
        # No text in it can end the element that it stands in.
        "data": json.dumps(purge(data), allow_nan=False).replace("<", "\\u003c"),
    }
    page = files("bioplast.studies").joinpath(REPORT_FILE).read_text(encoding="utf-8")
    # One pass, so that what is filled in is not looked at again.
    text = _FIELD.sub(lambda field: fields[field[1]], page)
    (folder / REPORT_FILE).write_text(text, encoding="utf-8", errors="backslashreplace")


def _list_runs(runs: Sequence[Run]) -> dict[str, Any]:
    frame = make_run_frame(runs)
    names = [name for name in _COLUMNS if name in frame]
    names = [name for name in names if name not in _SAME or frame[name].nunique(dropna=False) > 1]
    most = max(_LEAST_OF_A_RUN, _MOST_POINTS // len(runs))
    return {**_make_table("Runs", frame[names]), "traces": [_thin(run.trace, most) for run in runs]}


def _make_table(title: str, frame: pd.DataFrame) -> dict[str, Any]:
    values = frame.astype(object).where(frame.notna(), None)
    rows = [[_make_plain(value) for value in row] for row in values.itertuples(index=False, name=None)]
    return {"title": title, "columns": [str(name) for name in frame], "rows": rows}


def _make_plain(value: Any) -> Any:
    """A value as JSON has it; NumPy's scalars as Python's."""
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, str | bool | int | float | None) else str(value)


def _thin(trace: Sequence[Row], most: int) -> list[list[Any]]:
    """Samples and ``_QUANTITIES``, of so many rows at most; the last is always among them."""
    step = -(-len(trace) // most) or 1
    kept = [row for place, row in enumerate(trace) if (len(trace) - 1 - place) % step == 0]
    return [[row.get(name) for name in ("samples", *_QUANTITIES)] for row in kept]


def _embed_figure(folder: Path) -> str:
    text = (folder / "figure.svg").read_text(encoding="utf-8")
    if len(text) <= _MOST_SVG:
        return text[text.index("<svg") :]
    pixels = base64.b64encode((folder / "figure.png").read_bytes()).decode()
    return f'<img alt="the figure" src="data:image/png;base64,{pixels}">'


def _make_facts(experiment: Experiment, runs: Sequence[Run], command: str) -> str:
    records = [run.record for run in runs]
    versions: dict[str, None] = {}
    for record in records:
        versions |= {", ".join(f"{name} {value}" for name, value in record.get("versions", {}).items()): None}
    dates = sorted({str(record["created"]) for record in records if record.get("created")})
    facts: Mapping[str, Iterable[str]] = {
        "command": [f"<code>{_escape(command)}</code>"],
        "runs": [f"{len(runs):,}"] if runs else [],
        "made of": [_escape(", ".join(experiment.sources))] if experiment.sources else [],
        "commit": sorted(
            {f"<code>{_escape(record['commit'])}</code>" for record in records if record.get("commit")}
        ),
        "versions": [_escape(text) for text in versions if text],
        "created": [_escape(" to ".join(dict.fromkeys([dates[0], dates[-1]])))] if dates else [],
    }
    return "".join(
        f"<dt>{name}</dt><dd>{'<br>'.join(values)}</dd>" for name, values in facts.items() if values
    )


def _escape(text: str) -> str:
    return html.escape(text)
