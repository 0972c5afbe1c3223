"""``bioplast export``: a run's results for other tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bioplast.commands.folders import ProjectOption, ResultsOption, find_project
from bioplast.commands.recording import TRIALS, TrialsOption
from bioplast.commands.results import read_named_run
from bioplast.errors import RequestError
from bioplast.options import check_path, read_trials
from bioplast.spelling import suggest

if TYPE_CHECKING:
    from bioplast.training.record import Run


@dataclass(frozen=True)
class Source:
    """The run that is exported, and what of it is asked for.

    Attributes
    ----------
    run, folder : the run and where it is
    project : where its network's file is; None for that around the folder
    trials : text of the test images whose spikes are wanted
    """

    run: Run
    folder: Path
    project: Path | None
    trials: str

    def load(self) -> Any:
        from bioplast.training.trained import load_network

        return load_network(self.folder, project=self.project)

    def record(self, kind: str) -> Any:
        trained = self.load()
        return trained, trained.record(kind, read_trials("--trials", self.trials))


def _write_npz(source: Source, path: Path) -> None:
    from bioplast.export.dataset import write_npz
    from bioplast.training.weights import read_weights

    write_npz(source.run, read_weights(source.folder), path)


def _write_netcdf(source: Source, path: Path) -> None:
    from bioplast.export.dataset import write_netcdf
    from bioplast.training.weights import read_weights

    write_netcdf(source.run, read_weights(source.folder), path)


def _write_nir(source: Source, path: Path) -> None:
    from bioplast.export.nir_graph import write_nir

    write_nir(source.load(), path)


def _write_spikes(source: Source, path: Path) -> None:
    from bioplast.export.tables import write_table

    write_table(source.record("spikes")[1], path)


def _write_neo(source: Source, path: Path) -> None:
    from bioplast.export.neo_blocks import check_neo, make_block, write_block

    check_neo()  # before spikes are recorded, which takes longer
    trained, spikes = source.record("spikes")
    model = trained.setup.model
    block = make_block(spikes, model.n_steps * model.time_step_ms, key=source.run.record["key"])
    write_block(block, path)


# By name: what writes it, and how the file's name ends.
TARGETS: dict[str, tuple[Callable[[Source, Path], None], str]] = {
    "npz": (_write_npz, ".npz"),
    "netcdf": (_write_netcdf, ".nc"),
    "nir": (_write_nir, ".nir"),
    "spikes": (_write_spikes, "-spikes.csv"),
    "neo": (_write_neo, ".nix"),
}


def export(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Folder of a finished run, or its key.")],
    to: Annotated[
        str,
        typer.Option(
            metavar="FORMAT",
            help="npz, netcdf: weights and books; nir: the spiking network; spikes (CSV), neo: its spikes.",
        ),
    ] = "npz",
    out: Annotated[
        str | None, typer.Option(metavar="FILE", help="Where to write.  [default: <key> here]")
    ] = None,
    trials: TrialsOption = None,
    results: ResultsOption = None,
    project: ProjectOption = None,
) -> None:
    """Write a run's weights, network or spikes for other tools.

    All but npz and spikes need packages of their own: pip install 'bioplast[export]'. For instance:

    bioplast export 0123456789abcdef --to netcdf --out weights.nc
    """
    if to not in TARGETS:
        raise RequestError(f"--to: must be one of {', '.join(TARGETS)}, got {to!r}{suggest(to, TARGETS)}")
    if trials is not None and to not in ("spikes", "neo"):
        raise RequestError(f"--trials: only goes with --to spikes or neo, got --to {to}")
    if out is not None:
        check_path("--out", out)
    folder, found = read_named_run(run, results, project)
    named = None if project is None else find_project(project)
    write, ending = TARGETS[to]
    path = Path(f"{found.record['key']}{ending}" if out is None else out)
    if path.is_dir():
        raise RequestError(f"--out: must be a file, got the folder {str(path)!r}")
    try:
        write(Source(found, folder, named, trials or TRIALS), path)
    except OSError as error:
        raise RequestError(f"--out: cannot write to {path}: {error.strerror or error}") from None
    print(f"written to {path}")
