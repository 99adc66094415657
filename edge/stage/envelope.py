"""Onset-apex-offset envelopes and how several of them add up."""

import numpy as np

from edge.arrays import Floats


def envelope(t_s: Floats, onset_s: float, apex_s: float, release_s: float, offset_s: float) -> Floats:
    """Rise in a raised cosine over onset to apex, hold to the release, fall to the offset; 0..1.

    e(t) = (1 - cos(pi u)) / 2 with u = (t - onset) / (apex - onset) on the way up, and likewise down; once
    differentiable everywhere.
    """
    up = np.clip((t_s - onset_s) / (apex_s - onset_s), 0.0, 1.0)
    down = np.clip((offset_s - t_s) / (offset_s - release_s), 0.0, 1.0)
    rising: Floats = 0.25 * (1 - np.cos(np.pi * up)) * (1 - np.cos(np.pi * down))
    return rising


def add(total: Floats, more: Floats) -> None:
    """Let two movements of one muscle add up without passing 1: a + b - a b, in place."""
    total += more * (1 - total)
