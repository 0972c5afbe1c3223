"""Studies: grids of runs carried out in parallel, stored, and made into figures."""
