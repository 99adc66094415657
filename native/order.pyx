"""Running order statistics: the last samples of some channels, kept sorted as they come and go.

A sample costs one shift of the sorted row a channel; quantiles are then read off, deviations merged from both
sides of the centre. All results are order statistics of the samples themselves: nothing drifts.
"""

import numpy as np

from libc.math cimport NAN, fabs, isfinite
from libc.string cimport memmove


cdef inline Py_ssize_t place(const double* row, Py_ssize_t n, double value) noexcept nogil:
    """First index whose value is not below `value`."""
    cdef Py_ssize_t low = 0, high = n, middle
    while low < high:
        middle = (low + high) // 2
        if row[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


cdef inline void add_sorted(double* row, Py_ssize_t n, double value) noexcept nogil:
    """Put a value into a sorted row of n."""
    cdef Py_ssize_t i = place(row, n, value)
    memmove(row + i + 1, row + i, (n - i) * sizeof(double))
    row[i] = value


cdef inline void remove_sorted(double* row, Py_ssize_t n, double value) noexcept nogil:
    """Take a value out of a sorted row of n that holds it."""
    cdef Py_ssize_t i = place(row, n, value)
    memmove(row + i, row + i + 1, (n - 1 - i) * sizeof(double))


cdef double median_deviation(const double* row, Py_ssize_t n, double centre) noexcept nogil:
    """Median of |value - centre| of a sorted row: ranks are counted outwards from the centre."""
    cdef Py_ssize_t right = place(row, n, centre), left = right - 1, _rank
    cdef double last = 0.0, before = 0.0
    for _rank in range(n // 2 + 1):
        before = last
        if left < 0 or (right < n and row[right] - centre < centre - row[left]):
            last = fabs(row[right] - centre)
            right += 1
        else:
            last = fabs(row[left] - centre)
            left -= 1
    return last if n % 2 else before + (last - before) / 2


cdef class Window:
    """The last `capacity` samples of C channels; what is not finite counts as missing."""

    cdef double[:, ::1] ring
    cdef double[:, ::1] ordered
    cdef Py_ssize_t[::1] known
    cdef Py_ssize_t next

    def __cinit__(self, Py_ssize_t channels, Py_ssize_t capacity):
        if channels < 1 or capacity < 1:
            raise ValueError(f"expected channels, capacity > 0, got {channels}, {capacity} at Window")
        self.ring = np.full((channels, capacity), np.nan)
        self.ordered = np.full((channels, capacity), np.nan)
        self.known = np.zeros(channels, np.intp)
        self.next = 0

    @property
    def count(self):
        """Finite samples of every channel, [C]."""
        return np.array(self.known)

    def push(self, const double[:] sample not None):
        """Take a sample [C] in place of the oldest."""
        cdef Py_ssize_t c
        if sample.shape[0] != self.ring.shape[0]:
            raise ValueError(f"expected [{self.ring.shape[0]}], got [{sample.shape[0]}] at Window.push")
        for c in range(sample.shape[0]):
            if isfinite(self.ring[c, self.next]):
                remove_sorted(&self.ordered[c, 0], self.known[c], self.ring[c, self.next])
                self.known[c] -= 1
            if isfinite(sample[c]):
                add_sorted(&self.ordered[c, 0], self.known[c], sample[c])
                self.known[c] += 1
            self.ring[c, self.next] = sample[c]
        self.next = (self.next + 1) % self.ring.shape[1]

    def wipe(self, channel=None):
        """Overwrite what is known of one channel, or of all."""
        cdef Py_ssize_t first = 0, end = self.ring.shape[0]
        if channel is not None:
            if not 0 <= channel < end:
                raise ValueError(f"expected 0..{end - 1}, got {channel} at Window.wipe")
            first, end = channel, channel + 1
        self.ring[first:end, :] = NAN
        self.ordered[first:end, :] = NAN
        self.known[first:end] = 0

    @property
    def memory(self):
        """Views of everything kept, for looking at what a wipe leaves."""
        return np.asarray(self.ring), np.asarray(self.ordered), np.asarray(self.known)

    def quantile(self, const double[:] q not None):
        """Quantile q[c] (0..1) of every channel, linear between samples, [C]; NaN where none is known."""
        cdef Py_ssize_t c, low
        cdef double at
        if q.shape[0] != self.ring.shape[0]:
            raise ValueError(f"expected [{self.ring.shape[0]}], got [{q.shape[0]}] at Window.quantile")
        cdef double[::1] out = np.full(q.shape[0], np.nan)
        for c in range(q.shape[0]):
            if self.known[c] == 0:
                continue
            at = min(max(q[c], 0.0), 1.0) * (self.known[c] - 1)
            low = <Py_ssize_t>at
            out[c] = self.ordered[c, low]
            if low + 1 < self.known[c]:
                out[c] += (at - low) * (self.ordered[c, low + 1] - self.ordered[c, low])
        return np.asarray(out)

    def deviation(self, const double[:] centre not None):
        """Median of |sample - centre| of every channel, [C]; NaN where nothing or no centre is known."""
        cdef Py_ssize_t c
        if centre.shape[0] != self.ring.shape[0]:
            raise ValueError(f"expected [{self.ring.shape[0]}], got [{centre.shape[0]}] at Window.deviation")
        cdef double[::1] out = np.full(centre.shape[0], np.nan)
        for c in range(centre.shape[0]):
            if self.known[c] and isfinite(centre[c]):
                out[c] = median_deviation(&self.ordered[c, 0], self.known[c], centre[c])
        return np.asarray(out)
