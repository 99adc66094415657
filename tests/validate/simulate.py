"""People at the level of signals: independent movements, planted answers, shared occasions; all by seed."""

from dataclasses import dataclass, field

import numpy as np

CHANNELS = ("AU01", "AU02", "AU04", "AU07", "AU10", "AU12", "AU15", "AU24", "AU25", "AU26")


@dataclass(frozen=True, kw_only=True)
class Script:
    """What happens. Answers replace a share q of the follower's own movements, so that the rate stays."""

    people: int = 2
    minutes: float = 10.0
    rate_hz: float = 10.0
    onsets_min: float = 4.0
    pairs: tuple = ((0, 1),)
    q: float = 0.0
    delay_s: float = 0.7
    delay_spread: float = 0.25
    shared_min: float = 0.0
    shared_share: float = 0.8
    shared_within_s: float = 3.0
    brief: bool = False
    noise: float = 0.5
    amplitude: tuple = (3.0, 8.0)
    channels: tuple = ("AU12",)
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Session:
    """Signals [P, C, N], pose [P, 3, N], time [N] s, movements (person, channel, onset, apex, offset) s."""

    t_s: np.ndarray
    x: np.ndarray
    pose: np.ndarray
    events: list = field(default_factory=list)


def simulate(script):
    """Return one session."""
    rng = np.random.default_rng(script.seed)
    length_s = script.minutes * 60
    onsets = {
        (p, c): rng.uniform(0, length_s, rng.poisson(script.onsets_min * script.minutes))
        for p in range(script.people)
        for c in script.channels
    }
    own = {key: times.copy() for key, times in onsets.items()}
    for leader, follower in script.pairs:
        for c in script.channels:
            kept = onsets[follower, c][rng.random(len(onsets[follower, c])) >= script.q]
            asked = own[leader, c][rng.random(len(own[leader, c])) < script.q]
            delays = script.delay_s * np.exp(script.delay_spread * rng.standard_normal(len(asked)))
            onsets[follower, c] = np.concatenate((kept, asked + delays))
    for at in rng.uniform(0, length_s, rng.poisson(script.shared_min * script.minutes)):
        for key in list(onsets):
            if rng.random() < script.shared_share:
                onsets[key] = np.append(onsets[key], at + rng.uniform(0, script.shared_within_s))
    return _render(script, onsets, length_s, rng)


def _render(script, onsets, length_s, rng):
    """Turn onsets into signals with noise smoothed over three samples at 30 Hz."""
    n = round(length_s * script.rate_hz)
    t_s = np.arange(n) / script.rate_hz
    x = np.empty((script.people, len(CHANNELS), n))
    pose = np.empty((script.people, 3, n))
    grid = np.arange(round(length_s * 30) + 3) / 30
    for p in range(script.people):
        for c in range(len(CHANNELS)):
            x[p, c] = np.interp(t_s, grid, script.noise * _noise(rng, len(grid)))
        for k in range(3):
            drift = np.cumsum(rng.standard_normal(len(grid))) * 0.01
            pose[p, k] = np.interp(t_s, grid, 0.05 * np.sin(drift) + 0.01 * _noise(rng, len(grid)))
    events = []
    for (p, c), times in onsets.items():
        free = -1.0
        for at in np.sort(times):
            length = rng.uniform(0.2, 0.45) if script.brief else rng.uniform(0.8, 3.0)
            amplitude = rng.uniform(*script.amplitude)
            if at < free or at + length > length_s:
                continue
            free = at + length
            x[p, CHANNELS.index(c)] += amplitude * bump(t_s - at, length)
            events.append((p, c, at, at + 0.35 * length, at + length))
    return Session(t_s=t_s, x=x, pose=pose, events=sorted(events, key=lambda e: e[4]))


def bump(t, length):
    """Draw a raised-cosine rise, hold and fall of 30, 40 and 30 % of the length."""
    rise = np.clip(t / (0.3 * length), 0, 1)
    fall = np.clip((t - 0.7 * length) / (0.3 * length), 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 + 0.5 * np.cos(np.pi * fall))


def _noise(rng, n):
    white = rng.standard_normal(n + 2)
    return (white[:-2] + 2 * white[1:-1] + white[2:]) / np.sqrt(6)
