// Competitions between synapses: how large the change of each is, and how large it must be to be written.
//
// Exact, ties included. One instance per (scalar type, synapses): static members of a class template
// are shared by all source files of a program, which is how the code that proposes changes and the
// code that writes them meet.
#pragma once
#include "ranks.h"
#include "runs.h"
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

namespace bioplast {

// Among all synapses of a layer.
template <class Real, unsigned synapses>
struct Candidates {
    using Bits = typename BitsOf<Real>::type;
    static const Real* changes;  // of all synapses
    struct Span { int first, n; };  // of synapses side by side in memory
    static std::vector<Span> spans;  // those that compete since the last answer
    static long n_side_by_side;  // how many these are
    static std::vector<Real> single;  // changes that came one by one
    static std::vector<Bits> sizes;  // room for sizes that may be written ...
    static std::vector<int> members;  // and the synapses they are of
    static std::vector<Bits> room;  // for as many sizes
    static std::vector<int> written;  // the first `n_written` are the synapses at or above the cutoff
    static long n_written, n_candidates;  // of so many; -1 if they are not listed
    static Real cutoff;
    static bool is_new;

    static inline Real compete(Real change) {
        single.push_back(change);
        is_new = true;
        return change;
    }

    // The changes of a run of synapses, which stay where they are until they are written.
    static inline void compete_run(const Real* all_changes, const Run& run) {
        changes = all_changes;
        if (!spans.empty() && spans.back().first + spans.back().n == run.first)
            spans.back().n += run.n;
        else
            spans.push_back({run.first, run.n});
        n_side_by_side += run.n;
        is_new = true;
    }

    // The k-th largest size; 0 if fewer compete, so that every change passes. The code
    // that asks runs at every time step; without new candidates the answer stays what it was.
    static Real kth_largest(long k) {
        if (!is_new) return cutoff;
        long n = gather(find_bound(k));
        if (n < k) n = gather(0);
        cutoff = k < 1 || k > n ? 0 : from_bits<Real>(select_kth(sizes.data(), n, k, room.data()));
        list(n);
        return cutoff;
    }

    // A threshold that follows the share of `n` synapses whose change is as large, at most by the part `rate`.
    static double adapted(double theta, double target, double rate, long n) {
        if (!is_new || n == 0) return theta;
        cutoff = (Real) theta;
        // All at or above it are above the number before it.
        const long n_above = cutoff > 0 ? gather(from_bits<Real>(to_bits(cutoff) - 1)) : count();
        list(n_above);
        const double excess = (double) n_above / n / target - 1;
        return theta * (1 + rate * std::min(std::max(excess, -1.0), 1.0));
    }

    static long count() { return n_side_by_side + (long) single.size(); }

    // A size that about k of the sizes exceed, rather more than fewer, guessed from a sample.
    static Real find_bound(long k) {
        constexpr long n_wanted = 256;
        const long n = count(), stride = n / n_wanted;
        if (stride < 4) return 0;
        Bits sample[2 * n_wanted + 64];
        // All candidates in their order, one from each `stride` of them, anywhere in it: at even distances it
        // could be the same few cells again and again.
        long n_sampled = 0, start = 0, next = 0;
        uint32_t place = 0;
        for (const Span& span : spans) {
            for (; next < start + span.n; ++n_sampled) {
                sample[n_sampled] = to_bits(std::abs(changes[span.first + next - start]));
                place += 0x9E3779B9;  // 2^32 times the golden ratio less one: any few in turn are far apart
                next = (n_sampled + 1) * stride + ((uint64_t) place * stride >> 32);
            }
            start += span.n;
        }
        const double expected = (double) k * n_sampled / n;
        const long rank = (long) (expected + 3 * std::sqrt(expected) + 2);  // three standard errors
        return rank >= n_sampled ? 0 : from_bits<Real>(select_kth(sample, n_sampled, rank + 1, sample));
    }

    // Lay out the sizes above `bound` and their synapses: how many there are.
    static long gather(Real bound) {
        const size_t n_most = count() + 64;
        if (sizes.size() < n_most) {
            sizes.resize(n_most);
            members.resize(n_most);
            room.resize(n_most);
            written.resize(n_most);
        }
        long n = 0;
        for (const Span& span : spans)
            n += gather_above(changes + span.first, span.n, span.first, bound, &sizes[n], &members[n]);
        return n + gather_above(single.data(), single.size(), 0, bound, &sizes[n], &members[n]);
    }

