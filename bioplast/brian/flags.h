// Sets of up to 64 things as the bits of a number, made from flags that a loop can set eight or more at once.
#pragma once
#include "taken.h"
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace bioplast {

// Bit i of the result is flags[i], 0 or 1.
inline uint64_t pack(const char (&flags)[64]) {
#ifdef __SSE2__
    uint64_t packed = 0;
    for (int quarter = 0; quarter < 4; ++quarter) {
        const __m128i sixteen = _mm_loadu_si128((const __m128i*) (flags + 16 * quarter));
        packed |= (uint64_t) _mm_movemask_epi8(_mm_slli_epi16(sixteen, 7)) << (16 * quarter);
    }
#elif defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    // The multiplication moves the lowest bit of byte i of eight to bit 56 + i.
    uint64_t packed = 0;
    for (int word = 0; word < 8; ++word) {
        uint64_t eight;
        std::memcpy(&eight, flags + 8 * word, 8);
        packed |= ((eight * 0x0102040810204080ULL) >> 56) << (8 * word);
    }
#else
    uint64_t packed = 0;
    for (int i = 0; i < 64; ++i) packed |= (uint64_t) flags[i] << i;
#endif
    return packed;
}

// Append the places of the bits that are set, counted from `first`, to the `n` numbers there are, of at most
// `n_most`; return how many there are then.
inline long append_places(uint64_t set, int first, int32_t* numbers, long n, long n_most) {
    constexpr int n_few = 6;
    const int n_set = __builtin_popcountll(set);
    if (n_set == 64) {
        for (int place = 0; place < 64; ++place) numbers[n + place] = first + place;
    } else if (n_set <= n_few && n + n_few <= n_most) {
        // Always as many, as the end of a loop that differs from time to time cannot be foreseen.
        for (int f = 0; f < n_few; ++f, set &= set - 1) numbers[n + f] = first + __builtin_ctzll(set | 1ULL << 63);
    } else {
        for (long next = n; set; set &= set - 1) numbers[next++] = first + __builtin_ctzll(set);
    }
    return n + n_set;
}

// The stretch from the first to the last flag that is set; empty if none is.
struct Stretch {
    int first, end;
    Stretch(const char* flags, int n) : first(0), end(n) {
        while (end && !flags[end - 1]) --end;
        while (first < end && !flags[first]) ++first;
    }
};

}  // namespace bioplast
