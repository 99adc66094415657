"""Movements of faces: what they are called, and those of two people that came close to each other."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from operator import itemgetter

from edge.reporting.recording import Recording

Onsets = dict[tuple[int, str], list[float]]
WITHIN_S = (0.2, 4.0)
"""How long after the one the other begins."""
FACS = {
    "AU01": "inner brow up",
    "AU02": "outer brow up",
    "AU04": "brow down",
    "AU05": "upper lid up",
    "AU06": "cheek up",
    "AU07": "lids tight",
    "AU09": "nose wrinkle",
    "AU10": "upper lip up",
    "AU12": "lip corners up",
    "AU14": "dimple",
    "AU15": "lip corners down",
    "AU17": "chin up",
    "AU18": "lips puckered",
    "AU20": "lips stretched",
    "AU23": "lips tight",
    "AU24": "lips pressed",
    "AU25": "lips apart",
    "AU26": "jaw drop",
    "AU45": "eyes closed",
}
"""Action units in words, those of FACS."""
LANES = {
    "smile": ("AU12", "AU06"),
    "brow": ("AU01", "AU02", "AU04"),
    "mouth": ("AU25", "AU26", "AU10", "AU15", "AU17", "AU18", "AU20", "AU23", "AU24"),
    "eyes": ("AU05", "AU07", "AU45"),
}
SHARED = ("smile", "brow")
"""Parts of the face whose movements are compared: everybody blinks, and whoever speaks moves the mouth."""


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """Two people moved the same part of the face, the second shortly after the first."""

    t_s: float
    """Onset of the first, s."""
    after_s: float
    """How long after it the second began."""
    first: int
    second: int
    lane: str
    """Part of the face."""


def in_words(channel: str) -> str:
    """Return a channel with what moves in it."""
    return f"{channel}, {FACS[channel]}" if channel in FACS else channel


def moments(recording: Recording, people: Sequence[int]) -> list[Moment]:
    """Return every movement of somebody that another of these people followed, in time."""
    onsets = _onsets(recording)
    pairs = permutations(people, 2)
    return sorted(one for pair in pairs for lane in SHARED for one in _between(onsets, pair, lane))


def _onsets(recording: Recording) -> Onsets:
    """Return when each part of each face began to move; channels that move together count once."""
    lane_of = {channel: lane for lane, channels in LANES.items() for channel in channels}
    onsets: Onsets = defaultdict(list)
    for one in sorted(recording.movements, key=itemgetter("onset_s")):
        found = onsets[one["person"], lane_of.get(str(one.get("channel")), "")]
        if not found or one["onset_s"] - found[-1] > WITHIN_S[0]:
            found.append(one["onset_s"])
    return onsets


def _between(onsets: Onsets, pair: tuple[int, int], lane: str) -> Iterator[Moment]:
    first, second = (onsets.get((person, lane), []) for person in pair)
    for t_s in first:
        low = bisect_left(second, t_s + WITHIN_S[0])
        if low < len(second) and second[low] <= t_s + WITHIN_S[1]:
            yield Moment(t_s, second[low] - t_s, *pair, lane)
