// The k-th largest of the changes that synapses offered since the last time it was asked for.
//
// Exact, ties included. One instance per (scalar type, synapses): static members of a class template
// are shared by all source files of a program, which is how the code that proposes changes and the
// code that writes them meet.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

namespace bioplast {

template <class Real, unsigned synapses>
struct Offers {
    static std::vector<Real> sizes;  // offered since the last call of kth_largest, unordered
    static long n_sizes;
    static Real cutoff;

    static inline Real offer(Real delta_w) {
        if (n_sizes == (long) sizes.size()) sizes.resize(2 * n_sizes + 1024);
        const Real size = std::abs(delta_w);
        sizes[n_sizes] = size;
        n_sizes += size > 0;
        return delta_w;
    }

    static inline void offer_run(const Real* delta_w, long n) {
        if (n_sizes + n > (long) sizes.size()) sizes.resize(2 * n_sizes + n + 1024);
        Real* const free = sizes.data();
        for (long i = 0; i < n; ++i) {
            const Real size = std::abs(delta_w[i]);
            free[n_sizes] = size;
            n_sizes += size > 0;
        }
    }

    // The k-th largest size offered; 0 if fewer were offered, so that every change passes. The code
    // that asks runs at every time step; without new offers the answer stays what it was.
    static Real kth_largest(long k) {
        if (n_sizes == 0) return cutoff;
        cutoff = k > n_sizes ? 0 : select(sizes.data(), n_sizes, k);
        n_sizes = 0;
        return cutoff;
    }

    // Positive floating-point numbers are ordered like their bit patterns: count the leading bits,
    // find the bin that holds the k-th largest, and sort out only that bin.
    static Real select(Real* values, long n, long k) {
        constexpr int n_bins = 2048;
        static int counts[n_bins];
        std::fill(counts, counts + n_bins, 0);
        for (long i = 0; i < n; ++i) ++counts[bin(values[i])];
        int chosen = n_bins - 1;
        for (; counts[chosen] < k; --chosen) k -= counts[chosen];
        long n_rivals = 0;
        for (long i = 0; i < n; ++i) {
            const Real value = values[i];
            values[n_rivals] = value;
            n_rivals += bin(value) == chosen;
        }
        std::nth_element(values, values + k - 1, values + n_rivals, std::greater<Real>());
        return values[k - 1];
    }

    static inline int bin(Real value) {  // sign is 0; exponent and the first bits of the fraction
        const float single = (float) value;
        uint32_t bits;
        std::memcpy(&bits, &single, sizeof bits);
        return (int) (bits >> 20);
    }
};

template <class Real, unsigned synapses> std::vector<Real> Offers<Real, synapses>::sizes;
template <class Real, unsigned synapses> long Offers<Real, synapses>::n_sizes = 0;
template <class Real, unsigned synapses> Real Offers<Real, synapses>::cutoff = 0;

}  // namespace bioplast
