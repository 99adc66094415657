"""Measure 10, `behavioural_phase_locking`: whether the rhythms of two heads and jaws keep a common phase."""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.measures.common import unlike
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.floor import moved_by_speaker
from edge.measures.phases import RATE_HZ, WINDOW_S, Phases, ring_phases, window_means
from edge.measures.shifts import circular_shifts, jointly, turned
from edge.measures.statistic import Statistic

BAND_HZ = (0.2, 1.1)
FAST_BAND_HZ = (2.6, 6.5)
FAST_RATE_HZ = 14.0  # of the grid, from which on the second band is there (ours: 6.5 Hz and a margin)
MIN_CYCLES = 20


class BehaviouralPhaseLocking(Statistic):
    """Phase-locking value without its bias, over 60 s windows every 5 s, averaged over the horizon.

    PLV = |mean_t e^{i(phi_i - phi_j)}|,  PPC = (n PLV^2 - 1)/(n - 1),  n = window * bandwidth = 54 cycles

    of head pitch speed, head yaw speed and jaw motion in .2 to 1.1 Hz; the value is the mean over the signals
    that both people have and that who speaks does not move in both (see `floor`). Held against N1. `extra`
    holds each signal's PPC and the newest window's. On a grid of 14 Hz and more there is a second band,
    2.6 to 6.5 Hz (`fast`, `fast_z`): there conversation shows less than chance (hypo-coherence; Hale et al.
    2020).
    """

    name = "behavioural_phase_locking"
    every_s = 20

    def find(self, context: Context, subject: Subject) -> Finding:
        """Lock the phases of one pair."""
        i, j = subject
        coverage = context.coverage(i, j)
        if not context.ready(i, j) or not unlike(context, i, j):
            return self.nothing(context, subject, reason="common_light")
        n = context.n_at(RATE_HZ, i, j)
        shifts = circular_shifts(n, RATE_HZ, context.surrogates)
        valid = _all_locked(context, subject, BAND_HZ, shifts)
        cycles = n / RATE_HZ * (BAND_HZ[1] - BAND_HZ[0]) * coverage
        if not valid or cycles < MIN_CYCLES:
            return self.nothing(context, subject)
        means = {name: _over_windows(values) for name, values in valid.items()}
        mean = np.mean(list(means.values()), axis=0)
        return Finding(
            name=self.name,
            subject=subject,
            t_ns=context.t_ns,
            value=float(mean[0]),
            draws=mean[1:],
            n=cycles,
            coverage=coverage,
            extra={
                **{name: float(values[0]) for name, values in means.items()},
                "latest": float(np.mean([values[0, -1] for values in valid.values()])),
                **_fast(context, subject, shifts),
            },
        )


def ppc(plv: Floats, n: float) -> Floats:
    """(n PLV^2 - 1) / (n - 1): 0 for independent phases whatever n."""
    return np.asarray((n * plv**2 - 1) / (n - 1))


def _fast(context: Context, subject: Subject, shifts: NDArray[np.int64]) -> dict[str, float | None]:
    """Give the mean PPC of the second band and its distance from N1, where the grid is fast enough."""
    if context.rate_hz < FAST_RATE_HZ:
        return {}
    valid = _all_locked(context, subject, FAST_BAND_HZ, shifts)
    if not valid:
        return {}
    mean = np.mean([_over_windows(values) for values in valid.values()], axis=0)
    drawn = mean[1:][np.isfinite(mean[1:])]
    spread = float(drawn.std(ddof=1)) if len(drawn) > 1 else 0.0
    return {
        "fast": float(mean[0]),
        "fast_z": float((mean[0] - drawn.mean()) / spread) if spread > 0.0 else None,
    }


def _over_windows(values: Floats) -> Floats:
    """Mean over the valid windows, [S + 1, W] -> [S + 1]; NaN under a shift that leaves no valid window."""
    count = np.isfinite(values).sum(axis=1)
    return np.where(count > 0, np.nansum(values, axis=1) / np.maximum(count, 1), np.nan)


def _all_locked(
    context: Context, subject: Subject, band_hz: tuple[float, float], shifts: NDArray[np.int64]
) -> dict[str, Floats]:
    """PPC [S + 1, W] of every signal that both have."""
    i, j = subject
    n = context.n_at(RATE_HZ, i, j)
    first, second = rhythms(context, i, band_hz), rhythms(context, j, band_hz)
    both = {
        name: _locked(u[-n:], second[name][-n:], shifts, band_hz[1] - band_hz[0])
        for name, u in first.items()
        if name in second and not moved_by_speaker(context, (i, j), name)
    }
    return {name: values for name, values in both.items() if np.isfinite(values[0]).any()}


def _locked(u: Phases, v: Phases, shifts: NDArray[np.int64], bandwidth: float) -> Floats:
    """PPC of every window, unshifted and under every shift, [S + 1, W]."""
    apart = u * np.conj(turned(v, np.append(0, shifts)))
    values = _ppc(apart, bandwidth)
    if not np.isnan(apart).any():
        return values
    near, far = (_ppc(rows, bandwidth) for rows in jointly(apart))
    return np.concatenate((values[:1], far - near + _over_windows(values[:1])))


def _ppc(apart: Phases, bandwidth: float) -> Floats:
    """PPC of every window of phase differences."""
    return ppc(np.abs(window_means(apart)), WINDOW_S * bandwidth)


def rhythms(context: Context, person: int, band_hz: tuple[float, float]) -> dict[str, Phases]:
    """Phases of one person's head and jaw rhythms, or of every channel of signals from anywhere."""
    pose = context.tick.pose_rad[person]
    series = {
        "yaw": np.diff(pose[0], prepend=np.nan) * context.rate_hz,
        "pitch": np.diff(pose[1], prepend=np.nan) * context.rate_hz,
    }
    if context.roles.jaw is not None:
        series["jaw"] = context.tick.x[person][context.roles.jaw]
    elif not any(np.isfinite(x).any() and np.ptp(x[np.isfinite(x)]) > 0 for x in series.values()):
        series["signal"] = context.tick.x[person][context.roles.smile]
    return {name: ring_phases(context, (name, person), x, band_hz) for name, x in series.items()}
