"""What the continuous measures bet on: a statistic of the newest block and of far ones, near first, [S + 1].

Empty while two people's common time is too short for far blocks.
"""

import numpy as np

from edge.arrays import Floats
from edge.formulas import FAR_S
from edge.measures import group_phase_coherence as group
from edge.measures.behavioural_phase_locking import BAND_HZ, rhythms
from edge.measures.bets.blocks import (
    LEAST_SHARE,
    NONE,
    back_n,
    beside,
    laid,
    mean,
    middle,
    offsets_n,
    peak,
)
from edge.measures.bets.foretold import foretold
from edge.measures.common import unlike
from edge.measures.configuration_alignment import MIN_NORM
from edge.measures.context import Context
from edge.measures.coupling_loop import ORDER, series
from edge.measures.findings import Subject
from edge.measures.floor import moved_by_speaker
from edge.measures.group_phase_coherence import cluster_phase, independent_shifts
from edge.measures.low_intensity_response import AR, REACH_S, STILL_SD
from edge.measures.phases import RATE_HZ, Phases, ring_phases
from edge.measures.rapport_triad import RATE_HZ as TRIAD_HZ
from edge.measures.rapport_triad import mirrored, overlap, ranks
from edge.measures.shifts import turned
from edge.measures.slope_concordance import SLOPE_S, listening, running_r, speaking

LISTENS_SHARE = 0.25  # of a block: a listener talks now and then


def synchrony(context: Context, subject: Subject, block_s: float) -> Floats:
    """Measure 2: the largest Fisher z within the fast lags."""
    i, j = subject
    n, lags = (round(s * context.rate_hz) for s in (block_s, context.mimicry.max_lag_s))
    offsets = offsets_n(context, n + 2 * lags, 1, i, j)
    if not len(offsets):
        return NONE
    x, y = (context.tick.x[person][context.roles.smile] for person in (i, j))
    return peak(laid(x, n, -offsets, lag_n=lags), laid(y, n + 2 * lags, offsets))


def concordance(context: Context, subject: Subject, block_s: float) -> Floats:
    """Measure 3: mean running correlation of the slopes of who speaks and who listens.

    The slopes rest on the block alone: blocks that shared samples would be won or lost together.
    """
    i, j = subject
    n = round(block_s) - SLOPE_S + 1
    offsets = offsets_n(context, n + SLOPE_S, round(context.rate_hz), i, j)
    if not len(offsets):
        return NONE
    r = running_r(*beside(speaking(context, i), listening(context, j), n, offsets))
    return mean(r, LISTENS_SHARE)


def alignment(context: Context, subject: Subject, block_s: float) -> Floats:
    """Measure 4: mean cosine between the faces, each second against its own rest in the block."""
    i, j = subject
    n = round(block_s * context.rate_hz)
    offsets = offsets_n(context, n, 1, i, j)
    if not len(offsets):
        return NONE
    x, y, rate_n = context.z(i), context.z(j), round(context.rate_hz)
    raised = [
        [_raised(one, rate_n) for one in beside(x[row], y[row], n, offsets)] for row in context.roles.activity
    ]
    u, v = np.stack(raised, axis=1)
    norms = np.linalg.norm(u, axis=0) * np.linalg.norm(v, axis=0)
    cosine = (u * v).sum(axis=0) / np.maximum(norms, MIN_NORM**2)
    return mean(np.where(np.isnan(norms) | (norms > MIN_NORM**2), cosine, 0.0))


def _raised(x: Floats, rate_n: int) -> Floats:
    """Means of each second above the block's median, [S + 1, seconds]; NaN where a second is missing.

    A slow drift of the level would align two faces for minutes: blocks after one another would not be looks
    of their own.
    """
    seconds = x.reshape(*x.shape[:-1], -1, rate_n).mean(axis=-1)
    return np.asarray(np.maximum(seconds - middle(seconds), 0.0))


