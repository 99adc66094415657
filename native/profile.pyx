"""What is read off a row of correlations; the contract stands in `profile.pyi`."""

import numpy as np

from edge._native.checks import array, output


cdef extern from "profile.h" nogil:
    void profile_peak(const double *r, Py_ssize_t n, int absolute, double *lag, double *value)
    void profile_fisher_z(const double *r, Py_ssize_t n, double limit, double *out)

Z_LIMIT = 10.0


def fisher_z(r, out=None):
    """Fisher z = atanh(r) clamped to +-10; NaN stays NaN."""
    array(r, "r", np.float64)
    out = output(out, "out", np.float64, r.shape)
    cdef const double[::1] rows = r.reshape(-1)
    cdef double[::1] z = out.reshape(-1)
    if rows.shape[0]:
        profile_fisher_z(&rows[0], rows.shape[0], Z_LIMIT, &z[0])
    return out


def peaks(r, *, bint absolute=False, lag=None, value=None):
    """Largest value of every row and the lag where it stands, with sub-sample precision."""
    array(r, "r", np.float64)
    if r.ndim < 1 or r.shape[r.ndim - 1] % 2 == 0:
        raise ValueError(f"expected an odd number of lags 2L+1 on the last axis, got {list(r.shape)} at r")
    cdef Py_ssize_t lags_n = r.shape[r.ndim - 1], k
    lag = output(lag, "lag", np.float64, r.shape[: r.ndim - 1])
    value = output(value, "value", np.float64, r.shape[: r.ndim - 1])
    cdef const double[:, ::1] rows = r.reshape(-1, lags_n)
    cdef double[::1] lags = lag.reshape(-1)
    cdef double[::1] values = value.reshape(-1)
    for k in range(rows.shape[0]):
        profile_peak(&rows[k, 0], lags_n, absolute, &lags[k], &values[k])
    return lag, value
