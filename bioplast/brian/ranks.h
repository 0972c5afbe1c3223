// Order statistics of sizes. Positive floating-point numbers are ordered like their bit patterns, which
// compilers compare many at a time.
#pragma once
#include "flags.h"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace bioplast {

template <class Real> struct BitsOf;
template <> struct BitsOf<float> { using type = int32_t; };
template <> struct BitsOf<double> { using type = int64_t; };

template <class Real> inline typename BitsOf<Real>::type to_bits(Real value) {
    typename BitsOf<Real>::type bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

template <class Real> inline Real from_bits(typename BitsOf<Real>::type bits) {
    Real value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

#ifdef __AVX512F__
// Append those of 16 numbers that a mask names to `n` that are there; return how many there are then.
inline long store_some(int32_t* numbers, long n, __mmask16 which, __m512i from) {
    _mm512_storeu_si512(numbers + n, _mm512_maskz_compress_epi32(which, from));
    return n + __builtin_popcount(which);
}
#endif

// Lay out the sizes of those of `n` changes that are larger than `bound`, and the indices of these,
// counted from `first`: how many they are. There must be room for 64 more than there are.
template <class Real>
long gather_above(const Real* changes, long n, int first, Real bound, typename BitsOf<Real>::type* sizes,
                  int* indices) {
    long n_found = 0;
    for (long i = 0; i < n; i += 64) {
        const int n_block = n - i < 64 ? n - i : 64;
        char flags[64] = {};
        for (int b = 0; b < n_block; ++b) flags[b] = std::abs(changes[i + b]) > bound;
        for (uint64_t above = pack(flags); above; above &= above - 1, ++n_found) {
            const int b = __builtin_ctzll(above);
            sizes[n_found] = to_bits(std::abs(changes[i + b]));
            indices[n_found] = first + i + b;
        }
    }
    return n_found;
}

#ifdef __AVX512F__
inline long gather_above(const float* changes, long n, int first, float bound, int32_t* sizes, int* indices) {
    const __m512 least = _mm512_set1_ps(bound);
    __m512i index = _mm512_add_epi32(_mm512_set1_epi32(first),
                                     _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    long n_found = 0;
    for (long i = 0; i < n; i += 16) {
        const __mmask16 there = n - i < 16 ? (1 << (n - i)) - 1 : 0xffff;
        const __m512 size = _mm512_abs_ps(_mm512_maskz_loadu_ps(there, changes + i));
        const __mmask16 above = _mm512_mask_cmp_ps_mask(there, size, least, _CMP_GT_OQ);
        store_some(sizes, n_found, above, _mm512_castps_si512(size));
        n_found = store_some(indices, n_found, above, index);
        index = _mm512_add_epi32(index, _mm512_set1_epi32(16));
    }
    return n_found;
}
#endif

// Copy the indices of sizes of at least `least`, in their order: how many they are. There must be room for
// 64 more than there are.
template <class Bits>
long list_from(const Bits* sizes, const int* indices, long n, Bits least, int* listed) {
    long n_listed = 0;
    for (long i = 0; i < n; i += 64) {
        const int n_block = n - i < 64 ? n - i : 64;
        char flags[64] = {};
        for (int b = 0; b < n_block; ++b) flags[b] = sizes[i + b] >= least;
        for (uint64_t above = pack(flags); above; above &= above - 1)
            listed[n_listed++] = indices[i + __builtin_ctzll(above)];
    }
    return n_listed;
}

#ifdef __AVX512F__
inline long list_from(const int32_t* sizes, const int* indices, long n, int32_t least, int* listed) {
    long n_listed = 0;
    for (long i = 0; i < n; i += 16) {
        const __mmask16 there = n - i < 16 ? (1 << (n - i)) - 1 : 0xffff;
        const __m512i size = _mm512_maskz_loadu_epi32(there, sizes + i);
        const __mmask16 above = _mm512_mask_cmpge_epi32_mask(there, size, _mm512_set1_epi32(least));
        const __m512i index = _mm512_maskz_loadu_epi32(there, indices + i);
        n_listed = store_some(listed, n_listed, above, index);
    }
    return n_listed;
}
#endif

// List the indices, counted from `first`, of those of `n` changes that are at least as large as their own
// bound: how many they are. There must be room for `n`.
template <class Real> long list_above(const Real* changes, const Real* bounds, int n, int first, int* listed) {
    long n_listed = 0;
    for (int i = 0; i < n; i += 64) {
        const int n_block = n - i < 64 ? n - i : 64;
        char flags[64] = {};
        for (int b = 0; b < n_block; ++b) flags[b] = std::abs(changes[i + b]) >= bounds[i + b];
        n_listed = append_places(pack(flags), first + i, listed, n_listed, n);
    }
    return n_listed;
}

// Copy the sizes in [low, high), in their order: how many they are. There must be room for 64 more than
// there are, and it may be where the sizes are.
template <class Bits> long keep_between(const Bits* sizes, long n, Bits low, Bits high, Bits* kept) {
    long n_kept = 0;
    for (long i = 0; i < n; i += 64) {
        const int n_block = n - i < 64 ? n - i : 64;
        char flags[64] = {};
        for (int b = 0; b < n_block; ++b) flags[b] = (sizes[i + b] >= low) & (sizes[i + b] < high);
        for (uint64_t between = pack(flags); between; between &= between - 1)
            kept[n_kept++] = sizes[i + __builtin_ctzll(between)];
    }
    return n_kept;
}

#ifdef __AVX512F__
inline long keep_between(const int32_t* sizes, long n, int32_t low, int32_t high, int32_t* kept) {
    long n_kept = 0;
    for (long i = 0; i < n; i += 16) {
        const __mmask16 there = n - i < 16 ? (1 << (n - i)) - 1 : 0xffff;
        const __m512i size = _mm512_maskz_loadu_epi32(there, sizes + i);
        const __mmask16 from_low = _mm512_mask_cmpge_epi32_mask(there, size, _mm512_set1_epi32(low));
        const __mmask16 between = _mm512_mask_cmplt_epi32_mask(from_low, size, _mm512_set1_epi32(high));
        n_kept = store_some(kept, n_kept, between, size);
    }
    return n_kept;
}
#endif

// The k-th largest of `n` sizes, at least one: narrow the interval that it is in until few are left. There
// must be `room` for 64 more than there are, and it may be where the sizes are.
template <class Bits> Bits select_kth(const Bits* sizes, long n, long k, Bits* room) {
    constexpr long n_few = 32;
    Bits low = sizes[0], high = sizes[0];
    for (long i = 0; i < n; ++i) {
        low = sizes[i] < low ? sizes[i] : low;
        high = sizes[i] > high ? sizes[i] : high;
    }
    ++high;  // it is in [low, high)
    // `k` and all numbers of sizes are of the n that are looked at still.
    long n_from_low = n, n_from_high = 0;
    for (int turn = 0; n_from_low - n_from_high > n_few && high - low > 1; ++turn) {
        // Alternating with plain halving, interpolation cannot creep along one end.
        const double share = turn % 2 ? 0.5 : (n_from_low - k + 0.5) / (n_from_low - n_from_high);
        const Bits middle = std::min(std::max(low + (Bits) (share * (high - low)), low + 1), high - 1);
        Bits n_from = 0;
        for (long i = 0; i < n; ++i) n_from += sizes[i] >= middle;
        if (n_from >= k) {
            low = middle;
            n_from_low = n_from;
        } else {
            high = middle;
            n_from_high = n_from;
        }
        if (2 * (n_from_low - n_from_high) < n) {  // all others need not be counted again
            n = keep_between(sizes, n, low, high, room);
            sizes = room;
            k -= n_from_high;
            n_from_low = n;
            n_from_high = 0;
        }
    }
    if (high - low == 1) return low;
    n = keep_between(sizes, n, low, high, room);
    const long at = k - 1 - n_from_high;
    std::nth_element(room, room + at, room + n, std::greater<Bits>());
    return room[at];
}

}  // namespace bioplast
