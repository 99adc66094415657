"""The peers' own tables on six real dyads (rMEA, SUSY), reproduced by `correlate` and the correlator's sums.

rMEA's pre-processing is written out here: MEAsmooth adds the 12 samples t-6..t+5 (those that exist) and
divides by 12.5; MEAscale divides by the standard deviation.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

from edge._native.correlator import MISSING, Correlator
from edge.cli import main
from edge.tables import read, two
from edge.windows import correlate, fisher, magnitude

DYADS = Path(__file__).parents[2] / "../shared/data/rmea-dyads"
ORACLE = DYADS / "oracle"
FILES = {
    "200": "normal",
    "201": "normal",
    "202": "normal",
    "100": "dropout",
    "101": "dropout",
    "102": "dropout",
}
NAMES = sorted(FILES)

pytestmark = pytest.mark.skipif(not DYADS.is_dir(), reason="needs the recordings of ../shared/data")


def dyad(name):
    """Both columns of one dyad."""
    return two(read(DYADS / FILES[name] / f"{name}_01.txt", rate_hz=25))[:2]


def smooth_scaled(x):
    """MEAscale(MEAsmooth(x)) at 25 Hz."""
    t, c = np.arange(len(x)), np.concatenate([[0.0], np.cumsum(x)])
    smooth = (c[np.minimum(t + 6, len(x))] - c[np.maximum(t - 6, 0)]) / 12.5
    return smooth / smooth.std(ddof=1)


def table(name, **where):
    """Rows of an oracle table whose columns have the values of `where`."""
    with (ORACLE / name).open() as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row[key] == str(value) for key, value in where.items())]


def numbers(rows, columns):
    """Columns of a table as floats, [rows, columns]."""
    return np.array([[float(row[column]) for column in columns] for row in rows])


def rmea(x, y, lag_s, win_s, inc_s):
    """MEAccf(lag, win, inc) in raw r at 25 Hz through `correlate`."""
    return correlate(x, y, rate_hz=25, window_s=win_s, max_lag_s=lag_s, hop_s=inc_s)


def mean(a, axis=None):
    """Mean of what is measurable, R's na.rm; NaN where nothing is."""
    with np.errstate(invalid="ignore"):
        return np.nansum(a, axis=axis) / (~np.isnan(a)).sum(axis=axis)


def leads(windows):
    """lag_zero, s1_lead, s2_lead, all_lags of every window, [N, 4]."""
    r, zero = windows.r, windows.r.shape[1] // 2
    return np.stack([r[:, zero], mean(r[:, zero + 1 :], 1), mean(r[:, :zero], 1), mean(r, 1)], axis=1)


def r_bound(x, y, n_win, *, lag_s, win_s, inc_s):
    """Bound |r - r'| for every window and lag as the quantiser does: step_x / s_x + step_y / s_y."""
    w, lags, inc = int(win_s * 25), int(lag_s * 25), int(inc_s * 25)
    spread = [
        np.lib.stride_tricks.sliding_window_view(s, w).std(axis=1) / (np.ptp(s) / 65534) for s in (x, y)
    ]
    starts = np.arange(n_win)[:, None] * inc
    lag = np.arange(-lags, lags + 1)
    return 1 / spread[0][starts + np.maximum(-lag, 0)] + 1 / spread[1][starts + np.maximum(lag, 0)]


def z_bound(windows, bound):
    """Bound Fisher z likewise, by the mean value theorem."""
    return bound / (1 - np.minimum(np.abs(windows.r) + bound, 0.999) ** 2)


