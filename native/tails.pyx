"""Tails of two distributions by the regularised incomplete beta function (DLMF 8.17)."""

from libc.math cimport NAN, exp, fabs, isinf, isnan, lgamma, log

cdef enum:
    MAX_TERMS = 100000  # about sqrt(max(a, b)) are needed

cdef double TINY = 1e-300, SMALLEST_STEP = 1e-16


cdef double fraction(double a, double b, double x) noexcept nogil:
    """Continued fraction of I_x(a, b) by Lentz's method (DLMF 8.17.22), for x < (a + 1) / (a + b + 2)."""
    cdef double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0), value, term, step
    cdef int m, half
    d = 1.0 / (d if fabs(d) > TINY else TINY)
    value = d
    for m in range(1, MAX_TERMS):
        step = 1.0
        for half in range(2):
            if half == 0:
                term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            else:
                term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1.0 + term * d
            d = 1.0 / (d if fabs(d) > TINY else TINY)
            c = 1.0 + term / c
            c = c if fabs(c) > TINY else TINY
            step = c * d
            value *= step
        if fabs(step - 1.0) <= SMALLEST_STEP:
            break
    return value


cdef double beta(double a, double b, double x, double y) noexcept nogil:
    """I_x(a, b) with y = 1 - x given apart: neither end loses digits."""
    if x <= 0 or y <= 0:
        return 0.0 if x <= 0 else 1.0
    cdef double front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(y))
    if x < (a + 1) / (a + b + 2):
        return front * fraction(a, b, x) / a
    return 1.0 - front * fraction(b, a, y) / b


def student_below(double df, double t):
    """P(T <= t) of Student's t distribution with df > 0 degrees of freedom; NaN for NaN or df <= 0."""
    if isnan(t) or not df > 0:
        return NAN
    if isinf(t):
        return 1.0 if t > 0 else 0.0
    cdef double tail = beta(df / 2, 0.5, df / (df + t * t), t * t / (df + t * t)) / 2
    return 1.0 - tail if t > 0 else tail


def binomial_above(double k, double n, double p):
    """P(K > k) of n trials with probability p, 0 <= k <= n; NaN outside."""
    if not (0 <= k <= n and 0 <= p <= 1):
        return NAN
    return 0.0 if k == n else beta(k + 1, n - k, p, 1 - p)
