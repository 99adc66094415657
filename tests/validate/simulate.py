"""People at the level of signals: independent movements, planted answers, shared occasions; all by seed."""

from dataclasses import dataclass, field

import numpy as np

CHANNELS = ("AU01", "AU02", "AU04", "AU07", "AU10", "AU12", "AU15", "AU24", "AU25", "AU26")


@dataclass(frozen=True, kw_only=True)
class Script:
    """What happens.

    A share q of the leader's movements is answered; as many of the follower's own are left out, so that the
    rate stays. A movement of one person and channel never begins before the last has ended. `noise_seed` puts
    other noise under the same movements.
    """

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
    noise_seed: int | None = None


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
    moves = {(p, c): _alone(script, rng, length_s) for p in range(script.people) for c in script.channels}
    own = {key: list(those) for key, those in moves.items()}
    for leader, follower in script.pairs:
        for c in script.channels:
            kept = [one for one in moves[follower, c] if rng.random() >= script.q]
            asked = [one for one in own[leader, c] if rng.random() < script.q]
            delays = script.delay_s * np.exp(script.delay_spread * rng.standard_normal(len(asked)))
            answers = [(at + delay, long) for (at, long), delay in zip(asked, delays, strict=True)]
            moves[follower, c] = _instead(kept, answers)
    for at in rng.uniform(0, length_s, rng.poisson(script.shared_min * script.minutes)):
        for key in list(moves):
            if rng.random() < script.shared_share:
                reaction = (at + rng.uniform(0, script.shared_within_s), _long(script, rng))
                moves[key] = _instead(moves[key], [reaction])
    return _render(script, moves, length_s, rng)


def _long(script, rng):
    """Length of one movement, s."""
    return rng.uniform(0.2, 0.45) if script.brief else rng.uniform(0.8, 3.0)


def _alone(script, rng, length_s):
    """Movements (at, length) of one person: rests of random length between, at the rate asked for."""
    rest_s = 60 / script.onsets_min - (0.325 if script.brief else 1.9)
    found, at = [], rng.exponential(rest_s)
    while at < length_s:
        found.append((at, _long(script, rng)))
        at += found[-1][1] + rng.exponential(rest_s)
    return found


def _instead(own, planted):
    """Planted movements with the own ones that leave room for them; of two planted at once the first."""
    found = []
    for at, long in sorted(planted):
        if not found or at >= sum(found[-1]):
            found.append((at, long))
    free = [(a, m) for a, m in own if all(a + m <= at or a >= at + long for at, long in found)]
    return sorted(found + free)


def _render(script, moves, length_s, rng):
    """Turn movements into signals with noise smoothed over three samples at 30 Hz."""
    n = round(length_s * script.rate_hz)
    t_s = np.arange(n) / script.rate_hz
    x = np.empty((script.people, len(CHANNELS), n))
    pose = np.empty((script.people, 3, n))
    grid = np.arange(round(length_s * 30) + 3) / 30
    for p in range(script.people):
        for c in range(len(CHANNELS)):
            noise = _noise(rng, len(grid))
            if script.noise_seed is not None:
                noise = _noise(np.random.default_rng((script.noise_seed, script.seed, p, c)), len(grid))
            x[p, c] = np.interp(t_s, grid, script.noise * noise)
        for k in range(3):
            drift = np.cumsum(rng.standard_normal(len(grid))) * 0.01
            pose[p, k] = np.interp(t_s, grid, 0.05 * np.sin(drift) + 0.01 * _noise(rng, len(grid)))
    events = []
    for (p, c), those in moves.items():
        for at, long in those:
            if at + long <= length_s:
                x[p, CHANNELS.index(c)] += rng.uniform(*script.amplitude) * bump(t_s - at, long)
                events.append((p, c, at, at + 0.35 * long, at + long))
    return Session(t_s=t_s, x=x, pose=pose, events=sorted(events, key=lambda e: e[4]))


def bump(t, length):
    """Draw a raised-cosine rise, hold and fall of 30, 40 and 30 % of the length."""
    rise = np.clip(t / (0.3 * length), 0, 1)
    fall = np.clip((t - 0.7 * length) / (0.3 * length), 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * rise)) * (0.5 + 0.5 * np.cos(np.pi * fall))


def _noise(rng, n):
    white = rng.standard_normal(n + 2)
    return (white[:-2] + 2 * white[1:-1] + white[2:]) / np.sqrt(6)
