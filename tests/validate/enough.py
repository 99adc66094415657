"""How much of a real table can be judged in four minutes, and that strangers do not follow one another.

A clip of people who talk to one another is shown to and fro, without a cut, so what a verdict says of it
means nothing; whether there is one does. Strangers are made of random pieces of their clips, with looks away
in between: a piece that came round with a period would follow whatever has one. The tables go into
docs/measures.md.
"""

from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from edge.config import Config
from edge.expression import Expressions
from edge.missing import missing_words
from edge.pipeline.engine import SignalEngine
from edge.records import CHANNELS
from tests.validate.rooms import labels, seen
from tests.validate.tables import table

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
TABLE, SECONDS, STEP = "four-people.mp4", 240.0, 4
CLIPS = ("talking-head.mp4", "interview.mp4", "debate.mp4", TABLE, labels.MOUTH)
PAIRINGS, SEED = 20, 3
RATE_HZ, PIECE_S, AWAY_S = 15, (4.0, 10.0), 0.8
BY_TIME = (
    *("expression_synchrony", "slope_concordance", "configuration_alignment", "coupling_loop"),
    *("rapport_triad", "low_intensity_response", "behavioural_phase_locking"),
)
SHARE = 0.8
ALPHA = 0.05
LEAD = CHANNELS.index("AU12")


def report(*, short=False):
    """Return both tables; `short` makes two pairings and looks at a minute."""
    seconds = 60.0 if short else SECONDS
    return [_together(seconds), _strangers(seconds, 2 if short else PAIRINGS)]


def _together(seconds):
    """Count the verdicts on the pairs of one table."""
    take = seen.to_and_fro(labels.path(TABLE), seconds, STEP)
    report = _finish(zip(take.expressions, take.t_s, strict=True))
    states = Counter(
        (one.name, one.state != "insufficient") for one in report.measures if len(one.subject) == 2
    )
    names = dict.fromkeys(name for name, _ in states)
    rows = [
        (name, "minutes" if name in BY_TIME else "movements", states[name, True], _asked(states, name))
        for name in names
    ]
    judged = sum(states[name, True] for name in BY_TIME)
    asked = sum(_asked(states, name) for name in BY_TIME)
    told = "; ".join(f"{one.person}: {missing_words(one.missing) or 'none'}" for one in report.seen)
    moved = Counter((one.person, one.brief) for one in take.events if one.channel != "AU45")
    often = "; ".join(
        f"{one.person}: {moved[one.person, False] * 60 / seconds:.1f} and "
        f"{moved[one.person, True] * 60 / seconds:.1f}"
        for one in report.seen
    )
    note = (
        f"`{TABLE}` to and fro for {seconds:g} s, every fourth frame. Time not measurable by person: {told}. "
        f"Longer and brief movements a minute in all channels but AU45: {often}."
    )
    low = [] if judged >= SHARE * asked else [f"{judged} of {asked} verdicts that need minutes"]
    return table("Verdicts on four people", ("measure", "needs", "judged", "of"), rows, note, low)


def _asked(states, name):
    return states[name, True] + states[name, False]


def _strangers(seconds, pairings):
    """Pair people of different clips; nobody may follow anybody."""
    alone = [(clip, *one) for clip in CLIPS for one in _people(clip)]
    pairs = [(a, b) for a, b in product(alone, alone) if a[0] < b[0]]
    chosen = np.random.default_rng(SEED).permutation(len(pairs))[:pairings]
    rows, above, p = [], [], []
    for k in chosen:
        a, b = pairs[k]
        measures = _finish(_side_by_side([a, b], seconds, int(k))).measures
        verdicts = [one for one in measures if len(one.subject) == 2]
        states = Counter(one.state for one in verdicts)
        p += [one.p for one in verdicts if one.p is not None]
        who = " and ".join(f"{clip} {person}" for clip, person, _ in (a, b))
        rows.append((who, *(states[name] for name in ("insufficient", "at_chance", "below", "above"))))
        above += [f"{one.name} of {who}" for one in verdicts if one.state == "above"]
    header = ("people of different clips", "not judged", "at chance", "below", "above")
    note = f"{pairings} pairings drawn at random, {seconds:g} s of each: random pieces of 4 to 10 s, "
    note += "at most half of a clip, with short looks away. "
    note += f"p <= .05 in {sum(one <= ALPHA for one in p)} of {len(p)} verdicts."
    return table("Verdicts on people who never met", header, rows, note, above)


def _people(clip):
    """Return the number and the signals of everybody who is measurable for half of a clip."""
    take = seen.clip(labels.path(clip))
    known = {}
    for one in (one for found in take.expressions for one in found):
        known.setdefault(one.person, []).append(one)
    return [
        (person, mine)
        for person, mine in sorted(known.items())
        if sum(np.isfinite(one.raw[LEAD]) for one in mine) >= len(take.t_s) / 2
    ]


def _side_by_side(people, seconds, seed):
    """Yield the frames of both, 15 a second, each made of random pieces of the own clip."""
    rngs = [np.random.default_rng((seed, number)) for number in range(len(people))]
    times_s = np.arange(0.0, seconds, 1 / RATE_HZ)
    streams = [list(_pieces(mine, len(times_s), rng)) for (_, _, mine), rng in zip(people, rngs, strict=True)]
    for k, t_s in enumerate(times_s):
        shown = [(number, stream[k]) for number, stream in enumerate(streams, start=1)]
        yield [_placed(one, number, t_s) for number, one in shown if one is not None], t_s


def _pieces(mine, n, rng):
    """Yield n samples of one person: pieces of at most half of the clip, .8 s of nothing after each."""
    clip_s = np.array([one.t_ns for one in mine]) * 1e-9
    clip_s -= clip_s[0]
    left = 0
    for _ in range(n):
        if not left:
            length_s = min(rng.uniform(*PIECE_S), clip_s[-1] / 2)
            start_s = rng.uniform(0.0, clip_s[-1] - length_s)
            left, done = round((length_s + AWAY_S) * RATE_HZ), 0
        at_s = start_s + done / RATE_HZ
        yield mine[int(np.searchsorted(clip_s, at_s))] if at_s < start_s + length_s else None
        left, done = left - 1, done + 1


def _placed(one, number, t_s):
    return replace(one, person=number, t_ns=round(t_s * 1e9), raw=one.raw.copy(), confirmed=True)


def _finish(frames):
    """Put frames of (signals, time) through calibration and engine; return what is known at the end."""
    config = Config()
    engine, people = SignalEngine(config, live=False), Expressions(config.expression)
    for found, t_s in frames:
        calibrated = [people.update_raw(replace(one, raw=one.raw.copy())) for one in found]
        engine.update(calibrated, round(t_s * 1e9))
    return engine.finish()
