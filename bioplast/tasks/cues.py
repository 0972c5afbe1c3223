"""``cues``: the side on which there were more cues is to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bioplast.errors import RequestError
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

N_GROUPS = 4  # of input units: left, right, recall, noise


@dataclass(frozen=True)
class Cues(Generated):
    r"""Evidence accumulation: cues come one by one; after a delay the side with more of them is asked for.

    For each trial p is ``bias`` or 1 - ``bias``, and each of ``n_cues`` cues is on the right with probability
    p. A cue is ``silence`` ms of silence and ``cue`` ms in which the units of its side fire at ``rate``;
    after a delay the recall units do so for ``recall`` ms, in which the answer is read. Noise units fire
    all the time. A trial is ``n_cues (silence + cue) + delay + recall`` steps of 1 ms.

    Shortcuts: who goes by the last cue alone is right in 72.7 % of the trials, by the last three in 83.1 %,
    by the last five in 90.7 %.

    Parameters
    ----------
    n_cues : an odd number of at least 1
    bias : in (0, 0.5]
    group : units in each of the four groups left, right, recall and noise
    cue, silence, delay, recall : in ms, ``silence`` before each cue, ``delay`` after the last one
    rate_hz, noise_hz : in (0, 1000)
    n_test : trials of the fixed test set
    seed : of all trials

    Raises
    ------
    RequestError : a value that is not allowed

    References
    ----------
    Bellec et al. 2020, doi:10.1038/s41467-020-17236-y
    """

    n_cues: int = 7
    bias: float = 0.3
    group: int = 10
    cue: int = 100
    silence: int = 50
    delay: int = 1050
    recall: int = 150
    rate_hz: float = 40.0
    noise_hz: float = 10.0
    n_test: int = 512
    seed: int = 1

    name: ClassVar[str] = "cues"
    summary: ClassVar[str] = "on which side were there more of seven cues, after a delay of a second"

    def __post_init__(self) -> None:
        check_numbers(self, n_cues=1, group=1, cue=1, silence=0, delay=0, recall=1, n_test=1, seed=0)
        check_numbers(self, bias=0, rate_hz=0, noise_hz=0)
        if self.n_cues % 2 == 0:
            raise RequestError(f"Cues.n_cues: must be odd, so that one side has more, got {self.n_cues}")
        if not 0 < self.bias <= 0.5:
            raise RequestError(f"Cues.bias: must be in (0, 0.5], got {self.bias}")
        for name in ("rate_hz", "noise_hz"):
            if not 0 < getattr(self, name) < 1000:
                raise RequestError(f"Cues.{name}: must be in (0, 1000), got {getattr(self, name)}")

    @property
    def n_steps(self) -> int:
        """Length of a trial in steps of 1 ms."""
        return self.n_cues * (self.silence + self.cue) + self.delay + self.recall

    def make(self) -> TimedTask:
        """The task: endless trials to learn from and a fixed test set."""
        train, test = CueTrials(self, 0, is_endless=True), CueTrials(self, 2, is_endless=False)
        return TimedTask(str(self), train, test, n_classes=2, shape=(self.n_steps, train.n_units))


class CueTrials(Sequences):
    """Trials of ``cues``.

    Parameters
    ----------
    task : what they are like
    number : of this set
    is_endless : whether there are as many as one likes, or ``task.n_test``
    """

    def __init__(self, task: Cues, number: int, *, is_endless: bool) -> None:
        self.task, self.number = task, number
        self.n_units = N_GROUPS * task.group
        self.longest = task.n_steps
        self.is_endless = is_endless

    def __len__(self) -> int:
        return 2**63 - 1 if self.is_endless else self.task.n_test

    def labels_of(self, indices: IntArray) -> IntArray:
        """(n_trials,) 1 where there are more cues on the right, else 0."""
        return _find_labels(self.sides(indices))

    def sides(self, indices: IntArray) -> NDArray[np.bool_]:
        """(n_trials, n_cues), whether each cue is on the right."""
        sides = [self._draw_sides(self._make_rng(index)) for index in indices]
        return np.array(sides, bool).reshape(len(indices), self.task.n_cues)

    def events(self, indices: IntArray) -> Events:
        """The trials of these numbers."""
        drawn = [self._draw_trial(self._make_rng(index)) for index in indices]
        n = len(indices)
        sides = np.array([sides for sides, _ in drawn], bool).reshape(n, self.task.n_cues)
        return join_events(
            self.n_units,
            [places for _, places in drawn],
            n_steps=np.full(n, self.longest, np.int64),
            answer_from=np.full(n, self.longest - self.task.recall, np.int64),
            labels=_find_labels(sides),
        )

    def _make_rng(self, index: int) -> np.random.Generator:
        return make_trial_rng(self.task.seed, self.number, int(index))

    def _draw_sides(self, rng: np.random.Generator) -> NDArray[np.bool_]:
        p, *cues = rng.random(1 + self.task.n_cues)
        return np.array(cues) < (self.task.bias if p < 0.5 else 1 - self.task.bias)

    def _draw_trial(self, rng: np.random.Generator) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        task, n_units = self.task, self.n_units
        sides = self._draw_sides(rng)
        # Of each phase, the steps it lasts and the units that fire in it.
        step, unit = self._draw_phase(rng, task.n_cues * task.cue, task.rate_hz)
        cue, step = np.divmod(step, task.cue)
        cue_steps = cue * (task.silence + task.cue) + task.silence + step
        cue_units = unit + sides[cue] * task.group
        step, unit = self._draw_phase(rng, task.recall, task.rate_hz)
        recall_steps, recall_units = step + self.longest - task.recall, unit + 2 * task.group
        step, unit = self._draw_phase(rng, self.longest, task.noise_hz)
        steps = np.concatenate([cue_steps, recall_steps, step])
        units = np.concatenate([cue_units, recall_units, unit + 3 * task.group])
        return sides, steps * n_units + units

    def _draw_phase(
        self, rng: np.random.Generator, n_steps: int, rate_hz: float
    ) -> tuple[IntArray, IntArray]:
        """Spikes of one group of units over ``n_steps``: their steps and units."""
        step, unit = np.divmod(draw_events(rng, n_steps * self.task.group, rate_hz / 1000), self.task.group)
        return step, unit


def _find_labels(sides: NDArray[np.bool_]) -> IntArray:
    return (2 * sides.sum(axis=1) > sides.shape[1]).astype(np.int64)
