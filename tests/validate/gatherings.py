"""Meetings of people as numbers, from true movements to signals, with what a room and a camera do to them.

Shares no code with the package or the other simulators. Smiles come in clusters (Hawkes 1971) and drag other
channels along; everybody speaks, nods, blinks, drifts. A context is what happens to all: one floor for all
speakers, jokes, common gaps, light, a shaking camera. Times in s, signals in cm, angles in radians.
"""

from dataclasses import dataclass

import numpy as np

from tests.validate.simulate import Session

CHANNELS = ("AU01", "AU02", "AU04", "AU06", "AU07", "AU10", "AU12", "AU14", "AU20", "AU24", "AU25", "AU26")
DRAGGED = {"AU06": 0.4, "AU07": 0.25, "AU10": 0.2, "AU14": 0.3, "AU20": 0.3, "AU25": 0.3, "AU26": 0.15}
OWN = {("AU01", "AU02"): 2.0, ("AU04",): 1.5, ("AU10",): 1.0, ("AU24",): 1.5}  # movements a minute
RATE_HZ = 10.0


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """Who meets for how long, who answers whom, and what happens to all."""

    people: int = 4
    minutes: float = 10.0
    smiles_min: float = 2.5
    uneven: float = 0.35
    """How much the people differ in how often they smile, standard deviation of the log."""
    answers: tuple = ()
    """(leader, follower, probability, delay s) each."""
    answers_s: tuple = (0.0, float("inf"))
    """From when to when there are answers."""
    gain: float = 0.7
    turns: bool = False
    gaze: bool = False
    gaze_deg: float = 8.0
    """How far a head turns for each seat towards whoever speaks."""
    gaze_share: float = 1.0
    """Share of the changes of speaker that a head follows, sooner or later."""
    heads: tuple = ()
    """(leader, follower, gain, delay s) each: heads that sway, one of them also with the other."""
    jokes_min: float = 0.0
    jokes_sd_s: float = 0.5
    gaps_min: float = 0.0
    gaps_common: bool = True
    exposure_min: float = 0.0
    shake_min: float = 0.0
    common: float = 0.0
    flicker_hz: float = 0.0
    seed: int = 0


def meet(meeting):
    """Return the session of one meeting."""
    rng = np.random.default_rng((meeting.seed, meeting.people, 77))
    length_s = 60.0 * meeting.minutes
    t_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    speech = _speech(meeting, t_s, rng)
    smiles = _smiles(meeting, length_s, rng)
    x = np.zeros((meeting.people, len(CHANNELS), len(t_s)))
    events = []
    for person in range(meeting.people):
        for at, amplitude in smiles[person]:
            _smile(x[person], t_s, at, amplitude, rng)
            events.append((person, "AU12", at))
        for names, a_minute in OWN.items():
            for at in _times(a_minute, length_s, rng):
                brief = rng.random() < 0.4
                hold = rng.uniform(0.05, 0.15) if brief else rng.uniform(0.4, 2.0)
                bump = rng.lognormal(0.0, 0.3) * _bump(
                    t_s - at, *((0.1, hold, 0.1) if brief else (0.3, hold, 0.4))
                )
                for name in names:
                    x[person, CHANNELS.index(name)] += 0.2 * bump
                    events.append((person, name, at, brief))
        _talk(x[person], t_s, speech[person], rng)
    x += _noise(meeting, x.shape, rng)
    pose = _poses(meeting, speech, t_s, rng)
    _spoil(meeting, x, pose, t_s, rng)
    return Session(t_s=t_s, x=x, pose=pose, events=_spotted(events, length_s, rng))


def movements(meeting):
    """Return spotted movements of one meeting without its signals: quicker, from draws of their own."""
    rng = np.random.default_rng((meeting.seed, meeting.people, 78))
    length_s = 60.0 * meeting.minutes
    events = []
    for person, smiles in enumerate(_smiles(meeting, length_s, rng)):
        events += [(person, "AU12", at) for at, _ in smiles]
        for names, a_minute in OWN.items():
            for at in _times(a_minute, length_s, rng):
                brief = rng.random() < 0.4
                events += [(person, name, at, brief) for name in names]
    return _spotted(events, length_s, rng)


def _times(a_minute, length_s, rng):
    return np.sort(rng.uniform(0, length_s, rng.poisson(a_minute * length_s / 60)))


