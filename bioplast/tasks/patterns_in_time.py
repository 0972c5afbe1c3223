"""``patterns-in-time``: a readout is to follow a sum of sines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.tasks.generated import Generated, check_numbers
from bioplast.tasks.sequences import (
    Events,
    IntArray,
    Sequences,
    TimedTask,
    draw_events,
    join_events,
    make_trial_rng,
)

# Of the four sines, as parts of the trial's length.
PERIODS = (1.0, 0.5, 0.333, 0.2)


@dataclass(frozen=True)
class PatternsInTime(Generated):
    r"""Pattern generation: the same noise comes in each trial, and the same series is to come out.

    The series is :math:`\sum_s a_s \sin(2\pi t / T_s + \varphi_s)` with periods of 1,000, 500, 333 and 200
    ms, amplitudes uniform in [0.5, 2] and phases uniform, less its mean and over its largest size. A trial
    counts as right when the squared error is at most ``tolerance`` of the series' variance.

    Parameters
    ----------
    n_units : input units, each with a Poisson train that is drawn once
    n_outputs : number of series, each with sines of its own
    steps : length of a trial in steps of 1 ms; periods scale with it
    rate_hz : of the input, in (0, 1000)
    tolerance : above 0
    seed : of input and series

    Raises
    ------
    RequestError : a value that is not allowed

    References
    ----------
    Bellec et al. 2020, doi:10.1038/s41467-020-17236-y
    """

    n_units: int = 100
    n_outputs: int = 1
    steps: int = 1000
    rate_hz: float = 50.0
    tolerance: float = 0.1
    seed: int = 1

    name: ClassVar[str] = "patterns-in-time"
    summary: ClassVar[str] = "a sum of four sines is to be followed for a second, driven by the same noise"

    def __post_init__(self) -> None:
        check_numbers(self, n_units=1, n_outputs=1, steps=2, rate_hz=0.001, tolerance=1e-9, seed=0)

    def make(self) -> TimedTask:
        """The task: one trial, as often as one likes."""
        rng = make_trial_rng(self.seed, 4)
        places = draw_events(rng, self.steps * self.n_units, min(self.rate_hz / 1000, 0.999))
        series = np.column_stack([self._draw_series(rng) for _ in range(self.n_outputs)])
        train = FrozenTrial(places, series, self, is_endless=True)
        test = FrozenTrial(places, series, self, is_endless=False)
        return TimedTask(str(self), train, test, self.n_outputs, (self.steps, self.n_units))

    def _draw_series(self, rng: np.random.Generator) -> NDArray[np.float64]:
        t = np.arange(self.steps)
        sines = [
            rng.uniform(0.5, 2) * np.sin(2 * np.pi * (t / (part * self.steps) + rng.random()))
            for part in PERIODS
        ]
        series: NDArray[Any] = np.sum(sines, axis=0)
        series -= series.mean()
        return series / np.abs(series).max()


class FrozenTrial(Sequences):
    """One trial with a series to follow, again and again.

    Parameters
    ----------
    places : (n_events,), ``step * n_units + unit`` of each input spike
    series : (n_steps, n_outputs), what is to be followed
    task : what it is of
    is_endless : whether it comes as often as one likes, or once
    """

    def __init__(
        self,
        places: NDArray[np.int64],
        series: NDArray[np.float64],
        task: PatternsInTime,
        *,
        is_endless: bool,
    ) -> None:
        self.places, self.series, self.task = places, series, task
        self.n_units = task.n_units
        self.longest = task.steps
        self.is_endless = is_endless

    def __len__(self) -> int:
        return 2**63 - 1 if self.is_endless else 1

    def labels_of(self, indices: IntArray) -> IntArray:
        """(n_trials,) ones: followed is what is right."""
        return np.ones(len(indices), np.int64)

    def events(self, indices: IntArray) -> Events:
        """The trial, once for each of these numbers."""
        n = len(indices)
        return join_events(
            self.n_units,
            [self.places] * n,
            n_steps=np.full(n, self.longest, np.int64),
            answer_from=np.zeros(n, np.int64),
            labels=self.labels_of(indices),
            series=np.tile(self.series, (n, 1)),
            tolerance=self.task.tolerance,
        )
