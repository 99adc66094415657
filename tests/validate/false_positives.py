"""How often unrelated people are called coupled: real pseudo-dyads and simulated independent sessions."""

import numpy as np

from tests.validate.data import RATE_HZ, columns, motion_events, pseudo_dyads
from tests.validate.drive import run, session
from tests.validate.simulate import CHANNELS, Script, simulate
from tests.validate.tables import Count, table


def pseudo(limit=None):
    """Every pair of columns of different recordings, as recorded and turned by 210 s: one channel each."""
    count = Count()
    for k, (_, x, y) in enumerate(pseudo_dyads()):
        if limit is not None and k % (120 // limit):
            continue
        events = [(p, "motion", *one) for p, column in enumerate((x, y)) for one in motion_events(column)]
        t_s = np.arange(len(x)) / RATE_HZ
        count.add(run(t_s, np.stack((x, y))[:, None], ("motion",), events=events).result())
    return count


def faces(limit=None):
    """People made of real columns: both of one recording as two channels, head angles and jaw from them.

    The 15 pairs of six recordings, each at eight turns of the second: all measures of two people have input.
    """
    bodies = [_body(a) for a in range(6)]
    count = Count()
    pairs = [(a, b, 30.0 + 67.5 * k) for a in range(6) for b in range(a) for k in range(8)]
    for a, b, turn_s in pairs[:: 1 if limit is None else 120 // limit]:
        turn = round(turn_s * RATE_HZ)
        x = np.stack((bodies[a][0], np.roll(bodies[b][0], turn, axis=-1)))
        pose = np.stack((bodies[a][1], np.roll(bodies[b][1], turn, axis=-1)))
        names = ("AU12", "AU04", "AU25", "AU26")
        events = [(p, names[c], *one) for p in (0, 1) for c in (0, 1) for one in motion_events(x[p, c])]
        t_s = np.arange(x.shape[-1]) / RATE_HZ
        count.add(run(t_s, x, names, pose=pose, events=events).result())
    return count


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


def simulated(runs, minutes=10.0):
    """Three independent people, smiles and brows long and brief; all fourteen measures."""
    count = Count()
    for seed in range(runs):
        for brief in (False, True):
            script = Script(people=3, minutes=minutes, seed=seed, brief=brief, channels=("AU12", "AU04"))
            count.add(session(simulate(script), CHANNELS), keep=lambda one: one.name != "mimicry_index")
    return count


def report(*, short=False):
    """All tables of false positives."""
    limit = 20 if short else None
    note = "Share of the testable results; the bar is .075 for p <= .05 and .05 for `above`."
    header = ("measure", "testable", "p <= .05", "above")
    return [
        table("False positives: pseudo-dyads, one channel", header, pseudo(limit).rows(), note),
        table("False positives: pseudo-dyads as faces", header, faces(limit).rows(), note),
        table(
            "False positives: simulated, three independent people",
            header,
            simulated(5 if short else 60).rows(),
            note,
        ),
    ]
