"""How large a piece of cortex is: what small networks are extrapolated to.

References
----------
O'Kusky & Colonnier 1982, doi:10.1002/cne.902100307 (neurons and synapses, summed over the layers)
Sincich, Adams & Horton 2003, doi:10.1017/S0952523803206088 (area)
"""

V1_NEURONS_PER_MM2 = 201_900
V1_SYNAPSES_PER_MM2 = 478_500_000
V1_AREA_MM2 = 1343  # of one hemisphere of a macaque

V1_NEURONS = V1_NEURONS_PER_MM2 * V1_AREA_MM2
V1_SYNAPSES = V1_SYNAPSES_PER_MM2 * V1_AREA_MM2
