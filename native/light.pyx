"""Fast and small movement in every channel of a face; the contract stands in `light.pyi`."""

import numpy as np

from edge._native.checks import whole

from libc.math cimport NAN, fabs, isfinite, sqrt


cdef double ranked(double[::1] x, Py_ssize_t n, Py_ssize_t k) noexcept nogil:
    """The k-th smallest of the first n values, which are moved about (Hoare's selection)."""
    cdef Py_ssize_t low = 0, high = n - 1, i, j
    cdef double pivot, kept
    while low < high:
        pivot = x[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while x[i] < pivot:
                i += 1
            while x[j] > pivot:
                j -= 1
            if i <= j:
                kept = x[i]
                x[i] = x[j]
                x[j] = kept
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            break
    return x[k]


cdef Py_ssize_t lay(const double[:, :] x, Py_ssize_t c, Py_ssize_t half_n, double[::1] total,
                    double[::1] count, double[:, ::1] out, double[::1] size) noexcept nogil:
    """Write one row less its running mean, and its sizes; return how many values are known."""
    cdef Py_ssize_t n = x.shape[1], t, low, high, known = 0
    for t in range(n):
        total[t + 1] = total[t] + (x[c, t] if isfinite(x[c, t]) else 0.0)
        count[t + 1] = count[t] + (isfinite(x[c, t]) != 0)
    for t in range(n):
        low, high = max(0, t - half_n), min(n, t + half_n + 1)
        out[c, t] = NAN
        if isfinite(x[c, t]):
            out[c, t] = x[c, t] - (total[high] - total[low]) / max(count[high] - count[low], 1.0)
            size[known] = fabs(out[c, t])
            known += 1
    return known


def fine(const double[:, :] x not None, Py_ssize_t half_n, double to_sd, double limit):
    """Rows less their running mean, in robust standard deviations, clipped; NaN where missing or flat."""
    whole(half_n, "half_n", 0, 1 << 32)
    cdef Py_ssize_t C = x.shape[0], n = x.shape[1], c, t, known
    cdef double sd
    found = np.empty((C, n))
    cdef double[:, ::1] out = found
    cdef double[::1] total = np.zeros(n + 1), count = np.zeros(n + 1), size = np.empty(n)
    with nogil:
        for c in range(C):
            known = lay(x, c, half_n, total, count, out, size)
            sd = to_sd * ranked(size, known, (known - 1) // 2) if known else NAN
            for t in range(n):
                out[c, t] = out[c, t] / sd if sd > 0.0 else NAN
                out[c, t] = -limit if out[c, t] < -limit else limit if out[c, t] > limit else out[c, t]
    return found


def correlations(const double[:, :] x not None, const double[:, :] y not None):
    """Correlation about zero of every row of two, over what both know; NaN where one of them is flat."""
    cdef Py_ssize_t C = x.shape[0], n = x.shape[1], c, t
    cdef double xx, yy, xy
    if y.shape[0] != C or y.shape[1] != n:
        raise ValueError(f"expected [{C}, {n}], got [{y.shape[0]}, {y.shape[1]}] at y")
    found = np.empty(C)
    cdef double[::1] r = found
    with nogil:
        for c in range(C):
            xx = yy = xy = 0.0
            for t in range(n):
                if isfinite(x[c, t]) and isfinite(y[c, t]):
                    xx += x[c, t] * x[c, t]
                    yy += y[c, t] * y[c, t]
                    xy += x[c, t] * y[c, t]
            r[c] = xy / sqrt(xx * yy) if xx * yy > 0.0 else NAN
    return found
