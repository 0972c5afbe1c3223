"""The small network that all tests of what networks are made of share."""

from toy import images, make_toy, stimulus, values

__all__ = ["images", "make_toy", "stimulus", "values"]
