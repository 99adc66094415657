"""Sessions through the real modules, frame by frame."""

from itertools import combinations

import numpy as np

from edge._native.correlator import Correlator
from edge._native.quantise import quantise
from edge.config.sections import MeasuresSection, MimicrySection
from edge.measures import Measures
from edge.mimicry import Mimicry
from edge.mimicry.offsets import offsets_n
from edge.records import Coupling, Expression, Movement, Tick

GRID = MimicrySection()


def expression(t_ns, person, x, pose=(0.0, 0.0, 0.0), index=0):
    """One person's signals in one frame, in units of their own."""
    return Expression(
        t_ns=t_ns,
        index=index,
        person=person,
        raw=x,
        x=x,
        pose_rad=tuple(pose),
        canthus_px=100.0,
        presence=1.0,
        box_px=(0.0, 0.0, 100.0, 100.0),
        gain=1.0,
        in_cm=False,
    )


def event(person, channel, onset_s, apex_s, offset_s):
    """One movement."""
    onset_ns, apex_ns, offset_ns = (round(t * 1e9) for t in (onset_s, apex_s, offset_s))
    return Movement(
        person=person,
        channel=channel,
        onset_ns=onset_ns,
        apex_ns=apex_ns,
        offset_ns=offset_ns,
        amplitude=6.0,
    )


def frames(t_s, x, pose=None, events=()):
    """Yield (t_ns, expressions, events closed) of every frame; people are numbered from 1; NaN rows pass."""
    waiting = sorted((event(p + 1, *rest) for p, *rest in events), key=lambda e: e.offset_ns)
    at = 0
    for k, t in enumerate(t_s):
        t_ns = round(t * 1e9)
        closed = []
        while at < len(waiting) and waiting[at].offset_ns <= t_ns:
            closed.append(waiting[at])
            at += 1
        people = [
            expression(
                t_ns, p + 1, np.ascontiguousarray(x[p, :, k]), (0, 0, 0) if pose is None else pose[p, :, k], k
            )
            for p in range(len(x))
        ]
        yield t_ns, people, closed


def run(t_s, x, channels, *, pose=None, events=(), enabled=(), seed=1, grid=GRID, live=False):
    """Feed a session; return the measures after the last hop, computed hop by hop only if `live`."""
    mimicry = Mimicry(grid, channels)
    measures = Measures(MeasuresSection(enabled=enabled, seed=seed), grid)
    take = measures.update if live else measures.push
    for t_ns, people, closed in frames(t_s, x, pose, events):
        tick = mimicry.update(people, closed, t_ns)
        if tick is not None:
            take(tick)
    last = mimicry.flush()
    if last is not None:
        take(last)
    return measures


def session(one, channels, **options):
    """Feed a simulated session; return its measures."""
    return run(one.t_s, one.x, channels, pose=one.pose, events=one.events, **options).finish()


def at_once(one, channels, *, enabled, seed=1, horizon_s=GRID.horizon_s):
    """Measure the end of a session as one hop without couplings: the same numbers for what reads events."""
    n = min(one.x.shape[-1], round(horizon_s * GRID.rate_hz))
    people = tuple(range(1, len(one.x) + 1))
    tick = Tick(
        t_ns=round((len(one.t_s) - 1) / GRID.rate_hz * 1e9),
        rate_hz=GRID.rate_hz,
        channels=channels,
        people=people,
        present=people,
        x={p: one.x[p - 1, :, -n:] for p in people},
        since_n=dict.fromkeys(people, n),
        pose_rad={p: one.pose[p - 1, :, -n:] for p in people},
        gain=dict.fromkeys(people, 1.0),
        offsets_s=np.empty(0),
        couplings=(),
        events=tuple(event(p + 1, *rest) for p, *rest in one.events),
    )
    grid = MimicrySection(horizon_s=horizon_s)
    measures = Measures(MeasuresSection(enabled=enabled, seed=seed), grid)
    measures.push(tick)
    return measures.finish()


def on_grid(one, channels, *, enabled=(), seed=1, grid=GRID):
    """Measure the end of a session whose samples stand on the grid: only the resampler is left out."""
    people = tuple(range(1, len(one.x) + 1))
    hop_n, n, horizon_n = (
        round(grid.hop_s * grid.rate_hz),
        one.x.shape[-1],
        round(grid.horizon_s * grid.rate_hz),
    )
    near, scale = (np.nanmedian(v, axis=2, keepdims=True) for v in (one.x, np.abs(one.x)))
    x = (one.x - near) / np.where(scale > 0, scale, 1.0)
    names = tuple(name for name in grid.channels if name in channels)
    lags_n, offsets = round(grid.max_lag_s * grid.rate_hz), offsets_n(grid)
    shape = (round(grid.window_s * grid.rate_hz), lags_n, tuple(offsets))
    correlator = Correlator(len(people), len(names), [shape])
    for slot in range(len(people)):
        correlator.enter(slot)
    rows = np.ascontiguousarray(x[:, [channels.index(name) for name in names]].transpose(2, 0, 1))
    frames_n = quantise(rows.reshape(-1), 0.0, 1 / 16).reshape(rows.shape)
    measures = Measures(MeasuresSection(enabled=enabled, seed=seed), grid)
    waiting = [event(p + 1, *rest) for p, *rest in one.events]
    for end in range(hop_n, n + 1, hop_n):
        correlator.push_block(frames_n[end - hop_n : end])
        t_ns = round((end - 1) / grid.rate_hz * 1e9)
        first = max(0, end - horizon_n)
        closed = [e for e in waiting if e.offset_ns <= t_ns]
        waiting = waiting[len(closed) :]
        couplings = tuple(
            Coupling(
                pair=(i + 1, j + 1),
                channel=name,
                t_ns=t_ns,
                lags_s=np.arange(-lags_n, lags_n + 1) / grid.rate_hz,
                r=correlator.r(0, i, j, c),
                offsets_s=offsets / grid.rate_hz,
                far_r=correlator.far_r(0, i, j, c),
                coverage=1.0,
            )
            for i, j in combinations(range(len(people)), 2)
            for c, name in enumerate(names)
        )
        tick = Tick(
            t_ns=t_ns,
            rate_hz=grid.rate_hz,
            channels=tuple(channels),
            people=people,
            present=people,
            x={p: x[p - 1, :, first:end] for p in people},
            since_n=dict.fromkeys(people, end - first),
            pose_rad={p: one.pose[p - 1, :, first:end] for p in people},
            gain=dict.fromkeys(people, 1.0),
            offsets_s=offsets / grid.rate_hz,
            couplings=couplings,
            events=tuple(closed),
        )
        measures.push(tick)
    return measures.finish()
