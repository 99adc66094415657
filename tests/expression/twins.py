"""Slow twins of the kernels of `expression`: the definitions in NumPy; imports nothing of the package."""

import math

import numpy as np


def similarity(a, b, weights):
    """Return s, R, t minimising sum w |s R a + t - b|^2 by singular values (Umeyama 1991)."""
    w = weights / weights.sum()
    mean_a, mean_b = w @ a, w @ b
    a, b = a - mean_a, b - mean_b
    U, D, Vt = np.linalg.svd((w[:, None] * b).T @ a)
    sign = np.sign(np.linalg.det(U) * np.linalg.det(Vt))
    R = U @ np.diag([1, 1, sign]) @ Vt
    s = (D * [1, 1, sign]).sum() / (w @ (a * a).sum(axis=1))
    return s, R, mean_b - s * R @ mean_a


def features(mesh, points, table):
    """Return the weighted sums of distances, heights and depths, one a channel of (kind, a, b, weight)."""

    def term(kind, a, b):
        delta = mesh[list(points[a])].mean(axis=0) - mesh[list(points[b])].mean(axis=0)
        return np.linalg.norm(delta) if kind == "d" else delta["xyz".index(kind)]

    return np.array([sum(weight * term(kind, a, b) for kind, a, b, weight in terms) for terms in table])


def eye_aspect(mesh, eyes):
    """Return the mean of (|p2 - p6| + |p3 - p5|) / (2 |p1 - p4|)."""
    p = [[mesh[i] for i in eye] for eye in eyes]
    far = [[float(np.linalg.norm(e[a] - e[b])) for a, b in ((1, 5), (2, 4), (0, 3))] for e in p]
    return np.mean([(upper + lower) / (2 * width) for upper, lower, width in far])


def lowpass(samples, times_ns, w, gap_s):
    """Return one channel through the filter, by the exponential of its matrix at every step."""
    A = np.array([[0, 1], [-w * w, -math.sqrt(2) * w]])
    values, vectors = np.linalg.eig(A)
    out, state, last = [], None, None
    for u, t_ns in zip(samples, times_ns, strict=True):
        if not np.isfinite(u):
            out.append(np.nan)
            continue
        step_s = None if last is None else (t_ns - last[1]) / 1e9
        if step_s is None or step_s > gap_s or step_s <= 0:
            state = np.array([u, 0.0])
        else:
            slope = (u - last[0]) / step_s
            start, end = (np.array([v - slope * math.sqrt(2) / w, slope]) for v in (last[0], u))
            decay = (vectors @ np.diag(np.exp(values * step_s)) @ np.linalg.inv(vectors)).real
            state = end + decay @ (state - start)
        last = (u, t_ns)
        out.append(state[0])
    return np.array(out)


def glide(base, scale, aim_base, aim_scale, share):
    """Return base and scale after a share of the way, at once where either is NaN."""
    new = np.isnan(base) | np.isnan(scale)
    return (
        np.where(new, aim_base, base + share * (aim_base - base)),
        np.where(new, aim_scale, scale + share * (aim_scale - scale)),
    )


def activity(y, median, scale, active):
    """Return the root mean square of max((y - median) / scale, 0) over what is measurable."""
    with np.errstate(invalid="ignore", divide="ignore"):
        u = ((y - median) / scale)[active]
    u = np.maximum(u[np.isfinite(u)], 0)
    return np.sqrt(np.mean(u * u)) if u.size else 0.0


def swings(values, reach):
    """Count the swings: each turning point is an extreme since the last that lies `reach` beyond it."""
    count, direction, extremes = 0, 0, [values[0], values[0]]
    for value in values:
        extremes = [min(extremes[0], value), max(extremes[1], value)]
        if direction != 1 and value - extremes[0] >= reach:
            count, direction, extremes[1] = count + 1, 1, value
        elif direction != -1 and extremes[1] - value >= reach:
            count, direction, extremes[0] = count + 1, -1, value
    return count


def leak_slopes(features, poses_deg, keep, gain, *, scale, prior_sd, noise, most, reach):
    """Return the slopes [5, C] after all samples of a robust ridge regression, its sums kept as defined."""
    channels = len(scale)
    W, mean_p, mean_f = 0.0, np.zeros(5), np.full(channels, np.nan)
    G, X, slopes = np.zeros((5, 5)), np.zeros((5, channels)), np.zeros((5, channels))
    weights = (np.broadcast_to(one, len(features)) for one in (keep, gain))
    for f, (yaw, pitch), kept, weight in zip(features, poses_deg, *weights, strict=True):
        u, v = yaw / 10, pitch / 10
        W = kept * W + weight
        share = weight / W
        dp = np.array([u, v, u * u, u * v, v * v]) - mean_p
        mean_p = mean_p + share * dp
        mean_f = np.where(np.isnan(mean_f), f, mean_f)
        expected = dp @ slopes
        beyond = np.clip(f - mean_f - expected, -reach * scale, reach * scale)
        df = expected + np.where(np.isfinite(f), beyond, 0)
        mean_f = np.where(np.isfinite(f), mean_f + share * df, mean_f)
        G = kept * G + weight * (1 - share) * np.outer(dp, dp)
        X = kept * X + weight * (1 - share) * np.outer(dp, df)
        free = np.linalg.inv(G + np.diag(prior_sd**-2.0 + W * noise**2)) @ X
        slopes = np.clip(free, -most * np.outer(prior_sd, scale), most * np.outer(prior_sd, scale))
    return slopes
