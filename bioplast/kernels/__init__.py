"""What fast forms of rules are made of, in Numba's subset of Python; ``bioplast.numeric`` compiles it."""
