/* Latencies in nanoseconds, in buckets 1.6 % wide: constant memory, percentiles in one pass. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

#define STEPS 64 /* per power of two */

struct histogram {
    uint64_t count, buckets[64 * STEPS];
    uint64_t maximum;
};

static inline void histogram_add(struct histogram *histogram, uint64_t value) {
    unsigned power = value < STEPS ? 0 : 58u - (unsigned)__builtin_clzll(value);
    uint64_t bucket = power ? power * STEPS + (value >> (power - 1)) - STEPS : value;
    histogram->buckets[bucket]++;
    histogram->count++;
    if (value > histogram->maximum) histogram->maximum = value;
}

/* The upper edge of the bucket that holds this share of the values. */
static uint64_t histogram_at(const struct histogram *histogram, double share) {
    uint64_t wanted = (uint64_t)(share * (double)histogram->count), seen = 0;
    for (uint64_t bucket = 0; bucket < 64 * STEPS; bucket++) {
        seen += histogram->buckets[bucket];
        if (seen > wanted) {
            if (bucket < STEPS) return bucket;
            uint64_t edge = (bucket % STEPS + STEPS + 1) << (bucket / STEPS - 1);
            return edge < histogram->maximum ? edge : histogram->maximum;
        }
    }
    return histogram->maximum;
}

#endif
