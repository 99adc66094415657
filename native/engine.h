/* The correlator's state and one push; no Python, nothing allocated after engine_new.
 *
 * Ages count back from the newest sample (age 0). Every sum depends on the samples in the rings alone: a missing sample
 * adds 0 to Sxy; what else a correlation over valid pairs needs is read from cumulative sums (read.h).
 */
#ifndef MIMICRY_ENGINE_H
#define MIMICRY_ENGINE_H

#include <stdlib.h>

#include "lags.h"

#define MISSING INT16_MIN
#define MAX_SLOTS 16
#define MAX_CHANNELS 32
#define MAX_BANDS 8
#define CACHE_LINE 64

/* Cumulative over everything pushed, modulo 2^64: differences are exact. */
typedef struct {
    uint64_t n, sum, square;
} moments;

typedef struct {
    int first, end; /* ages [first, end) of a run of missing samples */
} run;

/* One window with its lags. A row of sums, one a pair and channel, holds near_n sums with the first of the pair
 * standing still (lags 0..L), near_n with the second (lags 0..-L), then far_n for every offset. Each part is filled up
 * at its front, towards older samples, to a multiple of LAG_BLOCK. */
typedef struct {
    int window_n, lags_n, offsets_n, need_n;
    int near_n, far_n, row_n, ring_n, newest;
    int *offsets;
    int64_t *sums;   /* [pairs, channels, row_n] */
    int16_t *moving; /* [slots, channels, 2 * ring_n, 2], mirrored: (y(t), -y(t - W)) */
} band;

typedef struct {
    int slots, channels, bands_n, ring_n, newest;
    uint64_t pushed;
    uint8_t active[MAX_SLOTS];
    band bands[MAX_BANDS];
    int16_t *values;    /* [slots, channels, 2 * ring_n], mirrored */
    moments *cumulated; /* [slots, channels, ring_n] */
    run *runs[2];       /* scratch of one read */
    int blocks_n;
    void *blocks[3 * MAX_BANDS + 4]; /* everything above, as calloc gave it */
} engine;

static inline int engine_padded(int n) { return (n + LAG_BLOCK - 1) / LAG_BLOCK * LAG_BLOCK; }

static inline int engine_pairs(const engine *e) { return e->slots * (e->slots - 1) / 2; }

/* Index of the unordered pair i < j in lexicographic order. */
static inline int engine_pair(const engine *e, int i, int j) { return i * (2 * e->slots - i - 1) / 2 + j - i - 1; }

static inline int64_t *engine_row(const engine *e, const band *b, int i, int j, int channel)
{
    return b->sums + ((size_t)engine_pair(e, i, j) * e->channels + channel) * b->row_n;
}

static inline size_t engine_line(const engine *e, int slot, int channel)
{
    return (size_t)slot * e->channels + channel;
}

/* The sample of one age, MISSING if missing. */
static inline int16_t engine_value(const engine *e, int slot, int channel, int age)
{
    return e->values[engine_line(e, slot, channel) * 2 * e->ring_n + e->newest + e->ring_n - age];
}

static inline int16_t engine_or_zero(int16_t value) { return value == MISSING ? 0 : value; }

/* The newest n (new, -old) pairs of a slot and channel, oldest first. */
static inline const int16_t *engine_moving(const engine *e, const band *b, int slot, int channel, int n)
{
    return b->moving + 2 * (engine_line(e, slot, channel) * 2 * b->ring_n + b->newest + b->ring_n + 1 - n);
}

static inline size_t band_bytes(const engine *e, const band *b)
{
    return (size_t)engine_pairs(e) * e->channels * b->row_n * sizeof(int64_t);
}

static size_t engine_state_bytes(const engine *e)
{
    size_t bytes = 0;
    for (int w = 0; w < e->bands_n; w++)
        bytes += band_bytes(e, e->bands + w);
    return bytes;
}

/* Zeroed memory on a cache line and as much to spare, NULL when there is none. As calloc leaves it, what no slot ever
 * wrote takes no page. */