@pytest.mark.parametrize("name", NAMES)
def test_raw_windows_of_rmea(name):
    """Integer data are exact: every window, its best lag, the lag profile and the summary to 1e-9."""
    windows = rmea(*dyad(name), 2, 10, 5)
    rows = table("rmea_raw_lag2_win10_inc5_r_windows.csv", dyad=name)
    assert len(rows) == len(windows.r)
    columns = ["lag_zero", "s1_lead", "s2_lead", "all_lags"]
    np.testing.assert_allclose(numbers(rows, columns), leads(windows), rtol=0, atol=1e-9)
    best = windows.lags_s[windows.r.argmax(axis=1)]
    np.testing.assert_allclose(numbers(rows, ["bestLag"])[:, 0], best, rtol=0, atol=1e-9)
    (profile,) = table("rmea_raw_lag2_win10_inc5_r_lagprofile.csv", dyad=name)
    expected = [float(value) for key, value in profile.items() if key.startswith("lag")]
    np.testing.assert_allclose(expected, windows.r.mean(axis=0), rtol=0, atol=1e-9)
    (summary,) = table("rmea_raw_lag2_win10_inc5_r_summary.csv", dyad=name)
    assert (int(summary["n_win"]), int(summary["n_lag"])) == windows.r.shape
    expected = numbers([summary], ["lag_zero", "s1_lead", "s2_lead", "all_lags"])[0]
    np.testing.assert_allclose(expected, leads(windows).mean(axis=0), rtol=0, atol=1e-9)
    np.testing.assert_allclose(float(summary["grandAver"]), windows.r.mean(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(float(summary["bestLag_first"]), best[0], rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_absolute_fisher_z_of_rmea(name):
    """MEAccf with Fisher z and ABS on raw data to 1e-9, a constant window's missing values included."""
    for lag_s, win_s, inc_s in [(5, 60, 30), (2, 7, 4)]:
        windows = magnitude(fisher(rmea(*dyad(name), lag_s, win_s, inc_s)))
        (row,) = table(
            "rmea_1.3.0_meaccf_summary.csv", file=f"{name}_01.txt", pre="raw", lag=lag_s, win=win_s
        )
        assert int(row["n_win"]) == len(windows.r)
        expected = numbers([row], ["lag_zero", "s1_lead", "s2_lead", "grandAver"])[0]
        ours = [*mean(leads(windows), axis=0)[:3], mean(windows.r)]
        np.testing.assert_allclose(expected, ours, rtol=0, atol=1e-9)
        expected = numbers([row], ["ccf_1_1", "ccf_last"])[0]
        np.testing.assert_allclose(expected, [windows.r[0, 0], windows.r[-1, -1]], rtol=0, atol=1e-9)
        best = windows.lags_s[np.nanargmax(windows.r, axis=1)].mean()
        np.testing.assert_allclose(float(row["bestLag_mean"]), best, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_smoothed_windows_of_rmea(name):
    """Smoothed and scaled data stay within the documented bound of the quantiser, in every window."""
    x, y = (smooth_scaled(s) for s in dyad(name))
    raw = rmea(x, y, 5, 30, 10)
    windows, bound = fisher(raw), z_bound(raw, r_bound(x, y, len(raw.r), lag_s=5, win_s=30, inc_s=10))
    rows = table("rmea_smooth_scaled_lag5_win30_inc10_z_windows.csv", dyad=name)
    assert len(rows) == len(windows.r)
    allowed = np.stack([bound[:, 125], bound[:, 126:].mean(1), bound[:, :125].mean(1), bound.mean(1)], axis=1)
    error = np.abs(numbers(rows, ["lag_zero", "s1_lead", "s2_lead", "all_lags"]) - leads(windows))
    assert (error <= allowed + 1e-9).all()
    (profile,) = table("rmea_smooth_scaled_lag5_win30_inc10_z_lagprofile.csv", dyad=name)
    expected = np.array([float(value) for key, value in profile.items() if key.startswith("lag")])
    assert (np.abs(expected - windows.r.mean(axis=0)) <= bound.mean(axis=0) + 1e-9).all()
    (summary,) = table("rmea_smooth_scaled_lag5_win30_inc10_z_summary.csv", dyad=name)
    assert (int(summary["n_win"]), int(summary["n_lag"])) == windows.r.shape
    assert abs(float(summary["grandAver"]) - windows.r.mean()) <= bound.mean()
    best = windows.lags_s[windows.r[0].argmax()]
    np.testing.assert_allclose(float(summary["bestLag_first"]), best, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_smoothed_summaries_of_rmea(name):
    """The two summary rows on smoothed data: signed z at 30 s, absolute z at 60 s, within the bound."""
    x, y = (smooth_scaled(s) for s in dyad(name))
    for win_s, inc_s, absolute in [(30, 10, False), (60, 30, True)]:
        raw = rmea(x, y, 5, win_s, inc_s)
        bound = z_bound(raw, r_bound(x, y, len(raw.r), lag_s=5, win_s=win_s, inc_s=inc_s))
        windows = magnitude(fisher(raw)) if absolute else fisher(raw)
        (row,) = table("rmea_1.3.0_meaccf_summary.csv", file=f"{name}_01.txt", pre="smooth_scale", win=win_s)
        assert int(row["n_win"]) == len(windows.r)
        expected = numbers([row], ["lag_zero", "s1_lead", "s2_lead", "grandAver"])[0]
        assert (
            np.abs(expected - leads(windows).mean(axis=0)) <= bound.mean() + bound.mean(axis=0).max()
        ).all()
        assert abs(float(row["ccf_1_1"]) - windows.r[0, 0]) <= bound[0, 0]
        assert abs(float(row["ccf_last"]) - windows.r[-1, -1]) <= bound[-1, -1]


def test_full_lag_table_of_rmea_through_the_command(tmp_path):
    """`correlate --fisher-z` writes the 57 x 251 values of rMEA's table for dyad 200, within the bound."""
    x, y = (smooth_scaled(s) for s in dyad("200"))
    source, out = tmp_path / "dyad.csv", tmp_path / "out.csv"
    rows = "".join(f"{k},{a!r},{b!r}\n" for k, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True)))
    source.write_text("t,pat,th\n" + rows)
    asked = ["--rate-hz", "25", "--window-s", "30", "--max-lag-s", "5", "--hop-s", "10"]
    status = main(["correlate", str(source), *asked, "--columns", "pat,th", "--fisher-z", "--out", str(out)])
    assert status == 0
    with (ORACLE / "rmea_200_01_fullccf_smooth_scaled_lag5_win30_inc10_z.csv").open() as file:
        header, *rows = csv.reader(file)
    expected = np.array([[float(value) for value in row[1:]] for row in rows])
    with out.open() as file:
        ours, *lines = csv.reader(file)
    assert ours[:3] == ["window", "start_s", "coverage"]
    assert [float(name.removeprefix("lag")) for name in header[1:]] == [
        float(name.removeprefix("lag_")) for name in ours[3:]
    ]
    z = np.array([[float(value) for value in line[3:]] for line in lines])
    raw = rmea(x, y, 5, 30, 10)
    error, bound = np.abs(expected - z), z_bound(raw, r_bound(x, y, len(raw.r), lag_s=5, win_s=30, inc_s=10))
    assert (error <= bound + 1e-9).all()
    assert np.median(error) < 1e-4


def susy(x, y, segment_n, lags_n):
    """Fisher z of R's biased ccf for every pairing of segments, [K, K, 2L+1], from the exact sums alone.

    A segment followed by L missing samples correlates over its overlap with the other; mean and variance are
    those of the whole segment (the sums at lag 0) and the denominator is N, as in R's `ccf`.
    """
    count = len(x) // segment_n
    a, b = (s[: count * segment_n].reshape(count, segment_n).astype(np.int16) for s in (x, y))
    z = np.empty((count, count, 2 * lags_n + 1))
    for shift in range(count):
        correlator = Correlator(2, count, [(segment_n, lags_n, ())])
        correlator.enter(0)
        correlator.enter(1)
        frames = np.full((segment_n + lags_n, 2, count), MISSING, np.int16)
        frames[:segment_n, 0], frames[:segment_n, 1] = a.T, np.roll(b, -shift, axis=0).T
        correlator.push_block(frames)
        for k in range(count):
            n, sx, sy, sxx, syy, sxy = correlator.sums(0, 0, 1, k).T.astype(float)
            mx, my = sx[lags_n] / segment_n, sy[lags_n] / segment_n
            vx, vy = sxx[lags_n] / segment_n - mx * mx, syy[lags_n] / segment_n - my * my
            covariance = (sxy - mx * sy - my * sx + n * mx * my) / segment_n
            z[k, (k + shift) % count] = np.arctanh(covariance / np.sqrt(vx * vy))
    return z


@pytest.mark.parametrize("name", NAMES)
def test_susy_from_the_exact_sums(name):
    """SUSY's table, real and pseudo pairings of segments, follows from the sums over valid pairs to 1e-9."""
    z = susy(*dyad(name), 750, 125)
    same = np.eye(len(z), dtype=bool)
    real, pseudo = np.abs(z[same]).mean(axis=0), np.abs(z[~same]).mean(axis=0)
    signed, pseudo_signed = z[same].mean(axis=0), z[~same].mean(axis=0)
    (row,) = table("susy_seg30_hz25_maxlag5.csv", dyad=name)
    ours = {
        "Z": real.mean(),
        "Z-Pseudo": pseudo.mean(),
        "SD(Z)": real.std(ddof=1),
        "SD(Z-Pseudo)": pseudo.std(ddof=1),
        "n(lags)": len(real),
        "%>Pseudo": 100 * (real > pseudo).mean(),
        "n(Segmente)": len(z),
        "ES": (real.mean() - pseudo.mean()) / pseudo.std(ddof=1),
        "Z(lead1)": real[126:].mean(),
        "Z(lead2)": real[:125].mean(),
        "meanZ(in-phase)": signed[signed > 0].mean(),
        "meanZ(anti-phase)": signed[signed <= 0].mean(),
        "Anzahl(in-phase)": (signed > 0).sum(),
        "Anzahl(anti-phase)": (signed <= 0).sum(),
        "Z(noAbs)": signed.mean(),
        "Z(Pseudo-noAbs)": pseudo_signed.mean(),
        "%>Pseudo(noAbs)": 100 * (signed > pseudo_signed).mean(),
        "ES(noAbs)": (signed.mean() - pseudo_signed.mean()) / pseudo_signed.std(ddof=1),
    }
    np.testing.assert_allclose(numbers([row], ours)[0], list(ours.values()), rtol=1e-9, atol=1e-9)
