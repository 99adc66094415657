"""Tails of two distributions by the regularised incomplete beta function (DLMF 8.17)."""

def student_below(df: float, t: float) -> float:
    """P(T <= t) of Student's t distribution with df > 0 degrees of freedom; NaN for NaN or df <= 0."""

def binomial_above(k: float, n: float, p: float) -> float:
    """P(K > k) of n trials with probability p, 0 <= k <= n; NaN outside."""
