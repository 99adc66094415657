"""Coincidence of events in integer nanoseconds; the contract stands in `events.pyi`."""

import numpy as np

from edge._native.checks import array, output, whole

from libc.stdint cimport int64_t


cdef extern from "events.h" nogil:
    int64_t events_triggered(
        const int64_t *a, Py_ssize_t a_n, const int64_t *b, Py_ssize_t b_n, int64_t tau, int64_t width
    )
    int64_t events_responses(
        const int64_t *a, Py_ssize_t a_n, const int64_t *b, Py_ssize_t b_n, int64_t tau, int64_t width
    )
    int64_t events_exposure(
        const int64_t *a, Py_ssize_t n, int64_t tau, int64_t width, int64_t start, int64_t end
    )
    void events_delays(
        const int64_t *a,
        Py_ssize_t a_n,
        const int64_t *b,
        Py_ssize_t b_n,
        int64_t tau,
        int64_t width,
        int64_t *out,
    )
    void events_draw(
        const int64_t *b, Py_ssize_t n, const int64_t *offsets, int64_t start, int64_t length, int64_t *out
    )

ctypedef int64_t (*counter)(
    const int64_t *a, Py_ssize_t a_n, const int64_t *b, Py_ssize_t b_n, int64_t tau, int64_t width
) noexcept nogil

TIME_LIMIT = 1 << 61  # 73 years in ns; with the limit below no sum of the kernels overflows
SPAN_LIMIT = 1 << 60  # offsets and intervals

# A memoryview of nothing has no address: empty arrays are given one element that is never read.
_NOTHING = np.zeros(1, np.int64)


def _times(values, str name):
    """Checked ascending int64 times as an array with an address."""
    array(values, name, np.int64, (None,))
    falls = np.flatnonzero(np.diff(values) < 0)
    if falls.size:
        raise ValueError(f"expected ascending times, got {values[falls[0] + 1]} at {name}[{falls[0] + 1}]")
    return _within(values, name, TIME_LIMIT) if values.size else _NOTHING


def _within(values, str name, limit):
    """Values whose magnitude stays within the limit."""
    if values.size and not (-limit <= values.min() and values.max() <= limit):
        raise ValueError(f"expected values within +-{limit}, got {values.min()}..{values.max()} at {name}")
    return values


def _interval(tau, width):
    """Checked tau and width."""
    return whole(tau, "tau", -SPAN_LIMIT, SPAN_LIMIT), whole(width, "width", 0, SPAN_LIMIT)


def triggered(a, b, tau, width):
    """Count the a followed by some b in (a + tau, a + tau + width]."""
    cdef const int64_t[::1] first = _times(a, "a")
    cdef const int64_t[::1] then = _times(b, "b")
    tau, width = _interval(tau, width)
    return events_triggered(&first[0], len(a), &then[0], len(b), tau, width)


def responses(a, b, tau, width):
    """Count the b in (a + tau, a + tau + width] of some a."""
    cdef const int64_t[::1] first = _times(a, "a")
    cdef const int64_t[::1] then = _times(b, "b")
    tau, width = _interval(tau, width)
    return events_responses(&first[0], len(a), &then[0], len(b), tau, width)


def exposure(a, tau, width, start, end):
    """Measure the union of (a + tau, a + tau + width] inside (start, end], ns."""
    cdef const int64_t[::1] first = _times(a, "a")
    tau, width = _interval(tau, width)
    start = whole(start, "start", -TIME_LIMIT, TIME_LIMIT)
    return events_exposure(&first[0], len(a), tau, width, start, whole(end, "end", start, TIME_LIMIT))


def delays(a, b, tau, width, out=None):
    """Delay of the first b in (a + tau, a + tau + width] for every a, ns; -1 where none follows."""
    cdef const int64_t[::1] first = _times(a, "a")
    cdef const int64_t[::1] then = _times(b, "b")
    tau, width = _interval(tau, width)
    out = output(out, "out", np.int64, (len(a),))
    cdef int64_t[::1] found = out if len(a) else np.empty(1, np.int64)
    events_delays(&first[0], len(a), &then[0], len(b), tau, width, &found[0])
    return out


def _drawn(b, offsets, start, length):
    """Sorted altered copies of b, int64 [S, m]."""
    array(offsets, "offsets", np.int64, (None, len(b)))
    _within(offsets, "offsets", SPAN_LIMIT)
    cdef int64_t begin = whole(start, "start", -TIME_LIMIT, TIME_LIMIT)
    cdef int64_t span = whole(length, "length", 0, SPAN_LIMIT)
    copies = np.empty_like(offsets)
    cdef const int64_t[::1] times = b
    cdef const int64_t[:, ::1] moves = offsets
    cdef int64_t[:, ::1] moved = copies
    cdef Py_ssize_t k
    if len(b):
        with nogil:
            for k in range(moves.shape[0]):
                events_draw(&times[0], times.shape[0], &moves[k, 0], begin, span, &moved[k, 0])
    return copies


cdef _counts(counter count, a, b, tau, width, copies):
    """Count every copy of b against a, int64 [S]."""
    cdef const int64_t[::1] first = _times(a, "a")
    cdef const int64_t[:, ::1] moved = copies
    cdef int64_t[::1] counts = np.zeros(len(copies), np.int64)
    cdef int64_t shortest = tau, longest = width
    cdef Py_ssize_t k, a_n = len(a)
    if moved.shape[1]:
        with nogil:
            for k in range(moved.shape[0]):
                counts[k] = count(&first[0], a_n, &moved[k, 0], moved.shape[1], shortest, longest)
    return np.asarray(counts)


def triggered_draws(a, b, tau, width, offsets, *, start=0, length=0):
    """`triggered` for every altered copy of b, int64 [S]."""
    _times(b, "b")
    tau, width = _interval(tau, width)
    return _counts(events_triggered, a, b, tau, width, _drawn(b, offsets, start, length))


def responses_draws(a, b, tau, width, offsets, *, start=0, length=0):
    """`responses` for every altered copy of b, int64 [S]."""
    _times(b, "b")
    tau, width = _interval(tau, width)
    return _counts(events_responses, a, b, tau, width, _drawn(b, offsets, start, length))


def delays_draws(a, b, tau, width, offsets, *, start=0, length=0):
    """`delays` for every altered copy of b, int64 [S, n]."""
    _times(b, "b")
    cdef const int64_t[::1] first = _times(a, "a")
    tau, width = _interval(tau, width)
    copies = _drawn(b, offsets, start, length)
    cdef const int64_t[:, ::1] moved = copies
    found = np.full((len(copies), len(a)), -1, np.int64)
    cdef int64_t[:, ::1] delay = found
    cdef int64_t shortest = tau, longest = width
    cdef Py_ssize_t k, a_n = len(a)
    if a_n and moved.shape[1]:
        with nogil:
            for k in range(moved.shape[0]):
                events_delays(&first[0], a_n, &moved[k, 0], moved.shape[1], shortest, longest, &delay[k, 0])
    return found
