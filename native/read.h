/* What the sums hold: exact moments over the valid pairs of two windows, and Pearson r.
 *
 * With both windows complete, Sx and Sxx of the sliding one move on by one sample a lag. With samples missing, the
 * sums over valid pairs are those of each side's own window less, for every run of samples missing on the other side,
 * a difference of cumulative sums: exactly pairwise-complete, at a cost that grows with the runs and not the samples.
 */
#ifndef MIMICRY_READ_H
#define MIMICRY_READ_H

#include <math.h>

#include "engine.h"

/* n, Sx, Sy, Sxx, Syy, Sxy over the valid pairs of one lag. */
typedef struct {
    int64_t n, x, y, xx, yy, xy;
} lag_sums;

/* Where a part of a row stands: `still` ends at age still_age; window k of `slides` ends at age slides_age - k. */
typedef struct {
    const engine *e;
    const band *b;
    int still, slides, channel, still_age, slides_age, count;
    const int64_t *sums;
} part;

static inline moments moments_at(const engine *e, int slot, int channel, int age)
{
    int at = e->newest - age;
    return e->cumulated[engine_line(e, slot, channel) * e->ring_n + (at < 0 ? at + e->ring_n : at)];
}

/* Moments over the ages [first, end). */
static inline moments moments_over(const engine *e, int slot, int channel, int first, int end)
{
    moments a = moments_at(e, slot, channel, first), b = moments_at(e, slot, channel, end);
    return (moments){a.n - b.n, a.sum - b.sum, a.square - b.square};
}

static inline moments moments_less(moments a, moments b)
{
    return (moments){a.n - b.n, a.sum - b.sum, a.square - b.square};
}

/* List the runs of missing samples over the ages [first, end), newest first; return how many. */
static int runs_list(const engine *e, int slot, int channel, int first, int end, run *runs)
{
    int n = 0;
    for (int age = first; age < end; age++) {
        if (engine_value(e, slot, channel, age) != MISSING)
            continue;
        if (n && runs[n - 1].end == age)
            runs[n - 1].end++;
        else
            runs[n++] = (run){age, age + 1};
    }
    return n;
}

/* Take from `sum` what a slot has over the runs missing on the other side: runs are cut to the other side's window of
 * W samples from age `window` and lie `shift` further back for the slot. */
static moments moments_masked(const part *p, moments sum, int slot, const run *runs, int n, int window, int shift)
{
    for (int k = 0; k < n && runs[k].first < window + p->b->window_n; k++) {
        int first = runs[k].first > window ? runs[k].first : window;
        int end = runs[k].end < window + p->b->window_n ? runs[k].end : window + p->b->window_n;
        if (first < end)
            sum = moments_less(sum, moments_over(p->e, slot, p->channel, first + shift, end + shift));
    }
    return sum;
}

static inline lag_sums part_lag(moments still, moments slides, int64_t xy)
{
    return (lag_sums){(int64_t)slides.n, (int64_t)still.sum, (int64_t)slides.sum, (int64_t)still.square,
                      (int64_t)slides.square, xy};
}

static void part_masked(const part *p, moments still, lag_sums *out)
{
    int w = p->b->window_n, newest = p->slides_age - p->count + 1;
    int still_n = runs_list(p->e, p->still, p->channel, p->still_age, p->still_age + w, p->e->runs[0]);
    int slides_n = runs_list(p->e, p->slides, p->channel, newest, p->slides_age + w, p->e->runs[1]);
    for (int k = 0; k < p->count; k++) {
        int age = p->slides_age - k;
        moments slides = moments_over(p->e, p->slides, p->channel, age, age + w);
        moments fixed =
            moments_masked(p, still, p->still, p->e->runs[1], slides_n, age, p->still_age - age);
        slides =
            moments_masked(p, slides, p->slides, p->e->runs[0], still_n, p->still_age, age - p->still_age);
        out[k] = part_lag(fixed, slides, p->sums[k]);
    }
}

static void part_complete(const part *p, moments still, lag_sums *out)
{
    int w = p->b->window_n;
    moments slides = moments_over(p->e, p->slides, p->channel, p->slides_age, p->slides_age + w);
    for (int k = 0; k < p->count; k++) {
        if (k) {
            int64_t in = engine_value(p->e, p->slides, p->channel, p->slides_age - k);
            int64_t gone = engine_value(p->e, p->slides, p->channel, p->slides_age - k + w);
            slides.sum += (uint64_t)(in - gone);
            slides.square += (uint64_t)(in * in - gone * gone);
        }
        out[k] = part_lag(still, slides, p->sums[k]);
    }
}

