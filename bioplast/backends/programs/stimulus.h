// The images and trials that a compiled network is shown, mapped into memory, and the spike trains drawn
// from them (see bioplast/backends/programs/stimulus.py). Images have n_inputs columns, the always-on input included.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "draws.h"
#include "flags.h"

namespace bioplast {

struct Shown { int32_t image, label; uint32_t key, draws[8]; };

// What the network is shown in a chunk of trials (chunks.h).
extern const uint8_t* images;  // (n_images, n_inputs)
extern const Shown* trials;    // (n_trials,)
extern long n_trials;

static inline const Shown& shown(long trial) { return trials[trial < n_trials ? trial : n_trials - 1]; }

// Never changes while a piece of code runs, which `const` promises: a loop over the inputs asks once.
template <int n_inputs> __attribute__((const, noinline)) static const uint8_t* image(long trial) {
    return images + (long) shown(trial).image * n_inputs;
}

template <int n_inputs> static inline int level(long trial, int i) { return image<n_inputs>(trial)[i]; }

// Bit s is set if input i fires at step s, in steps 1 to n_steps.
template <int n_inputs> static inline int64_t poisson_train(long trial, int i, int n_steps, double p) {
    const int bright = level<n_inputs>(trial, i);
    if (!bright) return 0;
    const uint32_t key = shown(trial).key;
    const double bound = p * (bright / 255.0) * 4294967296.0;
    if (!(bound > 0)) return 0;
    const uint32_t last = (uint32_t) std::min(std::ceil(bound) - 1, 4294967295.0);  // below it
    char fired[64];
    for (int step = 0; step < 64; ++step) {
        const uint32_t counter = (uint32_t) (step * n_inputs + i);
        fired[step] = scramble(key + counter * 0x9E3779B9U) <= last;
    }
    return (int64_t) (pack(fired) & (((uint64_t) 2 << n_steps) - 2));
}

// The same with spikes at even distances.
template <int n_inputs> static inline int64_t regular_train(long trial, int i, int n_steps, double p) {
    const uint64_t rate = (uint64_t) (p * (level<n_inputs>(trial, i) / 255.0) * 4294967296.0);
    const uint32_t phase = (uint32_t) i * 0x9E3779B9U;
    uint64_t train = 0;
    for (uint64_t step = 1; step <= (uint64_t) n_steps; ++step)
        train |= (((phase + step * rate) >> 32) - ((phase + (step - 1) * rate) >> 32)) << step;
    return (int64_t) train;
}

// Random bits for the synapses of a layer in a trial, and a uniform number in [0, 1) for each counter.
static inline int64_t release_key(long trial, int layer) {
    return scramble(shown(trial).key + (uint32_t) (layer + 1) * 0x85EBCA6BU);
}

static inline double draw(int64_t key, int64_t counter) {
    return scramble((uint32_t) key + (uint32_t) counter * 0x9E3779B9U) / 4294967296.0;
}

}  // namespace bioplast
