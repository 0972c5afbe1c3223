// Competitions between synapses: what each offers, and how much it takes to be written.
//
// Exact, ties included. One instance per (scalar type, synapses): static members of a class template
// are shared by all source files of a program, which is how the code that proposes changes and the
// code that writes them meet.
#pragma once
#include "flags.h"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <vector>

namespace bioplast {

// Among all synapses of a layer.
template <class Real, unsigned synapses>
struct Offers {
    struct Run { const Real* changes; long n; };
    static std::vector<Run> runs;  // changes that were offered since the last answer and lie in memory
    static std::vector<Real> single;  // sizes of those that were offered one by one
    static std::vector<Real> sizes;  // room for those that may be the k-th largest
    static Real cutoff;
    static bool is_new;

    static inline Real offer(Real change) {
        single.push_back(std::abs(change));
        is_new = true;
        return change;
    }

    // Changes that stay where they are until the answer is asked for.
    static inline void offer_run(const Real* changes, long n) {
        runs.push_back({changes, n});
        is_new = true;
    }

    // The k-th largest size offered; 0 if fewer were offered, so that every change passes. The code
    // that asks runs at every time step; without new offers the answer stays what it was.
    static Real kth_largest(long k) {
        if (!is_new) return cutoff;
        long n = gather(find_bound(k));
        if (n < k) n = gather(0);
        cutoff = k < 1 || k > n ? 0 : select(sizes.data(), n, k);
        forget();
        return cutoff;
    }

    // A threshold that follows the share of `n` synapses that offer as much, at most by the part `rate`.
    static double adapted(double theta, double target, double rate, long n) {
        if (!is_new || n == 0) return theta;
        cutoff = (Real) theta;
        long n_above = 0;
        for (const Run& run : runs)
            for (long i = 0; i < run.n; ++i) n_above += std::abs(run.changes[i]) >= cutoff;
        for (Real size : single) n_above += size >= cutoff;
        const double excess = (double) n_above / n / target - 1;
        forget();
        return theta * (1 + rate * std::min(std::max(excess, -1.0), 1.0));
    }

    static void forget() {
        runs.clear();
        single.clear();
        is_new = false;
    }

    static long count() {
        long n = single.size();
        for (const Run& run : runs) n += run.n;
        return n;
    }

    // A size that about k of the sizes exceed, rather more than fewer, guessed from a sample.
    static Real find_bound(long k) {
        constexpr long n_wanted = 256;
        const long n = count(), stride = n / n_wanted;
        if (stride < 4) return 0;
        Real sample[2 * n_wanted];
        long n_sampled = 0, next = 0, start = 0;  // of all offers in their order
        for (const Run& run : runs) {
            for (; next < start + run.n; next += stride) sample[n_sampled++] = std::abs(run.changes[next - start]);
            start += run.n;
        }
        const double expected = (double) k * n_sampled / n;
        const long rank = (long) (expected + 3 * std::sqrt(expected) + 2);  // three standard errors
        if (rank >= n_sampled) return 0;
        std::nth_element(sample, sample + rank, sample + n_sampled, std::greater<Real>());
        return sample[rank];
    }

    // Lay out the sizes above `bound`: how many there are.
    static long gather(Real bound) {
        sizes.resize(std::max((long) sizes.size(), count() + 8));
        Real* const kept = sizes.data();
        long n = 0;
        for (const Run& run : runs) {
            for (long i = 0; i < run.n; i += 64) {
                const int n_block = run.n - i < 64 ? run.n - i : 64;
                char flags[64] = {};
                for (int b = 0; b < n_block; ++b) flags[b] = std::abs(run.changes[i + b]) > bound;
                for (uint64_t above = pack(flags); above; above &= above - 1)
                    kept[n++] = std::abs(run.changes[i + __builtin_ctzll(above)]);
            }
        }
        for (Real size : single) {
            kept[n] = size;
            n += size > bound;
        }
        return n;
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

template <class Real, unsigned synapses>
std::vector<typename Offers<Real, synapses>::Run> Offers<Real, synapses>::runs;
template <class Real, unsigned synapses> std::vector<Real> Offers<Real, synapses>::single;
template <class Real, unsigned synapses> std::vector<Real> Offers<Real, synapses>::sizes;
template <class Real, unsigned synapses> Real Offers<Real, synapses>::cutoff = 0;
template <class Real, unsigned synapses> bool Offers<Real, synapses>::is_new = false;

// Within each cell.
template <class Real, unsigned synapses>
struct NeuronOffers {
    struct Cell { std::vector<Real> sizes; Real cutoff; bool is_ranked; };
    static std::vector<Cell> cells;
    static bool is_over;  // no more offers come in this trial

    static inline Real offer(Real change, int j) {
        if (is_over) {
            for (Cell& cell : cells) {
                cell.sizes.clear();
                cell.is_ranked = false;
            }
            is_over = false;
        }
        if (j >= (int) cells.size()) cells.resize(j + 1, Cell{{}, 0, false});
        const Real size = std::abs(change);
        if (size > 0) cells[j].sizes.push_back(size);
        return change;
    }

    static inline Real kth_largest(int j, long k) {
        is_over = true;
        if (j >= (int) cells.size()) return 0;
        Cell& cell = cells[j];
        if (!cell.is_ranked) {
            const long n = cell.sizes.size();
            cell.is_ranked = true;
            cell.cutoff = 0;
            if (k >= 1 && k <= n) {
                const auto kth = cell.sizes.begin() + k - 1;
                std::nth_element(cell.sizes.begin(), kth, cell.sizes.end(), std::greater<Real>());
                cell.cutoff = *kth;
            }
        }
        return cell.cutoff;
    }
};

template <class Real, unsigned synapses>
std::vector<typename NeuronOffers<Real, synapses>::Cell> NeuronOffers<Real, synapses>::cells;
template <class Real, unsigned synapses> bool NeuronOffers<Real, synapses>::is_over = true;

// Between cells, for each of which one synapse speaks.
template <class Real, unsigned synapses>
struct Speakers {
    static std::vector<Real> values;
    static Real cutoff;
    static bool is_new;

    static inline Real enter(Real value, bool speaks) {
        if (speaks) values.push_back(value);
        is_new = true;
        return value;
    }

    static Real kth_highest(long k) {
        if (!is_new) return cutoff;
        cutoff = std::numeric_limits<Real>::infinity();
        if (k >= 1 && k <= (long) values.size()) {
            std::nth_element(values.begin(), values.begin() + k - 1, values.end(), std::greater<Real>());
            cutoff = values[k - 1];
        }
        values.clear();
        is_new = false;
        return cutoff;
    }
};

template <class Real, unsigned synapses> std::vector<Real> Speakers<Real, synapses>::values;
template <class Real, unsigned synapses> Real Speakers<Real, synapses>::cutoff = 0;
template <class Real, unsigned synapses> bool Speakers<Real, synapses>::is_new = false;

}  // namespace bioplast
