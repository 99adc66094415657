"""Features of an aligned mesh: distances, heights and depths between named points; eye aspect ratio."""

import numpy as np

from libc.math cimport NAN, sqrt

cdef enum:
    MAX_POINTS = 64


cdef inline double distance(const double* a, const double* b) noexcept nogil:
    """Euclidean distance of two points."""
    return sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)


cdef class Features:
    """The channel table as arrays; the contract stands in `features.pyi`."""

    cdef int[::1] starts
    cdef int[::1] landmarks
    cdef int[:, ::1] pairs
    cdef double[:, :, ::1] weights, leaning
    cdef int most

    def __cinit__(self, points, pairs, weights, leaning):
        named = [list(landmarks) for landmarks in points]
        self.starts = np.cumsum([0, *map(len, named)], dtype=np.intc)
        self.landmarks = np.array(sum(named, []), dtype=np.intc)
        self.pairs = np.array(pairs, dtype=np.intc)
        self.weights = np.array(weights, dtype=np.float64)
        self.leaning = np.array(leaning, dtype=np.float64)
        self.most = max(self.landmarks)
        if not (len(named) <= MAX_POINTS and all(named) and min(self.landmarks) >= 0):
            raise ValueError(f"expected at most {MAX_POINTS} named points with landmarks at Features")
        if not (0 <= np.min(self.pairs) and np.max(self.pairs) < len(named) and self.pairs.shape[1] == 2):
            raise ValueError("expected pairs of named points at Features")
        if not (self.weights.shape[1] == self.pairs.shape[0] and self.weights.shape[2] == 3):
            raise ValueError("expected weights [C, pairs, 3] at Features")
        if self.leaning.base.shape != self.weights.base.shape or self.weights.shape[0] > MAX_POINTS:
            raise ValueError(f"expected two weights [{MAX_POINTS} or less, pairs, 3] at Features")

    def measure(self, const double[:, ::1] mesh not None, double lean, double[::1] out not None):
        """Write the features of a mesh [N, 3] into `out` [C]."""
        cdef double named[MAX_POINTS][3]
        cdef double[MAX_POINTS] leant
        cdef double d, y, z
        cdef Py_ssize_t i, j, c, k
        cdef int a, b
        if mesh.shape[0] <= self.most or mesh.shape[1] != 3 or out.shape[0] != self.weights.shape[0]:
            raise ValueError(f"expected a mesh [{self.most + 1} or more, 3] and [C] at Features.measure")
        for i in range(self.starts.shape[0] - 1):
            for k in range(3):
                named[i][k] = 0
                for j in range(self.starts[i], self.starts[i + 1]):
                    named[i][k] += mesh[self.landmarks[j], k]
                named[i][k] /= self.starts[i + 1] - self.starts[i]
        for c in range(out.shape[0]):
            out[c] = leant[c] = 0
        for i in range(self.pairs.shape[0]):
            a, b = self.pairs[i, 0], self.pairs[i, 1]
            d = distance(named[a], named[b])
            y = named[a][1] - named[b][1]
            z = named[a][2] - named[b][2]
            for c in range(out.shape[0]):
                out[c] += (self.weights[c, i, 0] * d + self.weights[c, i, 1] * y
                           + self.weights[c, i, 2] * z)
                leant[c] += (self.leaning[c, i, 0] * d + self.leaning[c, i, 1] * y
                             + self.leaning[c, i, 2] * z)
        for c in range(out.shape[0]):
            out[c] += lean * leant[c]


def eye_aspect(const double[:, ::1] mesh not None, const int[:, ::1] eyes not None):
    """Mean eye aspect ratio of the eyes, NaN for one without width; see `features.pyi`."""
    cdef double total = 0, width
    cdef Py_ssize_t i, k
    cdef const double* p[6]
    if eyes.shape[1] != 6 or mesh.shape[1] != 3:
        raise ValueError("expected eyes [E, 6] and a mesh [N, 3] at eye_aspect")
    for i in range(eyes.shape[0]):
        for k in range(6):
            if not 0 <= eyes[i, k] < mesh.shape[0]:
                raise ValueError(f"expected 0..{mesh.shape[0] - 1}, got {eyes[i, k]} at eye_aspect")
            p[k] = &mesh[eyes[i, k], 0]
        width = distance(p[0], p[3])
        if not width > 0:
            return NAN
        total += (distance(p[1], p[5]) + distance(p[2], p[4])) / (2 * width)
    return total / eyes.shape[0]
