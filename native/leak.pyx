"""What a turning head leaves in the features: a running robust regression on yaw and pitch."""

import numpy as np

from libc.math cimport NAN, isfinite, isnan

cdef enum:
    K = 5  # terms of the pose
    MAX_CHANNELS = 64


cdef inline double clipped(double value, double limit) noexcept nogil:
    return max(-limit, min(limit, value))


cdef void terms(double yaw_deg, double pitch_deg, double* p) noexcept nogil:
    cdef double u = yaw_deg / 10, v = pitch_deg / 10
    p[0] = u
    p[1] = v
    p[2] = u * u
    p[3] = u * v
    p[4] = v * v


cdef bint factor(double A[K][K]) noexcept nogil:
    """Cholesky factor of a positive definite A into its lower half; False where it is not."""
    cdef int i, j, k
    cdef double total
    for i in range(K):
        for j in range(i + 1):
            total = A[i][j]
            for k in range(j):
                total -= A[i][k] * A[j][k]
            if i == j:
                if not total > 0:
                    return False
                A[i][i] = total ** 0.5
            else:
                A[i][j] = total / A[j][j]
    return True


cdef void solve(double L[K][K], double* b) noexcept nogil:
    """Overwrite b by the x of L L' x = b."""
    cdef int i, k
    for i in range(K):
        for k in range(i):
            b[i] -= L[i][k] * b[k]
        b[i] /= L[i][i]
    for i in range(K - 1, -1, -1):
        for k in range(i + 1, K):
            b[i] -= L[k][i] * b[k]
        b[i] /= L[i][i]


cdef class Leak:
    """Sums and slopes of one person; the contract stands in `leak.pyi`."""

    cdef double[::1] scale
    cdef double[::1] prior
    cdef double noise, most, reach
    cdef double weight
    cdef double mean_p[K]
    cdef double gram[K][K]
    cdef double[::1] mean_f
    cdef double[:, ::1] cross
    cdef double[:, ::1] slopes

    def __cinit__(self, scale, prior_sd, double noise, double most, double reach):
        self.scale = np.array(scale, dtype=np.float64)
        self.prior = np.array(prior_sd, dtype=np.float64)
        channels = self.scale.shape[0]
        if self.prior.shape[0] != K or not 0 < channels <= MAX_CHANNELS or not np.min(prior_sd) > 0:
            raise ValueError(f"expected 1..{MAX_CHANNELS} scales and {K} deviations > 0 at Leak")
        self.noise, self.most, self.reach = noise, most, reach
        self.mean_f = np.full(channels, np.nan)
        self.cross, self.slopes = np.zeros((2, channels, K))

    def learn(self, const double[::1] f not None, double yaw_deg, double pitch_deg, double keep, double gain):
        """Add one sample of the features [C]."""
        cdef double p[K]
        cdef double dp[K]
        cdef double A[K][K]
        cdef double share, left, expected, df
        cdef Py_ssize_t c
        cdef int i, j
        if f.shape[0] != self.scale.shape[0]:
            raise ValueError(f"expected [{self.scale.shape[0]}], got [{f.shape[0]}] at Leak.learn")
        terms(yaw_deg, pitch_deg, p)
        self.weight = keep * self.weight + gain
        share = gain / self.weight
        left = gain * (1 - share)
        for i in range(K):
            dp[i] = p[i] - self.mean_p[i]
            self.mean_p[i] += share * dp[i]
        for i in range(K):
            for j in range(K):
                self.gram[i][j] = keep * self.gram[i][j] + left * dp[i] * dp[j]
                A[i][j] = self.gram[i][j]
            A[i][i] += self.prior[i] ** -2 + self.weight * self.noise ** 2
        if not factor(A):
            return
        for c in range(f.shape[0]):
            if isnan(self.mean_f[c]):
                self.mean_f[c] = f[c]
            expected = 0
            for i in range(K):
                expected += dp[i] * self.slopes[c, i]
            df = expected
            if isfinite(f[c]):
                df += clipped(f[c] - self.mean_f[c] - expected, self.reach * self.scale[c])
                self.mean_f[c] += share * df
            for i in range(K):
                self.cross[c, i] = keep * self.cross[c, i] + left * dp[i] * df
                p[i] = self.cross[c, i]
            solve(A, p)
            for i in range(K):
                self.slopes[c, i] = clipped(p[i], self.most * self.prior[i] * self.scale[c])

    def wipe(self):
        """Overwrite everything learnt."""
        cdef int i, j
        self.weight = 0
        for i in range(K):
            self.mean_p[i] = 0
            for j in range(K):
                self.gram[i][j] = 0
        self.mean_f[:] = NAN
        self.cross[:, :] = 0
        self.slopes[:, :] = 0

    @property
    def memory(self):
        """Views of everything learnt, for looking at what a wipe leaves; valid as long as this object."""
        pose = np.asarray(<double[:K]> self.mean_p), np.asarray(<double[:K, :K]> &self.gram[0][0])
        return (*pose, np.asarray(self.mean_f), np.asarray(self.cross), np.asarray(self.slopes))

    def remove(self, double[::1] f not None, double yaw_deg, double pitch_deg):
        """Take out of the features [C], in place, what the pose put in."""
        cdef double p[K]
        cdef Py_ssize_t c
        cdef int i
        if f.shape[0] != self.scale.shape[0]:
            raise ValueError(f"expected [{self.scale.shape[0]}], got [{f.shape[0]}] at Leak.remove")
        terms(yaw_deg, pitch_deg, p)
        for c in range(f.shape[0]):
            for i in range(K):
                f[c] -= p[i] * self.slopes[c, i]
