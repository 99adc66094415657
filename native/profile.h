/* The peak of a row over lags -L..L, with its sub-sample lag from the parabola through three samples. */
#ifndef MIMICRY_PROFILE_H
#define MIMICRY_PROFILE_H

#include <math.h>
#include <stddef.h>

static void profile_peak(const double *r, ptrdiff_t n, int absolute, double *lag, double *value)
{
    ptrdiff_t at = -1;
    for (ptrdiff_t k = 0; k < n; k++)
        if (!isnan(r[k]) && (at < 0 || (absolute ? fabs(r[k]) > fabs(r[at]) : r[k] > r[at])))
            at = k;
    *lag = at < 0 ? NAN : (double)(at - n / 2);
    *value = at < 0 ? NAN : r[at];
    if (at < 1 || at + 1 >= n || isnan(r[at - 1]) || isnan(r[at + 1]))
        return;
    double before = r[at - 1], after = r[at + 1], bend = before - 2.0 * r[at] + after;
    if (bend == 0.0 || !isfinite(bend))
        return;
    double shift = (before - after) / (2.0 * bend);
    *lag += shift;
    *value -= (before - after) * shift / 4.0;
}

static void profile_fisher_z(const double *r, ptrdiff_t n, double limit, double *out)
{
    for (ptrdiff_t k = 0; k < n; k++) {
        double z = atanh(r[k]);
        out[k] = z > limit ? limit : z < -limit ? -limit : z;
    }
}

#endif
