"""Recurrent networks that learn from trials in time: NumPy says what they compute, Numba does it fast."""
