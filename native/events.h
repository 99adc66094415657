/* Coincidence of events over sorted int64 times: b follows a when it lies in (a + tau, a + tau + width].
 *
 * Every walk moves two positions forward through sorted times: linear in the number of events.
 */
#ifndef MIMICRY_EVENTS_H
#define MIMICRY_EVENTS_H

#include <stddef.h>
#include <stdint.h>

/* Position of the first of b[from..n) later than t. */
static inline ptrdiff_t events_after(const int64_t *b, ptrdiff_t n, ptrdiff_t from, int64_t t)
{
    while (from < n && b[from] <= t)
        from++;
    return from;
}

/* Number of a followed by a b. */
static int64_t events_triggered(const int64_t *a, ptrdiff_t a_n, const int64_t *b, ptrdiff_t b_n, int64_t tau,
                                int64_t width)
{
    int64_t count = 0;
    for (ptrdiff_t i = 0, j = 0; i < a_n; i++) {
        j = events_after(b, b_n, j, a[i] + tau);
        count += j < b_n && b[j] <= a[i] + tau + width;
    }
    return count;
}

/* Number of b that follow an a: some a lies in [b - tau - width, b - tau). */
static int64_t events_responses(const int64_t *a, ptrdiff_t a_n, const int64_t *b, ptrdiff_t b_n, int64_t tau,
                                int64_t width)
{
    int64_t count = 0;
    for (ptrdiff_t i = 0, j = 0; j < b_n; j++) {
        i = events_after(a, a_n, i, b[j] - tau - width - 1);
        count += i < a_n && a[i] < b[j] - tau;
    }
    return count;
}

/* Length of the union of (a + tau, a + tau + width] inside (start, end]. */
static int64_t events_exposure(const int64_t *a, ptrdiff_t n, int64_t tau, int64_t width, int64_t start, int64_t end)
{
    int64_t length = 0, covered = start;
    for (ptrdiff_t i = 0; i < n; i++) {
        int64_t first = a[i] + tau > covered ? a[i] + tau : covered;
        int64_t last = a[i] + tau + width < end ? a[i] + tau + width : end;
        if (last > first) {
            length += last - first;
            covered = last;
        }
    }
    return length;
}

/* Delay of the first b that follows each a, -1 where none does. */
static void events_delays(const int64_t *a, ptrdiff_t a_n, const int64_t *b, ptrdiff_t b_n, int64_t tau, int64_t width,
                          int64_t *out)
{
    for (ptrdiff_t i = 0, j = 0; i < a_n; i++) {
        j = events_after(b, b_n, j, a[i] + tau);
        out[i] = j < b_n && b[j] <= a[i] + tau + width ? b[j] - a[i] : -1;
    }
}

/* An altered copy of b: offsets added, wrapped into [start, start + length) when length > 0, sorted by insertion
 * (a jittered copy of sorted times is nearly sorted; a wrapped one costs n^2 / 4 moves at worst). */
static void events_draw(const int64_t *b, ptrdiff_t n, const int64_t *offsets, int64_t start, int64_t length,
                        int64_t *out)
{
    for (ptrdiff_t k = 0; k < n; k++) {
        int64_t t = b[k] + offsets[k];
        if (length > 0) {
            t = (t - start) % length;
            t += start + (t < 0 ? length : 0);
        }
        ptrdiff_t at = k;
        for (; at > 0 && out[at - 1] > t; at--)
            out[at] = out[at - 1];
        out[at] = t;
    }
}

#endif