static void *engine_zeroed(engine *e, size_t bytes)
{
    char *memory = calloc(1, bytes + 2 * CACHE_LINE);
    if (!memory)
        return NULL;
    e->blocks[e->blocks_n++] = memory;
    return memory + (CACHE_LINE - (uintptr_t)memory % CACHE_LINE);
}

static void engine_free(engine *e)
{
    if (!e)
        return;
    for (int k = 0; k < e->blocks_n; k++)
        free(e->blocks[k]);
    free(e);
}

/* Overwrite everything known of one slot. What it shares with an empty slot was overwritten when that one was emptied. */
static void engine_wipe(engine *e, int slot)
{
    if (!e->active[slot])
        return;
    size_t lines = (size_t)e->channels, at = engine_line(e, slot, 0), ring_n = (size_t)e->ring_n;
    for (size_t k = 0; k < lines * 2 * ring_n; k++)
        e->values[at * 2 * ring_n + k] = MISSING;
    memset(e->cumulated + at * ring_n, 0, lines * ring_n * sizeof(moments));
    for (int w = 0; w < e->bands_n; w++) {
        band *b = e->bands + w;
        memset(b->moving + at * 4 * b->ring_n, 0, lines * 4 * b->ring_n * sizeof(int16_t));
        for (int other = 0; other < e->slots; other++)
            if (other != slot && e->active[other])
                memset(engine_row(e, b, other < slot ? other : slot, other < slot ? slot : other, 0), 0,
                       lines * b->row_n * sizeof(int64_t));
    }
    e->active[slot] = 0;
}

static void engine_clear(engine *e)
{
    for (int slot = 0; slot < e->slots; slot++)
        engine_wipe(e, slot);
    e->newest = 0;
    e->pushed = 0;
    for (int w = 0; w < e->bands_n; w++)
        e->bands[w].newest = 0;
}

/* Fill in what follows from window_n, lags_n and offsets, and widen the rings to what the band looks back on. */
static void band_plan(engine *e, band *b)
{
    int farthest = b->lags_n;
    for (int s = 0; s < b->offsets_n; s++)
        farthest = abs(b->offsets[s]) > farthest ? abs(b->offsets[s]) : farthest;
    b->near_n = engine_padded(b->lags_n + 1);
    b->far_n = engine_padded(2 * b->lags_n + 1);
    b->row_n = 2 * b->near_n + b->offsets_n * b->far_n;
    b->ring_n = b->offsets_n ? b->far_n : b->near_n;
    int needed = b->window_n + b->lags_n + farthest + LAG_BLOCK + 1;
    e->ring_n = needed > e->ring_n ? needed : e->ring_n;
}

/* Take memory for planned bands; 0 when there is none. */
static int engine_allocate(engine *e)
{
    size_t lines = (size_t)e->slots * e->channels;
    for (int w = 0; w < e->bands_n; w++) {
        band *b = e->bands + w;
        b->sums = engine_zeroed(e, band_bytes(e, b));
        b->moving = engine_zeroed(e, lines * 4 * b->ring_n * sizeof(int16_t));
        if (!b->sums || !b->moving)
            return 0;
    }
    e->values = engine_zeroed(e, lines * 2 * e->ring_n * sizeof(int16_t));
    e->cumulated = engine_zeroed(e, lines * e->ring_n * sizeof(moments));
    e->runs[0] = engine_zeroed(e, (e->ring_n / 2 + 1) * sizeof(run));
    e->runs[1] = engine_zeroed(e, (e->ring_n / 2 + 1) * sizeof(run));
    return e->values && e->cumulated && e->runs[0] && e->runs[1];
}

/* A correlator of empty slots, or NULL without memory. Window w is (shapes[3w], shapes[3w+1]) = (W, L) with
 * shapes[3w+2] offsets, which stand one window after the other in `offsets`; all arguments are checked by the caller. */
