"""Sums that correlations of short blocks at every lag are made of; the contract stands in `lagged.pyi`."""

import numpy as np

from edge._native.checks import array


cdef extern from "lagged.h" nogil:
    void lagged_add(
        const double *x,
        Py_ssize_t n,
        const double *y,
        Py_ssize_t lags,
        Py_ssize_t apart,
        double *known,
        double *value,
        double *square,
        double *sums
    )


def sums(x, y):
    """N, sum x, x^2, y, y^2 and x y of every block at every lag, over the samples that both have."""
    cdef const double[:, ::1] first = array(x, "x", np.float64, (None, None))
    cdef const double[:, ::1] then = array(y, "y", np.float64, (len(x), None))
    cdef Py_ssize_t n = first.shape[1], blocks = first.shape[0], lags = then.shape[1] - n + 1, b
    if n < 1 or lags < 1:
        raise ValueError(f"expected x of 1 or more and y as long or longer, got {n} and {then.shape[1]} at y")
    found = np.zeros((6, blocks, lags))
    cdef double[:, :, ::1] out = found
    cdef double[:, ::1] scratch = np.empty((3, n + lags - 1))
    with nogil:
        for b in range(blocks):
            lagged_add(
                &first[b, 0], n, &then[b, 0], lags, blocks * lags,
                &scratch[0, 0], &scratch[1, 0], &scratch[2, 0], &out[0, b, 0]
            )
    return found