    // List the synapses at or above the cutoff, all among the `n` that are laid out, and forget the candidates.
    static void list(long n) {
        n_candidates = cutoff > 0 && single.empty() ? count() : -1;
        if (n_candidates >= 0) n_written = list_from(sizes.data(), members.data(), n, to_bits(cutoff), written.data());
        spans.clear();
        single.clear();
        n_side_by_side = 0;
        is_new = false;
    }
};

template <class Real, unsigned synapses> const Real* Candidates<Real, synapses>::changes = nullptr;
template <class Real, unsigned synapses>
std::vector<typename Candidates<Real, synapses>::Span> Candidates<Real, synapses>::spans;
template <class Real, unsigned synapses> std::vector<Real> Candidates<Real, synapses>::single;
template <class Real, unsigned synapses>
std::vector<typename Candidates<Real, synapses>::Bits> Candidates<Real, synapses>::sizes;
template <class Real, unsigned synapses> std::vector<int> Candidates<Real, synapses>::members;
template <class Real, unsigned synapses>
std::vector<typename Candidates<Real, synapses>::Bits> Candidates<Real, synapses>::room;
template <class Real, unsigned synapses> std::vector<int> Candidates<Real, synapses>::written;
template <class Real, unsigned synapses> long Candidates<Real, synapses>::n_side_by_side = 0;
template <class Real, unsigned synapses> long Candidates<Real, synapses>::n_written = 0;
template <class Real, unsigned synapses> long Candidates<Real, synapses>::n_candidates = -1;
template <class Real, unsigned synapses> Real Candidates<Real, synapses>::cutoff = 0;
template <class Real, unsigned synapses> bool Candidates<Real, synapses>::is_new = false;

// Within each cell.
template <class Real, unsigned synapses>
struct NeuronCandidates {
    using Bits = typename BitsOf<Real>::type;
    struct Row { Run run; int first_cell; };  // of side by side synapses, onto cells that are so as well
    typedef Bits Lanes __attribute__((vector_size(64)));  // a size for each of some cells
    static constexpr int n_lanes = sizeof(Lanes) / sizeof(Bits);
    static const Real* changes;  // of all synapses
    static std::vector<Row> rows;
    static std::vector<std::vector<Bits>> singles;  // by cell, sizes that came one by one
    static bool has_singles;
    static std::vector<Real> cutoffs;  // by cell, for this rank:
    static std::vector<long> ranks;  // -1 if none was asked for
    static std::vector<Bits> others;  // room
    static std::vector<int> written;  // the first `n_written` are the synapses at or above their cell's cutoff
    static long n_written, n_candidates;  // of so many; -1 if they are not listed
    static bool is_over;  // no more candidates come in this trial

    static inline Real compete(Real change, int j) {
        begin(j + 1);
        singles[j].push_back(to_bits(std::abs(change)));
        has_singles = true;
        return change;
    }

    // The changes of a run of synapses, which stay where they are until they are written.
    static inline void compete_run(const Real* all_changes, const Run& run, int first_cell) {
        begin(first_cell + run.n);
        changes = all_changes;
        rows.push_back({run, first_cell});
    }

    // 0 if fewer than k compete, so that every change passes.
    static inline Real kth_largest(int j, long k) {
        is_over = true;
        if (j >= (int) ranks.size()) return 0;
        if (ranks[j] != k) rank(j, k);
        return cutoffs[j];
    }

    // List what is at or above its cell's cutoff, where all rows go onto the same cells; `wanted` are the
    // ranks by synapse, the same for all onto a cell.
    static void list(const int32_t* wanted) {
        if (is_over || has_singles || rows.empty()) return;
        is_over = true;
        const Row& row = rows.front();
        const int first_cell = row.first_cell, n_cells = row.run.n;
        for (const Row& other : rows)
            if (other.first_cell != first_cell || other.run.n != n_cells) return;
        for (int c = 0; c < n_cells; ++c) ranks[first_cell + c] = wanted[row.run.first + c];
        for (int c = 0; c < n_cells; c += n_lanes)
            rank_together(first_cell + c, std::min(n_lanes, n_cells - c));
        n_candidates = (long) rows.size() * n_cells;
        if ((long) written.size() < n_candidates) written.resize(n_candidates);
        n_written = 0;
        for (const Row& other : rows)
            n_written += list_above(changes + other.run.first, &cutoffs[first_cell], n_cells, other.run.first,
                                    &written[n_written]);
    }

