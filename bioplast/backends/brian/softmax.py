"""Readouts that answer by a softmax: equations of its cells, and what they tell each other.

With readout_k the number by which cell k answers::

    error_k = [k is the label] - softmax(readout)_k

the error of the cross-entropy. The maximum is subtracted before ``exp``, however high the readouts.
"""

EQUATIONS = """
highest : 1                                 # the highest readout
evidence = exp(readout - highest) : 1       # at most 1, however high the readouts
total : 1                                   # sum of the evidence for all classes; 0 at the start
error : 1                                   # as it is sent back: exp is costly for every synapse
"""
ERROR = "error = int(label(trial) == i) - evidence/total"
COMPARE = {
    "compare": "highest_post = clip(readout_pre, highest_post, inf)",
    "add": "total_post += evidence_pre",
}