/* Sums of every lag of a part; x is the side that stands still. */
static void part_read(const part *p, lag_sums *out)
{
    int w = p->b->window_n, span = w + p->count - 1, newest = p->slides_age - p->count + 1;
    moments still = moments_over(p->e, p->still, p->channel, p->still_age, p->still_age + w);
    moments all = moments_over(p->e, p->slides, p->channel, newest, newest + span);
    if (still.n == (uint64_t)w && all.n == (uint64_t)span)
        part_complete(p, still, out);
    else
        part_masked(p, still, out);
}

/* Part 0: i stands still (lags 0..L); part 1: j does (lags 0..-L); part 2 + s: offset s. */
static part part_of(const engine *e, const band *b, int i, int j, int channel, int which)
{
    int far = which >= 2, offset = far ? b->offsets[which - 2] : 0;
    int still = far ? (offset > 0 ? i : j) : (which ? j : i);
    int count = far ? 2 * b->lags_n + 1 : b->lags_n + 1, padded = far ? b->far_n : b->near_n;
    int start = far ? 2 * b->near_n + (which - 2) * b->far_n : which * b->near_n;
    return (part){e, b, still, i + j - still, channel, b->lags_n + abs(offset), count - 1, count,
                  engine_row(e, b, i, j, channel) + start + padded - count};
}

static inline lag_sums lag_swapped(lag_sums s) { return (lag_sums){s.n, s.y, s.x, s.yy, s.xx, s.xy}; }

static void lags_reverse(lag_sums *s, int n)
{
    for (int k = 0; 2 * k < n; k++) {
        lag_sums kept = lag_swapped(s[k]);
        s[k] = lag_swapped(s[n - 1 - k]);
        s[n - 1 - k] = kept;
    }
}

/* Sums of the pair i < j at lags -L..L, x is i: 2L + 1 of them. */
static void near_read(const engine *e, const band *b, int i, int j, int channel, lag_sums *out)
{
    part positive = part_of(e, b, i, j, channel, 0), negative = part_of(e, b, i, j, channel, 1);
    part_read(&negative, out);
    lags_reverse(out, b->lags_n + 1);
    part_read(&positive, out + b->lags_n);
}

/* Sums of the pair i < j at lags s - L..s + L, s the offset of this index, x is i. */
static void far_read(const engine *e, const band *b, int i, int j, int channel, int index, lag_sums *out)
{
    part p = part_of(e, b, i, j, channel, 2 + index);
    part_read(&p, out);
    if (b->offsets[index] < 0)
        lags_reverse(out, 2 * b->lags_n + 1);
}

/* r = (n Sxy - Sx Sy) / sqrt((n Sxx - Sx^2) (n Syy - Sy^2)); NaN below need_n pairs or for a constant side. With
 * n <= 2^15 and |value| < 2^15 every product is below 2^61, so the numerator and both variances are exact. */
static double pearson(lag_sums s, int64_t need_n)
{
    int64_t vx = s.n * s.xx - s.x * s.x, vy = s.n * s.yy - s.y * s.y;
    if (s.n < need_n || vx <= 0 || vy <= 0)
        return NAN;
    double r = (double)(s.n * s.xy - s.x * s.y) / sqrt((double)vx * (double)vy);
    return r > 1.0 ? 1.0 : r < -1.0 ? -1.0 : r;
}

/* Sums of slots i and j in this order, x is i; index < 0: the near lags, else one offset. For i > j the offsets count
 * from j, so that row `index` lies around minus the offset. */
static void sums_read(const engine *e, const band *b, int i, int j, int channel, int index, lag_sums *out)
{
    int first = i < j ? i : j, second = i < j ? j : i;
    if (index < 0)
        near_read(e, b, first, second, channel, out);
    else
        far_read(e, b, first, second, channel, index, out);
    if (i > j)
        lags_reverse(out, 2 * b->lags_n + 1);
}

/* Pearson r of 2L + 1 lags; scratch holds as many lag_sums. */
static void pearson_read(const engine *e, const band *b, int i, int j, int channel, int index, lag_sums *scratch,
                         double *out)
{
    sums_read(e, b, i, j, channel, index, scratch);
    for (int k = 0; k < 2 * b->lags_n + 1; k++)
        out[k] = pearson(scratch[k], b->need_n);
}

/* Share of valid sample pairs at lag 0. */
static double coverage_read(const engine *e, const band *b, int i, int j, int channel)
{
    lag_sums zero;
    part p = part_of(e, b, i < j ? i : j, i < j ? j : i, channel, 0);
    p.count = 1;
    part_read(&p, &zero);
    return (double)zero.n / b->window_n;
}

#endif
