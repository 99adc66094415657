"""How often unrelated people are called coupled: real pseudo-dyads and simulated independent sessions."""

import numpy as np

from tests.validate.data import RATE_HZ, columns, motion_events, pseudo_dyads
from tests.validate.drive import run, session
from tests.validate.simulate import CHANNELS, Script, simulate
from tests.validate.spread import spread
from tests.validate.tables import Count, table

SMALL, ABOVE = 0.075, 0.05  # bars
NOTE = f"Share of the testable results; the bar is {SMALL:g} for p <= .05 and {ABOVE:g} for `above`."
GROUP = "group_phase_coherence"
THIN = 2  # recordings of 25 Hz are fed as means of two samples; events come from all


def pseudo(limit=None):
    """Every pair of columns of different recordings, as recorded and turned three times: one channel each."""
    return _counted(_pseudo, pseudo_dyads((0.0, 110.0, 210.0, 310.0)), limit)


def _pseudo(pair):
    _, x, y = pair
    events = [(p, "motion", *one) for p, column in enumerate((x, y)) for one in motion_events(column)]
    signals = _thin(np.stack((x, y)))
    return run(_times(signals), signals[:, None], ("motion",), events=events).finish()


def faces(limit=None):
    """People made of real columns: both of one recording as two channels, head angles and jaw from them.

    The 15 pairs of six recordings, each at 24 turns of the second: all measures of two people have input.
    """
    turns = [(a, b, 30.0 + 22.5 * k) for a in range(6) for b in range(a) for k in range(24)]
    return _counted(_faces, turns, limit)


def _faces(pair):
    a, b, turn_s = pair
    turn = round(turn_s * RATE_HZ)
    bodies = [_body(a), tuple(np.roll(part, turn, axis=-1) for part in _body(b))]
    x, pose = (np.stack([body[k] for body in bodies]) for k in (0, 1))
    names = ("AU12", "AU04", "AU25", "AU26")
    events = [(p, names[c], *one) for p in (0, 1) for c in (0, 1) for one in motion_events(x[p, c])]
    return run(_times(_thin(x)), _thin(x), names, pose=_thin(pose), events=events).finish()


def _counted(measure, items, limit):
    items = list(items)
    count = Count()
    for measures in spread(measure, items[:: 1 if limit is None else len(items) // limit]):
        count.add(measures)
    return count


def _thin(x):
    """Means of two neighbouring samples."""
    return x[..., : x.shape[-1] // THIN * THIN].reshape(*x.shape[:-1], -1, THIN).mean(axis=-1)


def _times(x):
    return np.arange(x.shape[-1]) * THIN / RATE_HZ


def _body(a):
    """Channels [4, N] and head angles [3, N] of one made-up person from one recording."""
    one, two = columns()[2 * a][2], columns()[2 * a + 1][2]
    yaw = 0.3 * np.tanh(_slow(one - _slow(one, 25.0), 0.4) / one.std())
    pitch = 0.3 * np.tanh(_slow(two - _slow(two, 25.0), 0.4) / two.std())
    x = np.stack((one, two, _slow(two, 0.5), _slow(one, 0.5)))
    return x, np.stack((yaw, pitch, np.zeros_like(yaw)))


def _slow(x, seconds):
    width = round(seconds * RATE_HZ)
    return np.convolve(x, np.ones(width) / width, mode="same")


def simulated(runs):
    """Three independent people, smiles and brows long and brief by turns, 10 min; all fourteen measures."""
    count = Count()
    for measures in spread(_simulated, range(runs)):
        count.add(measures, keep=lambda one: one.name != "mimicry_index")
    return count


def _simulated(seed):
    script = Script(people=3, seed=seed, brief=bool(seed % 2), channels=("AU12", "AU04"))
    return session(simulate(script), CHANNELS)


def _table(title, count, note=NOTE):
    """Make one table; the bar is for measures of pairs."""
    missed = [
        f"`{name}`: {count.share(which, name):.3f} {words}"
        for which, words, bar in ((count.small, "have p <= .05", SMALL), (count.above, "are above", ABOVE))
        for name in count.asked
        if count.share(which, name) > bar and name != GROUP
    ]
    return table(title, ("measure", "testable", "p <= .05", "above"), count.rows(), note, missed)


def report(*, short=False):
    """All tables of false positives."""
    limit, runs = (20, 6) if short else (None, 60)
    return [
        _table("False positives: pseudo-dyads, one channel", pseudo(limit)),
        _table("False positives: pseudo-dyads as faces", faces(limit)),
        _table(
            f"False positives: {runs} simulated sessions, three independent people",
            simulated(runs),
            f"{NOTE} Pairs, and the room where a measure is about all: too few of these for the bar; more in "
            "the table of the group.",
        ),
    ]
