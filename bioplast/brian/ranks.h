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
        _mm512_storeu_si512(sizes + n_found, _mm512_maskz_compress_epi32(above, _mm512_castps_si512(size)));
        _mm512_storeu_si512(indices + n_found, _mm512_maskz_compress_epi32(above, index));
        n_found += __builtin_popcount(above);
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
        _mm512_storeu_si512(listed + n_listed, _mm512_maskz_compress_epi32(above, index));
        n_listed += __builtin_popcount(above);
    }
    return n_listed;
}
#endif

// The k-th largest of `n` sizes, at least one: narrow the interval that it is in until few are left.
template <class Bits> Bits select_kth(const Bits* sizes, long n, long k) {
    constexpr long n_few = 64;
    Bits low = sizes[0], high = sizes[0];
    for (long i = 0; i < n; ++i) low = sizes[i] < low ? sizes[i] : low;
    for (long i = 0; i < n; ++i) high = sizes[i] > high ? sizes[i] : high;
    ++high;  // it is in [low, high)
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
    }
    if (high - low == 1) return low;
    Bits few[n_few];
    int n_left = 0;
    for (long i = 0; i < n; i += 64) {
        const int n_block = n - i < 64 ? n - i : 64;
        char flags[64] = {};
        for (int b = 0; b < n_block; ++b) flags[b] = (sizes[i + b] >= low) & (sizes[i + b] < high);
        for (uint64_t left = pack(flags); left; left &= left - 1)
            few[n_left++] = sizes[i + __builtin_ctzll(left)];
    }
    const long at = k - 1 - n_from_high;
    std::nth_element(few, few + at, few + n_left, std::greater<Bits>());
    return few[at];
}

}  // namespace bioplast