    static void begin(int n_cells) {
        if (is_over) {
            if (has_singles)
                for (std::vector<Bits>& sizes : singles) sizes.clear();
            rows.clear();
            ranks.assign(ranks.size(), -1);
            n_candidates = -1;
            has_singles = is_over = false;
        }
        if (n_cells > (int) ranks.size()) {
            singles.resize(n_cells);
            ranks.resize(n_cells, -1);
            cutoffs.resize(n_cells);
        }
    }

    // Find the cutoff of cell j and, as cells mostly ask for the same rank, of those beside it.
    static void rank(int j, long k) {
        const int first = j / n_lanes * n_lanes;
        const int end = std::min(first + n_lanes, (int) ranks.size());
        bool covered = !has_singles;
        for (const Row& row : rows) covered &= row.first_cell <= first && end <= row.first_cell + row.run.n;
        if (covered) {
            std::fill(&ranks[first], &ranks[first] + (end - first), k);
            rank_together(first, end - first);
        } else {
            gather(j);
            const long n = others.size();
            others.resize(n + 64);
            cutoffs[j] = k < 1 || k > n ? 0 : from_bits<Real>(select_kth(others.data(), n, k, others.data()));
            ranks[j] = k;
        }
    }

    // The cutoffs of n cells onto which all rows go, for their ranks, bit by bit from the highest on.
    static void rank_together(int first, int n) {
        Lanes least = {};
        for (int b = 0; b < n; ++b) least[b] = ranks[first + b];
        others.assign(rows.size() * n_lanes, 0);
        for (size_t r = 0; r < rows.size(); ++r) {
            const Real* const beside = changes + rows[r].run.first + first - rows[r].first_cell;
            for (int b = 0; b < n; ++b) others[r * n_lanes + b] = to_bits(std::abs(beside[b]));
        }
        Lanes found = {};
        for (int place = 8 * sizeof(Bits) - 2; place >= 0; --place) {
            const Bits bit = (Bits) 1 << place;
            const Lanes probes = found | bit;
            Lanes counts = {};
            for (size_t r = 0; r < rows.size(); ++r) {
                Lanes sizes;
                std::memcpy(&sizes, &others[r * n_lanes], sizeof sizes);
                counts -= sizes >= probes;  // -1 where true
            }
            found |= (counts >= least) & bit;
        }
        for (int b = 0; b < n; ++b) cutoffs[first + b] = least[b] < 1 ? 0 : from_bits<Real>(found[b]);
    }

    static void gather(int j) {
        others = singles[j];
        for (const Row& row : rows) {
            const int place = j - row.first_cell;
            if (place >= 0 && place < row.run.n)
                others.push_back(to_bits(std::abs(changes[row.run.first + place])));
        }
    }
};

template <class Real, unsigned synapses> constexpr int NeuronCandidates<Real, synapses>::n_lanes;
template <class Real, unsigned synapses> const Real* NeuronCandidates<Real, synapses>::changes = nullptr;
template <class Real, unsigned synapses>
std::vector<typename NeuronCandidates<Real, synapses>::Row> NeuronCandidates<Real, synapses>::rows;
template <class Real, unsigned synapses>
std::vector<std::vector<typename NeuronCandidates<Real, synapses>::Bits>> NeuronCandidates<Real, synapses>::singles;
template <class Real, unsigned synapses> bool NeuronCandidates<Real, synapses>::has_singles = false;
template <class Real, unsigned synapses> std::vector<Real> NeuronCandidates<Real, synapses>::cutoffs;
template <class Real, unsigned synapses> std::vector<long> NeuronCandidates<Real, synapses>::ranks;
template <class Real, unsigned synapses>
std::vector<typename NeuronCandidates<Real, synapses>::Bits> NeuronCandidates<Real, synapses>::others;
template <class Real, unsigned synapses> std::vector<int> NeuronCandidates<Real, synapses>::written;
template <class Real, unsigned synapses> long NeuronCandidates<Real, synapses>::n_written = 0;
template <class Real, unsigned synapses> long NeuronCandidates<Real, synapses>::n_candidates = -1;
template <class Real, unsigned synapses> bool NeuronCandidates<Real, synapses>::is_over = true;

// Between cells, for each of which one synapse representative.
template <class Real, unsigned synapses>
struct Speakers {
    static std::vector<Real> values;
    static Real cutoff;
    static bool is_new;

    static inline Real enter(Real value, bool representative) {
        if (representative) values.push_back(value);
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
