"""Heads that turn to whoever speaks, and heads that sway with another's: which of them are called locked.

Four people, ten minutes, watched every ten seconds and judged once at the end. Nobody follows anybody, or the
second head takes over a part of the first one's sway.
"""

from functools import partial

from tests.validate.drive import at_once
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.looks import watch
from tests.validate.spread import spread
from tests.validate.tables import interval, table

LOCKING = "behavioural_phase_locking"
HEADS = frozenset({LOCKING, "rapport_triad"})
FLOORS = {
    "own talk": {},
    "one floor": {"turns": True},
    "one floor of two people": {"turns": True, "people": 2},
    "heads to the speaker": {"gaze": True},
    "heads to the speaker, of two": {"gaze": True, "people": 2},
    "heads to the speaker, 3 degrees": {"gaze": True, "gaze_deg": 3.0},
    "heads to every other speaker": {"gaze": True, "gaze_share": 0.5},
}
ALONE, FOLLOWING = (), ((0, 1, 0.5, 0.6),)
ALPHA, BAR = 0.05, 0.10


def seen(seed, settings):
    """Return (false pair or room live, the planted pair live, p <= .05 of that pair at the end)."""
    meeting = meet(Gathering(seed=seed, **settings))
    spells, _ = watch(meeting, HEADS, CHANNELS)
    planted = settings["heads"] == FOLLOWING
    above = {(one.name, one.subject) for one in spells if one.state == "above"}
    told = {key for key in above if not planted or key[1] not in {(1, 2), ()}}
    p = _at_end(meeting) if planted else None
    return bool(told), (LOCKING, (1, 2)) in above, p is not None and p <= ALPHA


def _at_end(meeting):
    """Return p of the first two people's phase locking in the whole meeting, looked at once."""
    found = at_once(meeting, CHANNELS, enabled=(LOCKING,))
    return next(one.p for one in found if (one.name, one.subject) == (LOCKING, (1, 2)))


def _floor(name, runs):
    """Return one row, and what missed."""
    cells, missed = [], []
    for heads in (ALONE, FOLLOWING):
        found = spread(partial(seen, settings={**FLOORS[name], "heads": heads}), range(runs))
        false, live, small = (sum(column) for column in zip(*found, strict=True))
        cells.append(f"{false} ({interval(false, runs)})")
        if false / runs > BAR + 3 * (BAR * (1 - BAR) / runs) ** 0.5:
            missed.append(f"{name}: a false verdict in {false} of {runs}")
        if heads == FOLLOWING:
            cells += [f"{live}", f"{small}"]
    return (name, runs, *cells), missed


def report(*, short=False, meetings=None):
    """One row a floor."""
    runs = meetings or (2 if short else 50)
    found = [_floor(name, runs) for name in FLOORS]
    note = f"""Meetings of ten minutes with a false `above` of `behavioural_phase_locking` or `rapport_triad`
at any look, of a pair or the room, where nobody follows anybody, and of another pair where all heads sway and
the second one takes over half of the first one's sway after .6 s. The last columns count how often that pair
is found live, and has p <= .05 at the end. Bar {BAR:g} of the meetings; seeds 0 to {runs - 1}."""
    header = ("floor", "meetings", "false", "false where one follows", "found live", "p <= .05")
    return [
        table(
            "Heads: who turns to the speaker and who follows another",
            header,
            [row for row, _ in found],
            note,
            [words for _, missed in found for words in missed],
        )
    ]
