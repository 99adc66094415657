"""Mirrored ring of int16 samples; the contract stands in `ring.pyi`."""

import numpy as np

from edge._native.checks import array, whole

from libc.stdint cimport int16_t, uint64_t

MISSING = -(1 << 15)
MAX_CAPACITY = 1 << 24


cdef class Ring:
    """Last `capacity` int16 samples, readable without copying."""

    cdef int16_t[::1] _mirrored
    cdef object _readable
    cdef Py_ssize_t _capacity, _next
    cdef uint64_t _pushed

    def __cinit__(self, capacity):
        self._capacity = whole(capacity, "capacity", 1, MAX_CAPACITY)
        samples = np.full(2 * self._capacity, MISSING, np.int16)
        self._mirrored = samples
        self._readable = samples.view()
        self._readable.flags.writeable = False

    @property
    def capacity(self):
        """Number of samples kept."""
        return self._capacity

    @property
    def pushed(self):
        """Samples pushed since construction or the last `clear`."""
        return self._pushed

    cdef void _add(self, int16_t value) noexcept nogil:
        self._mirrored[self._next] = value
        self._mirrored[self._next + self._capacity] = value
        self._next = 0 if self._next + 1 == self._capacity else self._next + 1
        self._pushed += 1

    def push(self, value):
        """Append one sample; the oldest falls out."""
        self._add(whole(value, "value", MISSING, -1 - MISSING))

    def extend(self, values):
        """Append samples in order."""
        cdef const int16_t[::1] samples = array(values, "values", np.int16, (None,))
        cdef Py_ssize_t k
        with nogil:
            for k in range(samples.shape[0]):
                self._add(samples[k])

    def last(self, n):
        """Newest n samples, oldest first: a read-only view."""
        cdef Py_ssize_t end = self._next + self._capacity
        return self._readable[end - whole(n, "n", 0, self._capacity) : end]

    def clear(self):
        """Overwrite every sample with `MISSING` and start at zero."""
        self._mirrored[:] = MISSING
        self._next = 0
        self._pushed = 0
