// Which synapses lie side by side in memory.
#pragma once
#include "flags.h"
#include <cstdint>
#include <vector>

namespace bioplast {

// A run is a stretch of synapses from one cell to cells next to each other: pre is the same and post
// goes up by one from each synapse to the next.
class Runs {
    std::vector<int> to_end;  // by synapse: how many from it on, itself included, belong to its run

public:
    Runs(const int32_t* pre, const int32_t* post, long n_synapses) : to_end(n_synapses, 1) {
        for (long s = n_synapses - 2; s >= 0; --s)
            if (pre[s + 1] == pre[s] && post[s + 1] == post[s] + 1) to_end[s] = to_end[s + 1] + 1;
    }

    // How many of the first of `n` listed synapses are a run in the order of the list: all that is
    // left of their run, or 1.
    int length(const int* listed, int n) const {
        const int first = listed[0], wanted = to_end[first];
        if (wanted > n) return 1;
        int differ = 0;
        for (int i = 0; i < wanted; ++i) differ |= listed[i] ^ (first + i);
        return differ ? 1 : wanted;
    }
};

template <class Real> inline Real identity(Real x) { return x; }

}  // namespace bioplast
using bioplast::identity;