def _smiles(meeting, length_s, rng):
    """(onset, amplitude) of every person, own, answered and at jokes; at least .8 s apart."""
    own = [
        _clusters(meeting.smiles_min * rng.lognormal(0, meeting.uneven), length_s, rng)
        for _ in range(meeting.people)
    ]
    found = [[(at, 0.42 * rng.lognormal(0, 0.45)) for at in times] for times in own]
    for at in _times(meeting.jokes_min, length_s, rng):
        for those in found:
            if rng.random() < 0.8:
                those.append(
                    (max(0.0, at + 1.0 + meeting.jokes_sd_s * rng.normal()), 0.42 * rng.lognormal(0, 0.45))
                )
    for leader, follower, q, delay_s in meeting.answers:
        for at, amplitude in _apart(sorted(found[leader])):
            if rng.random() < q and meeting.answers_s[0] <= at < meeting.answers_s[1]:
                found[follower].append((at + delay_s * rng.lognormal(0, 0.25), meeting.gain * amplitude))
    return [_apart(sorted(those)) for those in found]


def _clusters(a_minute, length_s, rng):
    """Onsets of a Hawkes process with branching .35 and a memory of 6 s."""
    parents = list(_times(0.65 * a_minute, length_s, rng))
    found = list(parents)
    while parents:
        parents = [at + rng.exponential(6.0) for at in parents for _ in range(rng.poisson(0.35))]
        found += parents
    return [at for at in found if at < length_s]


def _apart(smiles):
    kept = []
    for at, amplitude in smiles:
        if not kept or at - kept[-1][0] >= 0.8:
            kept.append((at, amplitude))
    return kept


def _bump(t, rise, hold, fall):
    """Raised-cosine rise, hold, fall from t = 0 on, 0..1."""
    up, down = np.clip(t / rise, 0, 1), np.clip((t - rise - hold) / fall, 0, 1)
    return (0.5 - 0.5 * np.cos(np.pi * up)) * (0.5 + 0.5 * np.cos(np.pi * down))


def _smile(face, t_s, at, amplitude, rng):
    """Draw one smile and what it drags along."""
    bump = amplitude * _bump(t_s - at, 0.45, 1.2 * rng.lognormal(0, 0.6), 0.8)
    face[CHANNELS.index("AU12")] += bump
    for name, share in DRAGGED.items():
        if name not in ("AU25", "AU26") or rng.random() < 0.4:
            face[CHANNELS.index(name)] += share * bump * rng.lognormal(0, 0.2)


def _speech(meeting, t_s, rng):
    """Who speaks when, bool [P, N]: one floor, or everybody in bouts of their own."""
    said = np.zeros((meeting.people, len(t_s)), bool)
    if meeting.turns or meeting.gaze:
        at, who = 0.0, 0
        while at < t_s[-1]:
            long = rng.lognormal(np.log(5.0), 0.6)
            said[who, (t_s >= at) & (t_s < at + long)] = True
            at += long + rng.uniform(0.1, 0.6)
            who = (who + rng.integers(1, meeting.people)) % meeting.people
        return said
    for person in range(meeting.people):
        at = rng.exponential(8.0)
        while at < t_s[-1]:
            long = rng.lognormal(np.log(4.0), 0.6)
            said[person, (t_s >= at) & (t_s < at + long)] = True
            at += long + rng.exponential(8.0)
    return said


def _talk(face, t_s, said, rng):
    """Draw the syllables of a speaker, about 4.2 Hz, on the jaw and, weaker, on the corners of the mouth."""
    phase = 2 * np.pi * np.cumsum(4.2 + 0.5 * _ar(rng, len(t_s), 1.0)) / RATE_HZ
    loud = said * np.abs(1 + 0.4 * _ar(rng, len(t_s), 0.5))
    mouth = 0.25 * loud * (1 - np.cos(phase)) / 2
    for name, share in (("AU25", 1.0), ("AU26", 0.7), ("AU12", rng.uniform(-0.25, 0.25)), ("AU20", 0.2)):
        face[CHANNELS.index(name)] += share * mouth


def _ar(rng, n, tau_s):
    """AR(1) of unit variance."""
    a = np.exp(-1 / (tau_s * RATE_HZ))
    x = np.sqrt(1 - a * a) * rng.normal(size=n)
    step = 1
    while a**step > 1e-4 and step < n:  # (1 - a B)^-1 = (1 + a B)(1 + a^2 B^2)(1 + a^4 B^4) ...
        x[step:] += a**step * x[:-step]
        step *= 2
    return x


def _pink(rng, n):
    """1/f noise of unit variance."""
    spectrum = np.fft.rfft(rng.normal(size=n)) / np.sqrt(np.maximum(np.fft.rfftfreq(n, 1 / RATE_HZ), 1 / 600))
    x = np.fft.irfft(spectrum, n)
    return (x - x.mean()) / x.std()


