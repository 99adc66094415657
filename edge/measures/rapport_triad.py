"""Measure 7, `rapport_triad`: facing each other, smiling together and moving together, at once."""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.common import unlike
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.floor import moved_by_speaker
from edge.measures.matching import matched_means
from edge.measures.shifts import turned
from edge.measures.statistic import Statistic

FACING_RAD = np.radians(20.0)  # ours
SMILING_SD = 2.0  # a smile stands this far above the person's own base (ours)
RATE_HZ = 2.0  # facing and smiling are read at about 2 Hz
MIN_SHARE = 0.5  # of the time with a known pose


class RapportTriad(Statistic):
    """Attention, positivity, coordination (after Tickle-Degnen & Rosenthal 1990).

    R = (A P C)^(1/3);  A = share of time both heads face each other, P = joint-smile share over chance,
    C = measure 2; each replaced by its rank among itself and its far-lag values, 0..1

    One camera sees two heads that face each other, or both the camera, as yaws that mirror each other:
    |yaw_i + yaw_j| <= 20 deg and |pitch_i - pitch_j| <= 20 deg. The null takes all three components at the
    same far offset, so that their dependence stays in it. Heads that turn to whoever speaks do not face each
    other: where both do, nothing is judged. `extra` holds the three ranks.
    """

    name = "rapport_triad"
    every_s = 10

    def find(self, context: Context, subject: Subject) -> Finding:
        """Rank the three components of one pair."""
        i, j = subject
        coverage = context.coverage(i, j)
        channels = context.fast_peaks.channels() if context.ready(i, j) else ()
        means = matched_means(context, (i, j), channels[0]) if channels else None
        if means is None or not unlike(context, i, j):
            return self.nothing(context, subject, reason="too_few" if means is None else "common_light")
        if moved_by_speaker(context, (i, j), "yaw"):
            return self.nothing(context, subject, reason="speaker")
        C = np.concatenate(([means.near], means.far))
        keep = np.isfinite(C)
        shifts_s = np.concatenate(([0.0], means.far_s))[keep]
        shifts = np.rint(shifts_s * context.rate_at(RATE_HZ)).astype(np.int64)
        n = context.n_at(RATE_HZ, i, j)
        A, P = facing(context, i, j, n, shifts), joint_smiles(context, i, j, n, shifts)
        if not keep[0] or not np.isfinite(A).all() or not np.isfinite(P).all():
            return self.nothing(context, subject)
        components = [ranks(values) for values in (A, P, C[keep])]
        R = np.cbrt(components[0] * components[1] * components[2])
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(R[0]),
            draws=R[1:],
            n=means.apart(context.mimicry.hop_s, context.mimicry.window_s),
            coverage=coverage,
            extra={
                "facing": float(components[0][0]),
                "joint_smiling": float(components[1][0]),
                "synchrony": float(components[2][0]),
            },
        )


def ranks(values: Floats) -> Floats:
    """Place of every value among all of them, 0..1, ties in the middle: (#{<} + .5 #{=}) / n, [n]."""
    below = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    return np.asarray((below + 0.5 * equal) / len(values))


def facing(context: Context, i: int, j: int, n: int, shifts: NDArray[np.int64]) -> Floats:
    """Share of the time with both poses known in which the heads mirror each other, [S]."""
    u, v = (context.thinned(context.tick.pose_rad[p], RATE_HZ)[:2, -n:] for p in (i, j))
    return mirrored(u[:, None], np.stack([turned(row, shifts) for row in v]))


def mirrored(u: Floats, v: Floats) -> Floats:
    """Share of the known time in which yaws are opposite and pitches alike, [2, S, n] -> [S]."""
    known = np.isfinite(u + v).all(axis=0)
    together = (np.abs(u[0] + v[0]) <= FACING_RAD) & (np.abs(u[1] - v[1]) <= FACING_RAD)
    count = known.sum(axis=-1)
    share = np.asarray((together & known).sum(axis=-1) / np.maximum(count, 1))
    return np.where(count >= MIN_SHARE * known.shape[-1], share, np.nan)


def joint_smiles(context: Context, i: int, j: int, n: int, shifts: NDArray[np.int64]) -> Floats:
    """Share of time both smile, minus the product of the shares, [S]."""
    x, y = (context.thinned(context.z(p)[context.roles.smile], RATE_HZ)[-n:] for p in (i, j))
    return overlap(x[None], turned(y, shifts))


def overlap(x: Floats, y: Floats) -> Floats:
    """Share of the known time in which both smile, minus the product of the shares, [S, n] -> [S]."""
    known = np.isfinite(x + y)
    count = np.maximum(known.sum(axis=-1), 1)
    a, b = (x > SMILING_SD) & known, (y > SMILING_SD) & known
    return np.asarray((a & b).sum(axis=-1) / count - a.sum(axis=-1) * b.sum(axis=-1) / count**2)
