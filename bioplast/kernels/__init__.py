"""What fast forms of rules are made of, in Numba's subset of Python; ``backends.numeric`` compiles it."""
