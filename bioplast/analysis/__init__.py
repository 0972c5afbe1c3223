"""From runs to numbers: frames, medians with intervals, savings, optima, power laws, claims."""
