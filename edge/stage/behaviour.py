"""Who moves when: own movements, planted mimicry, shared moments and speech, all by the seed, no pixels."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from edge.arrays import Floats, Times
from edge.stage.envelope import add, envelope
from edge.stage.reading import load_script
from edge.stage.script import CHANNELS, Delay, Envelope, Mimicry, Own, Script, Shared, Speech
from edge.stage.truth import Cause, Movement, Truth

# Streams of random numbers: one a kind and rule, so that a rule more does not change the others.
_OWN, _MIMICRY, _SHARED, _PLANTED, _SPEECH, _CLOCK = range(1, 7)
COPY_SPREAD = 0.1  # sd of the log of a copy's amplitude and tempo against its original
OPEN_SHARE = 0.6  # of a syllable's jaw movement that the lips alone add


def simulate(script: str | Path | Script) -> Truth:
    """Run the behaviour of a script at signal level, without a picture.

    Returns every movement and the amplitude of every channel of every person at every frame. Deterministic by
    the script's seed. Raises `StageError` on a script that cannot be read.
    """
    script = load_script(script)
    movements = _movements(script)
    t_ns = _clock(script)
    t_s = t_ns / 1e9
    present = np.array([(t_s >= p.enter_s) & (t_s < p.leave_s) for p in script.people])
    occluded = np.zeros_like(present)
    for person, entry in enumerate(script.people):
        for one in entry.occlusions:
            occluded[person] |= (t_s >= one.at_s) & (t_s < one.at_s + one.seconds)
    return Truth(
        rate_hz=script.rate_hz,
        t_ns=t_ns,
        channels=CHANNELS,
        movements=movements,
        amplitude=np.where(present[:, None], _amplitude(movements, len(script.people), t_s), np.nan),
        present=present,
        occluded=occluded & present,
    )


def _clock(script: Script) -> Times:
    """Sensor times: index / rate, with jitter when asked for, ascending because jitter is bounded."""
    index = np.arange(script.frames)
    jitter = np.clip(_rng(script, _CLOCK).standard_normal(script.frames), -3, 3) * script.jitter_s
    jitter[0] = 0.0
    t_ns: Times = np.rint((index / script.rate_hz + jitter) * 1e9).astype(np.int64)
    return t_ns


def _amplitude(movements: tuple[Movement, ...], people: int, t_s: Floats) -> Floats:
    total = np.zeros((people, len(CHANNELS), len(t_s)))
    for one in movements:
        span = slice(*np.searchsorted(t_s, (one.onset_s, one.offset_s)).tolist())
        rise = envelope(t_s[span], one.onset_s, one.apex_s, one.release_s, one.offset_s)
        add(total[one.person, CHANNELS.index(one.channel), span], one.amplitude * rise)
    return total


def _movements(script: Script) -> tuple[Movement, ...]:
    """Every movement that begins before the end, numbered by onset; copies refer to the new numbers."""
    drawn = list(_causes(script))
    originals = [replace(one, id=index) for index, one in enumerate(drawn)]
    for rule, mimicry in enumerate(script.mimicry):
        drawn += _copies(script, mimicry, _rng(script, _MIMICRY, rule), originals)
    order = sorted(range(len(drawn)), key=lambda i: (drawn[i].onset_s, drawn[i].person, drawn[i].channel, i))
    number = {old: new for new, old in enumerate(order)}
    return tuple(
        replace(
            drawn[old],
            id=new,
            source=number[drawn[old].source or 0] if drawn[old].cause == "mimic" else drawn[old].source,
        )
        for new, old in enumerate(order)
    )


def _causes(script: Script) -> Iterator[Movement]:
    """All movements but the copies."""
    for rule, own in enumerate(script.own):
        for person in own.people:
            yield from _renewal(script, own, person, _rng(script, _OWN, rule, person))
    for rule, shared in enumerate(script.shared):
        yield from _moments(script, shared, rule)
    for rule, planted in enumerate(script.events):
        rng = _rng(script, _PLANTED, rule)
        yield from _movement(planted.person, planted.channels, planted.at_s, _draw(planted.shape, rng), "own")
    for rule, speech in enumerate(script.speech):
        yield from _syllables(speech, _rng(script, _SPEECH, rule))


def _rng(script: Script, *stream: int) -> np.random.Generator:
    return np.random.default_rng([script.seed, *stream])


Drawn = tuple[float, float, float, float]  # amplitude, onset_s, hold_s, offset_s


def _draw(shape: Envelope, rng: np.random.Generator) -> Drawn:
    amplitude, onset_s, hold_s, offset_s = (
        float(rng.uniform(*pair)) for pair in (shape.amplitude, shape.onset_s, shape.hold_s, shape.offset_s)
    )
    return amplitude, onset_s, hold_s, offset_s


def _movement(  # noqa: PLR0917 - one movement in the order of its record
    person: int,
    channels: tuple[str, ...],
    at_s: float,
    drawn: Drawn,
    cause: Cause,
    source: int | None = None,
) -> Iterator[Movement]:
    amplitude, onset_s, hold_s, offset_s = drawn
    for channel in channels:
        yield Movement(
            id=-1,
            person=person,
            channel=channel,
            onset_s=at_s,
            apex_s=at_s + onset_s,
            release_s=at_s + onset_s + hold_s,
            offset_s=at_s + onset_s + hold_s + offset_s,
            amplitude=amplitude,
            cause=cause,
            source=source,
        )


def _renewal(script: Script, own: Own, person: int, rng: np.random.Generator) -> Iterator[Movement]:
    """Own movements: exponential waits after a dead time, at `per_minute` on average."""
    if own.per_minute <= 0:
        return
    means = (sum(pair) / 2 for pair in (own.shape.onset_s, own.shape.hold_s, own.shape.offset_s))
    busy_s = sum(means) + own.gap_s
    wait_s = max(60.0 / own.per_minute - busy_s, 0.05)
    at_s = float(rng.exponential(wait_s))
    while at_s < script.seconds:
        drawn = _draw(own.shape, rng)
        yield from _movement(person, own.channels, at_s, drawn, "own")
        at_s += sum(drawn[1:]) + own.gap_s + float(rng.exponential(wait_s))


def _moments(script: Script, shared: Shared, rule: int) -> Iterator[Movement]:
    """Reactions to shared moments, each person with a delay of its own."""
    rng = _rng(script, _SHARED, rule)
    count = int(rng.poisson(shared.per_minute * script.seconds / 60.0))
    for moment, at_s in enumerate(np.sort(rng.uniform(0, script.seconds, count)).tolist()):
        for person in shared.people:
            reacts, late_s, drawn = rng.random(), _late_s(shared.delay, rng), _draw(shared.shape, rng)
            if reacts < shared.probability and at_s + late_s < script.seconds:
                yield from _movement(person, shared.channels, at_s + late_s, drawn, "shared", moment)


def _late_s(delay: Delay, rng: np.random.Generator) -> float:
    if delay.sd <= 0 or delay.mean <= 0:
        return max(delay.mean, delay.least)
    if delay.shape == "gamma":
        k = (delay.mean / delay.sd) ** 2
        return max(float(rng.gamma(k, delay.mean / k)), delay.least)
    return max(float(rng.normal(delay.mean, delay.sd)), delay.least)


def _copies(
    script: Script, rule: Mimicry, rng: np.random.Generator, originals: list[Movement]
) -> Iterator[Movement]:
    """Copy the leader's movements; channels that move together are copied together."""
    theirs = [one for one in originals if one.person == rule.leader and one.channel in rule.channels]
    groups: dict[float, list[Movement]] = {}
    for one in theirs:
        groups.setdefault(one.onset_s, []).append(one)
    for onset_s in sorted(groups):
        copies, late_s = rng.random() < rule.probability, _late_s(rule.delay, rng)
        height, tempo = np.exp(COPY_SPREAD * rng.standard_normal(2)).tolist()
        if not copies or onset_s + late_s >= script.seconds:
            continue
        for one in groups[onset_s]:
            times = np.diff([one.onset_s, one.apex_s, one.release_s, one.offset_s]) * tempo
            drawn = (min(1.0, one.amplitude * rule.gain * height), *times.tolist())
            yield from _movement(rule.follower, (one.channel,), onset_s + late_s, drawn, "mimic", one.id)


def _syllables(speech: Speech, rng: np.random.Generator) -> Iterator[Movement]:
    """Syllables: the jaw opens and closes at an irregular beat, the lips part a little more."""
    at_s = speech.at_s
    while at_s < speech.at_s + speech.seconds:
        beat_s = float(rng.uniform(0.6, 1.4)) / speech.syllables_hz
        height = float(rng.uniform(0.3, 1.0)) * speech.amplitude
        drawn = (height, 0.5 * beat_s, 0.1 * beat_s, 0.6 * beat_s)
        yield from _movement(speech.person, ("AU26",), at_s, drawn, "speech")
        yield from _movement(speech.person, ("AU25",), at_s, (OPEN_SHARE * height, *drawn[1:]), "speech")
        at_s += beat_s * (1.0 if rng.random() < 0.9 else 3.0)
