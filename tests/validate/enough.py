"""How much of a real table can be judged in four minutes, and that strangers do not follow one another.

Clips are shown again and again, so what a verdict says of one clip means nothing; whether there is one does.
The table goes into docs/measures.md.
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
BY_TIME = (
    *("expression_synchrony", "slope_concordance", "configuration_alignment", "coupling_loop"),
    *("rapport_triad", "low_intensity_response", "behavioural_phase_locking"),
)
SHARE = 0.8
LEAD = CHANNELS.index("AU12")


def report(*, short=False):
    """Return both tables; `short` makes two pairings and looks at a minute."""
    seconds = 60.0 if short else SECONDS
    return [_together(seconds), _strangers(seconds, 2 if short else PAIRINGS)]


def _together(seconds):
    """Count the verdicts on the pairs of one table."""
    take = seen.again(labels.path(TABLE), seconds, STEP)
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
    note = f"`{TABLE}` for {seconds:g} s, every fourth frame. Time not measurable by person: {told}."
    low = [] if judged >= SHARE * asked else [f"{judged} of {asked} verdicts that need minutes"]
    return table("Verdicts on four people", ("measure", "needs", "judged", "of"), rows, note, low)


def _asked(states, name):
    return states[name, True] + states[name, False]


def _strangers(seconds, pairings):
    """Pair people of different clips; nobody may follow anybody."""
    alone = [(clip, *one) for clip in CLIPS for one in _people(clip)]
    pairs = [(a, b) for a, b in product(alone, alone) if a[0] < b[0]]
    chosen = np.random.default_rng(SEED).permutation(len(pairs))[:pairings]
    rows, above = [], []
    for a, b in (pairs[k] for k in chosen):
        measures = _finish(_side_by_side([a, b], seconds)).measures
        verdicts = [one for one in measures if len(one.subject) == 2]
        states = Counter(one.state for one in verdicts)
        who = " and ".join(f"{clip} {person}" for clip, person, _ in (a, b))
        rows.append((who, *(states[name] for name in ("insufficient", "at_chance", "below", "above"))))
        above += [f"{one.name} of {who}" for one in verdicts if one.state == "above"]
    header = ("people of different clips", "not judged", "at chance", "below", "above")
    note = f"{pairings} pairings drawn at random, each clip repeated for {seconds:g} s."
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


def _side_by_side(people, seconds):
    """Yield the frames of both, each with its own period, 15 a second."""
    for t_s in np.arange(0.0, seconds, 1 / 15):
        frame = []
        for number, (_, _, mine) in enumerate(people, start=1):
            times_s = np.array([one.t_ns for one in mine]) * 1e-9
            times_s -= times_s[0]
            at = int(np.searchsorted(times_s, t_s % (times_s[-1] + 1 / 15)))
            one = mine[min(at, len(mine) - 1)]
            frame.append(
                replace(one, person=number, t_ns=round(t_s * 1e9), raw=one.raw.copy(), confirmed=True)
            )
        yield frame, t_s


def _finish(frames):
    """Put frames of (signals, time) through calibration and engine; return what is known at the end."""
    config = Config()
    engine, people = SignalEngine(config, live=False), Expressions(config.expression)
    for found, t_s in frames:
        calibrated = [people.update_raw(replace(one, raw=one.raw.copy())) for one in found]
        engine.update(calibrated, round(t_s * 1e9))
    return engine.finish()
