"""Windows of peak correlations: their means, and what held in them; the contract stands in `windows.pyi`."""

import numpy as np

from edge._native.checks import array, whole

from libc.math cimport NAN, isfinite
from libc.stdint cimport int64_t, uint8_t


def means(const float[:, ::1] windows not None, const uint8_t[:, ::1] kept=None):
    """Mean of every column over its known (and kept) rows, NaN for none, and how many these are."""
    cdef Py_ssize_t rows = windows.shape[0], columns = windows.shape[1], h, k
    if kept is not None and (kept.shape[0] != rows or kept.shape[1] != columns):
        raise ValueError(f"expected [{rows}, {columns}], got [{kept.shape[0]}, {kept.shape[1]}] at kept")
    found, counted = np.zeros(columns), np.zeros(columns, np.int64)
    cdef double[::1] mean = found
    cdef int64_t[::1] count = counted
    with nogil:
        for h in range(rows):
            for k in range(columns):
                if (kept is None or kept[h, k]) and isfinite(windows[h, k]):
                    mean[k] += windows[h, k]
                    count[k] += 1
        for k in range(columns):
            mean[k] = mean[k] / count[k] if count[k] else NAN
    return found, counted


def together(still, slides, offsets, newest, Py_ssize_t window_n, double[:, :] out not None):
    """Write the mean over every window of two series at once, the later one |s| after the earlier."""
    cdef const double[:, ::1] first = array(still, "still", np.float64, (2, None))
    cdef const double[:, ::1] later = array(slides, "slides", np.float64, still.shape)
    cdef const int64_t[::1] moves = array(offsets, "offsets", np.int64, (None,))
    cdef const int64_t[::1] ends = array(newest, "newest", np.int64, (None,))
    cdef Py_ssize_t n = first.shape[1], k, h, t, back, i
    cdef int64_t at
    whole(n, "samples", 1, 1 << 32)
    whole(window_n, "window_n", 1, 1 << 32)
    for end in (np.min, np.max):
        whole(end(offsets, initial=0), "offsets", -(1 << 32), 1 << 32)
        whole(end(newest, initial=0), "newest", -(1 << 60), n - 1)
    if out.shape[0] != ends.shape[0] or out.shape[1] != moves.shape[0]:
        raise ValueError(f"expected [{len(newest)}, {len(offsets)}], got {np.shape(out)} at out")
    cdef double[::1] total = np.empty(n + window_n)
    with nogil:
        for k in range(moves.shape[0]):
            i = 0 if moves[k] >= 0 else 1
            back = moves[k] if moves[k] >= 0 else -moves[k]
            total[0] = 0.0
            for t in range(n + window_n - 1):  # before its start the first value goes on
                h = max(0, t - window_n + 1)
                total[t + 1] = total[t] + first[i, h] * later[1 - i, min(h + back, n - 1)]
            for h in range(ends.shape[0]):
                at = ends[h] - back
                out[h, k] = (total[at + window_n] - total[at]) / window_n if 0 <= at < n else NAN


def centred(peaks, conditions, far):
    """Means of conditions at every offset, and peaks and conditions of far windows around theirs."""
    cdef const double[:, ::1] m = array(peaks, "peaks", np.float64, (None, None))
    cdef const double[:, :, ::1] c = array(conditions, "conditions", np.float64, (*peaks.shape, None))
    cdef const uint8_t[::1] fitted = array(far, "far", np.bool_, (peaks.shape[1] - 1,)).view(np.uint8)
    cdef Py_ssize_t H = c.shape[0], S = c.shape[1], K = c.shape[2], h, s, k
    cbar, c_out, m_out = np.zeros((S, K)), np.zeros((H, S, K)), np.zeros((H, S))
    counted, knowing = np.zeros(S, np.int64), np.zeros((H, S), np.uint8)
    cdef double[:, ::1] mean = cbar, m_left = m_out
    cdef double[:, :, ::1] c_left = c_out
    cdef double[::1] m_mean = np.zeros(S)
    cdef int64_t[::1] count = counted
    cdef uint8_t[:, ::1] known = knowing
    with nogil:
        for h in range(H):
            for s in range(S):
                known[h, s] = isfinite(m[h, s])
                for k in range(K):
                    known[h, s] &= isfinite(c[h, s, k]) != 0
                if known[h, s]:
                    count[s] += 1
                    m_mean[s] += m[h, s]
                    for k in range(K):
                        mean[s, k] += c[h, s, k]
        for s in range(S):
            m_mean[s] /= max(count[s], 1)
            for k in range(K):
                mean[s, k] /= max(count[s], 1)
        for h in range(H):
            for s in range(1, S):
                if known[h, s] and fitted[s - 1]:
                    m_left[h, s] = m[h, s] - m_mean[s]
                    for k in range(K):
                        c_left[h, s, k] = c[h, s, k] - mean[s, k]
    return cbar, c_out, m_out, counted
