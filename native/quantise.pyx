"""Float signals to the int16 that the exact sums run on; formula and error bound stand in `quantise.pyi`."""

import math

import numpy as np

from edge._native.checks import array, output

from libc.stdint cimport int16_t


cdef extern from "quantise.h" nogil:
    void quantise_block(const double *x, Py_ssize_t n, double offset, double step, int16_t *out)

SPAN = 65534  # distance between the largest and the smallest quantised value


def quantise(x, offset, step, out=None):
    """Quantise signals to int16; not finite becomes missing."""
    cdef double zero = offset, unit = step
    if not (math.isfinite(zero) and math.isfinite(unit) and unit > 0.0):
        raise ValueError(f"expected finite numbers, the second > 0, got {offset}, {step} at offset, step")
    array(x, "x", np.float64)
    out = output(out, "out", np.int16, x.shape)
    cdef const double[::1] values = x.reshape(-1)
    cdef int16_t[::1] quantised = out.reshape(-1)
    if values.shape[0]:
        with nogil:
            quantise_block(&values[0], values.shape[0], zero, unit, &quantised[0])
    return out


def fit(x):
    """Offset and step that use the whole 16 bits for a recording known in advance."""
    array(x, "x", np.float64)
    finite = x[np.isfinite(x)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if high - low <= SPAN and bool((finite == np.rint(finite)).all()):
        return math.floor((low + high) / 2), 1.0
    return (low + high) / 2 if high > low else low, (high - low) / SPAN if high > low else 1.0
