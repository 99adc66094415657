"""Meetings as true onsets and signals, null or with something planted; shares no code with edge.

Everybody moves in bursts (a movement may bring another within seconds), talks in turns or alone, is missing
now and then; jokes move everybody at about one time; a planted answer follows the leader's smile after a
delay of its own.
"""

from dataclasses import dataclass

import numpy as np

from tests.validate.simulate import Session

CHANNELS = ("AU12", "AU01", "AU25", "AU04")
SMILE = 0


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What happens; times in seconds, rates a minute."""

    people: int = 4
    minutes: float = 60.0
    rate: float = 4.0
    burst: float = 0.35
    pairs: tuple = ()
    q: float = 0.0
    delay_s: float = 0.7
    from_s: float = 0.0
    until_s: float = float("inf")
    jokes: float = 0.0
    joke_sd_s: float = 0.5
    gaps: float = 0.0
    turns: bool = False
    noise: float = 0.5
    rate_hz: float = 10.0
    seed: int = 0


def meet(scene):
    """Return one meeting."""
    rng = np.random.default_rng([scene.seed, scene.people])
    length_s = scene.minutes * 60
    onsets = [[_bursts(rng, scene, c, length_s) for c in range(len(CHANNELS))] for _ in range(scene.people)]
    _plant(rng, scene, onsets)
    for at in np.sort(rng.uniform(0, length_s, rng.poisson(scene.jokes * scene.minutes))):
        for own in onsets:
            if rng.random() < 0.8:
                own[SMILE] = np.sort(np.append(own[SMILE], at + 1 + scene.joke_sd_s * rng.standard_normal()))
    x = scene.noise * rng.standard_normal((scene.people, len(CHANNELS), round(length_s * scene.rate_hz)))
    x += _wander(rng, x.shape)
    events = [
        (p, CHANNELS[c], *one)
        for p in range(scene.people)
        for c in range(len(CHANNELS))
        for one in _render(rng, scene, onsets[p][c], x[p, c])
    ]
    if scene.turns:
        _talk(rng, scene, x)
    _lose(rng, scene, x)
    pose = np.full((scene.people, 3, x.shape[2]), np.nan)
    return Session(t_s=np.arange(x.shape[2]) / scene.rate_hz, x=x, pose=pose, events=events)


def _bursts(rng, scene, channel, length_s):
    """Onsets of one person and channel: a process that excites itself, at the rate asked for."""
    rate = scene.rate / 60 * (1.0 if channel == SMILE else 0.5)
    found = list(rng.uniform(0, length_s, rng.poisson(rate * (1 - scene.burst) * length_s)))
    for at in found:  # grows: offspring have offspring
        found += [
            at + wait for wait in rng.exponential(6.0, rng.poisson(scene.burst)) if at + wait < length_s
        ]
    return np.sort(found)


def _plant(rng, scene, onsets):
    """Let a share q of the leaders' smiles be answered; as many of the follower's own are left out."""
    own = [one[SMILE] for one in onsets]
    for leader, follower in scene.pairs:
        asked = own[leader][(own[leader] >= scene.from_s) & (own[leader] < scene.until_s)]
        asked = asked[rng.random(len(asked)) < scene.q]
        mine = onsets[follower][SMILE]
        inside = (mine >= scene.from_s) & (mine < scene.until_s)
        kept = mine[~inside | (rng.random(len(mine)) >= scene.q)]
        delays = scene.delay_s * np.exp(0.25 * rng.standard_normal(len(asked)))
        onsets[follower][SMILE] = np.sort(np.append(kept, asked + delays))


def _render(rng, scene, onsets, x):
    """Add raised cosines for onsets at least .8 s apart; return (onset, apex, offset) of those spotted."""
    found, free = [], 0.0
    for at in onsets:
        held = float(np.clip(rng.lognormal(np.log(1.2), 0.8), 0.1, 8.0))
        if at < free or at < 0 or at + held + 1.3 > len(x) / scene.rate_hz:
            continue
        free = at + held + 1.25
        height = 5.0 * rng.lognormal(0.0, 0.4)
        t = np.arange(int(at * scene.rate_hz) + 1, int(free * scene.rate_hz)) / scene.rate_hz - at
        rise = np.clip(t / 0.45, 0, 1) * np.pi
        fall = np.clip((t - 0.45 - held) / 0.8, 0, 1) * np.pi
        x[int(at * scene.rate_hz) + 1 : int(free * scene.rate_hz)] += (
            height / 4 * (1 - np.cos(rise)) * (1 + np.cos(fall))
        )
        if rng.random() < 0.9:
            seen = at + 0.05 * rng.standard_normal()
            found.append((seen, seen + 0.45, seen + held + 0.85))
    return found


def _wander(rng, shape):
    """Slow drift of everybody's channels, 60 s."""
    steps = rng.standard_normal((*shape[:2], shape[2] // 100 + 2))
    slow = np.zeros_like(steps)
    for k in range(1, steps.shape[2]):
        slow[..., k] = 0.85 * slow[..., k - 1] + 0.3 * steps[..., k]
    at = np.arange(shape[2]) / 100
    low = at.astype(int)
    return slow[..., low] + (at - low) * (slow[..., low + 1] - slow[..., low])


def _talk(rng, scene, x):
    """One floor: whoever has it moves the mouth for about 5 s, and smiles less."""
    k = 0
    while k < x.shape[2]:
        n = round(float(rng.lognormal(np.log(5.0), 0.5)) * scene.rate_hz)
        who = rng.integers(len(x))
        x[who, 2, k : k + n] += 2.0 * np.abs(rng.standard_normal(x[who, 2, k : k + n].shape))
        x[who, SMILE, k : k + n] += 1.0
        k += n


def _lose(rng, scene, x):
    """Nobody is seen for a moment, everybody at once."""
    for at in rng.uniform(0, x.shape[2], rng.poisson(scene.gaps * scene.minutes)):
        x[:, :, int(at) : int(at + scene.rate_hz * rng.lognormal(np.log(0.8), 0.6))] = np.nan
