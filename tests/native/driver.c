/* Runs every kernel on data from a fixed generator and writes what they give, raw, to standard output: the same bytes
 * on every processor. Usage: driver FRAMES [LEVEL]; LEVEL picks a lag kernel, the fastest one by default. */
#include <stdio.h>

#include "events.h"
#include "quantise.h"
#include "read.h"

enum { SLOTS = 4, CHANNELS = 3, LAGS = 37, WINDOW = 90 };

static uint64_t generator = 88172645463325252ULL;

static uint64_t draw(void)
{
    generator ^= generator << 13;
    generator ^= generator >> 7;
    return generator ^= generator << 17;
}

static void put(const void *data, size_t size)
{
    if (fwrite(data, 1, size, stdout) != size)
        exit(3);
}

/* Mostly noise, at times the extremes, a constant stretch or a missing sample. */
static int16_t sample(int frame)
{
    uint64_t x = draw();
    if (frame % 500 > 450)
        return 1234;
    if (x % 97 < 3)
        return MISSING;
    if (x % 97 < 9)
        return x & 128 ? 32767 : -32767;
    return (int16_t)(x >> 40 & 0x3fff) - 8192;
}

static void put_pair(const engine *e, const band *b, int i, int j, int channel)
{
    lag_sums sums[2 * LAGS + 1];
    double r[2 * LAGS + 1];
    for (int index = -1; index < b->offsets_n; index++) {
        sums_read(e, b, i, j, channel, index, sums);
        put(sums, (2 * b->lags_n + 1) * sizeof *sums);
        pearson_read(e, b, i, j, channel, index, sums, r);
        for (int k = 0; k < 2 * b->lags_n + 1; k++)
            r[k] = isnan(r[k]) ? -2.0 : r[k]; /* the sign of a NaN is not specified */
        put(r, (2 * b->lags_n + 1) * sizeof *r);
    }
}

static void put_engine(const engine *e)
{
    for (int w = 0; w < e->bands_n; w++)
        for (int i = 0; i < SLOTS; i++)
            for (int j = 0; j < SLOTS; j++)
                for (int channel = 0; channel < CHANNELS && i != j; channel++)
                    put_pair(e, e->bands + w, i, j, channel);
}

static void put_small_kernels(void)
{
    double x[64];
    int16_t q[64];
    int64_t a[32], b[32], offsets[32], moved[32], delays[32], counts[3];
    for (int k = 0; k < 64; k++)
        x[k] = k == 7 ? NAN : k == 9 ? INFINITY : (double)(int64_t)draw() / 9.3e18 * (k < 32 ? 3.0 : 90.0);
    quantise_block(x, 64, 0.013, 1.0 / 1024, q);
    put(q, sizeof q);
    for (int k = 0; k < 32; k++) {
        a[k] = 40 * k + (int64_t)(draw() % 40);
        b[k] = 41 * k + (int64_t)(draw() % 40);
        offsets[k] = (int64_t)(draw() % 600) - 300;
    }
    events_draw(b, 32, offsets, 0, 1300, moved);
    counts[0] = events_triggered(a, 32, moved, 32, 3, 25);
    counts[1] = events_responses(a, 32, moved, 32, 3, 25);
    counts[2] = events_exposure(a, 32, 3, 25, 100, 900);
    events_delays(a, 32, moved, 32, 3, 25, delays);
    put(counts, sizeof counts);
    put(delays, sizeof delays);
}

int main(int argc, char **argv)
{
    int frames = argc > 1 ? atoi(argv[1]) : 1000;
    static const int shapes[] = {WINDOW, LAGS, 2, 20, 19, 0}, offsets[] = {130, -99};
    int16_t frame[SLOTS * CHANNELS];
    lag_level_choose();
    if (argc > 2)
        lag_level_use(atoi(argv[2]));
    fprintf(stderr, "%s\n", LAG_LEVELS[lag_level_now].name);
    engine *e = engine_new(SLOTS, CHANNELS, 2, shapes, offsets, 0.75);
    if (!e)
        return 2;
    memset(e->active, 1, SLOTS);
    for (int k = 0; k < frames; k++) {
        for (int v = 0; v < SLOTS * CHANNELS; v++)
            frame[v] = sample(k);
        if (k % 1000 == 700)
            engine_wipe(e, k / 1000 % SLOTS);
        if (k % 1000 == 720)
            e->active[k / 1000 % SLOTS] = 1;
        engine_push(e, frame);
    }
    put_engine(e);
    put_small_kernels();
    engine_free(e);
    return 0;
}
