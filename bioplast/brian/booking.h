// What compiled code on somebody's synapses keeps the books with (booking.py).
#ifndef BIOPLAST_BOOKING_H
#define BIOPLAST_BOOKING_H
#include <cstddef>

#if !defined(__has_builtin)
#define __has_builtin(name) 0
#endif

#if defined(__GNUC__)
#define BIOPLAST_APART __attribute__((noinline))
#else
#define BIOPLAST_APART
#endif

namespace bioplast {

// w; a compiler that may reorder sums does not look through it, and takes (w + change) - w for no change.
template <typename Real> inline Real set_apart(Real w) {
#if __has_builtin(__builtin_assoc_barrier)
    return __builtin_assoc_barrier(w);
#elif __has_builtin(__arithmetic_fence)
    return __arithmetic_fence(w);
#else
    volatile Real kept = w;
    return kept;
#endif
}

// Tells which synapse a pathway will come to a little later in this step. Synapses onto one cell lie apart, and
// what is asked for early is there in time.
class Ahead {
public:
    // The synapse to come, or idx itself, at which the pathway is now, if there is none.
    template <typename Pathway> std::size_t find(const Pathway& pathway, std::size_t idx) {
        return look(pathway, idx, 0);
    }

private:
    static const std::size_t distance = 8;
    std::size_t position = 0;

    // Brian2 lists in this member which synapses have a spike.
    template <typename Pathway>
    auto look(const Pathway& pathway, std::size_t idx, int) -> decltype(std::size_t(pathway.all_peek[0])) {
        const auto& listed = pathway.all_peek;
        if (position >= listed.size() || std::size_t(listed[position]) != idx) position = 0;
        const std::size_t next = position++ + distance;
        return next < listed.size() ? std::size_t(listed[next]) : idx;
    }

    template <typename Pathway> std::size_t look(const Pathway&, std::size_t idx, long) { return idx; }
};

inline void fetch(const void* address) {
#if defined(__GNUC__)
    __builtin_prefetch(address, 1);
#endif
}

}  // namespace bioplast

#endif
