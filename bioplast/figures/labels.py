"""What quantities and settings are called on axes, with their units."""

SYMBOLS = {"m0": "$M_0$", "m1": "$M_1$", "samples": "samples"}

LABELS = {
    "m0": "$M_0$ (weight writes)",
    "m1": "$M_1$ (summed size of changes,\nunit of the weights)",
    "samples": "Samples seen",
    "inefficiency_m0": "$M_0$ / minimum",
    "inefficiency_m1": "$M_1$ / minimum",
    "test": "Test accuracy",
    "best_accuracy": "Best test accuracy",
    "hidden": "Hidden units $N$",
    "units": "Plastic hidden units $k$",
    "fraction": "Fraction $f$",
    "rate": "Learning rate $\\eta$",
    "load": "Patterns per input",
    "threshold": "Threshold $\\theta$",
    "cost": "Cost of maintenance $c$",
    "energy": "$M_1$ and maintenance\n(plain learning: 1)",
    "trials": "Samples seen\n(plain learning: 1)",
    "saving": "Saving (plain learning: 1)",
}


def name_axis(quantity: str) -> str:
    """The label of a quantity; its own name where it has none."""
    return LABELS.get(quantity, quantity)
