/* The inner loop: one new and one old product for every lag, in exact integers, with the widest SIMD at hand.
 *
 *   S[k] += f_new * m_new[k] - f_old * m_old[k],   k = 0..n-1
 *
 * f is the sample of the series that stands still, m the samples of the one that slides; `moving` holds the pairs
 * (m_new[k], -m_old[k]) interleaved, so that one multiply-add of 16-bit pairs gives the 32-bit difference. With
 * |value| <= 32767 it is at most 2 * 32767^2 = 2147352578 < 2^31: exact. n is a multiple of LAG_BLOCK.
 */
#ifndef MIMICRY_LAGS_H
#define MIMICRY_LAGS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LAG_BLOCK 8

typedef void (*lag_kernel)(int64_t *restrict sums, int16_t f_new, int16_t f_old,
                           const int16_t *restrict moving, ptrdiff_t n);

static void lags_portable(int64_t *restrict sums, int16_t f_new, int16_t f_old,
                          const int16_t *restrict moving, ptrdiff_t n)
{
    for (ptrdiff_t k = 0; k < n; k++)
        sums[k] += f_new * moving[2 * k] + f_old * moving[2 * k + 1];
}

#if defined(__x86_64__)
#include <immintrin.h>

static inline int32_t lags_both(int16_t f_new, int16_t f_old)
{
    return (int32_t)((uint16_t)f_new | (uint32_t)(uint16_t)f_old << 16);
}

__attribute__((target("avx2"))) static void lags_avx2(int64_t *restrict sums, int16_t f_new, int16_t f_old,
                                                      const int16_t *restrict moving, ptrdiff_t n)
{
    const __m256i f = _mm256_set1_epi32(lags_both(f_new, f_old));
    for (ptrdiff_t k = 0; k < n; k += 8) {
        __m256i *s = (__m256i *)(sums + k);
        __m256i product = _mm256_madd_epi16(_mm256_loadu_si256((const __m256i *)(moving + 2 * k)), f);
        __m256i low = _mm256_cvtepi32_epi64(_mm256_castsi256_si128(product));
        __m256i high = _mm256_cvtepi32_epi64(_mm256_extracti128_si256(product, 1));
        _mm256_store_si256(s, _mm256_add_epi64(_mm256_load_si256(s), low));
        _mm256_store_si256(s + 1, _mm256_add_epi64(_mm256_load_si256(s + 1), high));
    }
}

#endif

#if defined(__aarch64__)
#include <arm_neon.h>

static void lags_neon(int64_t *restrict sums, int16_t f_new, int16_t f_old,
                      const int16_t *restrict moving, ptrdiff_t n)
{
    for (ptrdiff_t k = 0; k < n; k += 8) {
        int64_t *s = sums + k;
        int16x8x2_t m = vld2q_s16(moving + 2 * k);
        int32x4_t low = vmull_n_s16(vget_low_s16(m.val[0]), f_new);
        int32x4_t high = vmull_high_n_s16(m.val[0], f_new);
        low = vmlal_n_s16(low, vget_low_s16(m.val[1]), f_old);
        high = vmlal_high_n_s16(high, m.val[1], f_old);
        vst1q_s64(s, vaddw_s32(vld1q_s64(s), vget_low_s32(low)));
        vst1q_s64(s + 2, vaddw_s32(vld1q_s64(s + 2), vget_high_s32(low)));
        vst1q_s64(s + 4, vaddw_s32(vld1q_s64(s + 4), vget_low_s32(high)));
        vst1q_s64(s + 6, vaddw_s32(vld1q_s64(s + 6), vget_high_s32(high)));
    }
}
#endif

typedef struct {
    const char *name;
    lag_kernel kernel;
} lag_level;

/* Slowest first. */
static const lag_level LAG_LEVELS[] = {
    {"portable", lags_portable},
#if defined(__x86_64__)
    {"avx2", lags_avx2},
#elif defined(__aarch64__)
    {"neon", lags_neon},
#endif
};
#define LAG_LEVELS_N ((int)(sizeof LAG_LEVELS / sizeof LAG_LEVELS[0]))

static int lag_level_now = 0;

/* Whether this processor (and its operating system) can run the level. */
static int lag_level_runs(int level)
{
#if defined(__x86_64__)
    if (level == 1)
        return __builtin_cpu_supports("avx2") != 0;
#endif
    return level >= 0 && level < LAG_LEVELS_N;
}

static void lag_level_use(int level) { lag_level_now = level; }

/* Choose the fastest level; call once before anything else. */
static void lag_level_choose(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
#endif
    for (int level = 0; level < LAG_LEVELS_N; level++)
        if (lag_level_runs(level))
            lag_level_now = level;
}

#endif
