"""Windows by lags: how two faces moved together at each time and each lag, as a map of colours."""

from itertools import combinations

import numpy as np

from edge.arrays import Floats
from edge.config.sections import MimicrySection
from edge.reporting.found import away
from edge.reporting.movements import in_words
from edge.reporting.png import png
from edge.reporting.recording import Recording, Series
from edge.reporting.svg import FAINT, INK, Axes, drawing, figure, line, text, ticks
from edge.reporting.timeline import LEFT, WIDTH, channels
from edge.windows import Windows, correlate

MOST_HZ, LEAST_HZ = 10.0, 1.0  # of the grid that signals are laid on
LONGEST_GAP_S = 0.5  # between samples that a line may join
COLUMNS = 830
HIGH_PX = 104.0


def heat(recording: Recording) -> str:
    """Draw the maps of all pairs: those that stand out first, the others to unfold."""
    names = channels(recording)
    if not names:
        return ""
    striking = {recording.by_seat(subject) for _, subject in away(recording)}
    pairs = [pair for pair in combinations(recording.people, 2) if set(pair) <= recording.signals.keys()]
    maps = {pair: drawn for pair in pairs if (drawn := _map(recording, pair, names[0]))}
    shown = [drawn for pair, drawn in maps.items() if pair in striking]
    others = [drawn for pair, drawn in maps.items() if pair not in striking]
    if not others:
        return "".join(shown)
    return (
        f"{''.join(shown)}<details><summary>Other pairs ({len(others)})</summary>{''.join(others)}</details>"
    )


def _map(recording: Recording, pair: tuple[int, int], channel: str) -> str:
    """Draw one pair; nothing where the recording is shorter than a window or somebody has no values."""
    found = _windows(recording, pair, channel)
    if found is None:
        return ""
    span = (recording.start_s, max(recording.end_s, recording.start_s + 1.0))
    first_s, last_s = (recording.start_s + float(found.start_s[k]) + SECTION.window_s / 2 for k in (0, -1))
    lag_s = float(found.lags_s[-1])
    whole = Axes(box=(LEFT, 24.0, WIDTH - LEFT - 12.0, HIGH_PX), x_span=span, y_span=(-lag_s, lag_s))
    half_s = (last_s - first_s) / max(1, len(found.start_s) - 1) / 2
    left, right = whole.x(first_s - half_s), whole.x(last_s + half_s)
    title = f"{recording.title(pair[0])} and {recording.label(pair[1])}: {in_words(channel)}"
    body = (
        f'<image x="{left:.1f}" y="{whole.box[1]:g}" width="{right - left:.1f}" height="{HIGH_PX:g}" '
        'preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'href="{png(_condensed(found.r).T[::-1])}"/>'
    )
    body += line((LEFT, whole.y(0.0)), (whole.right, whole.y(0.0)), FAINT, 1.0, "3 3")
    body += text((LEFT, 14.0), title, bold=True, colour=INK)
    body += whole.x_axis("middle of the window, s", ticks(*span, 12))
    body += whole.y_axis("lag, s", ticks(-lag_s, lag_s, 4))
    body += text((12.0, 40.0), f"{recording.label(pair[0])[:10]} first", size_px=9.0)
    body += text((12.0, 24.0 + HIGH_PX - 8.0), f"{recording.label(pair[1])[:10]} first", size_px=9.0)
    drawn = drawing((WIDTH, HIGH_PX + 66.0), f"Windows by lags of {title}", body)
    return figure(drawn, f"windows-by-lags-{pair[0]}-{pair[1]}", WIDTH)


SECTION = MimicrySection()


def _windows(recording: Recording, pair: tuple[int, int], channel: str) -> Windows | None:
    """Correlate two people over the service's windows and lags."""
    given = [recording.signals[person] for person in pair]
    if any(channel not in one.values for one in given):
        return None
    rate_hz = min([MOST_HZ, *(_rate_hz(one) for one in given)])
    x, y = (_on_grid(one, channel, recording.start_s, recording.end_s, rate_hz) for one in given)
    needed = (SECTION.window_s + SECTION.max_lag_s) * rate_hz + 2
    if rate_hz < LEAST_HZ or len(x) < needed or not (np.isfinite(x).any() and np.isfinite(y).any()):
        return None
    return correlate(
        x, y, rate_hz=rate_hz, window_s=SECTION.window_s, max_lag_s=SECTION.max_lag_s, hop_s=SECTION.hop_s
    )


def _rate_hz(series: Series) -> float:
    """Return how many rows there usually are in a second."""
    steps = np.diff(np.asarray(series.t_s))
    usual_s = float(np.median(steps)) if len(steps) else 0.0
    return 1.0 / usual_s if usual_s > 0 else 0.0


def _on_grid(series: Series, channel: str, start_s: float, end_s: float, rate_hz: float) -> Floats:
    """Return values on a uniform grid, NaN further than half a second or a step from a sample."""
    grid = np.arange(start_s, end_s, 1.0 / rate_hz)
    t_s, values = np.asarray(series.t_s), np.asarray(series.values[channel], dtype=np.float64)
    known = np.isfinite(values)
    t_s, values = t_s[known], values[known]
    if len(t_s) == 0:
        return np.full(len(grid), np.nan)
    after = np.searchsorted(t_s, grid)
    gap_s = np.append(t_s, np.inf)[after] - np.append(-np.inf, t_s)[after]
    joined = np.asarray(np.interp(grid, t_s, values), dtype=np.float64)
    joined[gap_s > max(LONGEST_GAP_S, 1.5 / rate_hz)] = np.nan
    return joined


def _condensed(r: Floats) -> Floats:
    """Return means of neighbouring windows, one for each column of pixels."""
    starts = np.unique(np.linspace(0, len(r), min(COLUMNS, len(r)), endpoint=False).astype(np.int64))
    known = np.isfinite(r)
    sums = np.add.reduceat(np.where(known, r, 0.0), starts, axis=0)
    counts = np.add.reduceat(known.astype(np.int64), starts, axis=0)
    return np.asarray(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), dtype=np.float64)
