"""Slow twins of the running parts of one person: every sample kept, every statistic taken afresh.

Numbers are those of `docs/signals.md`; imports nothing of the package.
"""

import math

import numpy as np

MAD_TO_SD = 1.4826


class Memory:
    """The last samples, at most one every tenth of a second less a fiftieth of it."""

    def __init__(self, capacity):
        self.capacity, self.samples, self.count, self.last_ns = capacity, [], 0, None

    def due(self, t_ns):
        """Whether the last sample is old enough."""
        return self.last_ns is None or t_ns - self.last_ns >= 98_000_000

    def push(self, sample, t_ns):
        """Take a sample unless the last one is too recent."""
        if self.due(t_ns):
            self.samples = [*self.samples, sample][-self.capacity :]
            self.count, self.last_ns = self.count + 1, t_ns

    def quantiles(self, shares):
        """Return the given quantile of each channel."""
        data = np.array(self.samples)
        return np.array([np.nanquantile(data[:, c], share) for c, share in enumerate(shares)])


class Calibration:
    """x = (y - b) / s of one person, from all that was pushed."""

    def __init__(self, scale, noise, bipolar, active, warmup_s=20.0):
        self.scale, self.noise, self.active, self.warmup_s = scale, noise, active, warmup_s
        self.low = np.where(bipolar, 0.5, 0.1)
        self.calm_y, self.jitter, self.raw = Memory(3000), Memory(300), []
        self.seen_s = self.frozen_s = 0.0
        self.last_ns = self.read_ns = None
        self.base = self.spread = self.aim = None
        self.gain = math.nan

    def update(self, y, raw, t_ns, *, speaking):
        """Take one sample; return x."""
        step_s = 0.0 if self.last_ns is None else min(0.5, (t_ns - self.last_ns) / 1e9)
        self.last_ns = t_ns
        self.raw = [*self.raw, raw][-3:]
        if len(self.raw) == 3:
            self.jitter.push(np.abs(self.raw[0] - 2 * self.raw[1] + self.raw[2]) / math.sqrt(6), t_ns)
        self._learn(y, t_ns, step_s, speaking)
        self._read(t_ns)
        if self.aim is not None:
            share = min(1.0, step_s / 1.0)
            self.base = self.base + share * (self.aim[0] - self.base)
            self.spread = self.spread + share * (self.aim[2] - self.spread)
        if self.seen_s < self.warmup_s:
            return np.full(len(y), math.nan)
        return (y - self.base) / self.spread

    def _learn(self, y, t_ns, step_s, speaking):
        above = (
            np.zeros(1) if self.aim is None else np.maximum((y - self.aim[1]) / self.aim[2], 0)[self.active]
        )
        frozen = self.seen_s >= self.warmup_s and (speaking or math.sqrt(np.mean(above**2)) > 2.0)
        self.frozen_s = self.frozen_s + step_s if frozen else 0.0
        if not frozen or self.frozen_s > 120.0:
            self.calm_y.push(y, t_ns)
            self.seen_s += step_s

    def _read(self, t_ns):
        if self.read_ns is not None and t_ns - self.read_ns < 1e9:
            return
        if self.calm_y.count < 2 or self.jitter.count < 2:
            return
        self.read_ns = t_ns
        half = np.full(len(self.scale), 0.5)
        median = self.calm_y.quantiles(half)
        mad = np.median(np.abs(np.array(self.calm_y.samples) - median), axis=0)
        own = MAD_TO_SD * self.jitter.quantiles(half)
        n = 30.0 * self.seen_s
        aim_spread = (600 * self.scale / self.noise * own + n * MAD_TO_SD * mad) / (600 + n)
        self.aim = (self.calm_y.quantiles(self.low), median, aim_spread)
        if self.base is None:
            self.base, self.spread = self.aim[0], self.aim[2]
        if self.seen_s >= self.warmup_s:
            share = (600 + n * MAD_TO_SD * mad / self.scale) / (600 + n)
            self.gain = float(np.median(share[self.active]))


def swinging(values, times_ns, count_swings):
    """Return whether each sample is speech, by the definition."""
    told, held, jumps, until_ns = [], [], [], -math.inf
    for value, t_ns in zip(values, times_ns, strict=True):
        if np.isfinite(value):
            held = [*held, (t_ns, value)]
            if len(held) >= 5:
                a, b, c, d, e = (v for _, v in held[-5:])
                jumps = [*jumps, abs(a - 4 * b + 6 * c - 4 * d + e)][-150:]
            held = [(t, v) for t, v in held if t_ns - t <= 3e9]
            if t_ns - held[0][0] >= 1e9 and len(jumps) >= 10:
                noise = MAD_TO_SD * float(np.median(jumps)) / math.sqrt(70)
                span = max(v for _, v in held) - min(v for _, v in held)
                reach = max(10 * noise, 0.3 * span)
                recent = [v for t, v in held if t_ns - t <= 2e9]
                if 0 < reach <= span and count_swings(recent, reach) >= 5:
                    until_ns = t_ns + 800_000_000
        told.append(t_ns <= until_ns)
    return told


class Head:
    """The rigid shape of one person: a mean of the first second, then a slow one of near-frontal frames."""

    def __init__(self, anchors, weights, template, similarity):
        self.anchors, self.weights, self.template = list(anchors), weights, template
        self.similarity = similarity
        self.shape, self.seen_s, self.last_ns = None, 0.0, None

    def align(self, points_px, t_ns):
        """Return the landmarks in the frame of the head and its pose."""
        mesh = points_px.astype(float) * [1, -1, -1]
        if self.shape is None:
            self.shape = self._normal(mesh[self.anchors])
        s, R, t = self.similarity(mesh[self.anchors], self.shape, self.weights)
        points, H = s * mesh @ R.T + t, R.T
        pose = (-math.asin(H[2, 0]), math.atan2(-H[2, 1], H[2, 2]), math.atan2(H[1, 0], H[0, 0]))
        self._learn(points, max(abs(pose[0]), abs(pose[1])), t_ns)
        return points, pose

    def _learn(self, points, turned_rad, t_ns):
        step_s = 0.04 if self.last_ns is None else min(0.5, (t_ns - self.last_ns) / 1e9)
        self.last_ns = t_ns
        if self.seen_s >= 1.0 and turned_rad > math.radians(12):
            return
        self.seen_s += step_s
        share = min(1.0, step_s / self.seen_s) if self.seen_s < 1.0 else step_s / 60
        self.shape = self._normal(self.shape + share * (points[self.anchors] - self.shape))

    def _normal(self, shape):
        _, R, _ = self.similarity(shape, self.template, self.weights)
        right, left = (self.anchors.index(canthus) for canthus in (33, 263))
        turned = (shape - (shape[right] + shape[left]) / 2) @ R.T
        return turned * 8.89 / np.linalg.norm(turned[right] - turned[left])
