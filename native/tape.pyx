"""Samples at irregular times: which is the newest before a time, triangular means, values between samples."""

import numpy as np

from libc.math cimport NAN
from libc.stdint cimport int64_t


cdef Py_ssize_t newest(const int64_t[::1] t_ns, Py_ssize_t end, int64_t at_ns) noexcept nogil:
    """Index of the newest of the first `end` times not after `at_ns`; -1 where none is."""
    cdef Py_ssize_t low = 0, high = end, middle
    while low < high:
        middle = (low + high) // 2
        if t_ns[middle] <= at_ns:
            low = middle + 1
        else:
            high = middle
    return low - 1


def before(const int64_t[::1] t_ns not None, Py_ssize_t end, int64_t at_ns):
    """Index of the newest of the first `end` times not after `at_ns`, at least 0; see `tape.pyi`."""
    if not 0 <= end <= t_ns.shape[0]:
        raise ValueError(f"expected 0..{t_ns.shape[0]}, got {end} at end")
    return max(0, newest(t_ns, end, at_ns))


def smooth(const double[:, ::1] raw not None, double[:, ::1] out not None, Py_ssize_t i, Py_ssize_t half):
    """Put the triangular mean around sample i into row i of `out`; see `tape.pyi`."""
    cdef Py_ssize_t k, c, low = max(0, i - half), high = i + half + 1
    cdef double weight, total = 0.0
    if not (0 <= i < out.shape[0] and 0 <= half and high <= raw.shape[0] and out.shape[1] == raw.shape[1]):
        raise ValueError(f"expected {i} +- {half} within {raw.shape[0]} rows of {out.shape[1]} at smooth")
    for c in range(raw.shape[1]):
        out[i, c] = 0.0
    for k in range(low, high):
        weight = half + 1 - abs(k - i)
        total += weight
        for c in range(raw.shape[1]):
            out[i, c] += weight * raw[k, c]
    for c in range(raw.shape[1]):
        out[i, c] /= total


def between(const int64_t[::1] t_ns not None, const double[:, ::1] values not None, Py_ssize_t end,
            Py_ssize_t known, int64_t at_ns):
    """Values at a time, linear between samples, [C]; NaN outside of the first `known`; see `tape.pyi`."""
    cdef Py_ssize_t c, i
    cdef double share = 0.0
    if not 0 <= known <= end <= min(t_ns.shape[0], values.shape[0]):
        raise ValueError(f"expected known <= end <= {values.shape[0]}, got {known}, {end} at between")
    cdef double[::1] out = np.empty(values.shape[1])
    i = newest(t_ns, end, at_ns)
    if i >= 0 and i + 1 < known:
        share = <double>(at_ns - t_ns[i]) / <double>(t_ns[i + 1] - t_ns[i])
        for c in range(out.shape[0]):
            out[c] = values[i, c] + share * (values[i + 1, c] - values[i, c])
    elif 0 <= i < known and t_ns[i] == at_ns:
        out[:] = values[i]
    else:
        out[:] = NAN
    return np.asarray(out)