static engine *engine_new(int slots, int channels, int bands_n, const int *shapes, const int *offsets, double coverage)
{
    engine *e = calloc(1, sizeof(engine));
    if (!e)
        return NULL;
    e->slots = slots;
    e->channels = channels;
    e->bands_n = bands_n;
    for (int w = 0; w < bands_n; w++) {
        band *b = e->bands + w;
        b->window_n = shapes[3 * w];
        b->lags_n = shapes[3 * w + 1];
        b->offsets_n = shapes[3 * w + 2];
        b->need_n = (int)(coverage * b->window_n);
        b->need_n += b->need_n < coverage * b->window_n;
        b->offsets = engine_zeroed(e, b->offsets_n * sizeof(int));
        if (!b->offsets) {
            engine_free(e);
            return NULL;
        }
        memcpy(b->offsets, offsets, b->offsets_n * sizeof(int));
        offsets += b->offsets_n;
        band_plan(e, b);
    }
    if (!engine_allocate(e)) {
        engine_free(e);
        return NULL;
    }
    for (size_t k = 0; k < (size_t)slots * channels * 2 * e->ring_n; k++)
        e->values[k] = MISSING;
    return e;
}

/* One lagged part of a row: `still` stands at `age`, `slides` runs over its newest n samples. */
static inline void push_part(const engine *e, const band *b, int64_t *sums, int still, int slides, int channel, int age,
                             int n)
{
    int16_t f_new = engine_or_zero(engine_value(e, still, channel, age));
    int16_t f_old = engine_or_zero(engine_value(e, still, channel, age + b->window_n));
    if (f_new | f_old)
        LAG_LEVELS[lag_level_now].kernel(sums, f_new, f_old, engine_moving(e, b, slides, channel, n), n);
}

static void push_row(const engine *e, const band *b, int i, int j, int channel)
{
    int64_t *row = engine_row(e, b, i, j, channel);
    push_part(e, b, row, i, j, channel, b->lags_n, b->near_n);
    push_part(e, b, row + b->near_n, j, i, channel, b->lags_n, b->near_n);
    row += 2 * b->near_n;
    for (int s = 0; s < b->offsets_n; s++, row += b->far_n) {
        int offset = b->offsets[s], still = offset > 0 ? i : j;
        push_part(e, b, row, still, i + j - still, channel, b->lags_n + abs(offset), b->far_n);
    }
}

/* Write one sample to the rings of a slot and channel, at the already advanced positions. */
static void push_value(engine *e, int slot, int channel, int16_t value)
{
    size_t line = engine_line(e, slot, channel);
    int16_t *values = e->values + line * 2 * e->ring_n;
    moments *cumulated = e->cumulated + line * e->ring_n;
    moments last = cumulated[e->newest ? e->newest - 1 : e->ring_n - 1];
    int64_t x = engine_or_zero(value);
    values[e->newest] = values[e->newest + e->ring_n] = value;
    cumulated[e->newest] =
        (moments){last.n + (value != MISSING), last.sum + (uint64_t)x, last.square + (uint64_t)(x * x)};
    for (int w = 0; w < e->bands_n; w++) {
        band *b = e->bands + w;
        int16_t *moving = b->moving + 2 * (line * 2 * b->ring_n + b->newest);
        moving[0] = moving[2 * b->ring_n] = (int16_t)x;
        moving[1] = moving[2 * b->ring_n + 1] =
            (int16_t)-engine_or_zero(engine_value(e, slot, channel, b->window_n));
    }
}

/* Take [slots, channels] samples as the next frame; values in empty slots are ignored. */
static void engine_push(engine *e, const int16_t *frame)
{
    e->newest = e->newest + 1 == e->ring_n ? 0 : e->newest + 1;
    for (int w = 0; w < e->bands_n; w++)
        e->bands[w].newest = e->bands[w].newest + 1 == e->bands[w].ring_n ? 0 : e->bands[w].newest + 1;
    for (int slot = 0; slot < e->slots; slot++)
        for (int channel = 0; channel < e->channels && e->active[slot]; channel++)
            push_value(e, slot, channel, frame[engine_line(e, slot, channel)]);
    for (int w = 0; w < e->bands_n; w++)
        for (int i = 0; i < e->slots; i++)
            for (int j = i + 1; j < e->slots && e->active[i]; j++)
                for (int channel = 0; channel < e->channels && e->active[j]; channel++)
                    push_row(e, e->bands + w, i, j, channel);
    e->pushed++;
}

#endif
