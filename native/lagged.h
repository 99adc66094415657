/* Sums over one block and a longer one at every lag, over the samples that both have. */
#ifndef MIMICRY_LAGGED_H
#define MIMICRY_LAGGED_H

#include <math.h>
#include <stddef.h>

/* Add the sums of x[0..n) with y[l..l + n), l < lags: n, x, x^2, y, y^2, x y, each `lags` long and `apart` from
 * the one before. `known`, `value` and `square` are scratch of n + lags - 1 each. The inner loop runs over lags, so
 * that no sum depends on the one before it. */
static void lagged_add(const double *restrict x, ptrdiff_t n, const double *restrict y, ptrdiff_t lags, ptrdiff_t apart,
                       double *restrict known, double *restrict value, double *restrict square, double *restrict sums)
{
    for (ptrdiff_t t = 0; t < n + lags - 1; t++) {
        known[t] = isfinite(y[t]) ? 1.0 : 0.0;
        value[t] = isfinite(y[t]) ? y[t] : 0.0;
        square[t] = value[t] * value[t];
    }
    for (ptrdiff_t t = 0; t < n; t++) {
        const double a = x[t], aa = a * a;
        if (!isfinite(a))
            continue;
        for (ptrdiff_t l = 0; l < lags; l++) {
            sums[l] += known[t + l];
            sums[apart + l] += a * known[t + l];
            sums[2 * apart + l] += aa * known[t + l];
            sums[3 * apart + l] += value[t + l];
            sums[4 * apart + l] += square[t + l];
            sums[5 * apart + l] += a * value[t + l];
        }
    }
}

#endif
