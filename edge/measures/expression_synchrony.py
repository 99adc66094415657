"""Measure 2, `expression_synchrony`: how strongly two faces move together, within two seconds by default."""

from dataclasses import replace

import numpy as np

from edge.arrays import Floats
from edge.measures.beyond import beyond
from edge.measures.context import Context
from edge.measures.findings import Finding, Subject
from edge.measures.lags import BLOCK_S, lag_interval, leads, peak_lags
from edge.measures.matching import matched_means
from edge.measures.peaks import PeakMeans, Profile, Windows
from edge.measures.slow import spacing_s
from edge.measures.statistic import Statistic
from edge.measures.verdict import rank_p

PROFILE_S = 0.2  # points of the lag profile that travel with the value
MIN_WINDOWS = 5  # that do not overlap (ours: N1 has gaps in the same places, whatever their number)


class ExpressionSynchrony(Statistic):
    """Windowed lagged cross-correlation (Boker et al. 2002; windows of Behrens et al. 2020).

    Per window (`mimicry.window_s`, 7 s) and lag tau (`mimicry.max_lag_s`, +-2 s): r(tau) Pearson,
    Z = atanh(r). The statistic is

        mean over windows of max_tau Z

    held against the same statistic around far-lag offsets (N1). Its null is not 0: the maximum of many noisy
    lags is positive, so only the distance from N1 counts. `extra` carries `grand_mean` (mean over windows and
    lags of Z, rMEA's grandAver), `r_peak` (of the mean profile), `z_local` (against lags 2-8 s, null N2) and
    `z_<channel>` for the channels that do not carry the verdict, the lag profile with its null, and the slow
    mode (`slow`: windows of 30 s every 10 s, lags +-5 s,
    by `mimicry.slow_window_s` and `slow_max_lag_s`, with `slow_z`, `slow_p`, `slow_lag_s`, `slow_n`).
    `lag_s` is the peak of the mean profile,
    smoothed over .5 s and refined by a parabola; positive: the first of the pair moves first. Its 95 %
    interval is `lag_low_s` to `lag_high_s`; `leads` is 1 or -1 where that names a leader, else 0.
    """

    name = "expression_synchrony"
    every_s = 3

    def find(self, context: Context, subject: Subject) -> Finding:
        """Judge one pair on the leading channel, the others beside it."""
        pair = (subject[0], subject[1])
        channels = context.fast_peaks.channels() if context.ready(*pair) else ()
        means = matched_means(context, pair, channels[0]) if channels else None
        windows = context.fast_peaks.windows(pair, channels[0]) if channels else None
        coverage = context.coverage(*pair)
        n = means.apart(context.mimicry.hop_s, context.mimicry.window_s) if means else 0.0
        if means is None or windows is None or n < MIN_WINDOWS:
            return self.nothing(context, pair)
        profile = windows.profile()
        lag_s, peak = _peak_lag(profile)
        extra: dict[str, float | None] = {"grand_mean": _number(np.mean(profile.z)), "r_peak": peak}
        extra["z_local"] = _local_z(means)
        extra |= _interval(context, pair, windows, lag_s)
        extra |= _profile(profile)
        extra |= _slow(context, pair)
        for channel in channels[1:]:
            other = context.fast_peaks.means(pair, channel)
            extra[f"z_{channel}"] = None if other is None else _far_z(other)
        finding = Finding(
            name=self.name,
            subject=pair,
            t_ns=context.t_ns,
            value=means.near,
            draws=means.far,
            n=n,
            coverage=coverage,
            lag_s=lag_s,
            extra=extra,
        )
        return replace(finding, beyond=beyond(context, pair, channels[0], finding))


def _slow(context: Context, pair: tuple[int, int]) -> dict[str, float | None]:
    """Give the same statistic of the slow windows against its own N1, from five windows on."""
    channels = context.slow_peaks.channels()
    windows = context.slow_peaks.windows(pair, channels[0]) if channels else None
    means = windows.means() if windows else None
    n = means.apart(spacing_s(context.mimicry), context.mimicry.slow_window_s) if means else 0.0
    if windows is None or means is None or n < MIN_WINDOWS:
        return {}
    return {
        "slow": _number(np.float64(means.near)),
        "slow_z": _far_z(means),
        "slow_p": rank_p(means.near, means.far),
        "slow_lag_s": _peak_lag(windows.profile())[0],
        "slow_n": n,
    }


def _peak_lag(profile: Profile) -> tuple[float | None, float | None]:
    """Lag and correlation at the top of the mean profile."""
    if not np.isfinite(profile.z).all():
        return None, None
    lag_s = float(peak_lags(profile.z[None], profile.lags_s)[0])
    k = int(np.argmin(np.abs(profile.lags_s - lag_s)))
    return lag_s, float(np.tanh(profile.z[k]))


def _interval(
    context: Context, pair: tuple[int, int], windows: Windows, lag_s: float | None
) -> dict[str, float | None]:
    """Give the 95 % interval of the lag and who leads; nothing without a lag."""
    if lag_s is None:
        return {}
    block_n = max(1, round(BLOCK_S / context.mimicry.hop_s))
    low_s, high_s = lag_interval(
        windows.profiles.astype(np.float64), windows.lags_s, block_n, (context.seed, 2, *pair)
    )
    return {
        "lag_low_s": _number(low_s),
        "lag_high_s": _number(high_s),
        "leads": leads(low_s, high_s, windows.lags_s),
    }


def _profile(profile: Profile) -> dict[str, float | None]:
    """Mean Z by lag every .2 s, and the far-lag null of one such point: what a plot of the lags needs."""
    far = profile.far[np.isfinite(profile.far)]
    step_n = max(1, round(PROFILE_S / float(profile.lags_s[1] - profile.lags_s[0])))
    points = {
        f"lag_{lag_s:+.1f}_s": _number(z)
        for lag_s, z in zip(profile.lags_s[::step_n], profile.z[::step_n], strict=True)
    }
    null = {"lag_mu": float(far.mean()), "lag_sd": float(far.std(ddof=1))} if len(far) > 1 else {}
    return {**points, **null}


def _local_z(means: PeakMeans) -> float | None:
    """Distance from the mean over lags 2-8 s, in the spread of the far offsets: coupling beyond the moment.

    Var(near - local mean) = sd_far^2 (1 + 1/M) for M local neighbourhoods.
    """
    local, far = means.local[np.isfinite(means.local)], means.far[np.isfinite(means.far)]
    if len(local) == 0 or len(far) < 2:
        return None
    return _ratio(means.near - local.mean(), far.std(ddof=1) * np.sqrt(1 + 1 / len(local)))


def _far_z(means: PeakMeans) -> float | None:
    """(near - mu) / sigma of N1."""
    far: Floats = means.far[np.isfinite(means.far)]
    return _ratio(means.near - far.mean(), far.std(ddof=1)) if len(far) > 1 else None


def _ratio(difference: float, spread: float) -> float | None:
    """Divide, or None where there is no spread."""
    return float(difference / spread) if spread > 0.0 and np.isfinite(difference) else None


def _number(value: np.floating | float) -> float | None:
    """NaN as None."""
    return float(value) if np.isfinite(value) else None