def _noise(meeting, shape, rng):
    """Noise of every channel, and what all faces share where the context says so."""
    people, channels, n = shape
    noise = np.empty(shape)
    for person in range(people):
        white = 0.6 * 100 / rng.uniform(60, 130)
        for c in range(channels):
            kinds = white * rng.normal(size=n) + 0.8 * _ar(rng, n, 0.6) + 0.8 * _pink(rng, n)
            noise[person, c] = rng.uniform(0.01, 0.03) * kinds
    for c in range(channels if meeting.common or meeting.flicker_hz else 0):
        wave = (
            2 * np.pi * meeting.flicker_hz * np.arange(n) / RATE_HZ + 0.3 * np.cumsum(rng.normal(size=n)) / 3
        )
        shared = meeting.common * _ar(rng, n, 0.6) + (np.sin(wave) if meeting.flicker_hz else 0.0)
        noise[:, c] += 0.02 * rng.uniform(0.5, 1.0, people)[:, None] * shared
    return noise


def _poses(meeting, said, t_s, rng):
    """Yaw, pitch, roll of everybody: drift, nods, and heads that turn to whoever speaks."""
    pose = np.empty((meeting.people, 3, len(t_s)))
    for person in range(meeting.people):
        for k, degrees in enumerate((5.0, 3.0, 2.0)):
            pose[person, k] = degrees * _ar(rng, len(t_s), 60.0) + 0.2 * _ar(rng, len(t_s), 0.3)
        for at in _times(2.5, t_s[-1], rng):
            pose[person, 1] += 3 * _bump(t_s - at, 0.3, 0.0, 0.4) - 2 * _bump(t_s - at - 0.5, 0.3, 0.0, 0.4)
        if meeting.gaze:
            seat = np.where(said.any(axis=0), said.argmax(axis=0), person)
            if meeting.gaze_share < 1.0:
                seat = _now_and_then(seat, meeting.gaze_share, rng)
            turn = np.convolve(meeting.gaze_deg * (seat - person), np.ones(8) / 8, "full")[: len(t_s)]
            pose[person, 0] += np.roll(turn, rng.integers(2, 6))
    if meeting.heads:
        pose[:, :2] += _swaying(meeting, len(t_s), rng)
    return np.radians(pose)


def _now_and_then(seat, share, rng):
    """Follow a share of the changes, each up to a second late; stay where the head is at the others."""
    found = np.full(len(seat), seat[0])
    for at in np.flatnonzero(np.diff(seat)) + 1:
        if rng.random() < share:
            found[at + rng.integers(0, 10) :] = seat[at]
    return found


def _swaying(meeting, n, rng):
    """Sway of every head, degrees, [P, 2, N]: its own, and what it takes over from its leader."""
    own = 1.5 * np.array([[_ar(rng, n, 1.0) for _ in range(2)] for _ in range(meeting.people)])
    sway = own.copy()
    for leader, follower, gain, delay_s in meeting.heads:
        sway[follower] += gain * np.roll(own[leader], round(delay_s * RATE_HZ), axis=-1)
    return sway


def _spoil(meeting, x, pose, t_s, rng):
    """Add steps of light, bumps of the camera and gaps: in all faces at once, gaps also in each alone."""
    length_s = t_s[-1]
    for at in _times(meeting.exposure_min, length_s, rng):
        step = rng.normal(0, 0.06, x.shape[1]) * rng.uniform(0.7, 1.3, (len(x), 1))
        x += step[..., None] * (np.exp(-np.maximum(t_s - at, 0) / 0.6) * (t_s >= at))
    for at in _times(meeting.shake_min, length_s, rng):
        wave = np.exp(-np.maximum(t_s - at, 0) / 0.5) * (t_s >= at) * np.sin(2 * np.pi * 4 * (t_s - at))
        pose += np.radians(2.0) * wave
        x += 0.03 * rng.normal(size=x.shape[1])[None, :, None] * wave
    for person in range(len(x)):
        if person and meeting.gaps_common:
            x[person][:, np.isnan(x[0]).all(axis=0)] = np.nan
            continue
        for at in _times(meeting.gaps_min, length_s, rng):
            x[person][:, (t_s >= at) & (t_s < at + rng.lognormal(np.log(0.8), 0.6))] = np.nan


def _spotted(events, length_s, rng):
    """Turn true movements into spotted ones: some missed, all a little off, some false."""
    found = []
    for person, channel, at, *brief in events:
        if rng.random() < 0.9:
            long = rng.uniform(0.2, 0.45) if brief and brief[0] else rng.uniform(0.8, 2.5)
            found.append((person, channel, at + 0.05 * rng.normal(), long))
    people = {person for person, *_ in events}
    for person in people:
        for channel in ("AU12", "AU01", "AU02", "AU04", "AU10", "AU24"):
            found += [(person, channel, at, rng.uniform(0.2, 1.5)) for at in _times(0.2, length_s, rng)]
    kept = [
        (p, c, at, at + 0.4 * long, at + long) for p, c, at, long in found if at > 0 and at + long < length_s
    ]
    return sorted(kept, key=lambda one: one[4])
