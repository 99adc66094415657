"""Two series of a table on one uniform grid: two people on one channel, or two columns of one person."""

from collections.abc import Sequence

import numpy as np

from edge.arrays import Floats
from edge.errors import SignalsError
from edge.tables import clock
from edge.tables.table import Table

LONGEST_GAP_S = 0.5  # longer ones are missing, as on a device
EXACT = 0.01  # a sample nearer to the grid than this share of a step is taken as it is
USUAL = ("AU12", "mouthSmileLeft", "MouthSmileLeft")
"""Channels that are compared unless another one is asked for."""


def two(
    table: Table,
    *,
    people: Sequence[int | str] = (),
    channel: str | None = None,
    rate_hz: float | None = None,
) -> tuple[Floats, Floats, float, str]:
    """Return both series over the time they share, their rate, and what they are.

    The rate is that of the slower one, or a lower one that was asked for. NaN where a series is missing for
    half a second or more.

    Raises
    ------
    SignalsError
        If it is not clear which two series are meant.
    """
    pair = _pair(table, people, channel)
    times = [table.t_s[table.person == person] for person, _ in pair]
    values = [table.of(*one) for one in pair]
    slowest = min(clock.rate_hz(one) for one in times)
    rate = rate_hz if rate_hz is not None and rate_hz <= slowest * (1 + EXACT) else slowest
    if not rate > 0:
        raise SignalsError("expected two samples of everybody, got fewer")
    start, end = max(one[0] for one in times), min(one[-1] for one in times)
    grid = start + np.arange(int(np.floor((end - start) * rate + EXACT)) + 1) / rate
    x, y = (_at(grid, t, v, 1 / rate) for t, v in zip(times, values, strict=True))
    told = " and ".join(f"{channel} of {table.label(person)}" for person, channel in pair)
    return x, y, float(rate), told


def _pair(table: Table, people: Sequence[int | str], channel: str | None) -> list[tuple[int, str]]:
    """Return person and channel of both series."""
    who = [table.number(one) for one in people] or list(table.people)
    if len(who) == 1 and channel is None and len(table.channels) == 2:
        return [(who[0], one) for one in table.channels]
    if len(who) != 2:
        known = ", ".join(table.label(one) for one in table.people[:12])
        raise SignalsError(f"expected two people, got {len(who)} of {known}: choose with --people A,B")
    return [(one, _channel(table, channel)) for one in who]


def _channel(table: Table, asked: str | None) -> str:
    """Return the channel to compare: the only one, the smile, or the one asked for."""
    if asked is not None:
        return asked
    usual = [*table.channels] if len(table.channels) == 1 else [one for one in USUAL if one in table.channels]
    if not usual:
        known = ", ".join(table.channels[:12])
        raise SignalsError(f"expected one channel, got {known}: choose with --channel NAME")
    return usual[0]


def _at(grid: Floats, t_s: Floats, values: Floats, step_s: float) -> Floats:
    """Read a series at the times of the grid: samples on it as they are, linear between the others."""
    after = np.clip(np.searchsorted(t_s, grid), 1, max(1, len(t_s) - 1))
    before = after - 1
    gap = t_s[after] - t_s[before]
    near = np.where(grid - t_s[before] <= t_s[after] - grid, before, after)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = (grid - t_s[before]) / gap
    between = values[before] + weight * (values[after] - values[before])
    usual = float(np.median(np.diff(t_s)))
    between = np.where(gap <= max(LONGEST_GAP_S, 1.5 * usual), between, np.nan)
    exact = np.abs(grid - t_s[near]) <= EXACT * min(step_s, usual)
    return np.asarray(np.where(exact, values[near], between))
