"""Synthetic signals for the spotter: noise, planted movements, head, speech; imports records only."""

import numpy as np

from edge.records import CHANNELS, Expression

NS = 1_000_000_000


def bump(t_s, at_s, length_s):
    """Raise a cosine from 0 to 1 to 0 over `length_s` from `at_s`."""
    u = np.clip((t_s - at_s) / length_s, 0, 1)
    return (1 - np.cos(2 * np.pi * u)) / 2


def hold(t_s, at_s, rise_s, held_s, fall_s):
    """Rise, hold and fall in raised cosines."""
    up = np.clip((t_s - at_s) / rise_s, 0, 1)
    down = np.clip((at_s + rise_s + held_s + fall_s - t_s) / fall_s, 0, 1)
    return (1 - np.cos(np.pi * up)) * (1 - np.cos(np.pi * down)) / 4


class Scene:
    """Times and channels that movements are added to."""

    def __init__(self, seconds, rate_hz=30.0, noise=0.02, seed=1, t_s=None):
        self.rng = np.random.default_rng(seed)
        self.t_s = np.arange(round(seconds * rate_hz)) / rate_hz if t_s is None else np.asarray(t_s)
        self.raw = noise * self.rng.standard_normal((len(self.t_s), len(CHANNELS)))
        self.raw += np.arange(len(CHANNELS))
        self.pose = np.radians(0.1) * self.rng.standard_normal((len(self.t_s), 3))
        self.speaking = np.zeros(len(self.t_s), dtype=bool)
        self.canthus_px = 100.0

    def add(self, channel, values):
        """Add to one channel."""
        self.raw[:, CHANNELS.index(channel)] += values
        return self

    def expressions(self, person=1):
        """Yield the scene sample by sample."""
        for i, t_s in enumerate(self.t_s):
            yield Expression(
                t_ns=round(t_s * NS),
                index=i,
                person=person,
                raw=self.raw[i],
                x=self.raw[i],
                pose_rad=tuple(self.pose[i]),
                canthus_px=self.canthus_px,
                presence=1.0,
                box_px=(0.0, 0.0, 1.0, 1.0),
                speaking=bool(self.speaking[i]),
            )
