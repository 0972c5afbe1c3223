// Which synapses a pathway reaches in a time step, and which of them lie side by side in memory.
#pragma once
#include "flags.h"
#include <cstdint>
#include <vector>

namespace bioplast {

// A stretch of n synapses from one cell to cells next to each other: pre is the same, and post goes up by
// one from each synapse to the next.
struct Run { int first, n, pre, post; };

// Whether events arrive in the step they happen in, so that no queue is needed.
template <class Pathway>
bool is_instant(const Pathway& pathway) {
    const auto& queue = *pathway.queue[0];
    return pathway.queue.size() == 1 && !pathway.sources.empty() && queue.scalar_delay && queue.delays[0] == 0;
}

// Whether synapses go from each of some cells, which come in their order, to the same `n_post` ones.
inline bool is_matrix(const int32_t* pre, const int32_t* post, long n_synapses, long n_post) {
    bool differs = n_post < 1 || n_synapses % n_post;
    for (long s = 0; s < n_synapses && !differs; ++s)
        differs = post[s] != s % n_post || pre[s] != pre[s - s % n_post] || (s >= n_post && pre[s] <= pre[s - n_post]);
    return !differs;
}

// Whether synapses onto the same cell have the same number.
inline bool is_of_cell(const int32_t* numbers, const int32_t* post, long n_synapses) {
    std::vector<long> first;  // by cell: a synapse onto it
    bool differs = false;
    for (long s = 0; s < n_synapses && !differs; ++s) {
        if (post[s] >= (long) first.size()) first.resize(post[s] + 1, -1);
        if (first[post[s]] < 0) first[post[s]] = s;
        differs = numbers[s] != numbers[first[post[s]]];
    }
    return !differs;
}

class Reach {
    const int32_t *const pre, *const post;
    const char* const on_path;  // by synapse; null if all are
    std::vector<int> to_end;    // by synapse: how many from it on, itself included, belong to its run
    std::vector<Run> runs;      // of all cells, one cell after the other
    std::vector<int> first_of;  // by cell, and one more: where its runs begin
    std::vector<long> n_of;     // by cell: how many synapses its runs consist of
    std::vector<Run> found;
    bool whole = true;          // no run that was found so far leaves the path on its way

    // Find the runs of all cells, once; return how many cells there are.
    template <class Pathway> int look_up(const Pathway& pathway) {
        if (first_of.empty()) {
            for (const std::vector<int>& listed : pathway.queue[0]->synapses) {
                first_of.push_back(runs.size());
                split(listed.data(), listed.size(), runs);
                long n_synapses = 0;
                for (size_t r = first_of.back(); r < runs.size(); ++r) n_synapses += runs[r].n;
                n_of.push_back(n_synapses);
            }
            first_of.push_back(runs.size());
            found.resize(runs.size());  // no cell has two events in a step
        }
        return n_of.size();
    }

    // Append the runs that `n` listed synapses consist of; ends that are off the path are left out.
    void split(const int* listed, int n, std::vector<Run>& runs) {
        for (int i = 0; i < n;) {
            int first = listed[i], length = to_end[first];
            int differ = length > n - i;
            for (int k = 0; k < length && !differ; ++k) differ = listed[i + k] ^ (first + k);
            if (differ) length = 1;
            i += length;
            if (on_path) {
                const Stretch plastic(on_path + first, length);
                first += plastic.first;
                length = plastic.end - plastic.first;
                for (int k = 0; k < length; ++k) whole &= on_path[first + k] != 0;
            }
            if (length) runs.push_back({first, length, pre[first], post[first]});
        }
    }

public:
    // Runs that were found, and how many synapses they consist of.
    struct Found {
        const Run *first, *last;
        long n_synapses;
        const Run* begin() const { return first; }
        const Run* end() const { return last; }
    };

    Reach(const int32_t* pre, const int32_t* post, long n_synapses, const char* on_path = nullptr)
        : pre(pre), post(post), on_path(on_path), to_end(n_synapses, 1) {
        for (long s = n_synapses - 2; s >= 0; --s)
            if (pre[s + 1] == pre[s] && post[s + 1] == post[s] + 1) to_end[s] = to_end[s + 1] + 1;
    }

    // Whether all that was ever found lies on the path.
    bool is_whole() const { return whole; }

    // What the events of this step reach, in the order in which Brian2 would visit it.
    template <class Pathway> Found find(Pathway& pathway, const int32_t* events, int n_events) {
        long n_synapses = 0;
        if (!is_instant(pathway)) {
            const std::vector<int>& listed = *pathway.peek();
            found.clear();
            split(listed.data(), listed.size(), found);
            for (const Run& run : found) n_synapses += run.n;
            return {found.data(), found.data() + found.size(), n_synapses};
        }
        const int first_source = pathway.queue[0]->source_start, n_sources = look_up(pathway);
        const Run* const all = runs.data();
        const int* const first = first_of.data();
        Run* next = found.data();
        for (int e = 0; e < n_events; ++e) {
            const int source = events[e] - first_source;
            if (source < 0 || source >= n_sources) continue;
            for (int r = first[source]; r < first[source + 1]; ++r) {
                n_synapses += all[r].n;
                *next++ = all[r];
            }
        }
        return {found.data(), next, n_synapses};
    }

    // How many synapses that are.
    template <class Pathway> long count(Pathway& pathway, const int32_t* events, int n_events) {
        if (!is_instant(pathway)) return find(pathway, events, n_events).n_synapses;
        const int first_source = pathway.queue[0]->source_start, n_sources = look_up(pathway);
        long n_synapses = 0;
        for (int e = 0; e < n_events; ++e) {
            const int source = events[e] - first_source;
            if (source >= 0 && source < n_sources) n_synapses += n_of[source];
        }
        return n_synapses;
    }
};

// Whether the next n runs go to the same cells, more than one.
template <int n> inline bool are_alike(const Run* next, const Run* last) {
    bool alike = last - next >= n && next->n > 1;
    for (int r = 1; r < n && alike; ++r) alike = next[r].n == next->n && next[r].post == next->post;
    return alike;
}

template <class Real> inline Real identity(Real x) { return x; }
template <class Real> inline Real identity(Real x, int) { return x; }

}  // namespace bioplast
