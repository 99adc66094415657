/* Float signals to int16: q = clip(rint((x - offset) / step), -32767, 32767), missing where x is not finite. */
#ifndef MIMICRY_QUANTISE_H
#define MIMICRY_QUANTISE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#define QUANTISED_MAX 32767.0

static void quantise_block(const double *x, ptrdiff_t n, double offset, double step, int16_t *out)
{
    for (ptrdiff_t k = 0; k < n; k++) {
        double q = rint((x[k] - offset) / step);
        q = q > QUANTISED_MAX ? QUANTISED_MAX : q < -QUANTISED_MAX ? -QUANTISED_MAX : q;
        out[k] = isfinite(x[k]) ? (int16_t)q : INT16_MIN;
    }
}

#endif
