// Sets of up to 64 things as the bits of a number, made from flags that a loop can set eight or more at once.
#pragma once
#include <cstdint>
#include <cstring>

namespace bioplast {

// Bit i of the result is flags[i], 0 or 1.
inline uint64_t pack(const char (&flags)[64]) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
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

}  // namespace bioplast
