"""A run's record as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from bioplast.changes import format_changes
from bioplast.html import make_facts, make_table, make_title
from bioplast.sizes import format_hidden

if TYPE_CHECKING:
    from bioplast.training.record import Run

_FIELDS = (
    *("model", "rule", "hidden", "seed", "task", "protocol", "message", "converged", "samples", "epochs"),
    *("images_per_second", "encoding", "commit", "created"),
)
_GROUPS = ("seconds", "versions", "accuracy", "signalling", "energy", "config")
_LACKING: dict[str, Any] = dict.fromkeys(_FIELDS) | {name: {} for name in _GROUPS}
_SIGNALS = {
    "spikes_input": "input spikes",
    "spikes_hidden": "hidden spikes",
    "synaptic_events": "synaptic events",
    "macs": "multiply-adds",
}
_ENERGIES = ("m0", "m1", "m0_min", "m1_min", "inefficiency_m0", "inefficiency_m1", "maintenance")


def make_summary(record: Mapping[str, Any]) -> Group:
    """The record of a run, for ``rich`` to print; what a record from before lacks is ``none``."""
    record = {**_LACKING, **record}
    options = format_changes(record["config"].get("options", {}))
    title = (
        f"{record['model']}, {record['rule']}, {options}{', ' * bool(options)}"
        f"{_name_hidden(record['hidden'])} hidden units, seed {record['seed']}, "
        f"task {record['task']}, {record['protocol']} protocol"
    )
    return Group(
        Text(title, style="bold"),
        Text(record["message"] or "", style="" if record["converged"] else "yellow"),
        _make_facts(record),
        _make_energy_table(record["energy"]),
    )


def make_html(run: Run) -> str:
    """The same as HTML, shorter: what a notebook shows of a run."""
    record = {**_LACKING, **run.record}
    energy = record["energy"]
    columns = {**energy.get("layers", {}), "total": energy}
    rows = [
        [quantity, *(_number(values.get(quantity)) for values in columns.values())] for quantity in _ENERGIES
    ]
    facts = {
        "hidden units": _name_hidden(record["hidden"]),
        "task": record["task"],
        "samples": _count(record["samples"]),
        "accuracy": _join({name: _percent(value) for name, value in record["accuracy"].items()}),
        "key": record["key"],
    }
    title = make_title(run.title, record["message"] or "")
    return title + make_facts(facts) + make_table(["energy of plasticity", *columns], rows)


def _name_hidden(hidden: Any) -> str:
    return "none" if hidden is None else format_hidden(hidden)


def _make_facts(record: Mapping[str, Any]) -> Table:
    seconds = record["seconds"]
    facts = {
        "samples": f"{_count(record['samples'])} ({_count(record['epochs'], '.2f')} epochs)",
        "accuracy": _join({name: _percent(value) for name, value in record["accuracy"].items()}),
        "signaling": _say_signals(record["signalling"]),
        "speed": f"{_number(record['images_per_second'])} images/s",
        "seconds": _join({name: f"{value:.1f}" for name, value in seconds.items()}),
        "encoding": record["encoding"] or "none",
        "versions": _join(record["versions"]),
        "commit": record["commit"] or "none",
        "created": record["created"] or "none",
        "key": record["key"],
    }
    table = Table.grid(padding=(0, 2))
    for name, value in facts.items():
        table.add_row(Text(name), Text(value))
    return table


def _make_energy_table(energy: Mapping[str, Any]) -> Table:
    table = Table(
        title="energy of plasticity (m0: writes; m1: unit of the weights)",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    table.add_column("", overflow="fold")
    rows = {**energy.get("layers", {}), "total": energy}
    for name in rows:
        table.add_column(Text(name), justify="right", overflow="fold")
    for quantity in _ENERGIES:
        table.add_row(quantity, *(_number(values.get(quantity)) for values in rows.values()))
    return table


def _join(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _say_signals(signals: Mapping[str, int]) -> str:
    """What the network sent, in words; kinds of which there were none are left out."""
    said = [f"{_count(signals[name])} {words}" for name, words in _SIGNALS.items() if signals.get(name)]
    return ", ".join(said) or "none"


def _percent(value: float | None) -> str:
    return "none" if value is None else f"{value:.2%}"


def _count(value: float | None, form: str = ",") -> str:
    return "none" if value is None else format(value, form)


def _number(value: float | None) -> str:
    """A count in full up to a million, anything else with four digits."""
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) and abs(value) < 1_000_000 else f"{value:.4g}"
