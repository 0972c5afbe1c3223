"""Weights that follow a differential equation: what they have drifted since the last decision is proposed.

Between two decisions the weight moves as its equation, and the code of pathways, say. At a decision the rule
sees the whole way since the last one as one proposal, and takes back what it does not write. Where something
else counts as a write, nothing is taken back; the way is booked as one write as soon as

- it is at least as long as a resolution, or
- a discrete state of the synapse is left, for instance ``rho > 0.5``.

Either way books do not depend on the time step of the equation.
"""

from __future__ import annotations

from dataclasses import dataclass

DRIFT_VARIABLES = """
left : 1                           # the weight at the end of the last run
state : integer
resolution : 1 (shared, constant)
"""


# Where a change from before to after is told to a log, if there is one (``write_log``).
LOG = "log: {before}, {after}"


@dataclass(frozen=True)
class Drift:
    """What of the drift of a weight counts as a write.

    Attributes
    ----------
    counts : whether something else does than what a rule writes
    state : expression for the discrete state, in the model's words; without it a resolution counts
    has_path : whether synapses off the path are kept where they are
    """

    counts: bool = False
    state: str = ""
    has_path: bool = False

    @property
    def propose(self) -> str:
        """Code that proposes the way since the last decision, in the words of the forms."""
        proposed = "(effective - seen)*int(plastic)" if self.has_path else "effective - seen"
        return f"delta_w = {proposed}"

    def write(self, condition: str, *, bounded: bool) -> str:
        """Code that lets the weight stay where ``condition`` holds, takes it back elsewhere, and books it."""
        stays = f"is_moved = {condition}" + (" and plastic" if self.has_path else "")
        after = "w*int(is_moved) + seen*int(not is_moved)"
        after = f"clip({after}, low, high)" if bounded else after
        return f"{stays}\nw = stored({after})\n{self._book('w != seen')}"

    @property
    def book(self) -> str:
        """Code that books the way where it counts, and moves nothing."""
        if self.state:
            return f"{self._book('state_next != state')}\nstate = state_next"
        return self._book("abs(effective - seen) >= resolution and effective != seen")

    @staticmethod
    def _book(condition: str) -> str:
        return f"""is_booked = {condition}
m0 += int(is_booked)
m1 += abs(float64(effective) - float64(seen))*int(is_booked)
known = seen
seen = effective*int(is_booked) + known*int(not is_booked)
{LOG.format(before="known", after="seen")}"""
