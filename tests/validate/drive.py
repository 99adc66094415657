"""Sessions through the real modules, frame by frame."""

import numpy as np

from edge.config.sections import MeasuresSection, MimicrySection
from edge.measures import Measures
from edge.mimicry import Mimicry
from edge.records import Expression, Movement, Tick

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
