"""Onset-apex-offset envelopes and how several of them add up."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def envelope(t_s: Array, onset_s: float, apex_s: float, release_s: float, offset_s: float) -> Array:
    """Rise in a raised cosine over onset to apex, hold to the release, fall to the offset; 0..1.

    e(t) = (1 - cos(pi u)) / 2 with u = (t - onset) / (apex - onset) on the way up, and likewise down; once
    differentiable everywhere.
    """
    up = np.clip((t_s - onset_s) / (apex_s - onset_s), 0.0, 1.0)
    down = np.clip((offset_s - t_s) / (offset_s - release_s), 0.0, 1.0)
    rising: Array = 0.25 * (1 - np.cos(np.pi * up)) * (1 - np.cos(np.pi * down))
    return rising


def add(total: Array, more: Array) -> None:
    """Let two movements of one muscle add up without passing 1: a + b - a b, in place."""
    total += more * (1 - total)
