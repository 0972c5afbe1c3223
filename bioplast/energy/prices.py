"""Prices in ATP, from a file that can be edited, and what a run would cost at them.

What a weight change costs is not known: sources that can be mapped to one write differ by about 1e9.
So there is never one figure, only named presets, and the break-even price of a write, at which
plasticity costs as much as signalling.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bioplast.errors import RequestError

PRICES_FILE = Path(__file__).with_name("prices.toml")
UNITS = ("ATP", "ATP/s", "J", "W", "1")
_IN_JOULES = ("J", "W")
# What a preset may name, and the units that the constant may have.
_ALLOWED = {
    "action_potential": ("ATP", "J"),
    "boutons": ("1",),
    "vesicle": ("ATP", "J"),
    "release_probability": ("1",),
    "spike": ("ATP", "J"),
    "rest": ("ATP/s", "W"),
    "write": ("ATP", "J"),
    "synapse": ("ATP/s", "W"),
    "share_low": ("1",),
    "share_high": ("1",),
}

# What learning costs beside writes and has no price here: say so where a bill is shown.
NOT_CHARGED = (
    "finding the largest changes of a layer or a cell",
    "moving thresholds that adapt",
    "spikes of output cells",
)


@dataclass(frozen=True)
class Usage:
    """What a run did that has a price.

    Attributes
    ----------
    spikes, synaptic_events : spikes of all cells; spikes times the synapses each of them reached
    cell_seconds, synapse_seconds : cells and synapses times the time they were kept
    writes : weight changes
    m1 : their summed size
    errors : errors that went back, each through one synapse, if all trials were learned from
    """

    spikes: float
    synaptic_events: float
    cell_seconds: float
    synapse_seconds: float
    writes: float
    m1: float = 0.0
    errors: float = 0.0


@dataclass(frozen=True)
class Bill:
    """What a run costs, in ATP; ``plasticity`` is nan where its price is open.

    ``errors`` is what it costs to send errors back, at the price of the vesicles of as many synaptic events:
    part of learning, and not of signalling.
    """

    spikes: float
    vesicles: float
    rest: float
    plasticity: float
    errors: float = 0.0

    @property
    def signalling(self) -> float:
        """Spikes and the vesicles they release."""
        return self.spikes + self.vesicles


@dataclass(frozen=True)
class Preset:
    """Prices put together, in ATP.

    Attributes
    ----------
    name, summary : how it is called, and what it is in a few words
    spike : of a spike; with everything that it causes where ``event`` is 0
    event : of a synapse that a spike reaches: the vesicle's price times its release probability
    axon : of a synapse that a spike reaches: its part of an action potential, where that is scaled with the
        cell's boutons and not charged whole
    rest : of a cell, per second
    write : of a weight change; nan where open
    synapse : of a synapse, per second, as a running cost of plasticity; nan where open
    joule_per_atp : what an ATP gives
    shares : lowest and highest share of fast excitatory transmission that plasticity is said to cost; nan
        where none is given
    """

    name: str
    summary: str
    spike: float
    event: float
    rest: float
    write: float
    synapse: float
    joule_per_atp: float
    axon: float = 0.0
    shares: tuple[float, float] = (math.nan, math.nan)

    def make_bill(self, usage: Usage) -> Bill:
        """What ``usage`` costs."""
        if not math.isnan(self.write):
            plasticity = usage.writes * self.write
        else:
            plasticity = usage.synapse_seconds * self.synapse
        return Bill(
            spikes=usage.spikes * self.spike + usage.synaptic_events * self.axon,
            vesicles=usage.synaptic_events * self.event,
            rest=usage.cell_seconds * self.rest,
            plasticity=plasticity,
            errors=usage.errors * self.event,
        )

    def find_break_even(self, usage: Usage) -> float:
        """Price of a write, in ATP, at which plasticity costs as much as signalling; nan without writes."""
        return self.make_bill(usage).signalling / usage.writes if usage.writes else math.nan

    def find_m1_prices(self, usage: Usage) -> tuple[float, float]:
        """Prices of a unit of m1, in ATP, at which plasticity costs the lowest and the highest of ``shares``.

        Of the vesicles, that is: of fast excitatory transmission. nan where vesicles have no price of their
        own or nothing was written.
        """
        vesicles = self.make_bill(usage).vesicles
        if not vesicles or not usage.m1:
            return math.nan, math.nan
        low, high = (share * vesicles / usage.m1 for share in self.shares)
        return low, high


def load_presets(path: Path = PRICES_FILE) -> dict[str, Preset]:
    """The presets of a file of prices, by name.

    Raises
    ------
    RequestError : the file cannot be read, a constant has no positive value or no source or another unit, or
        a preset names what there is not, both prices of a spike, or both of plasticity
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RequestError(f"prices: cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise RequestError(f"prices: {path} is no TOML: {error}") from None
    constants = content.get("constants", {})
    for name, constant in constants.items():
        _check_constant(name, constant)
    if "joule_per_atp" not in constants:
        raise RequestError("prices: constants must have joule_per_atp")
    return {name: _make_preset(name, parts, constants) for name, parts in content.get("presets", {}).items()}


def _check_constant(name: str, constant: Any) -> None:
    value = constant.get("value") if isinstance(constant, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        raise RequestError(f"prices: {name}.value must be a number above 0, got {value!r}")
    if constant.get("unit") not in UNITS:
        raise RequestError(
            f"prices: {name}.unit must be one of {', '.join(UNITS)}, got {constant.get('unit')!r}"
        )
    if not constant.get("source"):
        raise RequestError(f"prices: {name} must have a source")


def _make_preset(name: str, parts: Mapping[str, Any], constants: Mapping[str, Any]) -> Preset:
    unknown = set(parts) - set(_ALLOWED) - {"summary"}
    if unknown:
        raise RequestError(
            f"prices: {name} has {', '.join(sorted(unknown))}; there are {', '.join(_ALLOWED)}"
        )
    if ("spike" in parts) == ("action_potential" in parts):
        raise RequestError(f"prices: {name} must have either spike or action_potential, never both")
    if ("vesicle" in parts) != ("action_potential" in parts):
        raise RequestError(f"prices: {name} must have vesicle with action_potential, and not with spike")
    if "boutons" in parts and "action_potential" not in parts:
        raise RequestError(f"prices: {name} must have boutons with action_potential only")
    if ("share_low" in parts) != ("share_high" in parts):
        raise RequestError(f"prices: {name} must have share_low and share_high, or neither")
    if "write" in parts and "synapse" in parts:
        raise RequestError(f"prices: {name} must have write or synapse, not both")
    joule_per_atp = constants["joule_per_atp"]["value"]

    def price(part: str, otherwise: float) -> float:
        if part not in parts:
            return otherwise
        if parts[part] not in constants:
            raise RequestError(
                f"prices: {name}.{part} must be one of {', '.join(constants)}, got {parts[part]!r}"
            )
        constant = constants[parts[part]]
        if constant["unit"] not in _ALLOWED[part]:
            allowed = " or ".join(_ALLOWED[part])
            raise RequestError(f"prices: {name}.{part} must be in {allowed}, got {constant['unit']!r}")
        return float(constant["value"]) / (joule_per_atp if constant["unit"] in _IN_JOULES else 1)

    whole = price("spike", price("action_potential", 0.0))
    return Preset(
        name=name,
        summary=str(parts.get("summary", "")),
        spike=0.0 if "boutons" in parts else whole,
        event=price("vesicle", 0.0) * price("release_probability", 1.0),
        rest=price("rest", 0.0),
        write=price("write", math.nan),
        synapse=price("synapse", math.nan),
        joule_per_atp=float(joule_per_atp),
        axon=whole / price("boutons", math.inf),
        shares=(price("share_low", math.nan), price("share_high", math.nan)),
    )
