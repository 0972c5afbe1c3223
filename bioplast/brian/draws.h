// Which numbers a draw without replacement takes: the inverse of a keyed permutation, which is computed
// for each number alone (see bioplast/plasticity/shuffle.py).
#pragma once
#include <cmath>
#include <cstdint>

namespace bioplast {

static inline uint32_t scramble(uint32_t x) {
    x ^= x >> 16; x *= 0x7feb352dU; x ^= x >> 15; x *= 0x846ca68bU; return x ^ (x >> 16);
}

// The index at which `number` is drawn of all `n`; what lies outside the n on the grid is passed over.
static inline int64_t index_of_draw(int64_t number, int64_t n, uint32_t key) {
    const int64_t n_columns = (int64_t) std::sqrt((double) n);
    const int64_t n_rows = (n + n_columns - 1) / n_columns;
    int64_t index = number;
    do {
        int64_t row = index / n_columns, column = index - row * n_columns;
        for (int turn = 1; turn >= 0; --turn) {
            const uint32_t rows = key + (uint32_t) turn * 0x9e3779b9U;
            const uint32_t columns = key + (uint32_t) turn * 0x3c6ef372U + 1;
            row -= ((uint64_t) scramble((uint32_t) column + columns) * n_rows) >> 32;
            row += row < 0 ? n_rows : 0;
            column -= ((uint64_t) scramble((uint32_t) row + rows) * n_columns) >> 32;
            column += column < 0 ? n_columns : 0;
        }
        index = row * n_columns + column;
    } while (index >= n);
    return index;
}

}  // namespace bioplast