def locking(context: Context, subject: Subject, block_s: float) -> Floats:
    """Measure 10: phase-locking value of the block, the mean over head pitch, head yaw and jaw."""
    i, j = subject
    n = round(block_s * RATE_HZ)
    offsets = offsets_n(context, n, context.step_n(RATE_HZ), i, j)
    first, second = rhythms(context, i, BAND_HZ), rhythms(context, j, BAND_HZ)
    names = [name for name in first if name in second and not moved_by_speaker(context, (i, j), name)]
    if not len(offsets) or not names or not unlike(context, i, j):
        return NONE
    locked = [_locked(*beside(first[name], second[name], n, offsets)) for name in names]
    known = np.isfinite(locked)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, locked, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def loop(context: Context, subject: Subject, block_s: float) -> Floats:
    """Measure 6: the smaller of both gains in foretelling the block, learnt before it."""
    i, j = subject
    n = round(block_s * RATE_HZ)
    back = back_n(context, n + ORDER, context.step_n(RATE_HZ), i, j)
    if not len(back) or not unlike(context, i, j):
        return NONE
    x, y = series(context, i), series(context, j)
    return np.minimum(*(foretold(*way, n, back, own=ORDER, other=ORDER) for way in ((x, y), (y, x))))


def low_intensity(context: Context, subject: Subject, block_s: float) -> Floats:
    """Measure 9: gain in foretelling a nearly still face from the other's last 2 s."""
    i, j = subject
    n, taps = (round(s * context.rate_hz) for s in (block_s, REACH_S))
    back = back_n(context, n + taps, 1, i, j)
    if not len(back) or not unlike(context, i, j):
        return NONE
    x, y = (context.z(person)[context.roles.smile] for person in (i, j))
    y = y - np.nanmedian(y) if np.isfinite(y).any() else y
    return foretold(x, y, n, back, own=AR, other=taps, still=STILL_SD)


def triad(context: Context, subject: Subject, block_s: float) -> Floats:
    """Measure 7: mutual facing, joint smiling and synchrony of the same blocks, each as its rank."""
    i, j = subject
    if moved_by_speaker(context, (i, j), "yaw") or not unlike(context, i, j):
        return NONE
    C = synchrony(context, subject, block_s)
    if not np.isfinite(C).all() or not len(C):
        return NONE
    n, lags = (round(s * context.rate_hz) for s in (block_s, context.mimicry.max_lag_s))
    offsets = offsets_n(context, n + 2 * lags, 1, i, j) // context.step_n(TRIAD_HZ)
    m = round(block_s * context.rate_at(TRIAD_HZ))
    u, v = (context.thinned(context.tick.pose_rad[p], TRIAD_HZ)[:2] for p in (i, j))
    x, y = (context.thinned(context.z(p)[context.roles.smile], TRIAD_HZ) for p in (i, j))
    A, P = mirrored(*beside(u, v, m, offsets)), overlap(*beside(x, y, m, offsets))
    if not np.isfinite(A + P).all():
        return NONE
    return np.asarray(np.cbrt(ranks(A) * ranks(P) * ranks(C)))


def coherence(context: Context, subject: Subject, block_s: float) -> Floats:  # noqa: ARG001
    """Measure 11: cluster-phase rho of the block; far ones move everybody on their own."""
    people = [person for person in context.people if context.ready(person)]
    n = round(block_s * RATE_HZ)
    if (
        len(people) < group.MIN_PEOPLE
        or context.n_at(RATE_HZ, *people) < 2 * n
        or not unlike(context, *people)
    ):
        return NONE
    length = context.n_at(RATE_HZ, *people)
    phases = [
        ring_phases(context, ("activity", p), context.activity(p), group.BAND_HZ)[-length:] for p in people
    ]
    far = independent_shifts(len(people), length, round(FAR_S * RATE_HZ), context.seed, context.surrogates)
    shifts = np.concatenate((np.zeros((1, len(people)), dtype=np.int64), far))
    blocks = np.stack([turned(one, shifts[:, k])[:, -n:] for k, one in enumerate(phases)], axis=1)
    return cluster_phase(blocks)


def _locked(u: Phases, v: Phases) -> Floats:
    """|mean of e^{i (phi - psi)}| over the last axis, NaN under 75 % known."""
    turned = u * np.conj(v)
    known = np.isfinite(turned)
    count = known.sum(axis=-1)
    total = np.abs(np.where(known, turned, 0.0).sum(axis=-1))
    return np.where(count >= LEAST_SHARE * u.shape[-1], total / np.maximum(count, 1), np.nan)
